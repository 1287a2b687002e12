"""The stages that write a page: the report of a run, and that of an evaluation: one model, some benchmarks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.run import with_inputs
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import Problem
from hornbook.report.answers import MODEL, attempts_of, explorer_of, joined
from hornbook.report.data_flow import metric, trainings_of
from hornbook.report.page import Page, draw_page
from hornbook.report.published import UNDERSTANDING, ScoreRow, published_chart
from hornbook.report.scores import EVALUATE, HEADLINE, grades_of, sandbox_of, scores_by_name, scores_of
from hornbook.report.sections import PageSection, absent_roles, by_role, environment_of, fill_sections

VERSION = 7
"""Raised when a page changes: it is part of the fingerprint."""
_NUM_SAMPLES_SHOWN = 5
"""Number of samples shown of each problem; all are counted."""
_SETTINGS = {"max_new_tokens": "new tokens, at most", "num_samples": "samples per problem", "top_p": "top-p"}
"""A setting's name → for people, where it is not the name with spaces."""


@dataclass(frozen=True, kw_only=True)
class ReportConfig:
    """The run that the report is about."""

    recipe: str = "laptop"
    """The run's title."""


def report(*last: Stage, config: ReportConfig | None = None, name: str = "report") -> Stage:
    """The stage that writes a page about these stages and all that they read."""
    inputs = {stage.name: stage for stage in with_inputs(*last)}
    return Stage(name, run_report, config or ReportConfig(), VERSION, inputs)


def page_of(artifacts: Mapping[str, Artifact], config: ReportConfig) -> Page:
    """Read the run: stage's name → artifact, in any order."""
    run = by_role(artifacts)
    sections, notes = fill_sections(run)
    if absent := absent_roles(run):
        notes.insert(0, f"Not part of this run: {', '.join(absent)}.")
    shown = {section.anchor for section in sections}
    return Page(
        kind="the report of a run",
        heading=config.recipe,
        lead=_lead(run, with_scores="scores" in shown),
        notes=notes,
        sandbox=sandbox_of(run),
        sections=sections,
        made_from="the artifacts of this run",
    )


def _lead(run: Mapping[str, Artifact], *, with_scores: bool) -> dict[str, Any]:
    scores = scores_of(run) if with_scores else []
    found = {(score["model"], score["benchmark"]): score for score in scores}
    tuned, base = (found.get((model, HEADLINE)) for model in ("tuned", "base"))
    humaneval = found.get(("tuned", "HumanEval"))
    return {
        "trainings": [one for one in trainings_of(run) if one.num_parameters and one.num_tokens],
        "tuned": tuned,
        "base": base,
        "scores": [humaneval] if humaneval else [],
    }


def run_report(config: ReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write `report.html` for the stages that the run has.

    The times in it come from the inputs' manifests; equal manifests and tables give equal bytes.
    """
    artifacts = {artifact.manifest.stage: artifact for artifact in inputs.values()}
    _write_page(lambda: page_of(artifacts, config), "run", workspace)
    return Result(kept=1, unit="page", metrics={"absent": list(absent_roles(by_role(artifacts)))})


@dataclass(frozen=True, kw_only=True)
class EvaluationReportConfig:
    """No settings."""


def evaluation_page(artifact: Artifact) -> Page:
    """Read the artifact of the stage `evaluate`.

    Args:
        artifact: For each benchmark NAME the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts`, and
            where there are any `NAME-grades` and `measured/NAME-times`.

    Raises:
        MissingInputError: A table or a metric is missing.
    """
    model, digest = metric(artifact, "model", "name"), metric(artifact, "model", "digest")
    short = digest[:12] if re.fullmatch(r"[0-9a-f]{64}", digest) else digest
    scores, sandbox = scores_by_name(model, artifact), sandbox_of({EVALUATE: artifact})
    if sandbox is None or not scores:
        raise MissingInputError(f"the artifact `{artifact.folder.name}` holds no scores")
    settings = sorted(metric(artifact, "sampling").items())
    measured = {
        "model": {"dtype": "", **metric(artifact, "model"), "digest": short},
        "sandbox": sandbox,
        "sampling": [(_SETTINGS.get(name, name.replace("_", " ")), _text(value)) for name, value in settings],
        "stages": [artifact.manifest],
        "environment": environment_of({EVALUATE: artifact}),
    }
    charts = [chart for name, score in scores.items() if (chart := _published(artifact, name, score))]
    grades = [(one["benchmark"], found) for name, one in scores.items() if (found := grades_of(artifact, name))]
    parts: list[tuple[str, str, str, Any]] = [
        ("scores", "What it can do", "scores", {"scores": list(scores.values()), "sandbox": sandbox}),
        ("published", "Published scores", "published", charts),
        ("grades", "As a teacher sees it", "grades", grades),
        ("measured", "How it was measured", "measured", measured),
    ]
    for index, (name, score) in enumerate(scores.items()):
        attempts = attempts_of(MODEL, artifact, name, _NUM_SAMPLES_SHOWN)
        problems = joined(artifact.records(f"{name}-problems", Problem), {MODEL: attempts})
        title = f"{score['benchmark']}, problem by problem"
        parts.append((f"problems-{index}", title, "problems", explorer_of(f"p{index}-", problems)))
    return Page(
        kind="the report of an evaluation",
        heading=model,
        lead={"trainings": [], "tuned": None, "base": None, "scores": list(scores.values())},
        notes=[],
        sandbox=sandbox,
        sections=[
            PageSection(anchor=anchor, title=title, template=template, content=content)
            for anchor, title, template, content in parts
            if content
        ],
        made_from="the artifact of this evaluation",
    )


def _published(artifact: Artifact, name: str, score: Mapping[str, Any]) -> dict[str, Any] | None:
    """Published scores of the same measure; grades where only grades were published."""
    ours = ScoreRow(model=score["model"], score=score["pass_at_1"], ci95=score["ci95"], ours="tuned")
    by_tests = published_chart(name, score["benchmark"], [ours])
    graded: Mapping[str, Any] | None = metric(artifact, "grades").get(name)
    if by_tests is not None or graded is None:
        return by_tests
    low, high = graded["ci95"]
    ours = replace(ours, score=graded["mean_grade_percent"] / 100, ci95=(low / 100, high / 100))
    return published_chart(name, score["benchmark"], [ours], measure=UNDERSTANDING)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(repr(item) for item in value) or "none"
    return "none" if value is None else str(value)


def run_evaluation_report(
    _config: EvaluationReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace
) -> Result:
    """Write `report.html`, the report of an evaluation.

    Raises:
        MissingInputError: There is no such artifact, or it lacks a table or a metric.
    """
    evaluated = [artifact for artifact in inputs.values() if artifact.manifest.stage == EVALUATE]
    if not evaluated:
        raise MissingInputError(f"the report of an evaluation needs the artifact `{EVALUATE}`, got {sorted(inputs)}")
    _write_page(lambda: evaluation_page(evaluated[0]), "evaluation", workspace)
    return Result(kept=1, unit="page")


def _write_page(read: Callable[[], Page], what: str, workspace: Workspace) -> None:
    workspace.progress(0, 2, f"reading the {what}")
    page = read()
    workspace.progress(1, 2, "writing the page")
    (workspace.folder / "report.html").write_text(draw_page(page), encoding="utf8")
    workspace.progress(2, 2, "")
