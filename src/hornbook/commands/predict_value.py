"""`hornbook predict-value`: say of the rows of one's own files how likely each is to teach something."""

import dataclasses
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from hornbook.commands.input_options import (
    EngineOption,
    FilesOption,
    GivenIdFieldOption,
    InputsArgument,
    RayOption,
    TextFieldOption,
)
from hornbook.commands.run import StoreOption
from hornbook.commands.work_folder import described_files, require_outside, work_beside
from hornbook.commands.written_files import beside, require_writable, write_records, write_rejected
from hornbook.pipeline import DEFAULT_STORE

_MEGABYTE = 1_000_000

OutputOption = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Rows of `id` and `value`: .jsonl or .parquet.", show_default=False
    ),
]
ClassifierOption = Annotated[
    str | None,
    typer.Option(
        "--classifier",
        metavar="RUN|FOLDER",
        help="Whose classifier; that of the latest run of `laptop` where not given.",
        show_default=False,
    ),
]


def predict_value(
    inputs: InputsArgument,
    output: OutputOption,
    classifier: ClassifierOption = None,
    text_field: TextFieldOption = "text",
    id_field: GivenIdFieldOption = "id",
    files: FilesOption = "*.py",
    store: StoreOption = Path(DEFAULT_STORE),
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Value rows by a classifier: the probability that a reader would find each worth reading, in their order.

    Rows that are no documents are put beside the output with their reason. An interrupted command, typed again, goes
    on where it was.
    """
    from hornbook.curation.saved_classifier import SavedClassifier, find_classifier
    from hornbook.curation.value_files import ValueRow, measure_documents, value_rows
    from hornbook.display import make_console, show_progress
    from hornbook.parallel import open_engine
    from hornbook.pipeline.fingerprint import encode
    from hornbook.pipeline.manifest import hash_file
    from hornbook.pipeline.parts import require_some
    from hornbook.pipeline.store import Store
    from hornbook.sources.documents import Fields, documents_of
    from hornbook.sources.input_files import find_files

    require_writable(output)
    for path in (output, beside(output, "rejected")):
        require_outside(path, inputs)
    found = find_files(inputs, pattern=files)
    fields = Fields(text=text_field, id=id_field)
    documents = documents_of(found, fields)
    folder = find_classifier(classifier, Store(store))
    loaded = SavedClassifier.load(folder)
    where = open_engine(engine, ray_address)
    digests = {path.name: hash_file(path) for path in sorted(folder.iterdir())}
    settings = {"files": described_files(found), "fields": encode(fields), "classifier": digests}
    num_bytes = sum(file.size for file in found)
    begun = time.monotonic()
    with (
        work_beside(output, "valuing in", settings) as work,
        show_progress(make_console(stderr=True), "predict-value") as progress,
    ):

        def report(num_rows: int, num_characters: int) -> None:
            progress(num_characters // _MEGABYTE, max(1, num_bytes // _MEGABYTE), f"MB read; {num_rows:,} rows")

        # A fresh copy: a language model that this process has loaded is not sent to the others.
        predict = dataclasses.replace(loaded).predict
        parts = measure_documents(documents, work, predict, report=report, engine=where)
        require_some(parts, fields)
        write_records(output, ValueRow, value_rows(parts))
        dropped = write_rejected(parts, output)
        seconds = time.monotonic() - begun
        described = {
            "num_rows": parts.num_rows,
            "valued": parts.num_rows - sum(dropped.values()),
            "dropped": dropped,
            "megabytes": round(num_bytes / _MEGABYTE, 2),
            "seconds": round(seconds, 2),
            "mb_per_second": round(num_bytes / _MEGABYTE / seconds, 2),
            "classifier": str(folder),
            "output": str(output),
        }
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        _print(described)


def _print(described: dict[str, Any]) -> None:
    typer.echo(f"{described['num_rows']:,} rows: {described['valued']:,} valued")
    for reason, number in described["dropped"].items():
        typer.echo(f"{number:>12,} {reason}")
    typer.echo(f"{described['megabytes']:,} MB in {described['seconds']} s, {described['mb_per_second']} MB/s")
    typer.echo(f"by the classifier in {described['classifier']}")
    typer.echo(f"the values are in {described['output']}")
