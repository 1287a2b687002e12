import ast
from collections.abc import Iterator

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import MissingInputError, SandboxError
from hornbook.evaluation.judge import assemble_program, check_canonical_solutions, judge
from hornbook.records import Completion, Outcome, Problem, Verdict
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=2.0)) as jail:
        yield jail


def completion(problem: Problem, text: str) -> Completion:
    return Completion(task_id=problem.task_id, sample_index=0, raw=text, text=text)


def verdicts_of(problems: list[Problem], completions: list[Completion], jail: Jail) -> list[Verdict]:
    return [sample.verdict for sample in judge(problems, completions, jail)]


def test_all_canonical_solutions_of_humaneval_pass(jail: Jail) -> None:
    check_canonical_solutions("humaneval", read_humaneval(), jail)


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ("    return None\n", {Outcome.WRONG, Outcome.RAISED}),
        ("    raise NotImplementedError\n", {Outcome.RAISED}),
        ("    return (\n", {Outcome.SYNTAX_ERROR}),
        ("    import os; os._exit(0)\n", {Outcome.RAISED}),
        ("    print('passed'); raise SystemExit\n", {Outcome.RAISED}),
    ],
)
def test_no_wrong_body_passes_on_any_problem(jail: Jail, body: str, outcomes: set[Outcome]) -> None:
    problems = read_humaneval()
    verdicts = verdicts_of(problems, [completion(problem, body) for problem in problems], jail)
    assert {verdict.outcome for verdict in verdicts} <= outcomes


def test_mutated_solutions_get_the_verdict_that_running_them_here_gives(jail: Jail) -> None:
    problems = read_humaneval()[:40]
    rows = [
        (problem, _swap_comparisons(problem) if number % 3 else problem.canonical_solution)
        for number, problem in enumerate(problems)
    ]
    verdicts = verdicts_of(problems, [completion(problem, text) for problem, text in rows], jail)
    for (problem, text), verdict in zip(rows, verdicts, strict=True):
        if verdict.outcome is not Outcome.CPU_TIMED_OUT:
            assert verdict.outcome is _outcome_here(problem, text), problem.task_id
    assert len({verdict.outcome for verdict in verdicts}) >= 3


def test_verdicts_are_the_same_each_time(jail: Jail) -> None:
    problems = read_humaneval()[:20]
    rows = [completion(problem, _swap_comparisons(problem)) for problem in problems]
    assert verdicts_of(problems, rows, jail) == verdicts_of(problems, rows, jail)


def test_a_completion_without_problem_is_refused(jail: Jail) -> None:
    problems = read_humaneval()
    with pytest.raises(MissingInputError, match="HumanEval/0"):
        judge(problems[1:], [completion(problems[0], "")], jail)


def test_a_benchmark_whose_own_solution_fails_is_named_instead_of_a_score(jail: Jail) -> None:
    good = read_humaneval()[0]
    bad = Problem(
        task_id="own/bad",
        prompt="def f():\n",
        entry_point="f",
        canonical_solution="    return 1\n",
        test="def check(candidate):\n    assert candidate() == 2\n",
        category="",
    )
    with pytest.raises(
        SandboxError, match=r"1 of the 2 canonical solutions of `own` .*own/bad wrong \(line 5.*none is scored"
    ):
        check_canonical_solutions("own", [good, bad], jail)


def _swap_comparisons(problem: Problem) -> str:
    swaps = [(" < ", " >= "), (" > ", " <= "), (" == ", " != "), (" + ", " - "), ("return ", "return not ")]
    for old, new in swaps:
        if old in problem.canonical_solution:
            return problem.canonical_solution.replace(old, new, 1)
    return problem.canonical_solution


def _outcome_here(problem: Problem, text: str) -> Outcome:
    source = assemble_program(problem, text).source
    try:
        exec(compile(ast.parse(source), "here", "exec"), {"__name__": "__main__"})
    except AssertionError:
        return Outcome.WRONG
    except SyntaxError:
        return Outcome.SYNTAX_ERROR
    except Exception:
        return Outcome.RAISED
    return Outcome.PASSED
