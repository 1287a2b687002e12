"""A comparison of two models in the terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hornbook.evaluation.compare import CommonProblems, Comparison, Pair
from hornbook.records import Outcome
from hornbook.report.plain import plain

if TYPE_CHECKING:
    from rich.console import Console

_PAIRS_SHOWN = 20
"""Number of the problems that changed sides, for each side."""
_CHANCE = 0.05
_WIDTH = 78


def print_comparison(
    comparison: Comparison, console: "Console", *, notes: Sequence[str] = (), pairs_shown: int = _PAIRS_SHOWN
) -> None:
    """Print who is ahead, how sure that is, and the problems on which the two models differ.

    `notes` are warnings for the reader. `pairs_shown` problems are listed for each model that did better; the rest is
    counted.
    """
    for line in _lines(comparison, notes, pairs_shown):
        console.print(line, highlight=False, emoji=False)


def _lines(comparison: Comparison, notes: Sequence[str], pairs_shown: int) -> Iterator[str]:
    yield f"[bold]{plain(comparison.benchmark)}[/]  {comparison.num_problems:,} problems, asked of both"
    for side, name, number in (
        ("A", comparison.name_a, comparison.num_samples_a),
        ("B", comparison.name_b, comparison.num_samples_b),
    ):
        yield f"  {side}  {plain(name)}{f'  [dim]{number:,} samples per problem[/]' if number > 1 else ''}"
    for note in (*_left_out(comparison.left_out), *notes):
        yield f"  [yellow]{plain(note)}[/]"
    yield ""
    low, high = (100 * end for end in comparison.ci95)
    yield f"  pass@1       A {100 * comparison.score_a:5.1f} %   B {100 * comparison.score_b:5.1f} %"
    yield (
        f"  difference   [bold]{100 * comparison.difference:+.1f} points[/]  {low:+.1f} to {high:+.1f}  "
        "[dim](95 % interval, paired bootstrap)[/]"
    )
    yield f"  {_test(comparison)}"
    yield ""
    yield from _table(comparison)
    for name, sign in (("A", -1), ("B", 1)):
        pairs = [pair for pair in comparison.changed if sign * pair.difference > 0]
        yield from _changed(name, pairs, pairs_shown, several=comparison.mcnemar is None)


def _left_out(left_out: CommonProblems) -> Iterator[str]:
    for task_ids, what in (
        (left_out.only_a, "only A was asked"),
        (left_out.only_b, "only B was asked"),
        (left_out.asked_differently, "the two were asked in different ways"),
    ):
        if task_ids:
            yield f"left out: {len(task_ids):,} problems that {what}"


def _test(comparison: Comparison) -> str:
    if comparison.mcnemar is not None:
        p_value = comparison.mcnemar.exact_p
        figures = f"McNemar’s exact test: p = {_p(p_value)} [dim](mid-p {_p(comparison.mcnemar.mid_p)})[/]"
    else:
        p_value = comparison.sign_flip_p
        figures = f"sign-flip test: p = {_p(p_value)} [dim](McNemar’s needs one sample per problem)[/]"
    return f"{figures}, {'hardly chance' if p_value < _CHANCE else 'could be chance'}"


def _p(p_value: float) -> str:
    return f"{p_value:.3f}" if p_value >= 0.001 else f"{p_value:.1e}"


def _table(comparison: Comparison) -> Iterator[str]:
    a, b = comparison.better_a, comparison.better_b
    if comparison.both is None or comparison.neither is None:
        equal = comparison.num_problems - a - b
        yield f"  A did better on {a:,} problems, B on {b:,}, equally well on {equal:,}"
        return
    yield f"  {'':<10} {'B passed':>10} {'B failed':>10}"
    yield f"  {'A passed':<10} {comparison.both:>10,} {a:>10,}"
    yield f"  {'A failed':<10} {b:>10,} {comparison.neither:>10,}"


def _changed(name: str, pairs: Sequence[Pair], shown: int, *, several: bool) -> Iterator[str]:
    if not pairs:
        return
    yield f"\n[bold]{f'{name} did better' if several else f'only {name} passed'}[/] [dim]({len(pairs):,})[/]"
    width = max(len(plain(pair.task_id)) for pair in pairs[:shown]) if shown else 0
    for pair in pairs[:shown]:
        sides = f"A {_side(pair.a):<18} B {_side(pair.b)}"
        yield f"  {plain(pair.task_id):<{min(width, _WIDTH // 2)}}   {sides}"
    if len(pairs) > shown:
        yield f"  … and {len(pairs) - shown:,} more"


def _side(outcomes: Sequence[Outcome]) -> str:
    if len(outcomes) == 1:
        return outcomes[0].value
    return f"{outcomes.count(Outcome.PASSED)} of {len(outcomes)}"
