"""From verdicts to a score that can be quoted: rates, their interval, what went wrong how often."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.evaluation.pass_at_k import bootstrap_interval, pass_at_k, wilson_interval
from hornbook.records import Outcome, Problem, Verdict

_DIGITS = 6
_REPORTED_K = (1, 5, 10, 100)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How a model did on one benchmark."""

    benchmark: str
    pass_at_k: Mapping[int, float]
    """For k = 1, and for 5, 10 and 100 where there are as many samples."""
    ci95: tuple[float, float]
    """The 95 % interval of pass@1."""
    interval: str
    """How it was made: `wilson` for one sample per problem, else `bootstrap` over problems."""
    num_problems: int
    num_samples: int
    """Per problem."""
    passed: int
    """Samples that passed."""
    outcomes: Mapping[str, int]
    """Samples by outcome, in the order of `Outcome`; those that occurred."""
    by_category: Mapping[str, tuple[int, int]]
    """Category → samples passed and made, by name; empty where the benchmark has no categories."""
    protocol: str

    def to_json(self) -> dict[str, Any]:
        """JSON values, rates rounded to six digits."""
        return {
            "benchmark": self.benchmark,
            **{f"pass@{k}": round(value, _DIGITS) for k, value in self.pass_at_k.items()},
            "ci95": [round(end, _DIGITS) for end in self.ci95],
            "interval": self.interval,
            "num_problems": self.num_problems,
            "num_samples": self.num_samples,
            "passed": self.passed,
            "outcomes": dict(self.outcomes),
            "by_category": {name: list(counts) for name, counts in self.by_category.items()},
            "protocol": self.protocol,
        }


def score_verdicts(
    benchmark: str,
    problems: Sequence[Problem],
    verdicts: Sequence[Verdict],
    *,
    protocol: str,
    generator: np.random.Generator,
) -> Score:
    """Count the verdicts of one benchmark.

    Args:
        benchmark: Its name.
        problems: All of them, at least one.
        verdicts: The same number for each problem, in any order.
        protocol: What was asked of the model and how, in words.
        generator: For the bootstrap; not used where there is one sample per problem.

    Raises:
        MissingInputError: There are no problems, or a problem lacks verdicts. Nothing is counted as failed for that.
    """
    samples: dict[str, dict[int, bool]] = {problem.task_id: {} for problem in problems}
    for verdict in verdicts:
        samples.setdefault(verdict.task_id, {})[verdict.sample_index] = verdict.outcome is Outcome.PASSED
    sizes = {len(of_problem) for of_problem in samples.values()}
    num_samples = max(sizes, default=0)
    if (
        num_samples < 1
        or len(sizes) > 1
        or len(samples) > len(problems)
        or len(verdicts) != sum(map(len, samples.values()))
    ):
        raise MissingInputError(
            f"`{benchmark}` cannot be scored: {len(problems)} problems and {len(verdicts)} verdicts, where each "
            "problem needs one verdict per sample"
        )
    num_passed = [sum(of_problem.values()) for of_problem in samples.values()]
    rates = {
        k: sum(pass_at_k(num_samples, passed, k) for passed in num_passed) / len(problems)
        for k in _REPORTED_K
        if k <= num_samples
    }
    if num_samples == 1:
        ci95, interval = wilson_interval(sum(num_passed), len(problems)), "wilson"
    else:
        ci95, interval = bootstrap_interval([passed / num_samples for passed in num_passed], generator), "bootstrap"
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return Score(
        benchmark=benchmark,
        pass_at_k=rates,
        ci95=ci95,
        interval=interval,
        num_problems=len(problems),
        num_samples=num_samples,
        passed=sum(num_passed),
        outcomes={outcome.value: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        by_category=_by_category(problems, num_passed, num_samples),
        protocol=protocol,
    )


def _by_category(
    problems: Sequence[Problem], num_passed: Sequence[int], num_samples: int
) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for problem, passed in zip(problems, num_passed, strict=True):
        if problem.category:
            before = counts.get(problem.category, (0, 0))
            counts[problem.category] = (before[0] + passed, before[1] + num_samples)
    return dict(sorted(counts.items()))
