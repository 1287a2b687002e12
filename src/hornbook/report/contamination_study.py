"""What leaks are worth: a model on similar and other problems, as it was trained and trained again on pruned exercises.

Reads:  the similar pairs by each label; the verdicts of the model as trained, and of each that was trained again.
Writes: a cell per label and group of problems: both accuracies with 95 % intervals, their difference, and its test.
Source: section 5 of the paper, table 3, which has the accuracies alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from hornbook.errors import MissingInputError
from hornbook.evaluation.compare import CommonProblems, compare
from hornbook.evaluation.score import score_verdicts
from hornbook.records import Outcome, Problem, Verdict
from hornbook.stats import sign_flip_p

_NUM_RESAMPLES = 10_000
_RESAMPLES_AT_ONCE = 500
_SMALLEST_UNIT = 40_000
"""Of a difference of shares, as its reciprocal."""


class Group(StrEnum):
    """Which of a benchmark's problems a cell is about."""

    SIMILAR = "similar"
    """Those that at least one exercise is similar to."""
    OTHER = "non-similar"
    TOTAL = "total"
    GAP = "gap"
    """The accuracy on similar problems less that on the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCell:
    """One group of problems by one label. Accuracies, gaps and differences are shares, -1 to 1; intervals are 95 %."""

    label: str
    group: Group
    num_problems: int
    as_trained: float
    as_trained_low: float
    as_trained_high: float
    retrained: float
    retrained_low: float
    retrained_high: float
    difference: float
    """`retrained` less `as_trained`, with the interval of the paired bootstrap over problems."""
    difference_low: float
    difference_high: float
    only_as_trained: int
    """Problems of which the model as trained passed a greater share of samples."""
    only_retrained: int
    p_value: float
    """How often a difference at least as large comes out when the two models' results on each problem are exchanged at
    random: with one sample per problem McNemar's exact test. For the gap, the same of the gap's difference."""


def study_cells(
    label: str,
    problems: Sequence[Problem],
    similar: frozenset[str],
    as_trained: Sequence[Verdict],
    retrained: Sequence[Verdict],
    seed: int,
) -> list[StudyCell]:
    """Compare two models within similar and other problems, on all of them, and in the gap between the two groups.

    Args:
        label: By which the problems are similar.
        problems: Of the benchmark, at least one.
        similar: Task ids.
        as_trained: At least one verdict for each problem.
        retrained: The same of the other model.
        seed: Of the bootstrap: equal seeds, equal cells.

    Returns:
        A cell per group, in the order of `Group`; none for a group without problems, and no gap without both.

    Raises:
        MissingInputError: A task id belongs to no problem, or a problem lacks verdicts.
    """
    unknown = similar - {problem.task_id for problem in problems}
    if unknown:
        raise MissingInputError(f"`{min(unknown)}`, similar by `{label}`, is none of the problems that were asked")
    groups = {
        Group.SIMILAR: [problem for problem in problems if problem.task_id in similar],
        Group.OTHER: [problem for problem in problems if problem.task_id not in similar],
        Group.TOTAL: list(problems),
    }
    cells = [_cell(label, group, asked, as_trained, retrained, seed) for group, asked in groups.items() if asked]
    if groups[Group.SIMILAR] and groups[Group.OTHER]:
        of_similar, of_others = (
            _Shares.of(groups[group], as_trained, retrained) for group in (Group.SIMILAR, Group.OTHER)
        )
        cells.append(_gap(label, of_similar, of_others, seed))
    return cells


def _cell(
    label: str,
    group: Group,
    problems: Sequence[Problem],
    as_trained: Sequence[Verdict],
    retrained: Sequence[Verdict],
    seed: int,
) -> StudyCell:
    task_ids = {problem.task_id for problem in problems}
    first, second = ([one for one in of_model if one.task_id in task_ids] for of_model in (as_trained, retrained))
    before, after = (
        score_verdicts(label, problems, of_model, protocol="", generator=np.random.default_rng(seed), ks=(1,))
        for of_model in (first, second)
    )
    comparison = compare(
        CommonProblems(problems=tuple(problems), only_a=(), only_b=(), asked_differently=()),
        first,
        second,
        benchmark=label,
        name_a="as trained",
        name_b="retrained",
        generator=np.random.default_rng(seed),
    )
    return StudyCell(
        label=label,
        group=group,
        num_problems=len(problems),
        as_trained=comparison.score_a,
        as_trained_low=before.ci95[0],
        as_trained_high=before.ci95[1],
        retrained=comparison.score_b,
        retrained_low=after.ci95[0],
        retrained_high=after.ci95[1],
        difference=comparison.difference,
        difference_low=comparison.ci95[0],
        difference_high=comparison.ci95[1],
        only_as_trained=comparison.better_a,
        only_retrained=comparison.better_b,
        p_value=comparison.sign_flip_p,
    )


@dataclass(frozen=True, kw_only=True)
class _Shares:
    """Of a group's problems in order, the share of samples that passed."""

    before: npt.NDArray[np.float64]
    after: npt.NDArray[np.float64]
    unit: int
    """All differences are multiples of 1 / unit."""

    @classmethod
    def of(cls, problems: Sequence[Problem], as_trained: Sequence[Verdict], retrained: Sequence[Verdict]) -> "_Shares":
        samples = [_passed_of(verdicts) for verdicts in (as_trained, retrained)]
        before, after = ([of_model[problem.task_id] for problem in problems] for of_model in samples)
        sizes = {len(passed) for passed in [*before, *after]}
        return cls(
            before=np.array([sum(passed) / len(passed) for passed in before]),
            after=np.array([sum(passed) / len(passed) for passed in after]),
            unit=min(_SMALLEST_UNIT, math.lcm(*sizes)),
        )

    @property
    def differences(self) -> npt.NDArray[np.float64]:
        return self.after - self.before


def _passed_of(verdicts: Sequence[Verdict]) -> Mapping[str, list[bool]]:
    passed: dict[str, list[bool]] = {}
    for verdict in verdicts:
        passed.setdefault(verdict.task_id, []).append(verdict.outcome is Outcome.PASSED)
    return passed


def _gap(label: str, similar: _Shares, other: _Shares, seed: int) -> StudyCell:
    values = {
        "as_trained": (similar.before, other.before),
        "retrained": (similar.after, other.after),
        "difference": (similar.differences, other.differences),
    }
    ends = {name: _interval(*groups, np.random.default_rng(seed)) for name, groups in values.items()}
    differences = np.concatenate([similar.differences, -other.differences])
    return StudyCell(
        label=label,
        group=Group.GAP,
        num_problems=len(similar.before) + len(other.before),
        **{name: float(first.mean() - second.mean()) for name, (first, second) in values.items()},
        **{f"{name}_low": low for name, (low, _) in ends.items()},
        **{f"{name}_high": high for name, (_, high) in ends.items()},
        only_as_trained=int((differences < 0).sum()),
        only_retrained=int((differences > 0).sum()),
        p_value=_gap_p(similar, other),
    )


def _interval(
    similar: npt.NDArray[np.float64], other: npt.NDArray[np.float64], generator: np.random.Generator
) -> tuple[float, float]:
    """The 95 % interval of the difference of two means, by drawing each group's problems anew, 10,000 times."""
    gaps = []
    for _ in range(_NUM_RESAMPLES // _RESAMPLES_AT_ONCE):
        means = [
            group[generator.integers(len(group), size=(_RESAMPLES_AT_ONCE, len(group)))].mean(axis=1)
            for group in (similar, other)
        ]
        gaps.append(means[0] - means[1])
    low, high = np.quantile(np.concatenate(gaps), [0.025, 0.975])
    return float(low), float(high)


def _gap_p(similar: _Shares, other: _Shares) -> float:
    """The exact test of the gap's difference: a problem counts by one over the size of its group, in whole numbers."""
    unit = math.lcm(similar.unit, other.unit)
    first = [round(value * unit) * len(other.before) for value in similar.differences.tolist()]
    second = [-round(value * unit) * len(similar.before) for value in other.differences.tolist()]
    return sign_flip_p([*first, *second])
