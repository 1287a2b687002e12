"""Check the documents of a slice of a table: exercises, passages, and Python modules of a person's own.

Reads:  a slice of documents; where a teacher solves exercises anew, also what was observed of them and its answers.
Writes: `documents.parquet`, those that hold, and `dropped.parquet`; tables of evidence, each only where it has rows;
        `counts.json`.

What the curriculum wrote is held to all that it says (`strict.py`), other exercises level by level (`levels.py`), other
passages by what they show (`written_passages.py`). A module is run with the examples in its docstrings; without one,
in a text without Python, and where it needs modules that the jail does not have, there is nothing to check.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hornbook.pipeline.table import Slice, read_part, read_slice, write_part
from hornbook.python_code.functions import docstring_of
from hornbook.python_code.parse import parse_code
from hornbook.records import (
    CURRICULUM,
    Document,
    DocumentKind,
    Dropped,
    Exercise,
    Record,
    exercise_of,
    table_of,
)
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.jail_tasks import run_tasks
from hornbook.sandbox.program import Sandbox
from hornbook.sandbox.unjailed import Unjailed
from hornbook.synthesis.levels import Level, Verification, VerifyConfig, is_at_least, is_enough, level_of, reason_of
from hornbook.synthesis.observation import (
    BATCH_SIZE,
    Observation,
    build_test,
    definitions_of,
    observe_exercises,
    task_of,
)
from hornbook.synthesis.shown_output import Repair
from hornbook.synthesis.solutions import Answer, Solution, compare_solutions
from hornbook.synthesis.strict import check_strictly
from hornbook.synthesis.written_passages import PassageCheck, PassageFate, verify_written_passages

NO_FUNCTION = "defines no function"
_NOT_IN_JAIL = ("ModuleNotFoundError", "ImportError")
"""How the detail begins where a module needs others, which the jail does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field of a document that was filled in or repaired."""

    id: str
    field: str
    """`text` of a passage, `test` of an exercise."""
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseTest:
    """A test that the exercise's own solution passes."""

    exercise_id: str
    test: str
    """Source that defines `check(candidate)`."""


EVIDENCE: Mapping[str, type[Record]] = {
    "verifications": Verification,
    "tests": ExerciseTest,
    "solutions": Solution,
    "passage_checks": PassageCheck,
    "repairs": Repair,
    "changes": Change,
}
"""Tables that say what was seen and done, and their records."""


@dataclass(frozen=True)
class SliceChecker:
    """Runs the documents of a slice, and decides which ones stay."""

    config: VerifyConfig
    seed: int
    num_workers: int | None
    """Of each sandbox; None for one on each core."""

    def observe(self, job: Slice, folder: Path) -> None:
        """Run the exercises, before a teacher is asked for other solutions.

        Writes what was seen to `observed.jsonl` and `verifications.parquet`.
        """
        exercises = sort_documents(read_slice(job)).exercises
        with self._sandbox() as sandbox:
            seen = observe_exercises(exercises, sandbox, self.config.num_inputs, self.seed)
        write_part(folder / "verifications.parquet", table_of(Verification, (one.verification for one in seen)))
        with (folder / "observed.jsonl").open("w", encoding="utf-8") as lines:
            for one in seen:
                fields = {name: getattr(one, name) for name in ("inputs", "calls", "compared", "shown")}
                lines.write(json.dumps(fields) + "\n")

    def check(self, job: "Slice | tuple[Path, int, int, Path, Path]", folder: Path) -> None:
        """Write the tables; the job may name what was observed and the teacher's answers."""
        part, first, stop, *asked = job
        documents = list(read_slice((part, first, stop)))
        found = sort_documents(documents)
        config = self.config
        solutions: list[Solution] = []
        with self._sandbox() as sandbox:
            dropped = found.nameless + check_strictly(found.curriculum, sandbox)
            passages = verify_written_passages(found.passages, sandbox, repair=config.repair)
            if asked:
                observations = read_observations(found.exercises, asked[0])
                worth = [one for one in observations if is_worth_asking(one.verification, config)]
                answers = list(read_part(asked[1], Answer))
                solutions = compare_solutions(worth, answers, sandbox, config.num_solutions)
            else:
                observations = observe_exercises(found.exercises, sandbox, config.num_inputs, self.seed)
            failed, tests = decide(observations, sandbox, config)
        kinds = {one.id: one.kind for one in documents}
        not_run = {
            seen.exercise_id
            for seen in (one.verification for one in observations)
            if kinds[seen.exercise_id] is DocumentKind.CODE and seen.detail.startswith(_NOT_IN_JAIL)
        }
        failed = [one for one in failed if one.id not in not_run]
        reasons = {one.id: one for one in (*dropped, *passages.dropped, *failed)}
        changes = {name: Change(id=name, field="text", value=text) for name, text in passages.repaired.items()}
        changes |= {
            one.exercise_id: Change(id=one.exercise_id, field="test", value=one.test)
            for one in tests
            if kinds[one.exercise_id] is DocumentKind.EXERCISE
        }
        kept = [_changed(one, changes.get(one.id)) for one in documents if one.id not in reasons]
        evidence: dict[str, Sequence[Any]] = {
            "verifications": [one.verification for one in observations],
            "tests": tests,
            "solutions": solutions,
            "passage_checks": passages.checks,
            "repairs": passages.repairs,
            "changes": [changes[one.id] for one in kept if one.id in changes],
        }
        write_part(folder / "documents.parquet", table_of(Document, kept))
        in_order = [reasons[one.id] for one in documents if one.id in reasons]
        write_part(folder / "dropped.parquet", table_of(Dropped, in_order))
        for name, rows in evidence.items():
            if rows:
                write_part(folder / f"{name}.parquet", table_of(EVIDENCE[name], rows))
        unchecked = sum(one.fate is PassageFate.UNCHECKED for one in passages.checks)
        (folder / "counts.json").write_text(json.dumps(_counts(kept, found.num_unchecked + len(not_run) + unchecked)))

    def _sandbox(self) -> AbstractContextManager[Sandbox]:
        kind = Unjailed if self.config.execute_without_jail else Jail
        return kind(self.config.limits(), num_workers=self.num_workers)


@dataclass
class SortedDocuments:
    """Documents by the way in which they are checked."""

    curriculum: list[Document] = field(default_factory=list)
    exercises: list[Exercise] = field(default_factory=list)
    """Modules with examples among them; these have no solution."""
    passages: list[Document] = field(default_factory=list)
    nameless: list[Dropped] = field(default_factory=list)
    """Exercises without a function that could be called."""
    num_unchecked: int = 0
    """Modules without an example."""


def sort_documents(documents: "Sequence[Document] | Iterator[Document]") -> SortedDocuments:
    """Say how each document is checked."""
    found = SortedDocuments()
    for one in documents:
        is_curriculum = json.loads(one.metadata).get("teacher") == CURRICULUM
        if one.kind is DocumentKind.EXERCISE:
            exercise = exercise_of(one)
            if is_curriculum and exercise.test:
                found.curriculum.append(one)
            elif exercise.entry_point:
                found.exercises.append(exercise)
            else:
                found.nameless.append(Dropped(id=one.id, reason=NO_FUNCTION, detail="name it in `entry_point`"))
        elif one.kind is DocumentKind.CODE and _is_module(one):
            name = next((name for name in definitions_of(one.text) if ">>>" in docstring_of(one.text, name)), "")
            if name or parse_code(one.text) is None:
                found.exercises.append(_as_exercise(one, name))
            else:
                found.num_unchecked += 1
        else:
            (found.curriculum if is_curriculum else found.passages).append(one)
    return found


def read_observations(exercises: Sequence[Exercise], folder: Path) -> list[Observation]:
    """What `SliceChecker.observe` wrote of the exercises of a slice."""
    seen = read_part(folder / "verifications.parquet", Verification)
    with (folder / "observed.jsonl").open(encoding="utf-8") as lines:
        return [
            Observation(exercise=exercise, verification=verification, **json.loads(line))
            for exercise, verification, line in zip(exercises, seen, lines, strict=True)
        ]


def decide(
    observations: Sequence[Observation], sandbox: Sandbox, config: VerifyConfig
) -> tuple[list[Dropped], list[ExerciseTest]]:
    """Split exercises into those that reach the level asked for and the rest.

    Returns:
        The rest, with the reason; and tests for those that stay and had none, as far as outputs are agreed on. An
        exercise's own solution has passed its test.

    Raises:
        SandboxError: The sandbox broke down.
    """
    kept = [one for one in observations if is_enough(one.verification, config)]
    dropped = [
        Dropped(id=seen.exercise_id, reason=reason_of(seen, config), detail=seen.detail)
        for seen in (one.verification for one in observations)
        if not is_enough(seen, config)
    ]
    built = [
        ExerciseTest(exercise_id=one.exercise.id, test=test)
        for one in kept
        if not one.exercise.test and (test := build_test(*one.agreed_calls()))
    ]
    exercises = {one.exercise.id: one.exercise for one in kept}
    tasks = [task_of(exercises[one.exercise_id], test=one.test) for one in built]
    answers = run_tasks("calls", tasks, sandbox, batch_size=BATCH_SIZE)
    tests = [
        one
        for one, answer in zip(built, answers, strict=True)
        if isinstance(answer, dict) and answer["outcome"] == "passed" and answer["test"] is None
    ]
    return dropped, tests


def is_worth_asking(seen: Verification, config: VerifyConfig) -> bool:
    """Whether other solutions of the exercise could show anything: its examples hold, and there are inputs."""
    return is_at_least(level_of(seen, config), Level.EXAMPLES) and seen.num_inputs > 0


def _is_module(document: Document) -> bool:
    return parse_code(document.text) is not None or json.loads(document.metadata).get("path", "").endswith(".py")


def _as_exercise(module: Document, name: str) -> Exercise:
    return Exercise(
        id=module.id,
        prompt=module.text,
        solution="",
        entry_point=name,
        test="",
        family="",
        operations=(),
        docstring_style="",
        teacher="",
    )


def _changed(document: Document, change: Change | None) -> Document:
    if change is None:
        return document
    if change.field == "text":
        return replace(document, text=change.value)
    return replace(document, metadata=json.dumps({**json.loads(document.metadata), change.field: change.value}))


def _counts(kept: Sequence[Document], num_unchecked: int) -> dict[str, int]:
    exercises = [one for one in kept if one.kind is DocumentKind.EXERCISE]
    return {
        "num_exercises": len(exercises),
        "num_passages": sum(one.kind is DocumentKind.TEXTBOOK for one in kept),
        "num_modules": sum(one.kind is DocumentKind.CODE for one in kept),
        "num_without_anything_to_check": num_unchecked,
        "num_exercise_characters": sum(len(one.text) for one in exercises),
    }
