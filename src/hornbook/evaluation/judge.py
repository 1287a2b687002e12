"""Run completions against their problems' tests.

Reads:  problems and the completions of a model.
Writes: a verdict for each completion; a failure of the machine raises and is no verdict.
Source: the program that is run is HumanEval's: prompt, completion, test, `check(entry_point)`.
"""

from collections.abc import Callable, Sequence

from hornbook.errors import MissingInputError, SandboxError
from hornbook.records import Completion, Outcome, Problem, Timing, Verdict
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Program, Report

_NAMED_FAILURES = 3
_STDERR_CHARACTERS = 500


def _ignore(_done: int, _total: int) -> None:
    """Report no progress."""


def assemble_program(problem: Problem, text: str) -> Program:
    """The whole program that passes exactly if `text` completes the problem."""
    return Program(f"{problem.prompt}{text}\n{problem.test}\ncheck({problem.entry_point})\n")


def judge(
    problems: Sequence[Problem],
    completions: Sequence[Completion],
    jail: Jail,
    progress: Callable[[int, int], None] = _ignore,
) -> list[tuple[Verdict, Timing]]:
    """Run each completion in the jail.

    Returns:
        One verdict per completion and how long it ran, in their order.

    Raises:
        MissingInputError: A completion belongs to no problem.
        SandboxError: The jail broke down.
    """
    by_id = {problem.task_id: problem for problem in problems}
    unknown = [completion.task_id for completion in completions if completion.task_id not in by_id]
    if unknown:
        raise MissingInputError(f"there is no problem `{unknown[0]}` for its completion")
    programs = [assemble_program(by_id[completion.task_id], completion.text) for completion in completions]
    return [
        _judged(completion, report)
        for completion, report in zip(completions, jail.run(programs, progress), strict=True)
    ]


def check_canonical_solutions(
    benchmark: str, problems: Sequence[Problem], jail: Jail, progress: Callable[[int, int], None] = _ignore
) -> None:
    """Run the benchmark's own solutions: where they don't all pass, no model can be scored.

    Raises:
        SandboxError: Some did not pass; names the benchmark, the problems and what became of them.
    """
    reports = jail.run([assemble_program(problem, problem.canonical_solution) for problem in problems], progress)
    failed = [
        f"{problem.task_id} {report.outcome} ({report.detail})"
        for problem, report in zip(problems, reports, strict=True)
        if report.outcome is not Outcome.PASSED
    ]
    if failed:
        more = f" and {len(failed) - _NAMED_FAILURES} more" if len(failed) > _NAMED_FAILURES else ""
        named = "; ".join(failed[:_NAMED_FAILURES])
        raise SandboxError(
            f"{len(failed)} of the {len(problems)} canonical solutions of `{benchmark}` did not pass: "
            f"{named}{more}. The fault is the machine's (too slow, too little memory) or the "
            "benchmark file's, not a model's: none is scored"
        )


def _judged(completion: Completion, report: Report) -> tuple[Verdict, Timing]:
    task_id, index = completion.task_id, completion.sample_index
    verdict = Verdict(
        task_id=task_id,
        sample_index=index,
        outcome=report.outcome,
        detail=report.detail,
        stderr=report.stderr[:_STDERR_CHARACTERS],
    )
    return verdict, Timing(task_id=task_id, sample_index=index, cpu_seconds=report.cpu_seconds)
