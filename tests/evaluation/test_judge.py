from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.evaluation.small import problem

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import MissingInputError, SandboxError
from hornbook.evaluation.judge import JudgedSample, check_canonical_solutions, judge
from hornbook.records import Completion, Outcome, Problem
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits

WRONG = {
    "    return None\n": {Outcome.WRONG, Outcome.RAISED},
    "    raise NotImplementedError\n": {Outcome.RAISED},
    "    return (\n": {Outcome.SYNTAX_ERROR},
    "    import os; os._exit(0)\n": {Outcome.RAISED},
    "    print('passed'); raise SystemExit\n": {Outcome.RAISED},
}


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=2.0)) as jail:
        yield jail


def completion(problem: Problem, text: str, index: int = 0) -> Completion:
    return Completion(task_id=problem.task_id, sample_index=index, raw=text, text=text)


def test_canonical_solutions_pass_and_a_benchmark_whose_own_fails_is_named_instead_of_a_score(jail: Jail) -> None:
    check_canonical_solutions("humaneval", read_humaneval(), jail)
    good = read_humaneval()[0]
    bad = problem(
        "own/bad",
        canonical_solution="    return 1\n",
        test="def check(candidate):\n    assert candidate() == 2\n",
    )
    with pytest.raises(SandboxError, match=r"1 of the 2 .*`own` .*own/bad wrong \(line 5"):
        check_canonical_solutions("own", [good, bad], jail)


def test_no_wrong_body_passes_and_each_verdict_belongs_to_its_completion(jail: Jail) -> None:
    problems = read_humaneval()[::4]
    rows = [
        completion(one, body, index) for one in problems for index, body in enumerate([*WRONG, one.canonical_solution])
    ]
    told: list[JudgedSample] = []
    judged = judge(read_humaneval(), rows, jail, on_judged=told.append)
    assert sorted(told, key=judged.index) == judged
    expected = [*WRONG.values(), {Outcome.PASSED}]
    for row, sample in zip(rows, judged, strict=True):
        keys = {(one.task_id, one.sample_index) for one in (row, sample.verdict, sample.timing)}
        assert len(keys) == 1
        assert sample.verdict.outcome in expected[row.sample_index]
    with pytest.raises(MissingInputError, match=problems[0].task_id):
        judge(problems[1:], [completion(problems[0], "")], jail)


def test_an_output_limit_is_no_pass(jail: Jail) -> None:
    one = read_humaneval()[0]
    loud = replace(one, canonical_solution=f"    print('x' * 10**6)\n{one.canonical_solution}")
    [sample] = judge([one], [completion(one, loud.canonical_solution)], jail)
    assert sample.verdict.outcome is Outcome.OUTPUT_LIMIT
    with pytest.raises(SandboxError, match="output limit"):
        check_canonical_solutions("own", [loud], jail)
