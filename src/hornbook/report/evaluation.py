"""The report of an evaluation: one model, some benchmarks, every problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Problem
from hornbook.report.answers import MODEL, ProblemAnswers, attempts_of, explorer_of, joined
from hornbook.report.data_flow import metric
from hornbook.report.page import Page, PageSection, draw_page
from hornbook.report.scores import (
    EVALUATE,
    GradeFacts,
    PublishedChart,
    SandboxFacts,
    Score,
    ScoreRow,
    grades_of,
    published_chart,
    sandbox_of,
    scores_by_name,
    understanding_of,
)
from hornbook.report.sections import environment_of

_NUM_SAMPLES_SHOWN = 5
"""Of each problem, the first ones; all are counted."""
_SETTINGS = {"max_new_tokens": "new tokens, at most", "num_samples": "samples per problem", "top_p": "top-p"}
"""A setting's name → for people, where it is not the name with spaces."""
VERSION = 6
"""Raised when a page changes: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkFacts:
    """One benchmark of the evaluation."""

    name: str
    """As typed; part of links within the page."""
    score: Score
    published: PublishedChart | None
    grades: GradeFacts | None
    problems: tuple[ProblemAnswers, ...]
    """Every problem."""


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """Everything that the report of one evaluation shows."""

    model: Mapping[str, str]
    """Its `kind`, `name`, `digest` and `dtype`; the last two may be empty."""
    sandbox: SandboxFacts
    sampling: tuple[tuple[str, str], ...]
    """Name of a setting → its value."""
    benchmarks: tuple[BenchmarkFacts, ...]
    """At least one."""


@dataclass(frozen=True, kw_only=True)
class EvaluationReportConfig:
    """No settings."""


def gather_evaluation(artifact: Artifact) -> EvaluationData:
    """Read the artifact of the stage `evaluate`.

    Args:
        artifact: For each benchmark NAME the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts`, and
            where there are any `NAME-grades` and `measured/NAME-times`.

    Raises:
        MissingInputError: A table or a metric is missing.
    """
    name, digest = metric(artifact, "model", "name"), metric(artifact, "model", "digest")
    short = digest[:12] if re.fullmatch(r"[0-9a-f]{64}", digest) else digest
    scores, sandbox = scores_by_name(name, artifact), sandbox_of({EVALUATE: artifact})
    if sandbox is None or not scores:
        raise MissingInputError(f"the artifact `{artifact.folder.name}` holds no scores")
    return EvaluationData(
        model={"dtype": "", **metric(artifact, "model"), "digest": short},
        sandbox=sandbox,
        sampling=tuple(
            (_SETTINGS.get(name, name.replace("_", " ")), _text(value))
            for name, value in sorted(metric(artifact, "sampling").items())
        ),
        benchmarks=tuple(_benchmark(artifact, name, score) for name, score in scores.items()),
    )


def _benchmark(artifact: Artifact, name: str, score: Score) -> BenchmarkFacts:
    problems = artifact.records(f"{name}-problems", Problem)
    attempts = attempts_of(MODEL, artifact, name, _NUM_SAMPLES_SHOWN)
    return BenchmarkFacts(
        name=name,
        score=score,
        published=_published(artifact, name, score),
        grades=grades_of(artifact, name),
        problems=joined(problems, {MODEL: attempts}),
    )


def _published(artifact: Artifact, name: str, score: Score) -> PublishedChart | None:
    ours = ScoreRow(model=score.model, score=score.pass_at_1, ci95=score.ci95, ours="tuned")
    by_tests = published_chart(name, score.benchmark, [ours])
    graded: Mapping[str, Any] | None = metric(artifact, "grades").get(name)
    if by_tests is not None or graded is None:
        return by_tests
    grade, ci95 = understanding_of(graded)
    ours = ScoreRow(model=score.model, score=grade, ci95=ci95, ours="tuned")
    return published_chart(name, score.benchmark, [ours], measure="understanding")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(repr(item) for item in value) or "none"
    return "none" if value is None else str(value)


def evaluation_page(artifact: Artifact) -> Page:
    """Read the artifact of the stage `evaluate` for its page.

    Raises:
        MissingInputError: A table or a metric is missing.
    """
    data = gather_evaluation(artifact)
    scores = [benchmark.score for benchmark in data.benchmarks]
    measured = {"data": data, "stages": [artifact.manifest], "environment": environment_of({EVALUATE: artifact})}
    parts: list[tuple[str, str, str, Any]] = [
        ("scores", "What it can do", "scores", {"scores": scores, "sandbox": data.sandbox}),
        ("published", "Published scores", "published", [one.published for one in data.benchmarks if one.published]),
        ("grades", "As a teacher sees it", "grades", [one for one in data.benchmarks if one.grades]),
        ("measured", "How it was measured", "measured", measured),
    ]
    for index, benchmark in enumerate(data.benchmarks):
        title = f"{benchmark.score.benchmark}, problem by problem"
        parts.append((f"problems-{index}", title, "problems", explorer_of(f"p{index}-", benchmark.problems)))
    return Page(
        kind="the report of an evaluation",
        heading=data.model["name"],
        lead={"trainings": [], "tuned": None, "base": None, "scores": scores},
        notes=[],
        sandbox=data.sandbox,
        sections=[
            PageSection(anchor=anchor, title=title, template=template, content=content)
            for anchor, title, template, content in parts
            if content
        ],
        made_from="the artifact of this evaluation",
    )


def run_evaluation_report(
    _config: EvaluationReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace
) -> Result:
    """Write the report of an evaluation.

    Args:
        _config: Empty.
        inputs: Among them the artifact of the stage `evaluate`.
        workspace: Gets `report.html`.

    Raises:
        MissingInputError: There is no such artifact, or it lacks a table or a metric.
    """
    evaluated = [artifact for artifact in inputs.values() if artifact.manifest.stage == EVALUATE]
    if not evaluated:
        raise MissingInputError(f"the report of an evaluation needs the artifact `{EVALUATE}`, got {sorted(inputs)}")
    workspace.progress(0, 2, "reading the evaluation")
    page = evaluation_page(evaluated[0])
    workspace.progress(1, 2, "writing the page")
    (workspace.folder / "report.html").write_text(draw_page(page), encoding="utf8")
    workspace.progress(2, 2, "")
    return Result(kept=1, unit="page")
