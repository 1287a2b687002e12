"""The stage `report` of a recipe: the run on one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.run import with_inputs
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.report.data_flow import trainings_of
from hornbook.report.page import Page, draw_page
from hornbook.report.scores import sandbox_of, scores_of
from hornbook.report.sections import absent_roles, by_role, fill_sections

VERSION = 6
"""Raised when a page changes: it is part of the fingerprint."""


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
    """Read the run.

    Args:
        artifacts: Stage's name → artifact, in any order.
        config: The run's title.
    """
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
    tuned, base = (found.get((model, "held-out exercises")) for model in ("tuned", "base"))
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
    workspace.progress(0, 2, "reading the run")
    artifacts = {artifact.manifest.stage: artifact for artifact in inputs.values()}
    page = page_of(artifacts, config)
    workspace.progress(1, 2, "writing the page")
    (workspace.folder / "report.html").write_text(draw_page(page), encoding="utf8")
    workspace.progress(2, 2, "")
    return Result(kept=1, unit="page", metrics={"absent": list(absent_roles(by_role(artifacts)))})
