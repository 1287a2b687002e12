"""Run completions against their problems' tests.

A failure of the machine raises and is no verdict.

Source: the program that is run is HumanEval's: prompt, completion, test, `check(entry_point)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError, SandboxError
from hornbook.records import Completion, Outcome, Problem, Timing, Verdict
from hornbook.sandbox.program import Program, Report, Sandbox, ignore_progress
from hornbook.units import listed

_STDERR_CHARACTERS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSample:
    """The verdict on one completion, and the time that it took."""

    verdict: Verdict
    timing: Timing


def problems_by_id(problems: Sequence[Problem], completions: Sequence[Completion]) -> dict[str, Problem]:
    """Task id → problem.

    Raises:
        MissingInputError: A completion belongs to no problem.
    """
    by_id = {problem.task_id: problem for problem in problems}
    unknown = [completion.task_id for completion in completions if completion.task_id not in by_id]
    if unknown:
        raise MissingInputError(f"there is no problem `{unknown[0]}` for its completion")
    return by_id


def assemble_program(problem: Problem, text: str) -> Program:
    """The whole program that passes exactly if `text` completes the problem."""
    return Program(f"{problem.prompt}{text}\n{problem.test}\ncheck({problem.entry_point})\n")


def judge(
    problems: Sequence[Problem],
    completions: Sequence[Completion],
    sandbox: Sandbox,
    progress: Callable[[int, int], None] = ignore_progress,
    on_judged: Callable[[JudgedSample], None] = lambda _sample: None,
) -> list[JudgedSample]:
    """Run each completion of some of the problems in the opened sandbox.

    `progress` is called with the number of verdicts and of completions, `on_judged` with each verdict as soon as it is
    final, for a journal.

    Returns:
        One per completion, in their order.

    Raises:
        MissingInputError: A completion belongs to no problem.
        SandboxError: The jail broke down.
    """
    by_id = problems_by_id(problems, completions)
    programs = [assemble_program(by_id[completion.task_id], completion.text) for completion in completions]
    judged: list[JudgedSample | None] = [None] * len(completions)

    def keep(index: int, report: Report) -> None:
        key: dict[str, Any] = {
            "task_id": completions[index].task_id,
            "sample_index": completions[index].sample_index,
        }
        stderr = report.stderr[:_STDERR_CHARACTERS]
        sample = judged[index] = JudgedSample(
            verdict=Verdict(**key, outcome=report.outcome, detail=report.detail, stderr=stderr),
            timing=Timing(**key, cpu_seconds=report.cpu_seconds),
        )
        on_judged(sample)

    sandbox.run(programs, progress, keep)
    return [sample for sample in judged if sample is not None]


def check_canonical_solutions(
    benchmark: str,
    problems: Sequence[Problem],
    sandbox: Sandbox,
    progress: Callable[[int, int], None] = ignore_progress,
) -> None:
    """Run the benchmark's own solutions: where they don't all pass, no model can be scored.

    Raises:
        SandboxError: Some did not pass; names the benchmark, the problems and what became of them.
    """
    reports = sandbox.run([assemble_program(problem, problem.canonical_solution) for problem in problems], progress)
    failed = [
        f"{problem.task_id} {report.outcome} ({report.detail})"
        for problem, report in zip(problems, reports, strict=True)
        if report.outcome is not Outcome.PASSED
    ]
    if failed:
        raise SandboxError(
            f"{len(failed)} of the {len(problems)} canonical solutions of `{benchmark}` did not pass: "
            f"{listed(failed, '; ')}. The fault is the machine's (too slow, too little memory) or the "
            "benchmark file's, not a model's: none is scored"
        )
