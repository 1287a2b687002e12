"""Which of two models is better on the same problems, and how sure that is.

Two scores on one benchmark are not independent: both models meet the same easy and the same hard problems. So they are
paired, problem by problem, and only the problems on which they differ count.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem, Verdict
from hornbook.stats import McNemar, bootstrap_interval, mcnemar, sign_flip_p
from hornbook.units import listed

_DIGITS = 6
_MOST_UNITS = 40_000
"""Of a share of 1: reached only where problems have many different numbers of samples."""
_SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class CommonProblems:
    """The problems that both sides were asked, and those that are dropped from the comparison."""

    problems: tuple[Problem, ...]
    """At least one, in the first side's order."""
    only_a: tuple[str, ...]
    """Task ids that the second side was not asked."""
    only_b: tuple[str, ...]
    """Task ids that the first side was not asked."""
    asked_differently: tuple[str, ...]
    """Task ids with another prompt or other tests on the two sides."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The outcomes of both models on one problem, one per sample, in their order."""

    task_id: str
    a: tuple[Outcome, ...]
    b: tuple[Outcome, ...]

    @property
    def difference(self) -> float:
        """Share of passed samples of the second model less that of the first; -1 to 1."""
        return share_passed(self.b) - share_passed(self.a)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two models on the same problems of one benchmark."""

    benchmark: str
    name_a: str
    name_b: str
    num_problems: int
    num_samples_a: int
    """Of the problem that has the fewest."""
    num_samples_b: int
    score_a: float
    """pass@1 on the compared problems, the mean of their shares of passed samples; 0 to 1."""
    score_b: float
    difference: float
    """`score_b` less `score_a`."""
    ci95: tuple[float, float]
    """The 95 % interval of the difference: bootstrap over problems, both models' results drawn together."""
    better_a: int
    """Problems of which the first model passed a greater share; with one sample per problem, which only it solved."""
    better_b: int
    both: int | None
    """Problems that both solved; None where a side has several samples."""
    neither: int | None
    mcnemar: McNemar | None
    """None where a side has several samples: there a problem is not simply solved or not."""
    sign_flip_p: float
    """The share of all exchanges of each problem's two results that give a difference at least as large, in either
    direction. With one sample per problem it equals McNemar's exact p."""
    changed: tuple[Pair, ...]
    """The problems on which the models differ: first those that the first did better, each group by the size of the
    difference, then in the problems' order."""
    left_out: CommonProblems

    def as_json(self) -> dict[str, Any]:
        """JSON values, rates rounded to six digits, p values to four significant ones."""
        return {
            "benchmark": self.benchmark,
            "a": {"name": self.name_a, "pass@1": round(self.score_a, _DIGITS), "num_samples": self.num_samples_a},
            "b": {"name": self.name_b, "pass@1": round(self.score_b, _DIGITS), "num_samples": self.num_samples_b},
            "num_problems": self.num_problems,
            "difference": round(self.difference, _DIGITS),
            "ci95": [round(end, _DIGITS) for end in self.ci95],
            "counts": {"both": self.both, "only_a": self.better_a, "only_b": self.better_b, "neither": self.neither},
            "mcnemar_exact_p": _significant(self.mcnemar.exact_p) if self.mcnemar else None,
            "mcnemar_mid_p": _significant(self.mcnemar.mid_p) if self.mcnemar else None,
            "sign_flip_p": _significant(self.sign_flip_p),
            "changed": [
                {
                    "task_id": pair.task_id,
                    "a": [outcome.value for outcome in pair.a],
                    "b": [outcome.value for outcome in pair.b],
                }
                for pair in self.changed
            ],
            "left_out": {
                "only_a": list(self.left_out.only_a),
                "only_b": list(self.left_out.only_b),
                "asked_differently": list(self.left_out.asked_differently),
            },
        }


def problems_in_both(
    problems_a: Sequence[Problem], problems_b: Sequence[Problem], *, common_only: bool = False
) -> CommonProblems:
    """The problems with equal task id, prompt, entry point and tests on both sides.

    Raises:
        MissingInputError: The sides have none in common, or not the same ones, unless `common_only` leaves out what
            they do not share; names what is missing where.
    """
    found_a, found_b = ({problem.task_id: problem for problem in side} for side in (problems_a, problems_b))
    shared = [problem for problem in problems_a if problem.task_id in found_b]
    common = CommonProblems(
        problems=tuple(problem for problem in shared if _same(problem, found_b[problem.task_id])),
        only_a=tuple(task_id for task_id in found_a if task_id not in found_b),
        only_b=tuple(task_id for task_id in found_b if task_id not in found_a),
        asked_differently=tuple(p.task_id for p in shared if not _same(p, found_b[p.task_id])),
    )
    parts = [
        f"{len(task_ids):,} {what} ({listed(task_ids)})"
        for task_ids, what in (
            (common.only_a, "only on the first side"),
            (common.only_b, "only on the second side"),
            (common.asked_differently, "with another prompt or other tests"),
        )
        if task_ids
    ]
    if parts and not common_only:
        raise MissingInputError(
            f"the two sides were not asked the same problems: {'; '.join(parts)}; add "
            f"`--common-only` to compare the {len(common.problems):,} that they share"
        )
    if not common.problems:
        raise MissingInputError(f"the two sides share no problem: {'; '.join(parts) or 'there are none'}")
    return common


def compare(
    common: CommonProblems,
    verdicts_a: Sequence[Verdict],
    verdicts_b: Sequence[Verdict],
    *,
    benchmark: str,
    name_a: str,
    name_b: str,
    generator: np.random.Generator,
) -> Comparison:
    """Pair the verdicts of two models, in any order, problem by problem.

    Verdicts on other problems are ignored. The models may have different numbers of samples. `benchmark` is its title;
    `generator` serves the bootstrap.

    Raises:
        MissingInputError: A problem lacks verdicts on a side. Nothing is counted as failed for that.
    """
    outcomes_a = outcomes_of(common.problems, verdicts_a, name_a)
    outcomes_b = outcomes_of(common.problems, verdicts_b, name_b)
    pairs = [Pair(task_id=task_id, a=outcomes_a[task_id], b=outcomes_b[task_id]) for task_id in outcomes_a]
    differences = [pair.difference for pair in pairs]
    better_a, better_b = sum(d < 0 for d in differences), sum(d > 0 for d in differences)
    single = all(len(pair.a) == len(pair.b) == 1 for pair in pairs)
    unit = units_per_share([*outcomes_a.values(), *outcomes_b.values()])
    num_solved = Counter(share_passed(pair.a) + share_passed(pair.b) for pair in pairs)
    return Comparison(
        benchmark=benchmark,
        name_a=name_a,
        name_b=name_b,
        num_problems=len(pairs),
        num_samples_a=min(len(pair.a) for pair in pairs),
        num_samples_b=min(len(pair.b) for pair in pairs),
        score_a=math.fsum(share_passed(pair.a) for pair in pairs) / len(pairs),
        score_b=math.fsum(share_passed(pair.b) for pair in pairs) / len(pairs),
        difference=math.fsum(differences) / len(pairs),
        ci95=bootstrap_interval(differences, generator),
        better_a=better_a,
        better_b=better_b,
        both=num_solved[2] if single else None,
        neither=num_solved[0] if single else None,
        mcnemar=mcnemar(better_a, better_b) if single else None,
        sign_flip_p=sign_flip_p([round(difference * unit) for difference in differences]),
        changed=tuple(
            sorted(
                (pair for pair in pairs if pair.difference),
                key=lambda pair: (pair.difference > 0, -abs(pair.difference)),
            )
        ),
        left_out=common,
    )


def share_passed(outcomes: Sequence[Outcome]) -> float:
    """The share of the samples that passed; 0 to 1."""
    return outcomes.count(Outcome.PASSED) / len(outcomes)


def _same(problem: Problem, other: Problem) -> bool:
    return (problem.prompt, problem.entry_point, problem.test) == (other.prompt, other.entry_point, other.test)


def outcomes_of(problems: Sequence[Problem], verdicts: Sequence[Verdict], name: str) -> dict[str, tuple[Outcome, ...]]:
    """Task id → outcomes by sample, in the problems' order; verdicts on other problems are ignored.

    Raises:
        MissingInputError: A problem lacks verdicts of the model that is called `name`.
    """
    samples: dict[str, dict[int, Outcome]] = {problem.task_id: {} for problem in problems}
    for verdict in verdicts:
        if verdict.task_id in samples:
            samples[verdict.task_id][verdict.sample_index] = verdict.outcome
    empty = [task_id for task_id, of_problem in samples.items() if not of_problem]
    if empty:
        raise MissingInputError(
            f"`{name}` lacks verdicts on {len(empty):,} of {len(problems):,} problems: {listed(empty)}"
        )
    return {
        task_id: tuple(outcome for _, outcome in sorted(of_problem.items())) for task_id, of_problem in samples.items()
    }


def units_per_share(outcomes: Iterable[Sequence[Outcome]]) -> int:
    """Parts into which a share of 1 is divided, so that each problem's share is a whole number of them, or nearly."""
    return min(_MOST_UNITS, math.lcm(*map(len, outcomes)))


def _significant(p_value: float) -> float:
    return float(f"{p_value:.{_SIGNIFICANT_DIGITS}g}")
