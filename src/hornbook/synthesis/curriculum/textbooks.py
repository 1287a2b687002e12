"""Textbook passages: prose that explains one operation, code that was run, the output that it printed.

Reads:  the world of operations and the tables of prose (`lessons/`).
Writes: passages for several audiences in several styles; each explains a single operation, never a composition.
Source: Gunasekar et al. 2023, "Textbooks Are All You Need", section 2.2 (diversity by topic and audience).
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from hornbook.errors import ConfigError
from hornbook.records import Passage, content_id
from hornbook.synthesis.curriculum.courses import Course, parse_course
from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.lessons.openings import AUDIENCES, OPENINGS, SHAPES
from hornbook.synthesis.curriculum.lessons.tables import LESSONS, Lesson
from hornbook.synthesis.curriculum.nouns import value_phrase
from hornbook.synthesis.curriculum.operation import Form
from hornbook.synthesis.curriculum.phrases import question
from hornbook.synthesis.curriculum.sampler import bind
from hornbook.synthesis.curriculum.worked import Worked, names_after, work_out
from hornbook.synthesis.curriculum.world import World
from hornbook.synthesis.prompted.passage_prompts import PassagePromptConfig

TEACHER = "curriculum"
STYLES = ("lesson", "question and answer", "two ways", "dialogue", "exercise with solution", "session")
_PAIRS = (
    ("Mia", "Tom"),
    ("Anna", "Paul"),
    ("Lena", "Grandfather"),
    ("Sam", "the teacher"),
    ("Ida", "Noah"),
    ("Ben", "his aunt"),
)


@dataclass(frozen=True, kw_only=True)
class TextbooksConfig:
    """How much is written."""

    num_passages: int = 6_000
    """Passages, all different; topics, audiences and styles come up equally often."""
    course: str = Course.WHOLE.value
    """`whole`, or `first` for the operations of a first course: each is a topic."""

    teacher: str = TEACHER
    """Who writes: `curriculum`, or the name of a language model."""
    prompts: PassagePromptConfig = field(default_factory=PassagePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        if not self.teacher:
            raise ConfigError("`teacher` must be `curriculum` or the name of a language model, got ''")
        parse_course("course", self.course)
        if self.num_passages < 1:
            raise ConfigError(f"`num_passages` must be at least 1, got {self.num_passages!r}")


def write_passages(
    world: World, config: TextbooksConfig, seed: int, progress: Callable[[int, int], None]
) -> list[Passage]:
    """`config.num_passages` different passages: a pure function of the world, the config and `seed`."""
    reference = Reference(world)
    topics = list(world.operations)
    passages: list[Passage] = []
    seen: set[str] = set()
    index = 0
    while len(passages) < config.num_passages:
        rng = random.Random(f"passage:{seed}:{index}")
        round_, place = divmod(index, len(topics))
        audience = AUDIENCES[(place + round_) % len(AUDIENCES)]
        style = STYLES[(place + round_ // len(AUDIENCES)) % len(STYLES)]
        index += 1
        passage = _write(world, reference, topics[place], audience, style, rng)
        if passage is not None and passage.id not in seen:
            seen.add(passage.id)
            passages.append(passage)
            if len(passages) % 500 == 0:
                progress(len(passages), config.num_passages)
    return passages


def _write(
    world: World, reference: Reference, topic: str, audience: str, style: str, rng: random.Random
) -> Passage | None:
    operation = world.operations[topic]
    worked = work_out(reference, bind((operation,), rng), rng)
    if worked is None:
        return None
    text = _STYLES[style](worked, LESSONS[topic], audience, rng)
    return Passage(
        id=content_id("passage", text),
        text=text,
        family=operation.family,
        topic=topic,
        audience=audience,
        style=style,
        teacher=TEACHER,
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _block(code: str, shown: str) -> str:
    return f"```python\n{code}```\n\n```\n{shown}```"


def _opening(worked: Worked, audience: str, rng: random.Random) -> str:
    return rng.choice(OPENINGS[audience, worked.task.arguments[0].kind])


def _shape(worked: Worked, audience: str, rng: random.Random) -> str:
    """A sentence about the form of the code, or nothing where the idea says it all."""
    form = worked.task.steps[0].operation.form
    is_loop = worked.code.count("\n") > len(worked.given) + 2
    return rng.choice(SHAPES[audience, form]) if form is not Form.WHOLE and not is_loop else ""


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _title(worked: Worked, rng: random.Random) -> str:
    return question(worked.task.steps[0], value_phrase(worked.task.arguments[0], rng), rng)


def _empty_sentence(worked: Worked, rng: random.Random) -> str:
    if worked.empty is None:
        return ""
    name = worked.task.arguments[0].name
    value, result = worked.empty
    return rng.choice(
        (
            f"For `{name} = {value}` the result is `{result}`.",
            f"If `{name}` is `{value}`, the same code gives `{result}`.",
        )
    )


def _lesson(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    heading = f"# How to {_title(worked, rng)}"
    before = _joined(_opening(worked, audience, rng), lesson.idea, _shape(worked, audience, rng))
    after = _joined(lesson.watch, _empty_sentence(worked, rng) if rng.random() < 0.5 else "")
    return _paragraphs(heading, before, _block(worked.code, worked.shown), after)


def _answer(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    asked = f"**Question.** How do I {_title(worked, rng)}?"
    answer = f"**Answer.** {_joined(lesson.idea, _shape(worked, audience, rng))}"
    wise = rng.choice(("**What to watch.**", "**Take care.**", "**Remember.**"))
    after = f"{wise} {_joined(lesson.watch, _empty_sentence(worked, rng))}"
    return _paragraphs(asked, answer, _block(worked.code, worked.shown), after)


def _two_ways(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    if not worked.second:
        return _lesson(worked, lesson, audience, rng)
    opening = _joined(_opening(worked, audience, rng), f"Here are two ways to {_title(worked, rng)}.", lesson.idea)
    bridge = rng.choice(
        ("The same can be written differently:", "Another way, with the same result:", "Written another way:")
    )
    first, second = _block(worked.code, worked.shown), _block(worked.second, worked.shown)
    return _paragraphs(opening, first, bridge, second, lesson.watch)


def _dialogue(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    learner, teacher = rng.choice(_PAIRS)
    asks = rng.choice(("asks", "wonders"))
    care = rng.choice(("What should I be careful about?", "Is there anything to look out for?", "What can go wrong?"))
    speaker = teacher[0].upper() + teacher[1:]
    return _paragraphs(
        f'"How can I {_title(worked, rng)}?" {asks} {learner}.',
        f'"{_joined(_opening(worked, audience, rng), lesson.idea)}" {speaker} types:',
        _block(worked.code, worked.shown),
        f'"{care}" asks {learner}.',
        f'"{lesson.watch}"',
    )


def _exercise(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    settings = " and ".join(
        f"`{item.name} = {value!r}`" for item, value in zip(worked.task.arguments, worked.given, strict=True)
    )
    asked = f"**Exercise.** Let {settings}. Write a few lines that {_title(worked, rng)}, and say what they print."
    solution = f"**Solution.** {_joined(lesson.idea, _shape(worked, audience, rng))}"
    return _paragraphs(asked, solution, _block(worked.code, worked.shown), lesson.watch)


def _session(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    lines = worked.code.rstrip("\n").split("\n")
    if not all(_is_assignment(line) for line in lines[:-1]):
        return _lesson(worked, lesson, audience, rng)
    name = lines[-1].removeprefix("print(").removesuffix(")")
    session = "\n".join(f">>> {line}" for line in lines[:-1])
    value = eval(name, names_after("\n".join(lines[:-1])))
    intro = _joined(_opening(worked, audience, rng), f"Suppose you want to {_title(worked, rng)}.", lesson.idea)
    block = f"```python\n{session}\n>>> {name}\n{value!r}\n```"
    return _paragraphs(intro, block, _joined(lesson.watch, _empty_sentence(worked, rng)))


def _is_assignment(line: str) -> bool:
    name, sign, _ = line.partition(" = ")
    return sign != "" and name.isidentifier()


_STYLES: dict[str, Callable[[Worked, Lesson, str, random.Random], str]] = {
    "lesson": _lesson,
    "question and answer": _answer,
    "two ways": _two_ways,
    "dialogue": _dialogue,
    "exercise with solution": _exercise,
    "session": _session,
}
