"""How far a language model's grades agree with the tests, and with each other.

Reads:  the verdicts of completions, and their grades.
Writes: one `Agreement`.
Source: Gunasekar et al. 2023, section 4, for the mean grade in percent; Hanley and McNeil 1982 for the area under the
ROC curve as a probability; Kendall 1945 for tau-b.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.evaluation.pass_at_k import bootstrap_interval
from hornbook.records import Grade, Outcome, Verdict

_DIGITS = 6
_PERCENT_PER_GRADE = 10.0


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Grades beside verdicts. A completion's grade is the mean of its gradings."""

    mean_grade_percent: float
    """Mean over problems of the mean over a problem's completions, times 10: what the paper calls understanding."""
    ci95: tuple[float, float]
    """The 95 % interval of it, by bootstrap over problems."""
    num_problems: int
    """Those with a grade."""
    num_passed: int
    """Completions that are graded and passed."""
    num_failed: int
    """Completions that are graded and did not pass."""
    num_ungraded: int
    """Completions with a verdict and without a grade; they count nowhere else."""
    mean_grade_passed: float | None
    """0 to 10, over completions; None where none passed."""
    mean_grade_failed: float | None
    """0 to 10, over completions; None where none failed."""
    auc: float | None
    """The chance that a passed completion is graded above a failed one, a tie counting half, over all such pairs, also
    those of different problems; None where there are none."""
    kendall_tau_b: float | None
    """Rank correlation of grade and passing, -1 to 1; None where all passed, none did, or all grades are equal."""
    grading_spread: float | None
    """Mean standard deviation, in grades, between gradings of one completion; None where none has two."""

    def to_json(self) -> dict[str, Any]:
        """JSON values, rounded to six digits."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


def measure_agreement(
    verdicts: Sequence[Verdict], grades: Sequence[Grade], generator: np.random.Generator
) -> Agreement:
    """Hold the grades of completions against their verdicts.

    Args:
        verdicts: One per completion.
        grades: Any number per completion, at least one in all.
        generator: For the bootstrap.

    Raises:
        MissingInputError: There are no grades, or one belongs to no verdict.
    """
    if not grades:
        raise MissingInputError("there are no grades to hold against the verdicts")
    passed = {(one.task_id, one.sample_index): one.outcome is Outcome.PASSED for one in verdicts}
    gradings: dict[tuple[str, int], list[int]] = defaultdict(list)
    for grade in grades:
        if (grade.task_id, grade.sample_index) not in passed:
            raise MissingInputError(f"the grade of `{grade.task_id}`, sample {grade.sample_index}, has no verdict")
        gradings[grade.task_id, grade.sample_index].append(grade.grade)
    means = {key: statistics.fmean(gradings[key]) for key in passed if key in gradings}
    of_passed = [mean for key, mean in means.items() if passed[key]]
    of_failed = [mean for key, mean in means.items() if not passed[key]]
    by_problem = _mean_by_problem(means)
    percents = [_PERCENT_PER_GRADE * mean for mean in by_problem]
    above, below = _count_pairs(of_passed, of_failed)
    return Agreement(
        mean_grade_percent=statistics.fmean(percents),
        ci95=bootstrap_interval(percents, generator),
        num_problems=len(percents),
        num_passed=len(of_passed),
        num_failed=len(of_failed),
        num_ungraded=len(passed) - len(means),
        mean_grade_passed=statistics.fmean(of_passed) if of_passed else None,
        mean_grade_failed=statistics.fmean(of_failed) if of_failed else None,
        auc=_auc(above, below, len(of_passed) * len(of_failed)),
        kendall_tau_b=_tau_b(above, below, of_passed, of_failed),
        grading_spread=_spread(list(gradings.values())),
    )


def _mean_by_problem(means: Mapping[tuple[str, int], float]) -> list[float]:
    of_problem: dict[str, list[float]] = defaultdict(list)
    for (task_id, _), mean in means.items():
        of_problem[task_id].append(mean)
    return [statistics.fmean(of_one) for of_one in of_problem.values()]


def _count_pairs(of_passed: Sequence[float], of_failed: Sequence[float]) -> tuple[int, int]:
    """Pairs of a passed and a failed completion: how many have the passed one graded above, and how many below."""
    failed = np.sort(np.asarray(of_failed, dtype=np.float64))
    below_it = np.searchsorted(failed, of_passed, side="left")
    not_above_it = np.searchsorted(failed, of_passed, side="right")
    return int(below_it.sum()), int((len(failed) - not_above_it).sum())


def _auc(above: int, below: int, num_pairs: int) -> float | None:
    ties = num_pairs - above - below
    return (above + ties / 2) / num_pairs if num_pairs else None


def _tau_b(above: int, below: int, of_passed: Sequence[float], of_failed: Sequence[float]) -> float | None:
    """Concordant less discordant pairs, over the geometric mean of the pairs that either side tells apart.

    Pairs of equal verdict are neither, so that the pairs of a passed and a failed one are all there is to count.
    """
    _, counts = np.unique([*of_passed, *of_failed], return_counts=True)
    total = int(counts.sum())
    apart_by_grade = math.comb(total, 2) - sum(math.comb(int(count), 2) for count in counts)
    apart_by_verdict = len(of_passed) * len(of_failed)
    if not apart_by_grade or not apart_by_verdict:
        return None
    return (above - below) / math.sqrt(apart_by_grade * apart_by_verdict)


def _spread(gradings: Sequence[Sequence[int]]) -> float | None:
    deviations = [statistics.stdev(of_one) for of_one in gradings if len(of_one) > 1]
    return statistics.fmean(deviations) if deviations else None


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_rounded(one) for one in value]
    return round(value, _DIGITS) if isinstance(value, float) else value
