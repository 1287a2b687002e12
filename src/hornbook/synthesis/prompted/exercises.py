"""Ask for exercises: each by a function's name, two topics and a profession, so that no two requests are alike.

Source: section 2.3 of the paper, where the function's name is the constraint; the pair of topics and the profession
follow later open reproductions of its exercises.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.records import Exercise
from hornbook.synthesis.prompted.commission import Commission, Rejection, chat_request, messages_digest
from hornbook.synthesis.prompted.exercise_answers import read_exercise
from hornbook.synthesis.prompted.ingredients import (
    Layout,
    Topic,
    draw_generator,
    draw_in_turn,
    read_entries,
    read_layouts,
    read_names,
    read_topics,
)
from hornbook.synthesis.prompted.writing import WhenStale, require_one_of
from hornbook.teacher.api import Reply, SamplingConfig, TeacherRequest

_SYSTEM = (
    "You write short exercises for a course in Python. Each is one function: a signature in which every parameter and"
    " the result have a type, a docstring that says exactly what is computed, and a short correct solution that returns"
    " its result. It reads no input and prints nothing. Answer with one Python code block and nothing else."
)
_ASKED = "Write one exercise."
_TOP_P = 0.95


class Constraint(StrEnum):
    """What a request is held to."""

    FIXED = "fixed"
    """Nothing: every request is the same, and only the sampling differs. For comparison."""
    NAME = "name"
    NAME_TOPICS = "name+topics"
    ALL = "name+topics+profession"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseIngredients:
    """What requests are made of."""

    names: Sequence[str]
    topics: Sequence[Topic]
    professions: Sequence[str]
    twists: Sequence[str]
    layouts: Sequence[Layout]


def exercise_ingredients(config: "ExercisePromptConfig") -> ExerciseIngredients:
    """The lists that come with the package, or a person's own files in their place.

    Raises:
        ConfigError: A file cannot be used; names the line.
    """
    return ExerciseIngredients(
        names=read_names(config.names),
        topics=read_topics(config.topics),
        professions=read_entries("professions", config.professions),
        twists=read_entries("twists"),
        layouts=read_layouts(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseOrder:
    """What one request asks for; fields that the constraint leaves out are empty."""

    name: str
    topics: tuple[Topic, ...]
    profession: str
    twist: str
    layout: Layout


@dataclass(frozen=True, kw_only=True)
class ExercisePromptConfig:
    """How exercises are asked for."""

    constraint: str = Constraint.ALL.value
    """What each request is held to: fixed (the same for all), name, name+topics or name+topics+profession."""
    temperature: float = 0.8
    """Of the sampling; 0 takes the most likely token."""
    max_new_tokens: int = 320
    """Of one answer."""
    max_attempts: int | None = None
    """Answers after which the writer gives up; four for each exercise wanted where no number is given."""
    when_stale: str = WhenStale.STOP.value
    """What is done when the exercises repeat themselves: stop, reseed or ignore."""
    names: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File of names of functions, one a line, in the place of those of the package."""
    topics: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File of topics, in the place of those of the package: areas at the margin, the topics of each indented below."""
    professions: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File of professions, one a line, in the place of those of the package."""

    def __post_init__(self) -> None:
        self.sampling()
        require_one_of("constraint", self.constraint, Constraint)
        require_one_of("when_stale", self.when_stale, WhenStale)
        if self.constraint == Constraint.FIXED and self.temperature == 0:
            raise ConfigError("one fixed prompt needs a `temperature` above 0, or every answer is the same; got 0")

    def sampling(self) -> SamplingConfig:
        """How an answer is drawn."""
        return SamplingConfig(
            max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=_TOP_P, stop=("\n```\n",)
        )


@dataclass(frozen=True)
class ExerciseJob:
    """Exercises made of ingredients under a config. Implements `Job`."""

    ingredients: ExerciseIngredients
    config: ExercisePromptConfig
    teacher_name: str
    """Stands in the records."""

    def order(self, seed: int, index: int) -> ExerciseOrder:
        """What request number `index` asks for. No name and no first topic comes again before each came once."""
        given, constraint = self.ingredients, Constraint(self.config.constraint)
        if constraint is Constraint.FIXED:
            return ExerciseOrder(name="", topics=(), profession="", twist="", layout=given.layouts[0])
        rng = draw_generator(seed, "exercise", index)
        with_topics = constraint in (Constraint.NAME_TOPICS, Constraint.ALL)
        return ExerciseOrder(
            name=draw_in_turn(given.names, seed, "name", index),
            topics=_topic_pair(given.topics, seed, index) if with_topics else (),
            profession=rng.choice(given.professions) if constraint is Constraint.ALL else "",
            twist=rng.choice(given.twists),
            layout=rng.choice(given.layouts),
        )

    def request(self, seed: int, index: int) -> TeacherRequest:
        """See `Job`. An example in the wanted layout comes first, as if the teacher had written it."""
        order = self.order(seed, index)
        return chat_request(
            _SYSTEM,
            (
                f"{_ASKED} {order.layout.instruction}\n{order.layout.request}",
                f"```python\n{order.layout.example.strip()}\n```",
                _request_text(order),
            ),
            self.config.sampling(),
            draw_generator(seed, "sampling", index),
            index,
        )

    def read(self, seed: int, index: int, reply: Reply) -> tuple[Exercise | Rejection, Commission]:
        """See `Job`."""
        order = self.order(seed, index)
        family = order.topics[0].area if order.topics else ""
        result = read_exercise(reply, order.name, family, order.layout, self.teacher_name)
        return result, Commission(
            record_id="" if isinstance(result, Rejection) else result.id,
            index=index,
            name=order.name,
            topics=tuple(topic.name for topic in order.topics),
            profession=order.profession,
            layout=order.layout.name,
            prompt_sha256=messages_digest(self.request(seed, index)),
        )


def _request_text(order: ExerciseOrder) -> str:
    if not order.name:
        return f"{_ASKED} Choose the function's name and its task yourself. {order.layout.instruction}"
    lines = [f"{_ASKED} {order.layout.instruction}", f"Function name: `{order.name}`."]
    if order.profession:
        lines[-1] += f" Profession: {order.profession}."
    lines.append("The function must do what its name says.")
    hints = [topic.name for topic in order.topics]
    if hints:
        lines[-1] += f" Draw on one of these topics if it suits the name: {'; '.join(hints)}."
    if order.twist:
        lines[-1] += f" If it suits the name: {order.twist}"
    return "\n".join(lines)


def _topic_pair(topics: Sequence[Topic], seed: int, index: int) -> tuple[Topic, Topic]:
    """Two topics of different areas."""
    first = draw_in_turn(topics, seed, "topic", index)
    rng = draw_generator(seed, "second topic", index)
    while True:
        second = rng.choice(topics)
        if second.area != first.area:
            return first, second
