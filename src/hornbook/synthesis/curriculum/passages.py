"""The plain styles of passages: a lesson, question and answer, two ways, a dialogue, an exercise, a session."""

import random
from collections.abc import Callable, Mapping

from hornbook.synthesis.curriculum.clauses import act_clause
from hornbook.synthesis.curriculum.lessons.openings import OPENINGS, SHAPES
from hornbook.synthesis.curriculum.lessons.tables import Lesson
from hornbook.synthesis.curriculum.lessons.wordings import SHAPE_OPENINGS
from hornbook.synthesis.curriculum.nouns import NounPhrase, value_phrase
from hornbook.synthesis.curriculum.phrases import question
from hornbook.synthesis.curriculum.scripts import names_after, settings_of
from hornbook.synthesis.curriculum.task import Shape
from hornbook.synthesis.curriculum.worked import Worked

_PAIRS = (
    ("Mia", "Tom"),
    ("Anna", "Paul"),
    ("Lena", "Grandfather"),
    ("Sam", "the teacher"),
    ("Ida", "Noah"),
    ("Ben", "his aunt"),
)


def paragraphs(*parts: str) -> str:
    """A passage from its paragraphs; empty ones are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def block(code: str, shown: str) -> str:
    """Code and what it prints, fenced."""
    return f"```python\n{code}```\n\n```\n{shown}```"


def opening(worked: Worked, audience: str, rng: random.Random) -> str:
    """A sentence that leads this audience to the kind of value, or to the kind of code."""
    if (audience, worked.task.shape) in SHAPE_OPENINGS:
        return rng.choice(SHAPE_OPENINGS[audience, worked.task.shape])
    return rng.choice(OPENINGS[audience, worked.task.arguments[0].kind])


def _shape(worked: Worked, audience: str, rng: random.Random) -> str:
    """A sentence about the form of the code, or nothing where the idea says it all."""
    form = worked.task.steps[0].operation.form
    is_loop = worked.code.count("\n") > len(worked.given) + 2
    return rng.choice(SHAPES[audience, form]) if (audience, form) in SHAPES and not is_loop else ""


def joined(*sentences: str) -> str:
    """Sentences as one paragraph; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)


def title(worked: Worked, rng: random.Random) -> str:
    """What the code does, as words that fit behind "how to"."""
    first, *others = worked.task.steps
    phrase = value_phrase(worked.task.arguments[0], rng)
    if worked.task.owner is not None:
        phrase = NounPhrase(f"`{worked.task.arguments[0].name}`", is_argument=True)
    said = question(first, phrase, rng)
    return ", then ".join([said, *(act_clause(step, None, first.operation, rng) for step in others)])


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
    heading = f"# How to {title(worked, rng)}"
    before = joined(opening(worked, audience, rng), lesson.idea, _shape(worked, audience, rng))
    after = joined(lesson.watch, _empty_sentence(worked, rng) if rng.random() < 0.5 else "")
    return paragraphs(heading, before, block(worked.code, worked.shown), after)


def _answer(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    asked = f"**Question.** How do I {title(worked, rng)}?"
    answer = f"**Answer.** {joined(lesson.idea, _shape(worked, audience, rng))}"
    wise = rng.choice(("**What to watch.**", "**Take care.**", "**Remember.**"))
    after = f"{wise} {joined(lesson.watch, _empty_sentence(worked, rng))}"
    return paragraphs(asked, answer, block(worked.code, worked.shown), after)


def _two_ways(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    if not worked.second:
        return _lesson(worked, lesson, audience, rng)
    start = joined(opening(worked, audience, rng), f"Here are two ways to {title(worked, rng)}.", lesson.idea)
    bridge = rng.choice(
        ("The same can be written differently:", "Another way, with the same result:", "Written another way:")
    )
    first, second = block(worked.code, worked.shown), block(worked.second, worked.shown)
    return paragraphs(start, first, bridge, second, lesson.watch)


def _dialogue(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    learner, teacher = rng.choice(_PAIRS)
    asks = rng.choice(("asks", "wonders"))
    care = rng.choice(("What should I be careful about?", "Is there anything to look out for?", "What can go wrong?"))
    speaker = teacher[0].upper() + teacher[1:]
    return paragraphs(
        f'"How can I {title(worked, rng)}?" {asks} {learner}.',
        f'"{joined(opening(worked, audience, rng), lesson.idea)}" {speaker} types:',
        block(worked.code, worked.shown),
        f'"{care}" asks {learner}.',
        f'"{lesson.watch}"',
    )


def _exercise(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    settings = " and ".join(f"`{line}`" for line in settings_of(worked.task, worked.given))
    asked = f"**Exercise.** Let {settings}. Write a few lines that {title(worked, rng)}, and say what they print."
    if worked.task.shape is not Shape.FUNCTION:
        thing = {Shape.METHOD: "method", Shape.GENERATOR: "generator"}.get(worked.task.shape, "function")
        asked = f"**Exercise.** Write a {thing} to {title(worked, rng)}, and try it out."
    solution = f"**Solution.** {joined(lesson.idea, _shape(worked, audience, rng))}"
    return paragraphs(asked, solution, block(worked.code, worked.shown), lesson.watch)


def _session(worked: Worked, lesson: Lesson, audience: str, rng: random.Random) -> str:
    lines = worked.code.rstrip("\n").split("\n")
    if not all(_is_assignment(line) for line in lines[:-1]):
        return _lesson(worked, lesson, audience, rng)
    name = lines[-1].removeprefix("print(").removesuffix(")")
    session = "\n".join(f">>> {line}" for line in lines[:-1])
    value = eval(name, names_after("\n".join(lines[:-1])))
    intro = joined(opening(worked, audience, rng), f"Suppose you want to {title(worked, rng)}.", lesson.idea)
    block = f"```python\n{session}\n>>> {name}\n{value!r}\n```"
    return paragraphs(intro, block, joined(lesson.watch, _empty_sentence(worked, rng)))


def _is_assignment(line: str) -> bool:
    name, sign, _ = line.partition(" = ")
    return sign != "" and name.isidentifier()


PLAIN: Mapping[str, Callable[[Worked, Lesson, str, random.Random], str]] = {
    "lesson": _lesson,
    "question and answer": _answer,
    "two ways": _two_ways,
    "dialogue": _dialogue,
    "exercise with solution": _exercise,
    "session": _session,
}
