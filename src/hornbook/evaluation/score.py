"""From verdicts to a score that can be quoted: rates, their interval, what went wrong how often.

Source: Chen et al. 2021, section 2.1, for the unbiased estimator of pass@k.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem, Verdict
from hornbook.stats import bootstrap_interval, wilson_interval

_DIGITS = 6
DEFAULT_K = (1, 5, 10, 100)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How a model did on one benchmark."""

    benchmark: str
    pass_at_k: Mapping[int, float]
    """Each k that was asked for and for which every problem has as many samples."""
    ci95: tuple[float, float]
    """The 95 % interval of pass@1."""
    ci95_at_k: Mapping[int, tuple[float, float]]
    """The 95 % interval of each pass@k."""
    interval: str
    """How they were made: `wilson` for one sample per problem, else `bootstrap` over problems."""
    num_problems: int
    num_samples: int
    """Of the problem that has the fewest."""
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
            "ci95_at_k": {str(k): [round(end, _DIGITS) for end in ends] for k, ends in self.ci95_at_k.items()},
            "interval": self.interval,
            "num_problems": self.num_problems,
            "num_samples": self.num_samples,
            "passed": self.passed,
            "outcomes": dict(self.outcomes),
            "by_category": {name: list(counts) for name, counts in self.by_category.items()},
            "protocol": self.protocol,
        }


def pass_at_k(num_samples: int, num_passed: int, k: int) -> float:
    """The chance that at least one of `k` samples passes, drawn without replacement from those that were made.

    Args:
        num_samples: Samples of one problem.
        num_passed: How many of them passed.
        k: At least 1, at most `num_samples`.

    Raises:
        ValueError: The numbers contradict each other, or there is nothing to draw from.
    """
    if not 0 <= num_passed <= num_samples or not 1 <= k <= num_samples:
        raise ValueError(f"no pass@{k} from {num_passed} passed of {num_samples} samples")
    return 1.0 - math.comb(num_samples - num_passed, k) / math.comb(num_samples, k)


def score_verdicts(
    benchmark: str,
    problems: Sequence[Problem],
    verdicts: Sequence[Verdict],
    *,
    protocol: str,
    generator: np.random.Generator,
    ks: Sequence[int] = DEFAULT_K,
) -> Score:
    """Count the verdicts of one benchmark.

    Args:
        benchmark: Its name.
        problems: All of them, at least one.
        verdicts: At least one for each problem, in any order; problems may have different numbers of samples.
        protocol: What was asked of the model and how, in words.
        generator: For the bootstrap; not used where there is one sample per problem.
        ks: For which k to give pass@k; 1 is always given, and those above the fewest samples never.

    Raises:
        MissingInputError: There are no problems, a problem has no verdict, or a verdict has no problem or stands twice.
            Nothing is counted as failed for that.
    """
    samples = _by_problem(benchmark, problems, verdicts)
    sizes = [len(of_problem) for of_problem in samples]
    num_passed = [sum(of_problem.values()) for of_problem in samples]
    single = max(sizes) == 1
    rates, intervals = {}, {}
    for k in sorted({1, *ks}):
        if k <= min(sizes):
            of_problems = [pass_at_k(size, passed, k) for size, passed in zip(sizes, num_passed, strict=True)]
            rates[k] = sum(of_problems) / len(problems)
            intervals[k] = (
                wilson_interval(sum(num_passed), len(problems))
                if single
                else bootstrap_interval(of_problems, generator)
            )
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return Score(
        benchmark=benchmark,
        pass_at_k=rates,
        ci95=intervals[1],
        ci95_at_k=intervals,
        interval="wilson" if single else "bootstrap",
        num_problems=len(problems),
        num_samples=min(sizes),
        passed=sum(num_passed),
        outcomes={outcome.value: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        by_category=_by_category(problems, num_passed, sizes),
        protocol=protocol,
    )


def _by_problem(benchmark: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> list[dict[int, bool]]:
    """Sample's index → whether it passed, for each problem in order."""
    samples: dict[str, dict[int, bool]] = {problem.task_id: {} for problem in problems}
    for verdict in verdicts:
        samples.setdefault(verdict.task_id, {})[verdict.sample_index] = verdict.outcome is Outcome.PASSED
    empty = [task_id for task_id, of_problem in samples.items() if not of_problem]
    if not problems or empty or len(samples) > len(problems) or len(verdicts) != sum(map(len, samples.values())):
        lacking = f"; `{empty[0]}` has none" if empty else ""
        raise MissingInputError(
            f"`{benchmark}` cannot be scored: {len(problems)} problems and {len(verdicts)} verdicts, where each "
            f"problem needs one verdict per sample{lacking}"
        )
    return list(samples.values())


def _by_category(
    problems: Sequence[Problem], num_passed: Sequence[int], sizes: Sequence[int]
) -> dict[str, tuple[int, int]]:
    passed, made = Counter[str](), Counter[str]()
    for problem, num, size in zip(problems, num_passed, sizes, strict=True):
        passed[problem.category] += num
        made[problem.category] += size
    return {category: (passed[category], made[category]) for category in sorted(made) if category}
