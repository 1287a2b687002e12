"""Exercises from the curriculum: a function's signature and docstring, then a solution that was executed.

Reads:  the world of operations (`world.py`).
Writes: training exercises; held-out problems whose compositions no training exercise contains.
Source: Gunasekar et al. 2023, "Textbooks Are All You Need", section 2.3 (docstring to function, diversity by name).
"""

import itertools
import random
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from hornbook.errors import ConfigError
from hornbook.records import CURRICULUM, Exercise, Problem, content_id
from hornbook.synthesis.curriculum.courses import Course, parse_course
from hornbook.synthesis.curriculum.difficulties import LEVELS, difficulty_of, parse_difficulties
from hornbook.synthesis.curriculum.docstrings import INDENT, DocstringStyle, fitting_style, write_prompt
from hornbook.synthesis.curriculum.execution import Reference, compile_function
from hornbook.synthesis.curriculum.idioms import Idiom, parse_idioms, write_solution
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import source_of
from hornbook.synthesis.curriculum.names import name_function
from hornbook.synthesis.curriculum.operation import Family
from hornbook.synthesis.curriculum.outcomes import Refused
from hornbook.synthesis.curriculum.phrases import describe
from hornbook.synthesis.curriculum.sampler import Split, bind, draw_composition, is_rich_enough
from hornbook.synthesis.curriculum.task import Task
from hornbook.synthesis.curriculum.trials import Shown, choose_telling, show, try_out, write_test
from hornbook.synthesis.curriculum.world import World, build_world
from hornbook.synthesis.prompted.exercises import ExercisePromptConfig

TEACHER = CURRICULUM
CHUNK_SIZE = 1_000
NUM_INPUTS = 10
NUM_SHOWN_INPUTS = 4
NUM_HELD_OUT_INPUTS = 16
NUM_DRAWS = 40
NUM_TURNS = 10
"""After so many lengths in vain, an exercise is built around another operation."""
NUM_HELD_OUT_DRAWS = 400
"""How often a composition of a wanted length is drawn before another length is tried."""
NUM_VAIN_EXERCISES = 5_000
"""After so many repetitions in a row, there are no more different exercises."""
NUM_VAIN_ROUNDS = 30
"""After so many lengths in vain, a family has no more held-out problems."""
NUM_STRICT = 4
MIN_DIFFERENT_SHARE = 0.5
MAX_EXAMPLE_LENGTH = 64
_STYLE_WEIGHTS = {
    DocstringStyle.SUMMARY: 56,
    DocstringStyle.DOCTEST: 12,
    DocstringStyle.COMPARISON: 4,
    DocstringStyle.EXAMPLE: 7,
    DocstringStyle.STEPS: 9,
    DocstringStyle.PARAMETERS: 5,
    DocstringStyle.GOOGLE: 4,
    DocstringStyle.REST: 3,
}
_IDIOM_WEIGHTS = {Idiom.EXPRESSION: 14, Idiom.STEPS: 36, Idiom.LOOPS: 10, Idiom.FUNCTIONAL: 6, Idiom.REBINDING: 34}


@dataclass(frozen=True, kw_only=True)
class ExerciseRules:
    """How many exercises, and which ones the curriculum writes."""

    num_exercises: int = 1_000
    """Exercises to write, all different."""
    num_held_out: int = 0
    """Problems of the curriculum whose compositions its exercises never have, spread evenly over the families."""
    course: str = Course.WHOLE.value
    """`whole`, or `first` for the operations of a first course."""
    length_weights: tuple[int, ...] = (22, 48, 30)
    """How often exercises compose one, two and three operations, as weights; held-out problems compose at least two."""
    idioms: tuple[str, ...] = tuple(idiom.value for idiom in Idiom)
    """The ways in which solutions are written: `expression`, `steps`, `loops`, `functional`, `rebinding`."""
    difficulties: tuple[int, ...] = LEVELS
    """Which of the four difficulties are written; held-out problems are of difficulty 2 at least."""
    held_out_share: float = 0.08
    """Share of all compositions of two or more operations that training never sees; in (0, 1)."""

    def __post_init__(self) -> None:
        if self.num_exercises < 1:
            raise ConfigError(f"`num_exercises` must be at least 1, got {self.num_exercises!r}")
        if self.num_held_out < 0:
            raise ConfigError(f"`num_held_out` must not be negative, got {self.num_held_out!r}")
        parse_course("course", self.course)
        if len(self.length_weights) not in (2, 3) or min(self.length_weights) < 0 or not any(self.length_weights[1:]):
            raise ConfigError(
                "`length_weights` must be two or three weights, none negative, one behind the first above zero, "
                f"got {self.length_weights!r}"
            )
        parse_idioms("idioms", self.idioms)
        parse_difficulties("difficulties", self.difficulties)
        if max(self.difficulties) < 2:
            raise ConfigError(
                "`difficulties` must hold one above 1, because held-out problems compose two operations, "
                f"got {self.difficulties!r}"
            )
        if not 0 < self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in (0, 1), got {self.held_out_share!r}")


@dataclass(frozen=True, kw_only=True)
class ExercisesConfig(ExerciseRules):
    """The rules, and who writes. Problems are the curriculum's, whoever writes the exercises."""

    teacher: str = TEACHER
    """Who writes the exercises: `curriculum`, or the name of a language model."""
    prompts: ExercisePromptConfig = field(default_factory=ExercisePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.teacher:
            raise ConfigError("`teacher` must be `curriculum` or the name of a language model, got ''")


@dataclass(frozen=True)
class Author:
    """Everything that writing needs: the world, its meaning, and the split."""

    world: World
    reference: Reference
    split: Split
    length_weights: tuple[int, ...]
    difficulties: tuple[int, ...]
    idioms: tuple[str, ...]

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """The names of all operations, those of a family apart from each other."""
        names = list(self.world.operations)
        random.Random("subjects").shuffle(names)
        return tuple(names)

    @cached_property
    def by_family(self) -> Mapping[Family, tuple[str, ...]]:
        """The names of each family's operations."""
        operations = self.world.operations.values()
        return {family: tuple(op.name for op in operations if op.family is family) for family in self.world.families}


def build_author(config: ExercisesConfig, seed: int) -> Author:
    """The world with its meaning, and the split that the config and the seed make."""
    world = build_world(Course(config.course), max(config.difficulties))
    split = Split(seed, config.held_out_share)
    return Author(world, Reference(world), split, config.length_weights, config.difficulties, config.idioms)


def write_exercises(
    config: ExercisesConfig, seed: int, chunks: Iterable[Iterable[Exercise]] | None = None
) -> Iterator[Exercise]:
    """`config.num_exercises` different exercises: a pure function of the config and `seed`.

    Number `i` is drawn on its own, and one that was there before is passed over; so the result does not depend on who
    writes the chunks.

    Args:
        config: What is written.
        seed: Of all choices.
        chunks: The chunks in their order, as `write_chunk` writes them; None: they are written here.

    Raises:
        ConfigError: There are not as many.
    """
    seen: set[str] = set()
    num_vain = 0
    for chunk in map(partial(write_chunk, config, seed), itertools.count()) if chunks is None else chunks:
        for exercise in chunk:
            num_vain = num_vain + 1 if exercise.id in seen else 0
            if exercise.id not in seen:
                seen.add(exercise.id)
                yield exercise
            if len(seen) == config.num_exercises:
                return
        if num_vain > NUM_VAIN_EXERCISES:
            raise ConfigError(
                f"`num_exercises` must be at most about {len(seen)}: the curriculum has no more different ones; "
                "take the whole `course`, longer compositions or more `difficulties`"
            )


def write_chunk(config: ExercisesConfig, seed: int, number: int) -> list[Exercise]:
    """The exercises of chunk `number`, those that repeat one another included."""
    author = build_author(config, seed)
    size = min(CHUNK_SIZE, config.num_exercises)
    return [write_exercise(author, index, seed) for index in range(number * size, (number + 1) * size)]


def write_exercise(author: Author, index: int, seed: int) -> Exercise:
    """The training exercise number `index`: a pure function of the world, the split, `index` and `seed`.

    It is built around an operation, so that half of all exercises are around each operation equally often, and half
    around each family equally often; where that leads nowhere, as for an easy operation when only difficult tasks are
    wanted, around another one.
    """
    around = _subject(author, index)
    rng = random.Random(f"exercise:{seed}:{index}")
    lengths = range(1, len(author.length_weights) + 1)
    for turn in itertools.count():
        length = rng.choices(lengths, author.length_weights)[0]
        for _ in range(NUM_DRAWS):
            operations = draw_composition(author.world, length, around, rng)
            if operations is None or difficulty_of(operations) not in author.difficulties:
                continue
            if author.split.touches(tuple(item.name for item in operations)):
                continue
            exercise = _written(author, bind(operations, rng), NUM_INPUTS, rng)
            if exercise is not None:
                return exercise
        around = rng.choice(author.subjects) if turn % NUM_TURNS == NUM_TURNS - 1 else around
    raise AssertionError("the turns have no end")


def _subject(author: Author, index: int) -> str:
    """The operation around which exercise `index` is built."""
    turn, is_by_family = divmod(index, 2)
    if not is_by_family:
        return author.subjects[turn % len(author.subjects)]
    families = tuple(author.by_family.values())
    round_, place = divmod(turn, len(families))
    return families[place][round_ % len(families[place])]


def write_held_out(author: Author, num_problems: int, seed: int) -> list[Problem]:
    """Problems on held-out compositions, each composition once, equally many per family as far as possible.

    A family in which nothing new is found for some rounds leaves what it lacks to the others.

    Raises:
        ConfigError: There are not as many held-out compositions.
    """
    rng = random.Random(f"held-out:{seed}")
    families = author.world.families
    wanted = {family: num_problems // len(families) for family in families}
    for family in families[: num_problems % len(families)]:
        wanted[family] += 1
    found: list[tuple[Family, Exercise]] = []
    seen: set[tuple[str, ...]] = set()
    lengths = range(2, len(author.length_weights) + 1)
    vain = dict.fromkeys(families, 0)
    while len(found) < num_problems:
        family = rng.choice([item for item in families if wanted[item]])
        vain[family] += 1
        if vain[family] > NUM_VAIN_ROUNDS:
            _pass_on(wanted, family, [item for item in families if vain[item] <= NUM_VAIN_ROUNDS], len(found))
            continue
        length = rng.choices(lengths, author.length_weights[1:])[0]
        for _ in range(NUM_HELD_OUT_DRAWS):
            operations = draw_composition(author.world, length, rng.choice(author.by_family[family]), rng)
            if operations is None or difficulty_of(operations) not in author.difficulties:
                continue
            composition = tuple(item.name for item in operations)
            if composition in seen or not author.split.is_drawn(composition):
                continue
            task = bind(operations, rng)
            exercise = _written(author, task, NUM_HELD_OUT_INPUTS, rng) if wanted[task.family] else None
            if exercise is not None:
                seen.add(composition)
                wanted[task.family] -= 1
                vain[task.family] = 0
                found.append((task.family, exercise))
                break
    found.sort(key=lambda pair: families.index(pair[0]))
    return [_as_problem(number, exercise) for number, (_, exercise) in enumerate(found, 1)]


def _pass_on(wanted: dict[Family, int], exhausted: Family, others: Sequence[Family], num_found: int) -> None:
    """Share out among `others` what is still wanted of a family."""
    if not others:
        raise ConfigError(
            f"`num_held_out` must be at most about {num_found}: the curriculum has no more compositions that training "
            "never sees; raise `held_out_share`, or take the whole `course`"
        )
    for place in range(wanted.pop(exhausted)):
        wanted[others[place % len(others)]] += 1
    wanted[exhausted] = 0


def _as_problem(number: int, exercise: Exercise) -> Problem:
    return Problem(
        task_id=f"hornbook/{number:04d}",
        prompt=exercise.prompt,
        entry_point=exercise.entry_point,
        canonical_solution=exercise.solution,
        test=exercise.test,
        category=exercise.family,
    )


def _written(author: Author, task: Task, num_inputs: int, rng: random.Random) -> Exercise | None:
    """The exercise for a task; none where the task is pointless, or no idiom suits it."""
    if not is_rich_enough(task):
        return None
    inputs = draw_arguments(task, num_inputs, rng)
    if len(set(map(repr, inputs))) < num_inputs * MIN_DIFFERENT_SHARE:
        return None
    outputs = author.reference.outputs(task, inputs)
    if outputs is None:
        return None
    name = name_function(task, rng)
    solution = _solution(task, name, author.idioms, rng)
    if solution is None:
        return None
    idiom, body = solution
    if task.owner is not None:
        body = textwrap.indent(body, INDENT)
    examples = _examples(task, name, inputs, outputs, rng)
    style = rng.choices(tuple(_STYLE_WEIGHTS), tuple(_STYLE_WEIGHTS.values()))[0]
    style = fitting_style(style, task, examples)
    prompt = write_prompt(task, name, describe(task, rng), examples, style, rng)
    _check(task, name, prompt + body, inputs, outputs)
    return Exercise(
        id=content_id("exercise", prompt, body),
        prompt=prompt,
        solution=body,
        entry_point=task.owner.name if task.owner is not None else name,
        test=write_test(task, name, *_tested(inputs, outputs), author.reference.evaluate),
        family=task.family,
        operations=task.composition,
        idiom=idiom,
        docstring_style=style,
        teacher=TEACHER,
        difficulty=task.difficulty,
    )


def _solution(task: Task, name: str, idioms: Collection[str], rng: random.Random) -> tuple[Idiom, str] | None:
    weights = {idiom: weight for idiom, weight in _IDIOM_WEIGHTS.items() if idiom in idioms}
    while weights:
        idiom = rng.choices(tuple(weights), tuple(weights.values()))[0]
        body = write_solution(task, name, idiom, rng)
        if body is not None:
            return idiom, body
        del weights[idiom]
    return None


def _check(task: Task, name: str, source: str, inputs: Sequence[tuple[Any, ...]], outputs: Sequence[Any]) -> None:
    """Compare the written solution with the reference.

    Raises:
        AssertionError: They differ, or the solution changes its arguments: a table of the curriculum is wrong.
    """
    candidate = compile_function(source, task.owner.name if task.owner is not None else name)
    for place, (arguments, expected) in enumerate(zip(inputs, outputs, strict=True)):
        given = repr(arguments)
        result = try_out(task, name, candidate, arguments)
        # Values that are equal but of different types, as 1 and True, would differ in every trial: a few tell.
        is_same = result == expected and (place >= NUM_STRICT or source_of(result) == source_of(expected))
        if not is_same or repr(arguments) != given:
            raise AssertionError(f"{task.composition}{arguments} gives {result!r}, not {expected!r}:\n{source}")


def _examples(
    task: Task, name: str, inputs: Sequence[tuple[Any, ...]], outputs: Sequence[Any], rng: random.Random
) -> list[Shown]:
    """One or two short examples, telling ones if there are any; the last inputs are the ordinary ones."""
    num_wanted = 2 if rng.random() < 0.45 else 1
    telling: list[Shown] = []
    suitable: list[Shown] = []
    for given, result in zip(reversed(inputs), reversed(outputs), strict=True):
        if result is None or isinstance(result, Refused):
            continue
        shown = show(task, name, given, result)
        value = shown.value
        if value is None or shown.length > MAX_EXAMPLE_LENGTH + len(name):
            continue
        suitable.append(shown)
        is_telling = given[0] and (value is False or value not in ([], {}, "", 0, set())) and value != given[0]
        if is_telling and all(value != other.value for other in telling):
            telling.insert(0, shown)
        if len(telling) == num_wanted:
            break
    return telling or suitable[:1]


def _tested(inputs: Sequence[tuple[Any, ...]], outputs: Sequence[Any]) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """The most telling inputs for a training exercise; all inputs for a held-out problem."""
    if len(inputs) > NUM_INPUTS:
        return list(inputs), list(outputs)
    chosen = choose_telling(inputs, outputs, NUM_SHOWN_INPUTS)
    return [inputs[place] for place in chosen], [outputs[place] for place in chosen]
