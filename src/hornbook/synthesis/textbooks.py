"""Textbook passages: prose that explains one operation, code that was run, the output that it printed.

Reads:  the world of operations and the tables of prose (`curriculum/lessons`).
Writes: passages for several audiences in several styles; each explains a single operation, never a composition.
Source: Gunasekar et al. 2023, "Textbooks Are All You Need", section 2.2 (diversity by topic and audience).
"""

import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hornbook.errors import ConfigError
from hornbook.records import Passage, content_id
from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.lessons.openings import AUDIENCES, OPENINGS, SHAPES
from hornbook.synthesis.curriculum.lessons.tables import LESSONS, Lesson
from hornbook.synthesis.curriculum.nouns import value_phrase
from hornbook.synthesis.curriculum.operation import Form
from hornbook.synthesis.curriculum.phrases import question
from hornbook.synthesis.curriculum.sampler import bind
from hornbook.synthesis.curriculum.task import Task
from hornbook.synthesis.curriculum.world import World

TEACHER = "curriculum"
STYLES = ("lesson", "question and answer", "two ways", "dialogue", "exercise with solution", "session")
MAX_SHOWN = 60
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

    def __post_init__(self) -> None:
        if self.num_passages < 1:
            raise ConfigError(f"`num_passages` must be at least 1, got {self.num_passages!r}")


@dataclass(frozen=True)
class Worked:
    """An example of an operation: the lines that compute it, ready to run, and what they print."""

    task: Task
    given: tuple[Any, ...]
    code: str
    shown: str
    empty: tuple[str, str] | None
    """An empty value and the result for it, as text; none if the value has no empty form."""
    second: str
    """Other code for the same result; empty if there is none."""


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
    worked = _work(reference, bind((operation,), rng), rng)
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


def _work(reference: Reference, task: Task, rng: random.Random) -> Worked | None:
    """A worked example with a telling, short value; the code is run and its output is what is shown."""
    inputs = draw_arguments(task, 12, rng)
    outputs = reference.outputs(task, inputs)
    if outputs is None:
        return None
    telling = [
        given
        for given, result in zip(inputs[1:], outputs[1:], strict=True)
        if len(repr(given)) <= MAX_SHOWN and given[0] and result not in ("", [], {})
    ]
    changed = [given for given in telling if reference.evaluate(task, given) != given[0]]
    telling = changed or telling
    if not telling:
        return None
    given = rng.choice(telling)
    first = _code(task, given, rng.choice((Idiom.STEPS, Idiom.STEPS, Idiom.LOOPS)), rng)
    second = _code(task, given, rng.choice((Idiom.LOOPS, Idiom.FUNCTIONAL, Idiom.REBINDING)), rng)
    if first is None:
        return None
    shown = printed(first)
    if second is None or second == first or printed(second) != shown:
        second = ""
    return Worked(task, given, first, shown, _empty_case(reference, task, given), second)


def _code(task: Task, given: tuple[Any, ...], idiom: Idiom, rng: random.Random) -> str | None:
    body = write_solution(task, "", idiom, rng)
    if body is None:
        return None
    lines = [line.removeprefix("    ") for line in body.rstrip("\n").split("\n")]
    value = lines.pop().removeprefix("return ")
    setting = [f"{item.name} = {argument!r}" for item, argument in zip(task.arguments, given, strict=True)]
    return "\n".join([*setting, *lines, f"print({value})"]) + "\n"


def printed(code: str) -> str:
    """What a piece of the curriculum's own code prints."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code, {})
    return shown.getvalue()


def _empty_case(reference: Reference, task: Task, given: tuple[Any, ...]) -> tuple[str, str] | None:
    empty = {Kind.TEXT: "", Kind.NUMBERS: [], Kind.WORDS: [], Kind.COUNTS: {}}.get(task.arguments[0].kind)
    if empty is None:
        return None
    return repr(empty), repr(reference.evaluate(task, (empty, *given[1:])))


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
    heading = f"# How to {_title(worked, rng)}\n\n"
    before = _joined(_opening(worked, audience, rng), lesson.idea, _shape(worked, audience, rng))
    after = _joined(lesson.watch, _empty_sentence(worked, rng) if rng.random() < 0.5 else "")
    return f"{heading}{before}\n\n{_block(worked.code, worked.shown)}\n\n{after}\n"


def _answer(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    asked = f"**Question.** How do I {_title(worked, rng)}?"
    answer = f"**Answer.** {_joined(lesson.idea, _shape(worked, audience, rng))}"
    wise = rng.choice(("**What to watch.**", "**Take care.**", "**Remember.**"))
    return f"{asked}\n\n{answer}\n\n{_block(worked.code, worked.shown)}\n\n{wise} {_joined(lesson.watch, _empty_sentence(worked, rng))}\n"


def _two_ways(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    if not worked.second:
        return _lesson(worked, lesson, audience, rng)
    opening = _joined(_opening(worked, audience, rng), f"Here are two ways to {_title(worked, rng)}.", lesson.idea)
    bridge = rng.choice(
        ("The same can be written differently:", "Another way, with the same result:", "Written another way:")
    )
    return f"{opening}\n\n{_block(worked.code, worked.shown)}\n\n{bridge}\n\n{_block(worked.second, worked.shown)}\n\n{lesson.watch}\n"


def _dialogue(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    learner, teacher = rng.choice(_PAIRS)
    asks = rng.choice(("asks", "wants to know", "wonders"))
    care = rng.choice(("What should I be careful about?", "Is there anything to look out for?", "What can go wrong?"))
    speaker = teacher[0].upper() + teacher[1:]
    return (
        f'"How can I {_title(worked, rng)}?" {asks} {learner}.\n\n'
        f'"{_joined(_opening(worked, audience, rng), lesson.idea)}" {speaker} types:\n\n'
        f"{_block(worked.code, worked.shown)}\n\n"
        f'"{care}" asks {learner}.\n\n"{lesson.watch}"\n'
    )


def _exercise(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    settings = " and ".join(
        f"`{item.name} = {value!r}`" for item, value in zip(worked.task.arguments, worked.given, strict=True)
    )
    asked = f"**Exercise.** Let {settings}. Write a few lines that {_title(worked, rng)}, and say what they print."
    return f"{asked}\n\n**Solution.** {_joined(lesson.idea, _shape(worked, audience, rng))}\n\n{_block(worked.code, worked.shown)}\n\n{lesson.watch}\n"


def _session(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    lines = worked.code.rstrip("\n").split("\n")
    if not all(_is_assignment(line) for line in lines[:-1]):
        return _lesson(worked, lesson, audience, rng)
    name = lines[-1].removeprefix("print(").removesuffix(")")
    session = "\n".join(f">>> {line}" for line in lines[:-1])
    value = eval(name, _names_of("\n".join(lines[:-1])))
    intro = _joined(_opening(worked, audience, rng), f"Suppose you want to {_title(worked, rng)}.", lesson.idea)
    return f"{intro}\n\n```python\n{session}\n>>> {name}\n{value!r}\n```\n\n{_joined(lesson.watch, _empty_sentence(worked, rng))}\n"


def _is_assignment(line: str) -> bool:
    name, sign, _ = line.partition(" = ")
    return sign != "" and name.isidentifier()


def _names_of(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)
    return names


_STYLES: dict[str, Callable[[Worked, Lesson, str, random.Random], str]] = {
    "lesson": _lesson,
    "question and answer": _answer,
    "two ways": _two_ways,
    "dialogue": _dialogue,
    "exercise with solution": _exercise,
    "session": _session,
}
