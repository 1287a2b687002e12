"""`hornbook deduplicate`: drop the rows of one's own files that repeat others, and say which."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.input_options import (
    EngineOption,
    FilesOption,
    IdFieldOption,
    InputsArgument,
    KeptOption,
    RayOption,
    TextFieldOption,
)
from hornbook.commands.work_folder import described_files, require_outside, work_beside
from hornbook.commands.written_files import require_writable, write_records, write_rejected
from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hornbook.deduplication.out_of_core import Repeated
    from hornbook.pipeline.parts import Parts
    from hornbook.sources.input_files import InputFile

_MEGABYTE = 1_000_000

ClustersOption = Annotated[
    Path | None,
    typer.Option(
        "--clusters",
        metavar="FILE",
        help="Says for each dropped row which one it repeats and how near: .jsonl or .parquet.",
        show_default=False,
    ),
]
ThresholdOption = Annotated[
    float, typer.Option("--threshold", help="Least Jaccard similarity of near duplicates; above 0, to 1.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A dropped row."""

    id: str
    duplicate_of: str
    """The row that it repeats."""
    kept: str
    """The row of the cluster that stays; another one where `duplicate_of` was dropped itself."""
    reason: str
    jaccard: float


def deduplicate(
    inputs: InputsArgument,
    output: KeptOption,
    clusters: ClustersOption = None,
    threshold: ThresholdOption = 0.8,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Drop rows that repeat an earlier one, word for word or nearly, of files that need not fit in memory.

    The first row of each cluster stays. Rows that are no documents are put beside the output with their reason. An
    interrupted command, typed again, goes on where it was.
    """
    from hornbook.deduplication.minhash import NearConfig
    from hornbook.deduplication.out_of_core import find_repeated
    from hornbook.display import make_console, show_progress
    from hornbook.parallel import open_engine
    from hornbook.pipeline.fingerprint import encode
    from hornbook.pipeline.parts import Parts
    from hornbook.pipeline.publish import require_same_form
    from hornbook.sources.documents import Fields
    from hornbook.sources.input_files import find_files

    for path in (output, clusters):
        if path is not None:
            require_writable(path)
            require_outside(path, inputs)
    if clusters is not None and clusters.resolve() == output.resolve():
        raise ConfigError(f"`--clusters` and `--output` both name `{output}`")
    config = NearConfig(threshold=threshold)
    found = find_files(inputs, pattern=files)
    require_same_form(found, output)
    where = open_engine(engine, ray_address)
    fields = Fields(text=text_field, id=id_field)
    settings = {"files": described_files(found), "config": encode(config), "fields": encode(fields)}
    begun = time.monotonic()
    with (
        work_beside(output, "deduplicating in", settings) as work,
        show_progress(make_console(stderr=True), "deduplicate") as progress,
    ):
        repeated = find_repeated(
            found,
            work,
            fields,
            config,
            engine=where,
            report=lambda note, done, total: progress(done, total, note),
        )
        counts = _write(found, Parts(work), repeated, output, clusters)
    described = _described(counts, repeated, found, output, time.monotonic() - begun)
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        _print(described, clusters)


def _write(
    files: "Sequence[InputFile]", parts: "Parts", repeated: "Repeated", output: Path, clusters: Path | None
) -> dict[str, int]:
    """Write all outputs; returns how many rows went which way."""
    import numpy as np

    from hornbook.pipeline.publish import write_kept

    is_kept = np.zeros(parts.num_rows, dtype=np.bool_)
    for part in range(parts.num_parts):
        is_kept[parts.read(part, "row").column("row").to_numpy()] = True
    is_kept[[duplicate.row for duplicate in repeated.duplicates]] = False
    write_kept(files, parts, is_kept, output)
    if clusters is not None:
        write_records(clusters, ClusterRow, _cluster_rows(parts, repeated))
    counts = {"kept": int(is_kept.sum())}
    for duplicate in repeated.duplicates:
        counts[duplicate.reason] = counts.get(duplicate.reason, 0) + 1
    return {**counts, **write_rejected(parts, output)}


def _cluster_rows(parts: "Parts", repeated: "Repeated") -> list[ClusterRow]:
    wanted = {row for one in repeated.duplicates for row in (one.row, one.first, one.kept)}
    ids: dict[int, str] = {}
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id")
        pairs = zip(table.column("row").to_pylist(), table.column("id").to_pylist(), strict=True)
        ids.update((row, name) for row, name in pairs if row in wanted)
    return [
        ClusterRow(
            id=ids[one.row],
            duplicate_of=ids[one.first],
            kept=ids[one.kept],
            reason=one.reason,
            jaccard=round(one.jaccard, 4),
        )
        for one in repeated.duplicates
    ]


def _described(
    counts: dict[str, int], repeated: "Repeated", files: "Sequence[InputFile]", output: Path, seconds: float
) -> dict[str, object]:
    num_bytes = sum(file.size for file in files)
    return {
        "output": str(output),
        "num_rows": sum(counts.values()),
        "kept": counts.pop("kept"),
        "dropped": counts,
        "num_compared_pairs": repeated.num_compared,
        "megabytes": round(num_bytes / _MEGABYTE, 2),
        "seconds": round(seconds, 2),
        "mb_per_second": round(num_bytes / _MEGABYTE / seconds, 2),
    }


def _print(described: dict[str, object], clusters: Path | None) -> None:
    dropped = described["dropped"]
    assert isinstance(dropped, dict)
    typer.echo(f"{described['num_rows']:,} rows: {described['kept']:,} kept")
    for reason, number in dropped.items():
        typer.echo(f"{number:>12,} {reason}")
    typer.echo(f"{described['megabytes']:,} MB in {described['seconds']} s, {described['mb_per_second']} MB/s")
    typer.echo(f"the kept rows are in {described['output']}")
    if clusters is not None:
        typer.echo(f"which row repeats which is in {clusters}")
