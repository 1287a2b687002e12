"""The part of a model card that says what leaked into the training data, how well that was searched, what remains.

Reads:  what `decontaminate` found, and the scores on the problems that did not leak.
Writes: the section `## Contamination` as Markdown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hornbook.errors import MissingInputError
from hornbook.evaluation.clean_subset import CleanScore, PassRate
from hornbook.evaluation.leaks import (
    RULE_NAME,
    BenchmarkLeaks,
    DetectorCalibration,
    DetectorQuality,
    Leaks,
    Proportion,
)

_PAPER = "13-gram"
"""How the name of the paper's own detector begins."""


@dataclass(frozen=True, kw_only=True)
class ContaminationChecks:
    """What the training data was compared with, what came of it, and what nobody could see."""

    leaks: Leaks
    rule: str
    """In a sentence or two."""
    not_checked: tuple[str, ...]
    clean: tuple[CleanScore, ...]
    """Benchmark by benchmark."""


def write_contamination(name: str, found: ContaminationChecks | None, scored: Sequence[tuple[str, str]]) -> str:
    """Write the section.

    Args:
        name: The model's, for errors.
        found: All that is to be said.
        scored: Benchmark and model of each score on the card.

    Raises:
        MissingInputError: Nothing was compared; the rule or the paper's 13-grams were not measured; there is no score
            on clean problems, or not for each score on a benchmark that was compared. Such a model is not published.
    """
    if found is None or not found.leaks.benchmarks:
        raise MissingInputError(f"the model card of `{name}` has no contamination checks; decontaminate its data")
    _check_clean(name, found, scored)
    quality = _quality(name, found.leaks.calibration)
    not_checked = "\n".join(f"- {gap}" for gap in found.not_checked)
    return f"""## Contamination

{_compared(found.leaks)}

{found.rule}

{_findings(found.leaks.benchmarks)}

{quality}

Scores on all problems, and on those for which no leaking document was found, with 95 % intervals:

{_clean(found.clean)}

Not checked, or not to be seen:

{not_checked}
"""


def _check_clean(name: str, found: ContaminationChecks, scored: Sequence[tuple[str, str]]) -> None:
    compared = {benchmark.title for benchmark in found.leaks.benchmarks}
    present = {(score.benchmark, score.model) for score in found.clean}
    lacking = [(benchmark, model) for benchmark, model in scored if (benchmark, model) not in present]
    lacking = [(benchmark, model) for benchmark, model in lacking if benchmark in compared]
    if lacking or not present:
        of_what = f" of `{lacking[0][1]}` on {lacking[0][0]}" if lacking else ""
        raise MissingInputError(
            f"the model card of `{name}` has no score on the problems without a leak{of_what}; evaluate the model on a "
            "benchmark that its data was compared with"
        )


def _compared(leaks: Leaks) -> str:
    benchmarks = ", ".join(f"{one.title} ({one.num_problems:,} problems)" for one in leaks.benchmarks)
    reasons = ", ".join(f"{number:,} {reason}" for reason, number in leaks.dropped)
    verdict = f"put aside: {leaks.num_dropped:,} ({reasons})" if leaks.num_dropped else "none had to be put aside"
    return f"{leaks.num_checked:,} training documents were compared with {benchmarks}; {verdict}."


def _findings(benchmarks: Sequence[BenchmarkLeaks]) -> str:
    rows = [
        f"| {benchmark.title} | {found.detector} | {found.num_documents:,} | {found.num_problems:,} | "
        f"{found.num_decided:,} |"
        for benchmark in benchmarks
        for found in benchmark.detectors
    ]
    return "\n".join(
        [
            "| benchmark | detector | documents that resemble a problem | problems | documents put aside for it |",
            "|---|---|---|---|---|",
            *rows,
        ]
    )


def _quality(name: str, calibration: DetectorCalibration | None) -> str:
    """The rule and the paper's detector on the labelled pairs."""
    rows = calibration.rows if calibration else ()
    rule = next((row for row in rows if row.name == RULE_NAME), None)
    paper = next((row for row in rows if row.name.startswith(_PAPER)), None)
    if calibration is None or rule is None or paper is None:
        raise MissingInputError(
            f"the model card of `{name}` has no measure of the detectors; it needs the rows `{RULE_NAME}` and "
            f"`{_PAPER}` of the calibration, got {[row.name for row in rows]}"
        )
    lines = [
        f"How good the search is, on {calibration.num_leaks:,} leaks and {calibration.num_clean:,} clean records "
        f"written for that about {calibration.num_problems:,} problems, with 95 % intervals:",
        "",
        "| detector | recall | precision |",
        "|---|---|---|",
        _quality_row(f"**{rule.name}**", rule, calibration.num_leaks),
        _quality_row(paper.name, paper, calibration.num_leaks),
    ]
    return "\n".join(lines)


def _quality_row(name: str, row: DetectorQuality, num_leaks: int) -> str:
    num_flagged = row.num_found + row.num_false
    precision = (
        f"{_share(row.precision)}, {row.num_found:,} of {num_flagged:,} flagged" if row.precision else "nothing flagged"
    )
    return f"| {name} | {_share(row.recall)}, {row.num_found:,} of {num_leaks:,} leaks | {precision} |"


def _clean(scores: Sequence[CleanScore]) -> str:
    head = ["| benchmark | model | pass@1, all problems | pass@1, problems without a leak |", "|---|---|---|---|"]
    return "\n".join([*head, *_clean_rows(scores)])


def _clean_rows(scores: Sequence[CleanScore]) -> Iterator[str]:
    for score in scores:
        if not score.num_leaked:
            clean = "the same: none leaked"
        else:
            clean = _rate(score.clean) if score.clean else "every problem leaked"
        yield f"| {score.benchmark} | {score.model} | {_rate(score.full)} | {clean} |"


def _rate(score: PassRate) -> str:
    return f"{_share(Proportion(value=score.pass_at_1, ci95=score.ci95))}, {score.num_problems:,} problems"


def _share(share: Proportion) -> str:
    """`98.1 % (94.6 to 99.4)`."""
    low, high = share.ci95
    return f"{100 * share.value:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
