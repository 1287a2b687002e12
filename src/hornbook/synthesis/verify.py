"""The stage `verify`: execute what was written, and drop what does not hold.

Reads:  the documents of its inputs, in their order; a teacher's answers, where the config names one.
Writes: `documents`: Document, those that hold, some of them repaired or given a test, under the same ids; `dropped`:
        Dropped. Where there is something to say also `verifications`: Verification, `tests`: ExerciseTest, `solutions`:
        Solution, `passage_checks`: PassageCheck, `repairs`: Repair, and `changes`: Change, what differs from the input.
Source: the paper does not execute its exercises and reports a high error rate (section 2.3); this is the remedy.

Slices of the tables are checked in processes or on a cluster (`check.py`). A teacher is asked here, in between.
"""

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, Estimate, Hardware, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Slice, Table, read_part, read_slice, split_parts, write_part
from hornbook.records import Document, Dropped, Exercise, table_of
from hornbook.sandbox.program import Limits
from hornbook.synthesis.check import (
    EVIDENCE,
    CheckRules,
    CheckSlice,
    ObserveSlice,
    is_worth_asking,
    read_observations,
    sort_documents,
)
from hornbook.synthesis.estimate import SOLUTION, estimated_calls
from hornbook.synthesis.levels import Level, Strictness, Verification, count_levels
from hornbook.synthesis.solutions import Answer, SolutionsConfig, ask_for_solutions, solution_requests
from hornbook.synthesis.written_passages import PassageCheck, PassageFate
from hornbook.teacher.account import Account, say_estimate

VERSION = 7
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
SLICE_CHARACTERS = 2**19
"""Characters of text of one slice: some thousand exercises, seconds of work."""
_FEW_SLICES = 64
"""So many are checked in threads, which wait for the jail most of the time; to start processes would take longer."""
_LEVELS = {"parses": Level.PARSED, "runs": Level.RAN, "examples": Level.EXAMPLES, "consistent": Level.CONSISTENT}
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, kw_only=True)
class VerifyRules:
    """What is verified and what suffices. What the curriculum wrote is always held to all that it says."""

    min_level: str | None = None
    """How far an exercise must get: parses, runs, examples (those in its docstring hold), or consistent (solutions of a
    teacher do the same). Without it, consistent where a teacher is asked, examples elsewhere."""
    min_examples_share: float = 1.0
    """Share of a docstring's examples that must hold, 0 to 1."""
    min_agreement: float = 0.5
    """Share of a teacher's solutions that must do the same, of those that run, 0 to 1."""
    num_inputs: int = 20
    """Inputs made for each function, 1 to 60; those of its examples are among them."""
    repair: bool = True
    """Put true outputs in the place of wrong ones that a passage shows."""
    num_solutions: int = 3
    """Solutions of each exercise that a teacher is asked for."""
    temperature: float = 0.8
    """Of a teacher's solutions."""
    max_new_tokens: int = 250
    """Of each solution."""
    cpu_seconds: float = 3.0
    """CPU time of each program."""
    execute_without_jail: bool = field(default=False, metadata=NOT_IN_FINGERPRINT)
    """Run the code unprotected, with all your rights."""

    def __post_init__(self) -> None:
        if self.min_level is not None and self.min_level not in _LEVELS:
            raise ConfigError(f"`min_level` must be one of {', '.join(_LEVELS)}, got {self.min_level!r}")
        if not 1 <= self.num_inputs <= 60:
            raise ConfigError(f"`num_inputs` must lie in [1, 60], got {self.num_inputs!r}")
        self.strictness(has_teacher=False), self.solutions(), self.limits()

    def strictness(self, *, has_teacher: bool) -> Strictness:
        """What suffices."""
        return Strictness(
            min_level=_LEVELS[self.min_level or ("consistent" if has_teacher else "examples")],
            min_examples_share=self.min_examples_share,
            min_agreement=self.min_agreement,
        )

    def solutions(self) -> SolutionsConfig:
        """How solutions are asked for."""
        return SolutionsConfig(
            num_solutions=self.num_solutions, temperature=self.temperature, max_new_tokens=self.max_new_tokens
        )

    def limits(self) -> Limits:
        """What a program may use."""
        return Limits(cpu_seconds=self.cpu_seconds)


@dataclass(frozen=True, kw_only=True)
class VerifyConfig(VerifyRules):
    """The rules, and who solves exercises anew."""

    teacher: str = ""
    """The language model whose solutions of exercises are compared; none where empty."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_level == "consistent" and not self.teacher:
            raise ConfigError(
                "`min_level` is 'consistent', which needs solutions to compare: say who writes them with `--teacher "
                "URL`, in a recipe with the field `teacher`"
            )

    def check_rules(self, seed: int, num_slices: int) -> CheckRules:
        """The rules for each of so many slices."""
        return CheckRules(
            strictness=self.strictness(has_teacher=bool(self.teacher)),
            num_inputs=self.num_inputs,
            num_solutions=self.num_solutions,
            repair=self.repair,
            limits=self.limits(),
            is_jailed=not self.execute_without_jail,
            seed=seed,
            num_workers=1 if num_slices > 1 else None,
        )


def verify(*written: Stage, config: VerifyConfig | None = None, name: str = "verify") -> Stage:
    """The stage that drops what does not hold among the documents of its sources."""
    inputs = {source.name: source for source in written}
    return Stage(name, run_verify, config or VerifyConfig(), VERSION, inputs, estimate=_estimate)


def run_verify(config: VerifyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Execute everything in the jail.

    Raises:
        SandboxError: No jail can be had on this machine, or it broke down.
        ConfigError: The config names a teacher, and there is no way to it.
        EndpointError: The teacher cannot be asked any more; or `BudgetError`, that the budget is spent.
    """
    slices = split_parts([part for one in inputs.values() for part in one.documents().parts], SLICE_CHARACTERS)
    rules = config.check_rules(workspace.seed, len(slices))
    jobs: Sequence[Any] = slices
    # Opened first, so that a wrong key is known before anything runs.
    with workspace.open_teacher(config.teacher) if config.teacher else nullcontext() as teacher:
        if teacher is not None:
            jobs = _with_answers(slices, rules, config.solutions(), teacher, workspace)
        results = workspace.map_parts(
            "checked", CheckSlice(rules), jobs, note="parts checked", in_threads=_are_few(jobs)
        )
        counts: Counter[str] = Counter()
        for result in results:
            counts.update(json.loads((result / "counts.json").read_text()))
        characters = counts.pop("num_exercise_characters", 0)
        if teacher is not None:
            teacher.kept(counts["num_exercises"], characters // _CHARACTERS_PER_TOKEN)
    kept = workspace.gather(results, "documents", Document)
    dropped = workspace.gather(results, "dropped", Dropped)
    for name, record in EVIDENCE.items():
        if any((result / f"{name}.parquet").exists() for result in results):
            workspace.gather(results, name, record)
    return Result(
        kept=kept.num_rows,
        unit="records",
        dropped=count_reasons(dropped),
        metrics={**counts, **_levels(workspace.folder, rules.strictness)},
    )


def _are_few(jobs: Sequence[Any]) -> bool:
    return len(jobs) <= _FEW_SLICES


def _levels(folder: Path, strictness: Strictness) -> dict[str, Any]:
    """How far exercises and passages that the curriculum did not write got."""
    found: dict[str, Any] = {}
    if (folder / "verifications").exists():
        levels = count_levels(Table.of_folder(folder / "verifications", Verification), strictness)
        found["levels"] = {level.value: number for level, number in levels.items()}
    if (folder / "passage_checks").exists():
        numbers = Counter[str]()
        for one in Table.of_folder(folder / "passage_checks", PassageCheck):
            has_code = one.num_blocks > 0
            numbers["with Python"] += has_code
            numbers["all code runs"] += has_code and one.num_blocks_run == one.num_blocks
            numbers["outputs true as written"] += one.fate is PassageFate.HELD
            numbers["outputs repaired"] += one.fate is PassageFate.REPAIRED
        found["passages"] = dict(numbers)
    return found


def _with_answers(
    slices: Sequence[Slice], rules: CheckRules, config: SolutionsConfig, teacher: Account, workspace: Workspace
) -> list[tuple[Path, int, int, Path, Path]]:
    """Run all exercises, and ask the teacher to solve those of which it could say something, slice by slice."""
    observed = workspace.map_parts(
        "observed", ObserveSlice(rules), slices, note="parts run", in_threads=_are_few(slices)
    )

    def worth_asking(number: int) -> Iterator[Exercise]:
        exercises = sort_documents(read_slice(slices[number])).exercises
        for one in read_observations(exercises, observed[number]):
            if is_worth_asking(one.verification, rules.strictness):
                yield one.exercise

    seen = itertools.chain.from_iterable(read_part(one / "verifications.parquet", Verification) for one in observed)
    total = config.num_solutions * sum(is_worth_asking(one, rules.strictness) for one in seen)
    everything = itertools.chain.from_iterable(map(worth_asking, range(len(slices))))
    say_estimate(teacher, solution_requests(everything, config), total, workspace.progress)
    folder = workspace.scratch / "answers"
    folder.mkdir(exist_ok=True)
    jobs, num_done = [], 0
    for number, (part, first, stop) in enumerate(slices):

        def tell(num_answers: int, before: int = num_done) -> None:
            done = before + num_answers
            workspace.progress(done, total, f"solutions written  {teacher.note(total - done)}")

        answers = ask_for_solutions(list(worth_asking(number)), teacher, config, tell)
        path = folder / f"{number:05d}.parquet"
        write_part(path, table_of(Answer, answers))
        jobs.append((part, first, stop, observed[number], path))
        num_done += len(answers)
    return jobs


def _estimate(stage: Stage, hardware: Hardware | None) -> Estimate:
    """What the stage's teacher would be asked."""
    del hardware
    if not stage.config.teacher:
        return Estimate()
    number = sum(getattr(source.config, "num_exercises", 0) for source in stage.inputs.values())
    return estimated_calls(stage.config.teacher, 0, number * stage.config.num_solutions, SOLUTION)
