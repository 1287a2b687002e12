import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from hornbook.errors import MissingInputError
from hornbook.evaluation.compare import Comparison, compare, problems_in_both
from hornbook.evaluation.significance import mcnemar, sign_flip_p
from hornbook.records import Outcome, Problem, Verdict


def problem(task_id: str) -> Problem:
    return Problem(
        task_id=task_id,
        prompt=f"def {task_id}(x):\n",
        entry_point=task_id,
        canonical_solution="    return x\n",
        test="def check(candidate):\n    assert candidate(1) == 1\n",
        category="",
    )


def verdicts(marks: Sequence[str]) -> list[Verdict]:
    """One text per problem, one mark per sample: `1` passed, `0` wrong."""
    return [
        Verdict(
            task_id=f"t{at}",
            sample_index=index,
            outcome=Outcome.PASSED if mark == "1" else Outcome.WRONG,
            detail="",
            stderr="",
        )
        for at, of_problem in enumerate(marks)
        for index, mark in enumerate(of_problem)
    ]


def compared(marks_a: Sequence[str], marks_b: Sequence[str]) -> Comparison:
    problems = [problem(f"t{at}") for at in range(len(marks_a))]
    return compare(
        problems_in_both(problems, problems),
        verdicts(marks_a),
        verdicts(marks_b),
        benchmark="invented",
        name_a="first",
        name_b="second",
        generator=np.random.default_rng(0),
    )


def test_with_one_sample_per_problem_the_four_counts_and_both_tests_agree() -> None:
    found = compared(["1", "1", "1", "1", "0", "0", "0", "1"], ["1", "0", "1", "1", "1", "0", "0", "0"])
    assert (found.both, found.better_a, found.better_b, found.neither) == (3, 2, 1, 2)
    assert found.score_a == 5 / 8
    assert found.score_b == 4 / 8
    assert found.difference == pytest.approx(-1 / 8)
    assert found.mcnemar is not None
    assert found.sign_flip_p == mcnemar(2, 1).exact_p == found.mcnemar.exact_p
    assert [pair.task_id for pair in found.changed] == ["t1", "t7", "t4"]


def test_the_interval_is_that_of_paired_differences() -> None:
    """Two models that always agree have no difference, however uncertain each score is."""
    marks = ["1", "0"] * 20
    assert compared(marks, marks).ci95 == (0.0, 0.0)
    one_better = ["1"] * 40
    low, high = compared(marks, one_better).ci95
    assert 0.3 < low < 0.5 < high < 0.7


def test_with_several_samples_shares_are_compared_and_mcnemar_is_not_computed() -> None:
    found = compared(["1100", "0000", "1111", "1000"], ["1111", "0001", "1111", "0000"])
    assert found.mcnemar is None
    assert found.both is found.neither is None
    assert (found.better_a, found.better_b) == (1, 2)
    assert found.difference == pytest.approx((0.5 + 0.25 + 0 - 0.25) / 4)
    assert found.sign_flip_p == sign_flip_p([2, 1, -1]) == 6 / 8
    assert [pair.task_id for pair in found.changed] == ["t3", "t0", "t1"]


def test_the_sides_may_have_different_numbers_of_samples() -> None:
    found = compared(["110", "000"], ["11", "01"])
    assert (found.num_samples_a, found.num_samples_b) == (3, 2)
    assert found.difference == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert found.sign_flip_p == sign_flip_p([2, 3]) == 2 / 4


def test_problems_may_have_different_numbers_of_samples_and_count_alike() -> None:
    found = compared(["1110", "0"], ["11", "1"])
    assert found.score_a == pytest.approx((3 / 4 + 0) / 2)
    assert found.score_b == 1.0
    assert found.mcnemar is None
    assert found.sign_flip_p == sign_flip_p([1, 4]) == 2 / 4
    with_primes = compared(["1" * 199 + "0" * 2, "0" * 193], ["1" * 197, "1" + "0" * 210])
    assert with_primes.sign_flip_p == 2 / 4


def test_other_problems_on_the_two_sides_are_named() -> None:
    a, b = [problem(f"t{at}") for at in range(6)], [problem(f"t{at}") for at in (0, 1, 7)]
    with pytest.raises(
        MissingInputError, match=r"4 only on the first side \(t2, t3, t4 and 1 more\); 1 only on the second side \(t7\)"
    ):
        problems_in_both(a, b)
    common = problems_in_both(a, b, common_only=True)
    assert [p.task_id for p in common.problems] == ["t0", "t1"]
    assert (common.only_a, common.only_b) == (("t2", "t3", "t4", "t5"), ("t7",))


def test_one_task_asked_in_two_ways_is_not_one_problem() -> None:
    a = [problem("t0"), problem("t1")]
    b = [problem("t0"), replace(problem("t1"), prompt='"""Another wording."""\n')]
    with pytest.raises(MissingInputError, match=r"1 with another prompt or other tests \(t1\)"):
        problems_in_both(a, b)
    assert problems_in_both(a, b, common_only=True).asked_differently == ("t1",)


def test_sides_that_share_nothing_are_never_compared() -> None:
    with pytest.raises(MissingInputError, match="share no problem"):
        problems_in_both([problem("t0")], [problem("t1")], common_only=True)
    with pytest.raises(MissingInputError, match="share no problem"):
        problems_in_both([], [])


def test_a_problem_without_verdicts_is_named_and_not_counted_as_failed() -> None:
    problems = [problem("t0"), problem("t1")]
    common = problems_in_both(problems, problems)
    names = {"benchmark": "invented", "name_a": "first", "name_b": "second"}
    generator = np.random.default_rng(0)
    with pytest.raises(MissingInputError, match="`second` lacks verdicts on 1 of 2 problems: t1"):
        compare(common, verdicts(["1", "1"]), verdicts(["1"]), **names, generator=generator)
    with pytest.raises(MissingInputError, match="`first` lacks verdicts on 2 of 2 problems"):
        compare(common, [], verdicts(["1", "1"]), **names, generator=generator)


def test_verdicts_on_problems_that_are_left_out_do_not_count() -> None:
    a, b = [problem("t0"), problem("t1")], [problem("t0")]
    found = compare(
        problems_in_both(a, b, common_only=True),
        verdicts(["0", "1"]),
        verdicts(["1"]),
        benchmark="invented",
        name_a="first",
        name_b="second",
        generator=np.random.default_rng(0),
    )
    assert (found.num_problems, found.score_a, found.score_b) == (1, 0.0, 1.0)


def test_as_json_it_holds_every_figure() -> None:
    found = json.loads(json.dumps(compared(["1", "0", "0"], ["0", "1", "1"]).as_json()))
    assert found["counts"] == {"both": 0, "only_a": 1, "only_b": 2, "neither": 0}
    assert found["difference"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["mcnemar_exact_p"] == 1.0
    assert found["changed"][0] == {"task_id": "t0", "a": ["passed"], "b": ["wrong"]}
    assert len(found["ci95"]) == 2
    assert math.isclose(found["a"]["pass@1"], 1 / 3, abs_tol=1e-6)
