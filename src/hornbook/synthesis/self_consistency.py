"""Ask a teacher to solve an exercise anew, several times, and see whether its solution is what they agree on.

A solution that only its writer believes in shows itself: others, written from the same header and docstring, do
something else with the same inputs. Agreement is no proof: a teacher can be wrong the same way each time.

Reads:  exercises, what was seen of their own solutions (`levels.py`), a teacher's answers.
Writes: a `Solution` for each answer, and for each exercise what they agree on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.records import Exercise
from hornbook.synthesis.answers import find_function
from hornbook.teacher.teacher import Reply, Teacher
from hornbook.teacher.wire import ChatRequest, SamplingConfig

_SYSTEM = "You are a careful Python programmer. You answer with code alone."
_REQUEST = (
    "Complete the function `{name}`. Do exactly what its docstring says. Answer with one ```python block that holds "
    "the imports it needs and the whole function with its body, but without the docstring: no comments, no example "
    "calls, no tests.\n\n```python\n{prompt}\n```"
)


@dataclass(frozen=True, kw_only=True)
class SolutionsConfig:
    """How independent solutions are asked for, and when one agrees."""

    num_solutions: int = 3
    """Asked for each exercise."""
    temperature: float = 0.8
    top_p: float = 0.95
    max_new_tokens: int = 250
    min_inputs_share: float = 0.9
    """A solution agrees with another one if it does the same with this share of the inputs; in (0, 1]."""

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_solutions < 1:
            raise ConfigError(f"`num_solutions` must be at least 1, got {self.num_solutions!r}")
        if not 0 < self.min_inputs_share <= 1:
            raise ConfigError(f"`min_inputs_share` must lie in (0, 1], got {self.min_inputs_share!r}")
        if self.num_solutions > 1 and self.temperature == 0:
            raise ConfigError("`temperature` must be above 0 where several solutions are asked for: all would be equal")
        self.sampling()

    def sampling(self) -> SamplingConfig:
        """How an answer is drawn."""
        return SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=self.top_p)


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
        code = find_function(replies[place].text, exercise.prompt, exercise.entry_point) or ""
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
