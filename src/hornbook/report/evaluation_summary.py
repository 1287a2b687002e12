"""An evaluation in a few lines for the terminal."""

import textwrap
from collections.abc import Iterator, Mapping

from hornbook.artifacts.stage import Artifact
from hornbook.report.facts import metric
from hornbook.report.grades import grade_line
from hornbook.report.plain import plain
from hornbook.report.scored import Score
from hornbook.report.scores import sandbox_of, scores_by_name

_WIDTH = 80
_INDENT = " " * 14


def evaluation_lines(artifact: Artifact) -> Iterator[str]:
    """The model, and for each benchmark its pass@k, protocol, outcomes, and what a grader thought.

    Args:
        artifact: Of the stage `evaluate`.
    """
    model = metric(artifact, "model")
    yield f"\n[bold]{plain(model['name'])}[/] [dim]{plain(model['kind'])}[/]"
    for name, score in scores_by_name(model["name"], artifact).items():
        yield ""
        yield from _score_lines(score)
        graded = metric(artifact, "grades").get(name)
        if graded is not None:
            yield from _wrapped("grades", grade_line(graded))


def sandbox_lines(artifacts: Mapping[str, Artifact]) -> Iterator[str]:
    """A warning where what a model wrote ran without a jail; nothing where it ran in one or not at all."""
    sandbox = sandbox_of(artifacts)
    if sandbox is not None and not sandbox.jailed:
        yield "\n[bold red]programs ran without a jail[/]: what the model wrote could do all that you can,"
        yield "and could write its own verdict"


def _score_lines(score: Score) -> Iterator[str]:
    title = plain(score.benchmark)
    samples = f", {score.num_samples:,} samples of each" if score.num_samples > 1 else ""
    yield f"[bold]{title}[/]  [dim]{score.num_problems:,} problems{samples}; with 95 % intervals[/]"
    for k, share, ci95 in ((1, score.pass_at_1, score.ci95), *score.more_k):
        low, high = (100 * end for end in ci95)
        yield f"  {f'pass@{k}':<10}  [bold]{100 * share:5.1f} %[/]   {low:5.1f} to {high:5.1f}"
    yield from _wrapped("outcomes", ", ".join(f"{outcome} {number:,}" for outcome, number in score.outcomes))
    if score.protocol_name:
        yield from _wrapped("protocol", score.protocol_name)
    if score.truncated_prompts:
        yield from _wrapped("prompts", f"{score.truncated_prompts:,} too long for the model, read from the middle on")


def _wrapped(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH - len(_INDENT)) or [""]
    yield f"  {name:<{len(_INDENT) - 2}}{plain(lines[0])}"
    yield from (_INDENT + plain(line) for line in lines[1:])
