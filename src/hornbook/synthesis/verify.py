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
from pathlib import Path
from typing import Any

from hornbook.pipeline.stage import Artifact, Estimate, Hardware, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Slice, Table, read_part, read_slice, split_parts, write_part
from hornbook.records import Document, Dropped, Exercise, table_of
from hornbook.synthesis.check import (
    EVIDENCE,
    SliceChecker,
    is_worth_asking,
    read_observations,
    sort_documents,
)
from hornbook.synthesis.estimate import SOLUTION, estimated_calls
from hornbook.synthesis.levels import Verification, VerifyConfig, count_levels
from hornbook.synthesis.solutions import Answer, ask_for_solutions, solution_requests
from hornbook.synthesis.written_passages import PassageCheck, PassageFate
from hornbook.teacher.account import Account, say_estimate

VERSION = 7
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
SLICE_CHARACTERS = 2**19
"""Characters of text of one slice: some thousand exercises, seconds of work."""
_FEW_SLICES = 64
"""So many are checked in threads, which wait for the jail most of the time; to start processes would take longer."""
_CHARACTERS_PER_TOKEN = 4


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
    checker = SliceChecker(config, workspace.seed, num_workers=1 if len(slices) > 1 else None)
    jobs: Sequence[Any] = slices
    # Opened first, so that a wrong key is known before anything runs.
    with workspace.open_teacher(config.teacher) if config.teacher else nullcontext() as teacher:
        if teacher is not None:
            jobs = _with_answers(slices, checker, teacher, workspace)
        results = workspace.map_parts(
            "checked", checker.check, jobs, note="parts checked", in_threads=len(jobs) <= _FEW_SLICES
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
        metrics={**counts, **_levels(workspace.folder, config)},
    )


def _levels(folder: Path, config: VerifyConfig) -> dict[str, Any]:
    """How far exercises and passages that the curriculum did not write got."""
    found: dict[str, Any] = {}
    if (folder / "verifications").exists():
        levels = count_levels(Table.of_folder(folder / "verifications", Verification), config)
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
    slices: Sequence[Slice], checker: SliceChecker, teacher: Account, workspace: Workspace
) -> list[tuple[Path, int, int, Path, Path]]:
    """Run all exercises, and ask the teacher to solve those of which it could say something, slice by slice."""
    config = checker.config
    observed = workspace.map_parts(
        "observed", checker.observe, slices, note="parts run", in_threads=len(slices) <= _FEW_SLICES
    )

    def worth_asking(number: int) -> Iterator[Exercise]:
        exercises = sort_documents(read_slice(slices[number])).exercises
        for one in read_observations(exercises, observed[number]):
            if is_worth_asking(one.verification, config):
                yield one.exercise

    seen = itertools.chain.from_iterable(read_part(one / "verifications.parquet", Verification) for one in observed)
    total = config.num_solutions * sum(is_worth_asking(one, config) for one in seen)
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
