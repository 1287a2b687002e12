"""The stage that takes benchmark leaks out of the training documents.

Reads:  the deduplicated documents; the benchmarks; the run's own held-out problems; the answers of a language model,
        where the config names one.
Writes: the documents that stay; every other one with the problem it gives away; what each detector found; the nearest
        documents of each problem; how good the detectors are on the labelled set.
Source: section 5 of the paper, with the rule of `docs/decisions/decontamination-rule.md`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from hornbook.benchmarks.against import NamedProblems, read_against
from hornbook.decontamination.findings import FoundRow, leaks_of, measure, nearest_of
from hornbook.decontamination.judge import ANSWER_TOKENS, JudgedRow, Judging
from hornbook.decontamination.over_parts import found_in, search_documents
from hornbook.decontamination.prepare import make_ready, open_jail
from hornbook.decontamination.search import SearchConfig
from hornbook.errors import ConfigError
from hornbook.pipeline.parts import Parts
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Document, Dropped, Problem
from hornbook.sources.documents import Document as Text
from hornbook.teacher.api import Teacher

VERSION = 4
"""Raised when a rule of this stage changes: it is part of the fingerprint."""

HELD_OUT = NamedProblems(name="held_out", title="held-out exercises", problems=())


@dataclass(frozen=True, kw_only=True)
class DecontaminateConfig:
    """What documents are held against, and what makes one a leak."""

    against: tuple[str, ...] = ("humaneval",)
    """Benchmarks by name, as `hornbook decontaminate --against` takes them; held-out problems come by themselves."""
    search: SearchConfig = field(default_factory=SearchConfig)
    runs_code: bool = True
    """Whether functions are run in the jail. Without it words and trees decide alone."""
    teacher: str = ""
    """The language model that reads the pairs on which no code could tell; none where empty."""
    answer_tokens: int = ANSWER_TOKENS
    """At most so many of its answer; a model that thinks before it answers needs many more than a word has."""

    def __post_init__(self) -> None:
        if not self.against:
            raise ConfigError("`against` names no benchmark")
        if self.answer_tokens < 1:
            raise ConfigError(f"`answer_tokens` must be at least 1, got {self.answer_tokens!r}")


def run_decontaminate(config: DecontaminateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Check `documents` of the input `deduplicate` against benchmarks and `held_out` of the input `held_out`, if any.

    Writes `documents`: Document and `dropped`: Dropped, both in input order; `found`: FoundRow, in input order;
    `nearest`: FoundRow, the best one of each problem and detector. Where the config names a teacher also `judged`:
    JudgedRow, each pair that it was asked about.

    Raises:
        MissingInputError: A benchmark cannot be had.
        SandboxError: There is no jail, or it broke down.
        ConfigError: The config names a teacher, and there is no way to it.
        EndpointError: It cannot be asked any more; or `BudgetError`, that the budget is spent.
    """
    with (
        workspace.open_teacher(config.teacher) if config.teacher else nullcontext() as teacher
    ):  # First, so that a wrong key is known before the search.
        return _decontaminate(config, inputs, workspace, teacher)


def _decontaminate(
    config: DecontaminateConfig, inputs: Mapping[str, Artifact], workspace: Workspace, teacher: Teacher | None
) -> Result:
    documents = inputs["deduplicate"].records("documents", Document)
    held_out = inputs["held_out"].records("held_out", Problem) if "held_out" in inputs else []
    benchmarks = benchmarks_of(config, held_out)

    def say(note: str, done: int, total: int) -> None:
        workspace.progress(done, total, note)

    with open_jail() if config.runs_code else nullcontext() as sandbox:
        prepared, calibration = make_ready(
            benchmarks, config.search, sandbox, workspace.scratch, workspace.seed, report=say
        )
    parts = search_documents(
        lambda start: _texts(documents, start),
        workspace.scratch,
        prepared,
        config.search,
        report=say,
    )
    judged = None if teacher is None else _judge(parts, benchmarks, teacher, config, workspace)
    rows = list(found_in(parts))
    leaks = leaks_of(rows)
    workspace.write_records("documents", Document, [one for at, one in enumerate(documents) if at not in leaks])
    dropped = [dropped_for(leaks[row]) for row in sorted(leaks)]
    workspace.write_records("dropped", Dropped, dropped)
    workspace.write_records("found", FoundRow, rows)
    workspace.write_records("nearest", FoundRow, nearest_of(rows))
    return Result(
        kept=len(documents) - len(dropped),
        unit="documents",
        dropped=dict(sorted(Counter(one.reason for one in dropped).items())),
        metrics={
            "benchmarks": measure(rows, [one.compared for one in prepared], was_judged=judged is not None),
            "calibration": calibration,
            **({} if judged is None else {"judge": judged}),
        },
    )


def benchmarks_of(config: DecontaminateConfig, held_out: Sequence[Problem]) -> list[NamedProblems]:
    """The benchmarks of the config, then the held-out problems, where there are some."""
    found = read_against(config.against)
    return [*found, replace(HELD_OUT, problems=tuple(held_out))] if held_out else found


def dropped_for(leak: FoundRow) -> Dropped:
    """The reason for which a document is dropped."""
    return Dropped(
        id=leak.document_id,
        reason=f"{leak.detector} of {leak.benchmark}",
        detail=f"{leak.task_id}, score {leak.score:.3f}: {leak.evidence}",
    )


def _judge(
    parts: Parts,
    benchmarks: Sequence[NamedProblems],
    teacher: Teacher,
    config: DecontaminateConfig,
    workspace: Workspace,
) -> dict[str, Any]:
    judging = Judging(parts, benchmarks, config.search.match_rate, config.answer_tokens)
    rows, counts = judging.ask(
        teacher, lambda done, total: workspace.progress(done, total, "answers on doubtful pairs")
    )
    workspace.write_records("judged", JudgedRow, rows)
    return counts


def _texts(documents: Sequence[Document], start: int) -> Iterator[Text]:
    for document in documents[start:]:
        yield Text(id=document.id, text=document.text)
