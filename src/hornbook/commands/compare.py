"""`hornbook compare`: which of two evaluated models is better on the same problems, and how sure that is."""

import json
from pathlib import Path
from typing import Annotated

import typer

from hornbook.pipeline import DEFAULT_STORE

_SIDE = "A run, RUN/STAGE (laptop/evaluate-base), or a file that `hornbook evaluate --output` wrote."


def compare(
    a: Annotated[str, typer.Argument(help=_SIDE, show_default=False)],
    b: Annotated[str, typer.Argument(help="The other one.", show_default=False)],
    benchmark: Annotated[
        str | None,
        typer.Option("--benchmark", "-b", metavar="NAME[=PATH]", help="For files, and where they share several."),
    ] = None,
    common_only: Annotated[
        bool, typer.Option("--common-only", help="Leave out problems that the two do not share, instead of refusing.")
    ] = False,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where evaluations are kept.")
    ] = Path(DEFAULT_STORE),
    seed: Annotated[int, typer.Option("--seed", help="Of the bootstrap.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare two evaluations on the same problems: the paired test, the difference, who solved what."""
    import numpy as np

    from hornbook.benchmarks.find import find_benchmark
    from hornbook.display import make_console
    from hornbook.evaluation.compare import compare as compare_verdicts
    from hornbook.evaluation.compare import problems_in_both
    from hornbook.evaluation.sides import differences_of, find_sides, is_file
    from hornbook.pipeline.store import Store
    from hornbook.report.comparison import print_comparison

    of_files = find_benchmark(benchmark) if benchmark and (is_file(a) or is_file(b)) else None
    sides = find_sides(a, b, Store(store), _name_of(benchmark) if benchmark else None, of_files)
    comparison = compare_verdicts(
        problems_in_both(sides[0].problems, sides[1].problems, common_only=common_only),
        sides[0].verdicts,
        sides[1].verdicts,
        benchmark=sides[0].title,
        name_a=sides[0].name,
        name_b=sides[1].name,
        generator=np.random.default_rng(seed),
    )
    notes = differences_of(sides)
    if as_json:
        typer.echo(json.dumps({**comparison.as_json(), "notes": notes}, indent=2))
    else:
        print_comparison(comparison, make_console(), notes=notes)


def _name_of(benchmark: str) -> str:
    """The name under which an evaluation keeps the benchmark that was typed."""
    from hornbook.evaluation.stages import HELD_OUT

    if benchmark.endswith((".jsonl", ".jsonl.gz")) and "=" not in benchmark:
        return Path(benchmark).name.removesuffix(".gz").removesuffix(".jsonl")
    name = benchmark.partition("=")[0]
    return HELD_OUT if name.replace("-", "_") == HELD_OUT else name
