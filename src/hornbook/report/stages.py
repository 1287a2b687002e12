"""The stage `report`.

Reads:  the artifacts of all stages before it, by name.
Writes: `report.html`, one page that is whole in itself.
"""

from collections.abc import Mapping

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.report.gather import ReportConfig, gather
from hornbook.report.render import render_html

VERSION = 1
"""Raised when the page changes: it is part of the fingerprint."""


def run_report(config: ReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write the report of a run, or of the part of it that is there.

    The times in it come from the inputs' manifests; equal manifests and tables give equal bytes.

    Raises:
        MissingInputError: A stage that is there lacks what the report says of it.
    """
    workspace.progress(0, 2, "reading the run")
    data = gather({artifact.manifest.stage: artifact for artifact in inputs.values()}, config)
    workspace.progress(1, 2, "writing the page")
    page = render_html(data)
    (workspace.folder / "report.html").write_text(page, encoding="utf8")
    workspace.progress(2, 2, "")
    return Result(kept=1, unit="page", metrics={"absent": list(data.absent)})
