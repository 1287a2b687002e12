"""The report of a run."""

from collections.abc import Sequence

from hornbook.report.charts import loss_plot, reliability_plot, threshold_plot
from hornbook.report.data import ReportData
from hornbook.report.explorer import explorer_of
from hornbook.report.page import Page, Section, draw_page, sandbox_warnings
from hornbook.report.phrases import headline
from hornbook.report.scored import Score
from hornbook.report.scores import EVALUATIONS


def render_html(data: ReportData) -> str:
    """Draw the report.

    Args:
        data: What to say. Sections without data are left out and their stages named as absent.

    Returns:
        A whole HTML document, styles and script inside.
    """
    plots = [loss_plot(training) for training in data.trainings]
    calibration = [reliability_plot(data.calibration), threshold_plot(data.calibration)] if data.calibration else []
    page = Page(
        kind="the report of a run",
        heading=data.recipe,
        lead=headline(data),
        note=f"Not part of this run: {', '.join(data.absent)}." if data.absent else "",
        warnings=sandbox_warnings(data.sandbox),
        sections=_sections(data),
        made_from="the artifacts of this run",
    )
    return draw_page(
        page,
        data=data,
        benchmarks=by_benchmark(data.scores),
        protocols=protocols_of(data.scores),
        roles=[model for model, _ in EVALUATIONS],
        loss_plots=plots,
        calibration_plots=calibration,
        longest_stage=max((stage.seconds for stage in data.stages), default=0.0),
        total_seconds=sum(stage.seconds for stage in data.stages),
    )


def by_benchmark(scores: Sequence[Score]) -> list[tuple[str, list[Score]]]:
    """The scores grouped by benchmark, both in order of appearance."""
    names = list(dict.fromkeys(score.benchmark for score in scores))
    return [(name, [score for score in scores if score.benchmark == name]) for name in names]


def protocols_of(scores: Sequence[Score]) -> list[tuple[str, str]]:
    """Name and description of each protocol, once; the name may be empty."""
    return list(dict.fromkeys((score.protocol_name, score.protocol) for score in scores if score.protocol))


def _sections(data: ReportData) -> list[Section]:
    """The sections for which there is something, in order."""
    sections = (
        (data.scores, "scores", "What it can do"),
        (data.lanes or data.merged, "data", "The way of the data"),
        (data.calibration or data.code_kept or data.code_dropped, "filter", "The filter"),
        (data.passages or data.exercises, "lessons", "The lessons"),
        (data.trainings, "training", "The training"),
        (data.families or data.held_out, "held-out", "Exercises it never saw"),
        (data.contamination, "contamination", "What could have leaked"),
        (data.stages, "making", "How it was made"),
        (data.humaneval, "humaneval", "HumanEval, problem by problem"),
    )
    return [
        Section(
            anchor=anchor,
            title=title,
            template=anchor,
            content=explorer_of("p", data.humaneval) if anchor == "humaneval" else None,
        )
        for present, anchor, title in sections
        if present
    ]
