"""Ask a teacher to solve exercises anew, several times, and count which solutions do what the exercise's own does.

A solution that only its writer believes in shows itself: others, written from the same header and docstring, do
something else with the same inputs.

Reads:  observations of exercises; a teacher's answers.
Writes: a `Solution` for each answer; the comparison into the observations.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hornbook.python_code.answers import find_function
from hornbook.python_code.values import Call, calls_agree, literal_of
from hornbook.records import Exercise, Outcome
from hornbook.sandbox.jail_tasks import Answer as Observed
from hornbook.sandbox.jail_tasks import function_task, outcome_of, run_tasks
from hornbook.sandbox.program import Sandbox
from hornbook.synthesis.levels import Majority, VerifyConfig
from hornbook.synthesis.observation import BATCH_SIZE, Observation
from hornbook.teacher.api import ChatRequest, Teacher

_SYSTEM = "You are a careful Python programmer. You answer with code alone."
_REQUEST = (
    "Complete the function `{name}`. Do exactly what its docstring says. Answer with one ```python block that holds "
    "the imports it needs and the whole function with its body, but without the docstring: no comments, no example "
    "calls, no tests.\n\n```python\n{prompt}\n```"
)
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
class Answer:
    """What the teacher wrote for an exercise."""

    text: str
    """Empty where there is no answer."""
    detail: str
    """What went wrong, or the outcome of the request."""


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

    code: str
    calls: list[Call]
    fate: SolutionFate
    detail: str


def solution_requests(exercises: Iterable[Exercise], config: VerifyConfig) -> Iterator[ChatRequest]:
    """`num_solutions` requests for each exercise, which differ in the sample number; its own solution is not shown."""
    sampling = config.sampling()
    for exercise in exercises:
        request = _REQUEST.format(name=exercise.entry_point, prompt=exercise.prompt.rstrip())
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": request}]
        for sample in range(config.num_solutions):
            yield ChatRequest(messages=messages, sampling=sampling, sample=sample)


def ask_for_solutions(
    exercises: Sequence[Exercise], teacher: Teacher, config: VerifyConfig, progress: Callable[[int], None]
) -> list[Answer]:
    """Ask for `num_solutions` solutions of each exercise.

    Returns:
        In the order of the exercises, then of the sample numbers, whatever the order of the replies.

    Raises:
        EndpointError: The teacher cannot be asked any more.
    """
    answers: dict[int, Answer] = {}
    for index, reply in teacher.ask(solution_requests(exercises, config)):
        text = reply.text.encode(errors="replace").decode()  # Half of a surrogate pair cannot be written.
        answers[index] = Answer(text=text, detail=reply.detail or reply.outcome.value)
        progress(len(answers))
    return [answers[place] for place in range(len(exercises) * config.num_solutions)]


def compare_solutions(
    observations: Sequence[Observation],
    answers: Sequence[Answer],
    sandbox: Sandbox,
    num_solutions: int,
) -> list[Solution]:
    """Run the solutions, and note in each observation how they compare.

    Args:
        observations: Of the exercises that were asked about, each with inputs to compare on.
        answers: `num_solutions` for each, in the same order.
        sandbox: Entered.
        num_solutions: Solutions asked for, for each exercise.

    Returns:
        One for each answer, in order.

    Raises:
        SandboxError: The sandbox broke down.
    """
    owners = [one for one in observations for _ in range(num_solutions)]
    keys = [
        (seen.exercise.id, find_function(seen.exercise, answer.text) or "")
        for seen, answer in zip(owners, answers, strict=True)
    ]
    tasks = {
        key: function_task(key[1], seen.exercise.entry_point, [seen.inputs[place] for place in seen.compared])
        for seen, key in zip(owners, keys, strict=True)
        if key[1]
    }
    found = run_tasks("calls", list(tasks.values()), sandbox, batch_size=BATCH_SIZE)
    seen_of = dict(zip(tasks, found, strict=True))
    runs = [_run(answer, key[1], seen_of.get(key)) for answer, key in zip(answers, keys, strict=True)]
    return [
        solution
        for number, seen in enumerate(observations)
        for solution in _compare(seen, runs[number * num_solutions : (number + 1) * num_solutions])
    ]


def _run(answer: Answer, code: str, observed: Observed | None) -> _Run:
    if observed is None:
        fate = SolutionFate.NO_FUNCTION if answer.text else SolutionFate.NO_ANSWER
        return _Run("", [], fate, answer.detail)
    outcome, detail = outcome_of(observed)
    calls: list[Call] = observed["calls"] if isinstance(observed, dict) else []
    if outcome is not Outcome.PASSED:
        return _Run(code, [], SolutionFate.DID_NOT_RUN, detail or outcome.value)
    if not any(call and call[0] == "v" for call in calls):
        raised = next((call[2] for call in calls if call and call[0] == "e"), "no call came to its end")
        return _Run(code, calls, SolutionFate.DID_NOT_RUN, raised)
    return _Run(code, calls, SolutionFate.DISAGREES, "")


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
    seen.agreed = [
        seen.compared[place]
        for place in places
        if 2 * sum(calls_agree(own[place], run.calls[place]) for run in ran) > len(ran)
    ]
    detail = seen.verification.detail
    if not detail and len(agreeing) < len(ran):
        detail = f"{len(agreeing)} of {len(ran)} independent solutions do the same; the majority: {majority.value}"
    seen.verification = replace(
        seen.verification,
        num_solutions=len(runs),
        num_solutions_run=len(ran),
        num_solutions_agreeing=len(agreeing),
        majority=majority,
        detail=detail,
    )
    return [
        Solution(
            exercise_id=seen.exercise.id,
            sample=sample,
            fate=SolutionFate.AGREES if run in agreeing else run.fate,
            num_inputs_agreeing=_num_agreeing(own, run.calls),
            code=run.code,
            detail=run.detail or _difference(seen, own, run),
        )
        for sample, run in enumerate(runs)
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
