"""The stages `report`: of a run, and of an evaluation.

Reads:  the artifacts of all stages before it, by name.
Writes: `report.html`, one page that is whole in itself.
"""

from collections.abc import Mapping

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.errors import MissingInputError
from hornbook.report.gather import ReportConfig, gather
from hornbook.report.gather_evaluation import EvaluationReportConfig, gather_evaluation
from hornbook.report.render import render_html
from hornbook.report.render_evaluation import render_evaluation_html
from hornbook.report.scores import EVALUATE

__all__ = ["VERSION", "EvaluationReportConfig", "ReportConfig", "run_evaluation_report", "run_report"]

VERSION = 4
"""Raised when a page changes: it is part of the fingerprint."""


def run_report(config: ReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write the report of a run, or of the part of it that is there.

    The times in it come from the inputs' manifests; equal manifests and tables give equal bytes.

    Raises:
        MissingInputError: A stage that is there lacks what the report says of it.
    """
    workspace.progress(0, 2, "reading the run")
    data = gather({artifact.manifest.stage: artifact for artifact in inputs.values()}, config)
    workspace.progress(1, 2, "writing the page")
    _write(render_html(data), workspace)
    return Result(kept=1, unit="page", metrics={"absent": list(data.absent)})


def run_evaluation_report(
    config: EvaluationReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace
) -> Result:
    """Write the report of an evaluation.

    Args:
        config: How much to show.
        inputs: Among them the artifact of the stage `evaluate`.
        workspace: Gets `report.html`.

    Raises:
        MissingInputError: There is no such artifact, or it lacks what the report says of it.
    """
    evaluated = [artifact for artifact in inputs.values() if artifact.manifest.stage == EVALUATE]
    if not evaluated:
        raise MissingInputError(f"the report of an evaluation needs the artifact `{EVALUATE}`, got {sorted(inputs)}")
    workspace.progress(0, 2, "reading the evaluation")
    data = gather_evaluation(evaluated[0], config)
    workspace.progress(1, 2, "writing the page")
    _write(render_evaluation_html(data), workspace)
    return Result(kept=1, unit="page")


def _write(page: str, workspace: Workspace) -> None:
    (workspace.folder / "report.html").write_text(page, encoding="utf8")
    workspace.progress(2, 2, "")
