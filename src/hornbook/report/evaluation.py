"""The report of an evaluation: one model, some benchmarks, every problem."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import Manifest
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Problem
from hornbook.report.answers import ProblemAnswers, attempts_of, joined
from hornbook.report.beside import Beside, beside_of, our_row
from hornbook.report.explorer import explorer_of
from hornbook.report.facts import environment_of, metric
from hornbook.report.grades import GradeFacts, grades_of, understanding_of
from hornbook.report.page import Page, Section, draw_page, sandbox_warnings, write_page
from hornbook.report.scores import (
    EVALUATE,
    SandboxFacts,
    Score,
    protocols_of,
    sandbox_of,
    score_sentence,
    scores_by_name,
)

NUM_SAMPLES_SHOWN = 5
"""Of each problem, the first ones; all are counted."""
MODEL = "model"
"""Under which name the attempts of the one model are shown."""
_SETTINGS = {"max_new_tokens": "new tokens, at most", "num_samples": "samples per problem", "top_p": "top-p"}
"""A setting's name → for people, where it is not the name with spaces."""
VERSION = 5
"""Raised when a page changes: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkFacts:
    """One benchmark of the evaluation."""

    name: str
    """As typed; part of links within the page."""
    score: Score
    beside: Beside | None
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
    stages: tuple[Manifest, ...]
    environment: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class EvaluationReportConfig:
    """Nothing to choose."""


def gather_evaluation(artifact: Artifact) -> EvaluationData:
    """Read the artifact of the stage `evaluate`.

    Args:
        artifact: For each benchmark NAME the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts`, and
            where there are any `NAME-grades` and `measured/NAME-times`.

    Raises:
        MissingInputError: It lacks something.
    """
    artifacts = {EVALUATE: artifact}
    sandbox = sandbox_of(artifacts)
    model = _model(metric(artifact, "model"))
    scores = scores_by_name(model["name"], artifact)
    if sandbox is None or not scores:
        raise MissingInputError(f"the artifact `{artifact.folder.name}` holds no scores")
    return EvaluationData(
        model=model,
        sandbox=sandbox,
        sampling=tuple(
            (_SETTINGS.get(name, name.replace("_", " ")), _text(value))
            for name, value in sorted(metric(artifact, "sampling").items())
        ),
        benchmarks=tuple(_benchmark(artifact, name, score) for name, score in scores.items()),
        stages=tuple(artifact.manifest for artifact in artifacts.values()),
        environment=environment_of(artifacts),
    )


def _model(found: Mapping[str, str]) -> dict[str, str]:
    """What the metrics say of the model, a hash shortened."""
    digest = found["digest"]
    short = digest[:12] if re.fullmatch(r"[0-9a-f]{64}", digest) else digest
    return {"dtype": "", **found, "digest": short}


def _benchmark(artifact: Artifact, name: str, score: Score) -> BenchmarkFacts:
    problems = artifact.records(f"{name}-problems", Problem)
    attempts = attempts_of(MODEL, artifact, name, NUM_SAMPLES_SHOWN)
    return BenchmarkFacts(
        name=name,
        score=score,
        beside=_beside(artifact, name, score),
        grades=grades_of(artifact, name),
        problems=joined(problems, {MODEL: attempts}),
    )


def _beside(artifact: Artifact, name: str, score: Score) -> Beside | None:
    ours = our_row(score.model, score.pass_at_1, score.ci95, "tuned")
    by_tests = beside_of(name, score.benchmark, [ours])
    graded: Mapping[str, Any] | None = metric(artifact, "grades").get(name)
    if by_tests is not None or graded is None:
        return by_tests
    grade, ci95 = understanding_of(graded)
    return beside_of(name, score.benchmark, [our_row(score.model, grade, ci95, "tuned")], measure="understanding")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(repr(item) for item in value) or "none"
    return "none" if value is None else str(value)


def render_evaluation_html(data: EvaluationData) -> str:
    """Draw the report.

    Args:
        data: What to say. Sections without data are left out.

    Returns:
        A whole HTML document, styles and script inside.
    """
    page = Page(
        kind="the report of an evaluation",
        heading=data.model["name"],
        lead=Markup(" ").join(score_sentence(benchmark.score) for benchmark in data.benchmarks),
        note="",
        warnings=sandbox_warnings(data.sandbox),
        sections=_sections(data),
        made_from="the artifact of this evaluation",
    )
    return draw_page(
        page,
        data=data,
        benchmarks=[(benchmark.score.benchmark, [benchmark.score]) for benchmark in data.benchmarks],
        roles=[],
        protocols=protocols_of([benchmark.score for benchmark in data.benchmarks]),
    )


def _sections(data: EvaluationData) -> list[Section]:
    beside = [benchmark.beside for benchmark in data.benchmarks if benchmark.beside]
    graded = [benchmark for benchmark in data.benchmarks if benchmark.grades]
    sections = [Section(anchor="scores", title="What it can do", template="scores")]
    if beside:
        sections.append(Section(anchor="beside", title="Beside other models", template="beside", content=beside))
    if graded:
        sections.append(Section(anchor="grades", title="As a teacher sees it", template="grades", content=graded))
    sections.append(Section(anchor="measured", title="How it was measured", template="measured"))
    sections += [
        Section(
            anchor=f"problems-{index}",
            title=f"{benchmark.score.benchmark}, problem by problem",
            template="problems",
            content=explorer_of(f"p{index}-", benchmark.problems),
        )
        for index, benchmark in enumerate(data.benchmarks)
    ]
    return sections


def run_evaluation_report(
    _config: EvaluationReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace
) -> Result:
    """Write the report of an evaluation.

    Args:
        _config: Empty.
        inputs: Among them the artifact of the stage `evaluate`.
        workspace: Gets `report.html`.

    Raises:
        MissingInputError: There is no such artifact, or it lacks what the report says of it.
    """
    evaluated = [artifact for artifact in inputs.values() if artifact.manifest.stage == EVALUATE]
    if not evaluated:
        raise MissingInputError(f"the report of an evaluation needs the artifact `{EVALUATE}`, got {sorted(inputs)}")
    workspace.progress(0, 2, "reading the evaluation")
    data = gather_evaluation(evaluated[0])
    workspace.progress(1, 2, "writing the page")
    write_page(render_evaluation_html(data), workspace)
    return Result(kept=1, unit="page")
