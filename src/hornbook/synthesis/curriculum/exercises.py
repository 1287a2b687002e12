"""Exercises of the curriculum, and problems that say what a model learned: held out by schema, combination, wording.

Source: Gunasekar et al. 2023, section 2.3, for exercises as a function's head with a docstring, and its body.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeVar

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.records import CURRICULUM, Document, Exercise, Problem
from hornbook.synthesis.curriculum.compose import Rules, write_exercise
from hornbook.synthesis.curriculum.library import Library, Split, read_library
from hornbook.synthesis.curriculum.schema import Schema
from hornbook.synthesis.curriculum.task import Task, draw_task
from hornbook.synthesis.prompted.exercises import ExercisePromptConfig

CHUNK_SIZE = 1_000
NUM_VAIN_RECORDS = 5_000
"""After so many repetitions in a row, there are no more different exercises or passages."""
NUM_VAIN_DRAWS = 300
"""For one exercise, passage or problem."""
NUM_HELD_OUT_TESTS = 16
REMARKS = (
    "The function is part of a larger program.",
    "It will be called many times.",
    "This was asked in last year's exam.",
    "The data come from a file that somebody else wrote.",
    "Do not print anything.",
    "A colleague has asked for this.",
)
"""Sentences that say nothing about a task."""
SETS = ("combination", "schema", "wording", "unseen_names", "untyped", "reworded", "distracted")
"""Kinds of held-out problems. The last four are those of `combination` in another form."""
_TABLES = {"combination": "held_out", "schema": "held_out_schemas"}
R = TypeVar("R", Exercise, Document)


@dataclass(frozen=True, kw_only=True)
class ExerciseRules:
    """How many exercises, and what the curriculum writes them from."""

    num_exercises: int = 1_000
    """Exercises to write, all different."""
    num_held_out: int = 0
    """Problems in each set: by combination of schema and words, by schema, by wording; and those by combination with
    unseen names of arguments, without annotations, in unseen wording, with a distracting sentence."""
    held_out_share: float = 0.1
    """Share of schemas, of combinations and of names that training never sees; in (0, 1)."""
    families: tuple[str, ...] = ()
    """Families of schemas that are written, such as `search` and `texts`; without any, all."""
    schemas: tuple[str, ...] = field(default=(), metadata=NOT_IN_FINGERPRINT)  # Their contents are.
    """Python files with schemas and words of one's own. Half of the exercises and all held-out problems are theirs."""

    def __post_init__(self) -> None:
        if self.num_exercises < 1:
            raise ConfigError(f"`num_exercises` must be at least 1, got {self.num_exercises!r}")
        if self.num_held_out < 0:
            raise ConfigError(f"`num_held_out` must not be negative, got {self.num_held_out!r}")
        check_share(self.held_out_share)


@dataclass(frozen=True, kw_only=True)
class ExercisesConfig(ExerciseRules):
    """The rules, and who writes. Problems are the curriculum's, whoever writes the exercises."""

    teacher: str = CURRICULUM
    """Who writes the exercises: `curriculum`, or the name of a language model."""
    prompts: ExercisePromptConfig = field(default_factory=ExercisePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_teacher(self.teacher)


def check_share(share: float) -> None:
    """Raise a ConfigError unless a share of schemas can be held out."""
    if not 0 < share < 1:
        raise ConfigError(f"`held_out_share` must lie in (0, 1), got {share!r}")


def check_teacher(teacher: str) -> None:
    """Raise a ConfigError unless a teacher is named."""
    if not teacher:
        raise ConfigError("`teacher` must be `curriculum` or the name of a language model, got ''")


@dataclass(frozen=True)
class Author:
    """The library as training sees it and as it never does, and the split between them."""

    library: Library
    split: Split
    shown: Library
    unseen: Library
    num_own: int
    """The first schemas of the library are so many of a user's."""

    @property
    def rules(self) -> Rules:
        """How exercises for training are written."""
        return Rules(is_allowed=lambda name: not self.split.is_apart("name", name), kinds=self.library.kinds)

    def is_apart(self, task: Task) -> bool:
        """Whether the combination is held out; a program without words is none."""
        return bool(task.words) and self.split.is_apart("combination", task.key)

    @cached_property
    def _pools(self) -> tuple[list[Schema], list[Schema]]:
        """The user's schemas that training shows, and all others."""
        own, others = self.shown.schemas[: self.num_own], self.shown.schemas[self.num_own :]
        is_apart = partial(self.split.is_apart, "schema")
        return [one for one in own if not is_apart(one.name)], [one for one in others if not is_apart(one.name)]

    def _schema(self, number: int) -> Schema:
        """The schema of record `number`: all in turn; those of a user every other time."""
        own, others = self._pools
        turn, is_own = divmod(number, 2) if own else (number, 0)
        pool = own if is_own else others
        return pool[turn % len(pool)]

    def write(self, what: str, write: Callable[[Task, str, Rules], R | None], seed: int, index: int) -> R:
        """Record number `index`; where a draw gives none, the schemas that follow are tried.

        Args:
            what: `exercise` or `passage`.
            write: Makes a record of a task, a seed and rules, or None.
            seed: Of all choices.
            index: From 0 on.

        Raises:
            ConfigError: No draw gives one.
        """
        for attempt in range(NUM_VAIN_DRAWS):
            drawn_from = f"{what}:{seed}:{index}:{attempt}"
            task = draw_task(self._schema(index + 2 * attempt), self.shown.lexicon, drawn_from)
            if task is None or self.is_apart(task):
                continue
            if record := write(task, drawn_from, self.rules):
                return record
        raise ConfigError(f"the schemas give no {what}s: random arguments do not reach all of their branches")


def build_author(config: ExerciseRules, seed: int) -> Author:
    """What exercises and problems are written from.

    Raises:
        ConfigError: A file of schemas cannot be read, or there is no such family.
    """
    library, split = read_library(config.schemas), Split(seed, config.held_out_share)
    num_own = len(library.schemas) - len(read_library().schemas)
    if config.families:
        own, others = library.schemas[:num_own], library.schemas[num_own:]
        unknown = sorted(set(config.families) - {one.family for one in others})
        if unknown:
            known = ", ".join(sorted({one.family for one in others}))
            raise ConfigError(f"`families` may hold {known}, got {unknown[0]!r}")
        kept = tuple(one for one in others if one.family in config.families)
        library = replace(library, schemas=(*own, *kept))
    return Author(library, split, split.shown(library), split.unseen(library), num_own)


def write_exercises(
    config: ExercisesConfig, seed: int, chunks: Iterable[Iterable[Exercise]] | None = None
) -> Iterator[Exercise]:
    """`config.num_exercises` different exercises: a pure function of the config and `seed`.

    Args:
        config: What is written.
        seed: Of all choices.
        chunks: The chunks in their order, as `write_chunk` writes them; None: they are written here.

    Raises:
        ConfigError: There are not as many.
    """
    chunks = map(partial(write_chunk, config, seed), itertools.count()) if chunks is None else chunks
    return different(chunks, config.num_exercises, "num_exercises")


def write_chunk(config: ExercisesConfig, seed: int, number: int) -> list[Exercise]:
    """The exercises of chunk `number`, those that repeat one another included."""
    author = build_author(config, seed)
    return [
        author.write("exercise", write_exercise, seed, index)
        for index in indices_of_chunk(number, config.num_exercises)
    ]


def indices_of_chunk(number: int, num_records: int) -> range:
    """The indices of the records in chunk `number`, where `num_records` are wanted."""
    size = min(CHUNK_SIZE, num_records)
    return range(number * size, (number + 1) * size)


def different(chunks: Iterable[Iterable[R]], number: int, setting: str) -> Iterator[R]:
    """The first `number` different records of the chunks.

    A record that was there before is passed over. As each is drawn on its own, it does not matter who writes a chunk.

    Raises:
        ConfigError: There are not as many; it names the setting.
    """
    seen: set[str] = set()
    num_vain = 0
    for records in chunks:
        for record in records:
            num_vain = num_vain + 1 if record.id in seen else 0
            if record.id not in seen:
                seen.add(record.id)
                yield record
            if len(seen) == number:
                return
        if num_vain > NUM_VAIN_RECORDS:
            raise ConfigError(f"`{setting}` must be at most about {len(seen)}: there are no more different ones")


def write_held_out(author: Author, num_each: int, seed: int) -> dict[str, list[Problem]]:
    """Problems whose category is the set of `SETS` that they belong to; schemas come in turn.

    Returns:
        `held_out`, the problems by combination; `held_out_schemas`, those by schema; `held_out_forms`, all others,
        whose programs training may have.

    Raises:
        ConfigError: There are not `num_each` in each set.
    """
    found: dict[str, list[Problem]] = {"held_out": [], "held_out_schemas": [], "held_out_forms": []}
    for name in ("combination", "schema", "wording") if num_each else ():
        for problem in _write_set(name, author, num_each, seed):
            found[_TABLES.get(problem.category, "held_out_forms")].append(problem)
    for problems in found.values():
        problems.sort(key=lambda one: SETS.index(one.category))
    return found


def _write_set(name: str, author: Author, number: int, seed: int) -> Iterator[Problem]:
    own = {one.name for one in author.library.schemas[: author.num_own]}
    schemas = [
        (one, unseen)
        for one, unseen in zip(author.shown.schemas, author.unseen.schemas, strict=True)
        if author.split.is_apart("schema", one.name) == (name == "schema") and (not own or one.name in own)
    ]
    if not schemas:
        raise ConfigError(f"no schema is held out: raise `held_out_share`, which is {author.split.share:g}")
    keys: set[str] = set()
    for index in range(number * NUM_VAIN_DRAWS):
        drawn_from = f"held-out:{name}:{seed}:{index}"
        schema, unseen = schemas[index % len(schemas)]
        task = draw_task(schema, author.shown.lexicon, drawn_from)
        other = draw_task(unseen, author.unseen.lexicon, drawn_from)
        if task is None or other is None or task.key in keys:
            continue
        if name != "schema" and (author.is_apart(task) != (name == "combination") or not other.is_new):
            continue
        written = _forms(name, task, other, author, drawn_from)
        if written is None:
            continue
        keys.add(task.key)
        yield from (_as_problem(form, len(keys), exercise) for form, exercise in written.items())
        if len(keys) == number:
            return
    raise ConfigError(f"`num_held_out` must be at most about {len(keys)}: there are no more problems by {name}")


def _forms(name: str, task: Task, other: Task, author: Author, drawn_from: str) -> dict[str, Exercise] | None:
    """Set → problem of the task; of a combination in all forms. None where one of them cannot be written."""
    rules = replace(author.rules, num_tests=NUM_HELD_OUT_TESTS)
    remark = random.Random(drawn_from).choice(REMARKS)
    wanted: dict[str, tuple[Task, Rules]] = {name: (other if name == "wording" else task, rules)}
    if name == "combination":
        wanted |= {
            "unseen_names": (task, replace(rules, is_allowed=partial(author.split.is_apart, "name"))),
            "untyped": (task, replace(rules, is_typed=False)),
            "reworded": (other, rules),
            "distracted": (task, replace(rules, remark=remark)),
        }
    written: dict[str, Exercise] = {}
    for form, (one, rules_of_form) in wanted.items():
        exercise = write_exercise(one, drawn_from, rules_of_form)
        if exercise is None:
            return None
        written[form] = exercise
    return written


def _as_problem(name: str, number: int, exercise: Exercise) -> Problem:
    return Problem(
        task_id=f"{name}/{number:04d}",
        prompt=exercise.prompt,
        entry_point=exercise.entry_point,
        canonical_solution=exercise.solution,
        test=exercise.test,
        category=name,
    )
