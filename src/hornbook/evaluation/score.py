"""From verdicts to a score that can be quoted: rates, bits per byte, their intervals, the number of each outcome.

Source: Chen et al. 2021, section 2.1, for the unbiased estimator of pass@k.
"""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem, Verdict
from hornbook.stats import bootstrap_interval, wilson_interval

_DIGITS = 6
_REPORTED_K = (1, 5, 10, 100)


def pass_at_k(num_samples: int, num_passed: int, k: int) -> float:
    """The probability that at least one of `k` samples passes, drawn without replacement from those of one problem.

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
) -> dict[str, Any]:
    """Count the verdicts of one benchmark, at least one for each problem, in any order.

    Problems may have different numbers of samples. `protocol` says in words what was asked of the model and how;
    `generator` serves the bootstrap, which is not used where there is one sample per problem.

    Returns:
        JSON values, rates rounded to six digits: `benchmark`, `protocol`; `pass@k` for 1, 5, 10 and 100, as far as
        every problem has as many samples; `ci95`, the 95 % interval of pass@1, and `ci95_at_k`; `interval`, how they
        were made: `wilson` for one sample per problem, else `bootstrap` over problems; `num_problems`; `num_samples` of
        the problem that has the fewest; `passed` samples; `outcomes`, samples by outcome; `by_category`, samples passed
        and made, empty where the benchmark has no categories.

    Raises:
        MissingInputError: There are no problems, a problem has no verdict, or a verdict has no problem or stands twice.
            Nothing is counted as failed for that.
    """
    samples = _samples_passed(benchmark, problems, verdicts)
    sizes, num_passed = list(map(len, samples)), list(map(sum, samples))
    single = max(sizes) == 1
    rates: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}
    for k in (k for k in _REPORTED_K if k <= min(sizes)):
        of_problems = [pass_at_k(size, passed, k) for size, passed in zip(sizes, num_passed, strict=True)]
        interval = (
            wilson_interval(sum(num_passed), len(problems)) if single else bootstrap_interval(of_problems, generator)
        )
        rates[f"pass@{k}"] = round(sum(of_problems) / len(problems), _DIGITS)
        intervals[str(k)] = [round(end, _DIGITS) for end in interval]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return {
        "benchmark": benchmark,
        **rates,
        "ci95": intervals["1"],
        "ci95_at_k": intervals,
        "interval": "wilson" if single else "bootstrap",
        "num_problems": len(problems),
        "num_samples": min(sizes),
        "passed": sum(num_passed),
        "outcomes": {outcome.value: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        "by_category": _by_category(problems, num_passed, sizes),
        "protocol": protocol,
    }


def score_bits(
    problems: Sequence[Problem], bits: Sequence[float | None], generator: np.random.Generator
) -> dict[str, Any]:
    """Bits per byte of the canonical solutions of one benchmark: the sum of their bits over the sum of their bytes.

    `bits` has a number for each problem, None where it could not be measured; or it is empty, and so is the result.

    Returns:
        `bits_per_byte`; `bits_per_byte_ci95`, its 95 % interval by a bootstrap over problems; and where not all were
        measured `bits_per_byte_problems`, the number of those that were. Only that where none was.
    """
    sized = zip(bits, (len(one.canonical_solution.encode()) for one in problems), strict=bool(bits))
    measured = [(float(of_one), size) for of_one, size in sized if of_one is not None and size]
    score: dict[str, Any] = {}
    if measured:
        values, sizes = zip(*measured, strict=True)
        score["bits_per_byte"] = round(sum(values) / sum(sizes), _DIGITS)
        interval = bootstrap_interval(values, generator, sizes=sizes)
        score["bits_per_byte_ci95"] = [round(end, _DIGITS) for end in interval]
    if len(measured) < len(bits):
        score["bits_per_byte_problems"] = len(measured)
    return score


def _samples_passed(benchmark: str, problems: Sequence[Problem], verdicts: Sequence[Verdict]) -> list[list[bool]]:
    """Whether each sample passed, problem by problem."""
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
    return [list(of_problem.values()) for of_problem in samples.values()]


def _by_category(problems: Sequence[Problem], num_passed: Sequence[int], sizes: Sequence[int]) -> dict[str, list[int]]:
    passed, made = Counter[str](), Counter[str]()
    for problem, num, size in zip(problems, num_passed, sizes, strict=True):
        passed[problem.category] += num
        made[problem.category] += size
    return {category: [passed[category], made[category]] for category in sorted(made) if category}
