"""Ask a teacher to solve an exercise anew, several times, and find the function in each answer.

A solution that only its writer believes in shows itself: others, written from the same header and docstring, do
something else with the same inputs (`compare_solutions.py`). A chat model wraps its function in prose, example calls
and tests. Kept is what defines things: imports, functions, classes, assignments. Whatever else stands at the margin
only uses them, and is left out.

Reads:  exercises, a teacher's answers.
Writes: for each answer a module that defines the function, if it holds one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.python_code.answers import find_function
from hornbook.records import Exercise
from hornbook.teacher.teacher import Reply, Teacher
from hornbook.teacher.wire import ChatRequest, SamplingConfig

_SYSTEM = "You are a careful Python programmer. You answer with code alone."
_REQUEST = (
    "Complete the function `{name}`. Do exactly what its docstring says. Answer with one ```python block that holds "
    "the imports it needs and the whole function with its body, but without the docstring: no comments, no example "
    "calls, no tests.\n\n```python\n{prompt}\n```"
)
_TOP_P = 0.95


@dataclass(frozen=True, kw_only=True)
class SolutionsConfig:
    """How independent solutions are asked for."""

    num_solutions: int = 3
    """Asked for each exercise."""
    temperature: float = 0.8
    max_new_tokens: int = 250

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_solutions < 1:
            raise ConfigError(f"`num_solutions` must be at least 1, got {self.num_solutions!r}")
        if self.num_solutions > 1 and self.temperature == 0:
            raise ConfigError("`temperature` must be above 0 where several solutions are asked for: all would be equal")
        self.sampling()

    def sampling(self) -> SamplingConfig:
        """How an answer is drawn."""
        return SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=_TOP_P)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a teacher answered when asked for a solution."""

    exercise: Exercise
    sample: int
    reply: Reply
    code: str
    """A module that defines the function; empty if the answer holds none."""


def ask_for_solutions(
    exercises: Sequence[Exercise], teacher: Teacher, config: SolutionsConfig, progress: Callable[[int, int], None]
) -> list[Answered]:
    """Ask for `num_solutions` solutions of each exercise.

    Returns:
        In the order of the exercises, then of the sample numbers, whatever the order of the replies.

    Raises:
        EndpointError: The teacher cannot be asked any more.
    """
    total = len(exercises) * config.num_solutions
    replies: dict[int, Reply] = {}
    for index, reply in teacher.ask(solution_requests(exercises, config)):
        replies[index] = reply
        progress(len(replies), total)
    answered = []
    for place in range(total):
        exercise, sample = exercises[place // config.num_solutions], place % config.num_solutions
        code = find_function(exercise, replies[place].text) or ""
        answered.append(Answered(exercise=exercise, sample=sample, reply=replies[place], code=code))
    return answered


def solution_messages(exercise: Exercise) -> list[dict[str, str]]:
    """The conversation that asks for a solution; the exercise's own is not shown."""
    request = _REQUEST.format(name=exercise.entry_point, prompt=exercise.prompt.rstrip())
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": request}]


def solution_requests(exercises: Iterable[Exercise], config: SolutionsConfig) -> Iterator[ChatRequest]:
    """What is asked: `num_solutions` requests for each exercise, that differ in the number of the sample."""
    sampling = config.sampling()
    for exercise in exercises:
        messages = solution_messages(exercise)
        for sample in range(config.num_solutions):
            yield ChatRequest(messages=messages, sampling=sampling, sample=sample)
