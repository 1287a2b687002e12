"""Run the independent solutions of exercises on the same inputs, and count which do what the exercise's own does.

Reads:  observations of exercises; a teacher's answers.
Writes: a `Solution` for each answer; the comparison into the observations.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.python_code.values import Call, calls_agree, literal_of
from hornbook.records import Outcome
from hornbook.sandbox.jail_tasks import Answer, function_task, outcome_of, run_tasks
from hornbook.sandbox.program import Sandbox
from hornbook.synthesis.levels import Majority
from hornbook.synthesis.observation import BATCH_SIZE, Observation, note_solutions
from hornbook.synthesis.self_consistency import Answered

_MIN_INPUTS_SHARE = 0.9
"""A solution agrees with another one if it does the same with this share of the inputs."""


class SolutionFate(StrEnum):
    """What became of an independent solution."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    DID_NOT_RUN = "did not run"
    """It does not come to its end, or returned nothing for any input."""
    NO_FUNCTION = "no function"
    """The answer holds none of this name that parses."""
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An independent solution of an exercise, and whether it does the same."""

    exercise_id: str
    sample: int
    fate: SolutionFate
    num_inputs_agreeing: int
    """Of the exercise's `num_inputs`."""
    code: str
    """The module that was run; empty where there was none."""
    detail: str


@dataclass(frozen=True)
class _Run:
    """What a solution did with the compared inputs."""

    answered: Answered
    calls: list[Call]
    fate: SolutionFate
    detail: str


def compare_solutions(
    observations: Sequence[Observation],
    answers: Sequence[Answered],
    sandbox: Sandbox,
    num_solutions: int,
    progress: Callable[[int, int], None],
) -> list[Solution]:
    """Run the solutions, and note in each observation how they compare.

    Args:
        observations: Of the exercises that were asked about, each with inputs to compare on.
        answers: `num_solutions` for each, in the same order.
        sandbox: Entered.
        num_solutions: That were asked for.
        progress: Told how many are run.

    Returns:
        One for each answer, in order.

    Raises:
        SandboxError: The sandbox broke down.
    """
    owners = [one for one in observations for _ in range(num_solutions)]
    tasks: dict[tuple[str, str], dict[str, object]] = {}
    for seen, answered in zip(owners, answers, strict=True):
        if answered.code:
            inputs = [seen.inputs[place] for place in seen.compared]
            key = (seen.exercise.id, answered.code)
            tasks[key] = function_task(answered.code, seen.exercise.entry_point, inputs)
    found = run_tasks("calls", list(tasks.values()), sandbox, batch_size=BATCH_SIZE, progress=progress)
    results = dict(zip(tasks, found, strict=True))
    runs = [
        _run(answered, results.get((seen.exercise.id, answered.code)))
        for seen, answered in zip(owners, answers, strict=True)
    ]
    solutions = []
    for number, seen in enumerate(observations):
        own = runs[number * num_solutions : (number + 1) * num_solutions]
        solutions += _compare(seen, own)
    return solutions


def _run(answered: Answered, answer: Answer | None) -> _Run:
    if answer is None:
        fate = SolutionFate.NO_FUNCTION if answered.reply.text else SolutionFate.NO_ANSWER
        return _Run(answered, [], fate, answered.reply.detail or answered.reply.outcome.value)
    outcome, detail = outcome_of(answer)
    calls: list[Call] = answer["calls"] if isinstance(answer, dict) else []
    if outcome is not Outcome.PASSED:
        return _Run(answered, [], SolutionFate.DID_NOT_RUN, detail or outcome.value)
    if not any(call and call[0] == "v" for call in calls):
        raised = next((call[2] for call in calls if call and call[0] == "e"), "no call came to its end")
        return _Run(answered, calls, SolutionFate.DID_NOT_RUN, raised)
    return _Run(answered, calls, SolutionFate.DISAGREES, "")


def _compare(seen: Observation, runs: Sequence[_Run]) -> list[Solution]:
    own = [seen.calls[place] for place in seen.compared]
    places = range(len(own))
    ran = [run for run in runs if run.fate is SolutionFate.DISAGREES]
    agreeing = [run for run in ran if _agree(own, run.calls)]
    largest = max((sum(_agree(one.calls, run.calls) for run in ran) for one in ran), default=0)
    if not ran:
        majority = Majority.UNASKED
    elif 2 * len(agreeing) > len(ran):
        majority = Majority.OWN
    else:
        majority = Majority.OTHER if 2 * largest > len(ran) else Majority.NONE
    agreed = [
        seen.compared[place]
        for place in places
        if 2 * sum(calls_agree(own[place], run.calls[place]) for run in ran) > len(ran)
    ]
    note_solutions(seen, num=len(runs), num_run=len(ran), num_agreeing=len(agreeing), majority=majority, agreed=agreed)
    return [
        Solution(
            exercise_id=seen.exercise.id,
            sample=run.answered.sample,
            fate=SolutionFate.AGREES if run in agreeing else run.fate,
            num_inputs_agreeing=_num_agreeing(own, run.calls),
            code=run.answered.code,
            detail=run.detail or _difference(seen, own, run),
        )
        for run in runs
    ]


def _agree(one: Sequence[Call], other: Sequence[Call]) -> bool:
    return _num_agreeing(one, other) / len(one) >= _MIN_INPUTS_SHARE


def _num_agreeing(one: Sequence[Call], other: Sequence[Call]) -> int:
    """On how many inputs both did the same; the other may have been given up before the last."""
    return sum(calls_agree(*pair) for pair in zip(one, other, strict=False))


def _difference(seen: Observation, own: Sequence[Call], run: _Run) -> str:
    """The first input with which a solution does something else."""
    for place, (one, other) in enumerate(zip(own, run.calls, strict=False)):
        if not calls_agree(one, other):
            given = seen.inputs[seen.compared[place]]
            return f"{seen.exercise.entry_point}({given}): {_shown(one)}, and here {_shown(other)}"[:300]
    return ""


def _shown(call: Call) -> str:
    if not call or call[0] == "t":
        return "no end"
    if call[0] == "e":
        return str(call[2])
    literal = literal_of(call[1])
    return literal if literal is not None else str(call[1])
