"""`hornbook select`: keep the most valuable rows of one's own files within a budget."""

import json
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from hornbook.commands.input_options import (
    EngineOption,
    FilesOption,
    GivenIdFieldOption,
    InputsArgument,
    KeptOption,
    RayOption,
    TextFieldOption,
)
from hornbook.commands.work_folder import described_files, require_outside, work_beside
from hornbook.commands.written_files import beside, require_writable, write_records, write_rejected
from hornbook.errors import ConfigError

_MEGABYTE = 1_000_000
_TYPED = re.compile(r"(\d+(?:[_,]\d{3})*(?:\.\d+)?)([kmbt]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}

ValuesOption = Annotated[
    Path,
    typer.Option(
        "--values",
        metavar="FILE",
        help="Rows of `id` and `value`, as `hornbook predict-value` writes them.",
        show_default=False,
    ),
]
KeepTokensOption = Annotated[
    str | None,
    typer.Option("--keep-tokens", metavar="NUMBER", help="So many tokens stay at most: 6B, 500M, 10k."),
]
KeepShareOption = Annotated[
    float | None, typer.Option("--keep-share", help="This share of all tokens stays at most; above 0, to 1.")
]
ThresholdOption = Annotated[float | None, typer.Option("--threshold", help="What has at least this value stays.")]


def select(
    inputs: InputsArgument,
    values: ValuesOption,
    output: KeptOption,
    keep_tokens: KeepTokensOption = None,
    keep_share: KeepShareOption = None,
    threshold: ThresholdOption = None,
    text_field: TextFieldOption = "text",
    id_field: GivenIdFieldOption = "id",
    files: FilesOption = "*.py",
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Keep the rows of the highest value, as many as a budget of tokens holds or all from a threshold on.

    The others are named beside the output with their value. An interrupted command, typed again, goes on where it was.
    """
    import numpy as np

    from hornbook.curation.select import OVER_BUDGET, Budget, DroppedRow, choose, count_tokens, dropped_rows
    from hornbook.curation.value_files import ValuesById, measure_documents
    from hornbook.display import make_console, show_progress
    from hornbook.parallel import open_engine
    from hornbook.pipeline.fingerprint import encode
    from hornbook.pipeline.kept_rows import require_same_form, write_kept
    from hornbook.pipeline.parts import require_some
    from hornbook.sources.documents import Fields, documents_of
    from hornbook.sources.input_files import find_files

    budget = Budget(
        keep_tokens=None if keep_tokens is None else parse_count(keep_tokens, "--keep-tokens"),
        keep_share=keep_share,
        threshold=threshold,
    )
    require_writable(output)
    for path in (output, beside(output, "dropped"), beside(output, "rejected")):
        require_outside(path, [*inputs, values])
    found = find_files(inputs, pattern=files)
    require_same_form(found, output)
    fields = Fields(text=text_field, id=id_field)
    documents = documents_of(found, fields)
    where = open_engine(engine, ray_address)
    settings = {"files": described_files(found), "fields": encode(fields)}
    num_bytes = sum(file.size for file in found)
    begun = time.monotonic()
    with (
        work_beside(output, "selecting in", settings) as work,
        show_progress(make_console(stderr=True), "select") as progress,
    ):

        def report(num_rows: int, num_characters: int) -> None:
            progress(num_characters // _MEGABYTE, max(1, num_bytes // _MEGABYTE), f"MB read; {num_rows:,} rows")

        by_id = ValuesById(values)
        parts = measure_documents(documents, work, count_tokens, report=report, engine=where)
        require_some(parts, fields)
        chosen = choose(parts, by_id, budget)
        is_kept = np.zeros(parts.num_rows, dtype=np.bool_)
        is_kept[chosen.rows[chosen.is_kept]] = True
        write_kept(found, parts, is_kept, output)
        write_records(beside(output, "dropped"), DroppedRow, dropped_rows(parts, chosen))
        rejected = write_rejected(parts, output)
        num_kept = int(is_kept.sum())
        dropped = {OVER_BUDGET: len(chosen.is_kept) - num_kept, **rejected}
        described = {
            "num_rows": parts.num_rows,
            "kept": num_kept,
            "dropped": {reason: number for reason, number in dropped.items() if number},
            "threshold": chosen.threshold,
            "num_kept_tokens": chosen.num_kept_tokens,
            "num_tokens": chosen.num_tokens,
            "seconds": round(time.monotonic() - begun, 2),
            "output": str(output),
        }
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        _print(described, output)


def parse_count(typed: str, flag: str) -> int:
    """The number that was typed: `6B`, `1.5M`, `10k`, `1_000` or `1000`.

    Args:
        typed: What stands behind the flag.
        flag: For the message.

    Raises:
        ConfigError: It is no whole number above 0.
    """
    match = _TYPED.fullmatch(typed.strip())
    number = Decimal(re.sub("[_,]", "", match[1])) * _FACTORS[match[2].lower()] if match else Decimal(0)
    if number < 1 or number != int(number):
        raise ConfigError(f"`{flag}` must be a whole number above 0, such as 6B, 500M, 10k or 1000; got {typed!r}")
    return int(number)


def _print(described: dict[str, Any], output: Path) -> None:
    typer.echo(f"{described['num_rows']:,} rows: {described['kept']:,} kept, the least value {described['threshold']}")
    for reason, number in described["dropped"].items():
        typer.echo(f"{number:>12,} {reason}")
    share = described["num_kept_tokens"] / max(1, described["num_tokens"])
    typer.echo(f"{described['num_kept_tokens']:,} of {described['num_tokens']:,} tokens kept, {share:.1%}")
    typer.echo(f"the kept rows are in {output}, the others' values in {beside(output, 'dropped')}")
