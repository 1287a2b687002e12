"""Passages that explain: traces of loops, wrong attempts, comparisons, two steps in a row, a question at the end.

Each style is a function from a worked example to the passage's text, or none where the style does not suit it.
"""

import random
import re
from collections.abc import Callable, Mapping

from hornbook.synthesis.curriculum.idioms import Idiom
from hornbook.synthesis.curriculum.lessons.mistakes import MISTAKES
from hornbook.synthesis.curriculum.lessons.tables import LESSONS
from hornbook.synthesis.curriculum.lessons.wordings import (
    CALL_LEADS,
    COMPARED,
    PULL_LEADS,
    QUESTIONS,
    RIGHT_LEADS,
    STEP_ENDS,
    STEP_LEADS,
    TRACE_ENDS,
    TRACE_LEADS,
    WRONG_LEADS,
)
from hornbook.synthesis.curriculum.operation import fill
from hornbook.synthesis.curriculum.passages import block, joined, opening, paragraphs, title
from hornbook.synthesis.curriculum.scripts import (
    call_method,
    outline,
    printed,
    settings_of,
    watch_loop,
    write_definition,
    write_script,
)
from hornbook.synthesis.curriculum.task import Shape
from hornbook.synthesis.curriculum.trials import show
from hornbook.synthesis.curriculum.worked import Worked

MAX_TURNS = 7
MAX_LINE = 88
NUM_PULLED = 3
NUM_CALLS = 3


def trace(worked: Worked, audience: str, rng: random.Random) -> str | None:
    """What the variables hold after each turn of a loop, what a generator hands out, what an object holds."""
    found = {Shape.GENERATOR: _pulled, Shape.METHOD: _called}.get(worked.task.shape, _turns)(worked, audience, rng)
    if found is None:
        return None
    code, lead, end = found
    shown = printed(code)
    if not 2 <= shown.count("\n") <= MAX_TURNS or max(map(len, shown.split("\n"))) > MAX_LINE:
        return None
    lesson = LESSONS[worked.task.steps[0].operation.name]
    heading = f"# {rng.choice(('Step by step', 'Watching the computer', 'What happens inside'))}: {title(worked, rng)}"
    return paragraphs(heading, joined(lesson.idea, lead), block(code, shown), end)


def _turns(worked: Worked, audience: str, rng: random.Random) -> tuple[str, str, str] | None:
    script = write_script(worked.task, worked.given, Idiom.LOOPS, rng)
    watched = watch_loop(script) if script is not None and worked.task.shape is Shape.FUNCTION else None
    if watched is None:
        return None
    try:
        turns = [line for line in printed(watched).split("\n") if " = " in line]
    except NameError:
        return None  # A variable that only later turns set.
    if len(turns) < 2:
        return None
    first, last = (line.replace(" = ", "=").replace(" ", ", ").replace("=", " = ") for line in (turns[0], turns[-1]))
    plain = all(line.count(" ") == line.count("=") * 3 - 1 for line in (turns[0], turns[-1]))
    said = f"After the first turn the computer has `{first}`, after the last `{last}`." if plain else ""
    return watched, rng.choice(TRACE_LEADS[audience]), joined(said, rng.choice(TRACE_ENDS[audience]))


def _pulled(worked: Worked, audience: str, rng: random.Random) -> tuple[str, str, str] | None:
    """A generator asked for one value after the other."""
    definition = write_definition(worked.task, rng.choice((Idiom.LOOPS, Idiom.STEPS)), rng)
    if definition is None or "yield" not in definition or "yield from" in definition:
        return None
    asked = show(worked.task, definition.split("(")[0].removeprefix("def "), worked.given, None).expression
    made = asked.removeprefix("list(").removeprefix("islice(")
    made = made[: made.index(")") + 1] if "islice" in asked else made.removesuffix(")")
    code = f"{definition}\nsteps = {made}\n" + "print(next(steps))\n" * NUM_PULLED
    try:
        printed(code)
    except StopIteration:
        return None
    lead = rng.choice(PULL_LEADS[audience])
    end = "Between two calls of `next` the function stands still at its `yield` and keeps its variables."
    return code, lead, joined(end, LESSONS[worked.task.steps[0].operation.name].watch)


def _called(worked: Worked, audience: str, rng: random.Random) -> tuple[str, str, str] | None:
    """A method called several times on one object."""
    definition = write_definition(worked.task, rng.choice((Idiom.LOOPS, Idiom.STEPS)), rng)
    if definition is None or worked.task.steps[0].operation.state == "$x":
        return None
    rest = [worked.given[1:], *(given[1:] for given in worked.others)][:NUM_CALLS]
    lines = [*settings_of(worked.task, worked.given)]
    for given in rest:
        lines += call_method(worked.task, given)
    code = "\n".join([definition, *lines]) + "\n"
    lead = rng.choice(CALL_LEADS[audience])
    return code, lead, LESSONS[worked.task.steps[0].operation.name].watch


def wrong_attempt(worked: Worked, audience: str, rng: random.Random) -> str | None:
    """A mistake, what it prints, why it is wrong, and the right code on the same values."""
    step = worked.task.steps[0]
    if step.operation.name not in MISTAKES or worked.task.shape is not Shape.FUNCTION:
        return None
    attempt, why = MISTAKES[step.operation.name]
    names = {"x": worked.task.arguments[0].name, "out": step.operation.result, **step.in_code()}
    wrong = "\n".join([*settings_of(worked.task, worked.given), fill(attempt, names), f"print({names['out']})"]) + "\n"
    try:
        shown = printed(wrong)
    except (ValueError, TypeError, IndexError):
        return None
    if shown == worked.shown:
        return None
    heading = f"# A mistake to avoid: {title(worked, rng)}"
    right = rng.choice(RIGHT_LEADS)
    return paragraphs(
        heading,
        rng.choice(WRONG_LEADS[audience]),
        block(wrong, shown),
        f"{why} {right}",
        block(worked.code, worked.shown),
        LESSONS[step.operation.name].idea,
    )


def comparison(worked: Worked, audience: str, rng: random.Random) -> str | None:
    """Two ways to the same result, and when to use which."""
    if not worked.second or worked.task.shape is not Shape.FUNCTION:
        return None
    kinds = _nature(worked.code), _nature(worked.second)
    if kinds[0] == kinds[1]:
        return None
    start = f"There is more than one way to {title(worked, rng)}. First:"
    return paragraphs(
        joined(opening(worked, audience, rng), start),
        block(worked.code, worked.shown),
        rng.choice(("And the second:", "The other way:", "Compare this:")),
        block(worked.second, worked.shown),
        joined("Both print the same.", *(rng.choice(COMPARED[audience, kind]) for kind in kinds)),
    )


def _nature(code: str) -> str:
    """What a piece of code mainly is."""
    if re.search(r"^(for|while) ", code, re.MULTILINE):
        return "loop"
    return "comprehension" if re.search(r"[\[({].* for .* in ", code) else "function"


def two_steps(worked: Worked, audience: str, rng: random.Random) -> str | None:
    """A composition of two operations, with what each step makes."""
    if len(worked.task.steps) != 2 or worked.task.shape is not Shape.FUNCTION:
        return None
    first, second = (LESSONS[step.operation.name].idea for step in worked.task.steps)
    script = write_script(worked.task, worked.given, Idiom.STEPS, rng)
    lines = script.rstrip("\n").split("\n") if script is not None else []
    at = len(settings_of(worked.task, worked.given))
    name, sign, _ = lines[at].partition(" = ") if len(lines) == at + 2 else ("", "", "")
    if not sign or not name.isidentifier():
        return None
    lines.insert(at + 1, f"print({name})")
    code = "\n".join(lines) + "\n"
    heading = f"# Two steps: {title(worked, rng)}"
    explained = joined(f"Step 1. {first}", f"Step 2. {second}")
    return paragraphs(
        heading, rng.choice(STEP_LEADS[audience]), explained, block(code, printed(code)), rng.choice(STEP_ENDS)
    )


def question_at_the_end(worked: Worked, audience: str, rng: random.Random) -> str | None:
    """A lesson in short, and a question on other values with its answer."""
    if not worked.others or worked.task.shape is not Shape.FUNCTION:
        return None
    lesson = LESSONS[worked.task.steps[0].operation.name]
    other = rng.choice(worked.others)
    code = write_script(worked.task, other, Idiom.STEPS, rng)
    if code is None or outline(code) == "":
        return None
    answer = printed(code)
    return paragraphs(
        f"# In short: {title(worked, rng)}",
        joined(lesson.idea, lesson.watch),
        block(worked.code, worked.shown),
        rng.choice(QUESTIONS[audience]),
        f"```python\n{code}```",
        rng.choice(("**Answer.**", "The answer:", "**Solution.**")),
        f"```\n{answer}```",
    )


EXPLAINING: Mapping[str, Callable[[Worked, str, random.Random], str | None]] = {
    "trace": trace,
    "wrong attempt": wrong_attempt,
    "comparison": comparison,
    "two steps": two_steps,
    "question at the end": question_at_the_end,
}
