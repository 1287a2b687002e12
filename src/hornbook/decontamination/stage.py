"""The stage `decontaminate`: drop the documents that give away a benchmark's problems.

Writes: `documents`: Document, those that are kept; `dropped`: Dropped, with the problem that each gives away; `found`:
        FoundRow, the matches of each detector; `nearest`: FoundRow, the nearest document of each problem and detector;
        where the config names a teacher also `judged`: JudgedRow, each pair that it was asked about. All are in the
        order of the documents, `nearest` in that of the problems.
Source: section 5 of the paper, with the rule of `docs/decisions/decontamination-rule.md`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from hornbook.benchmarks.against import NamedProblems, read_against
from hornbook.decontamination.calibration import calibrate
from hornbook.decontamination.findings import FoundRow, leaks_of, measure, nearest_of
from hornbook.decontamination.judge import ANSWER_TOKENS, Judged, JudgedRow, judge
from hornbook.decontamination.passes import MOST_CHARACTERS, Searched, is_too_long, search_documents
from hornbook.decontamination.prepare import open_jail, open_unjailed, prepare_once
from hornbook.decontamination.rule import MATCH_RATE
from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, TableWriter
from hornbook.records import Document, Dropped, Problem
from hornbook.sandbox.program import Sandbox
from hornbook.teacher.api import Teacher

VERSION = 7
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
NAME = "decontaminate"
"""Of the stage; the teacher's answers are counted under it."""
TOO_LONG = "too long"
HELD_OUT = {"held_out": "held-out exercises", "held_out_schemas": "held-out schemas"}
"""Tables of problems whose programs training must not have → what they are called."""


@dataclass(frozen=True, kw_only=True)
class RuleConfig:
    """What documents are compared with, and what makes one a leak."""

    against: tuple[str, ...] = ("humaneval",)
    """Benchmarks: humaneval, mbpp=PATH, a FILE of problems (.jsonl, .json, .parquet), or NAME=FILE; several are
    separated by commas. Held-out problems of a run are always among them."""
    match_rate: float = MATCH_RATE
    """Least similarity of syntax trees that makes a leak where no code could tell, above 0 to 1."""
    run_code: bool = True
    """Run functions in the jail. Without it words and syntax trees decide alone, and find far fewer leaks."""
    execute_without_jail: bool = field(default=False, metadata=NOT_IN_FINGERPRINT)
    """Run the documents' code unprotected, with all your rights."""
    answer_tokens: int = ANSWER_TOKENS
    """Most tokens of a teacher's answer; a model that thinks before it answers needs many more than a word has."""

    def __post_init__(self) -> None:
        if not self.against:
            raise ConfigError("`against` names no benchmark; `humaneval` is one")
        if not 0 < self.match_rate <= 1:
            raise ConfigError(f"`match_rate` must lie in (0, 1], got {self.match_rate!r}")
        if self.execute_without_jail and not self.run_code:
            raise ConfigError("`run_code` is false, and `execute_without_jail` says how it runs: give one of them")
        if self.answer_tokens < 1:
            raise ConfigError(f"`answer_tokens` must be at least 1, got {self.answer_tokens!r}")

    def open_sandbox(self) -> AbstractContextManager[Sandbox | None]:
        """Where code runs; None where none is to run."""
        if not self.run_code:
            return nullcontext()
        return open_unjailed() if self.execute_without_jail else open_jail()


@dataclass(frozen=True, kw_only=True)
class DecontaminateConfig(RuleConfig):
    """The rule, and who is asked where no code could tell."""

    teacher: str = ""
    """The language model that reads the pairs on which no code could tell; none where empty."""


def decontaminate(
    documents: Stage,
    held_out: Stage | None = None,
    config: DecontaminateConfig | None = None,
    name: str = NAME,
) -> Stage:
    """The stage that drops leaks of benchmarks, and of the problems that the stage `held_out` keeps from training."""
    inputs = {"documents": documents, **({} if held_out is None else {"held_out": held_out})}
    return Stage(name, run_decontaminate, config or DecontaminateConfig(), VERSION, inputs)


def run_decontaminate(config: DecontaminateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Check `documents` against the benchmarks, and against the problems of `held_out`, if there are any.

    Raises:
        MissingInputError: A benchmark is missing or damaged.
        SandboxError: There is no jail, or it broke down.
        ConfigError: The config names a teacher, and there is no way to it.
        EndpointError: The teacher cannot be asked any more.
        BudgetError: The budget is spent.
    """
    held_out = _held_out(inputs["held_out"]) if "held_out" in inputs else []
    benchmarks = benchmarks_of(config, held_out)
    judged: Judged | None = None
    with _opened(config.teacher, workspace) as teacher:  # First, so that a wrong key is known before the search.
        with config.open_sandbox() as sandbox:
            prepared = prepare_once(benchmarks, sandbox, workspace.scratch, workspace.seed, workspace.progress)
            workspace.progress(0, 1, "measuring the detectors on the labelled set")
            calibration = calibrate(config.match_rate, sandbox, workspace.seed)
        parts, is_jailed = inputs["documents"].documents().parts, not config.execute_without_jail
        searched = search_documents(parts, prepared, config.match_rate, workspace, is_jailed=is_jailed)
        if teacher is not None:
            judged = judge(searched, benchmarks, config.match_rate, teacher, workspace.progress, config.answer_tokens)
            workspace.write_records("judged", JudgedRow, judged.rows)
    num_kept = _write_decided(searched, judged, workspace)
    found = Table.of_folder(workspace.folder / "found", FoundRow)
    workspace.write_records("nearest", FoundRow, nearest_of(found))
    return Result(
        kept=num_kept,
        unit="documents",
        dropped=count_reasons(Table.of_folder(workspace.folder / "dropped", Dropped)),
        metrics={
            "benchmarks": measure(found, prepared, was_judged=judged is not None),
            "calibration": calibration,
            **({} if judged is None else {"judge": judged.counts}),
        },
    )


def _held_out(exercises: Artifact) -> list[NamedProblems]:
    tables = {name: exercises.records(name, Problem) for name in HELD_OUT if exercises.has(name)}
    return [
        NamedProblems(name=name, title=HELD_OUT[name], problems=tuple(problems))
        for name, problems in tables.items()
        if problems
    ]


def benchmarks_of(config: RuleConfig, held_out: Sequence[NamedProblems] = ()) -> list[NamedProblems]:
    """The benchmarks of the config, then the held-out problems, where there are some.

    Raises:
        ConfigError: Two benchmarks have the same title.
    """
    found = read_against(config.against)
    named: dict[str, str] = {}
    for one in found:
        if one.title in named:
            raise ConfigError(
                f"`against`: `{named[one.title]}` and `{one.name}` are both called {one.title}; "
                "give the file another name: `NAME=FILE`"
            )
        named[one.title] = one.name
    return [*found, *held_out]


def _write_decided(searched: Sequence[Searched], judged: Judged | None, workspace: Workspace) -> int:
    """Write `documents`, `dropped` and `found`, a job at a time; returns the number of documents that stay."""
    with (
        TableWriter(workspace.folder / "documents", Document) as documents,
        TableWriter(workspace.folder / "dropped", Dropped) as dropped,
        TableWriter(workspace.folder / "found", FoundRow) as found,
    ):
        for one in searched:
            rows = one.found() if judged is None else list(judged.found(one))
            for row in rows:
                found.add(row)
            leaks = leaks_of(rows)
            for document in one.documents():
                if document.id in leaks:
                    leak = leaks[document.id]
                    detail = f"{leak.task_id}, score {leak.score:.3f}: {leak.evidence}"
                    reason = f"{leak.detector} of {leak.benchmark}"
                    dropped.add(Dropped(id=document.id, reason=reason, detail=detail))
                elif is_too_long(document):
                    detail = f"{len(document.text):,} characters, where {MOST_CHARACTERS:,} can be searched"
                    dropped.add(Dropped(id=document.id, reason=TOO_LONG, detail=detail))
                else:
                    documents.add(document)
    return documents.num_rows


def _opened(name: str, workspace: Workspace) -> AbstractContextManager[Teacher | None]:
    if not name:
        return nullcontext()
    open_teacher = workspace.context.open_teacher
    if open_teacher is None:
        raise ConfigError(f"`teacher` is `{name}`, a language model, and nobody says where it answers: `--teacher URL`")
    return open_teacher(name, NAME)
