"""Textbook passages: prose that explains one operation, code that was run, the output that it printed.

Reads:  the world of operations and the tables of prose (`lessons/`).
Writes: passages for several audiences in several styles. Each explains a single operation, or two in a row of a pair
        that no split ever holds out.
Source: Gunasekar et al. 2023, "Textbooks Are All You Need", section 2.2 (diversity by topic and audience).
"""

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from hornbook.errors import ConfigError
from hornbook.records import CURRICULUM, Document, content_id, textbook_passage
from hornbook.synthesis.curriculum.courses import Course, parse_course
from hornbook.synthesis.curriculum.difficulties import LEVELS, parse_difficulties
from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.explaining import EXPLAINING
from hornbook.synthesis.curriculum.lessons.openings import AUDIENCES
from hornbook.synthesis.curriculum.lessons.tables import LESSONS
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.passages import PLAIN
from hornbook.synthesis.curriculum.sampler import bind, is_shown_in_textbooks
from hornbook.synthesis.curriculum.task import Task
from hornbook.synthesis.curriculum.worked import work_out
from hornbook.synthesis.curriculum.world import World, build_world
from hornbook.synthesis.prompted.passages import PassagePromptConfig

TEACHER = CURRICULUM
CHUNK_SIZE = 1_000
STYLES = (*PLAIN, *EXPLAINING)


@dataclass(frozen=True, kw_only=True)
class TextbookRules:
    """How many passages, and what the curriculum writes about."""

    num_passages: int = 1_000
    """Passages to write, all different; topics, audiences and styles come up equally often."""
    course: str = Course.WHOLE.value
    """`whole`, or `first` for the operations of a first course: each is a topic."""
    difficulties: tuple[int, ...] = LEVELS
    """Difficulties of the operations that are explained."""

    def __post_init__(self) -> None:
        parse_course("course", self.course)
        parse_difficulties("difficulties", self.difficulties)
        if self.num_passages < 1:
            raise ConfigError(f"`num_passages` must be at least 1, got {self.num_passages!r}")


@dataclass(frozen=True, kw_only=True)
class TextbooksConfig(TextbookRules):
    """The rules, and who writes."""

    teacher: str = TEACHER
    """Who writes: `curriculum`, or the name of a language model."""
    prompts: PassagePromptConfig = field(default_factory=PassagePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.teacher:
            raise ConfigError("`teacher` must be `curriculum` or the name of a language model, got ''")


def write_passages(
    config: TextbooksConfig, seed: int, chunks: Iterable[Iterable[Document]] | None = None
) -> Iterator[Document]:
    """`config.num_passages` different passages: a pure function of the config and `seed`.

    Args:
        config: What is written.
        seed: Of all choices.
        chunks: The chunks in their order, as `write_chunk` writes them; None: they are written here.
    """
    seen: set[str] = set()
    for chunk in map(partial(write_chunk, config, seed), itertools.count()) if chunks is None else chunks:
        for passage in chunk:
            if passage.id not in seen:
                seen.add(passage.id)
                yield passage
            if len(seen) == config.num_passages:
                return


def write_chunk(config: TextbooksConfig, seed: int, number: int) -> list[Document]:
    """The passages of chunk `number`, those that repeat one another included.

    Raises:
        ConfigError: The course has no operation of the difficulties.
    """
    world = build_world(Course(config.course))
    reference = Reference(world)
    topics = [name for name, operation in world.operations.items() if operation.difficulty in config.difficulties]
    if not topics:
        raise ConfigError(f"`difficulties` must be some that the course has, got {config.difficulties!r}")
    passages = []
    size = min(CHUNK_SIZE, config.num_passages)
    for index in range(number * size, (number + 1) * size):
        rng = random.Random(f"passage:{seed}:{index}")
        round_, place = divmod(index, len(topics))
        audience = AUDIENCES[(place + round_) % len(AUDIENCES)]
        style = STYLES[(place + round_ // len(AUDIENCES)) % len(STYLES)]
        passages.append(_write(world, reference, topics[place], audience, style, rng))
    return [passage for passage in passages if passage is not None]


def _write(
    world: World, reference: Reference, topic: str, audience: str, style: str, rng: random.Random
) -> Document | None:
    """A passage on a topic, in another style where the wanted one does not suit it; none if no example was found."""
    operation = world.operations[topic]
    text = None
    if style in EXPLAINING:
        task = _pair(world, operation, rng) if style == "two steps" else bind((operation,), rng)
        worked = work_out(reference, task, rng) if task is not None else None
        text = EXPLAINING[style](worked, audience, rng) if worked is not None else None
        style = style if text is not None else rng.choice(tuple(PLAIN))
    if text is None:
        worked = work_out(reference, bind((operation,), rng), rng)
        if worked is None:
            return None
        text = PLAIN[style](worked, LESSONS[topic], audience, rng)
    return textbook_passage(
        id=content_id("passage", text),
        text=text,
        family=operation.family,
        topic=topic,
        audience=audience,
        style=style,
        teacher=TEACHER,
    )


def _pair(world: World, operation: Operation, rng: random.Random) -> Task | None:
    """The operation with one that may follow it, as far as textbooks may show the pair."""
    shown = [name for name in world.followers[operation.name] if is_shown_in_textbooks((operation.name, name))]
    return bind((operation, world.operations[rng.choice(shown)]), rng) if shown else None
