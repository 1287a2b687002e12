"""The report as one HTML page: no request leaves it, and nothing in it is trusted.

Every text that goes in (code, completions, names) is escaped by the templates; a completion that closes a script and
opens another is shown, not run. Equal data give equal bytes.
"""

from collections.abc import Sequence
from importlib.resources import files

import jinja2
from markupsafe import Markup

from hornbook.report.charts import loss_plot, reliability_plot, threshold_plot
from hornbook.report.data import ReportData, Score
from hornbook.report.highlight import highlight_python
from hornbook.report.phrases import count, duration, headline, percent, plural
from hornbook.report.prose import passage_html

_SECTIONS = (
    ("scores", "What it can do"),
    ("data", "The way of the data"),
    ("filter", "The filter"),
    ("lessons", "The lessons"),
    ("training", "The training"),
    ("held-out", "Exercises it never saw"),
    ("contamination", "What could have leaked"),
    ("making", "How it was made"),
    ("humaneval", "HumanEval, problem by problem"),
)
"""Anchor and title of each section, in order."""


def render_html(data: ReportData) -> str:
    """Draw the report.

    Args:
        data: What to say. Sections without data are left out and their stages named as absent.

    Returns:
        A whole HTML document, styles and script inside.
    """
    folder = files("hornbook.report") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hornbook.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        code=highlight_python,
        passage=passage_html,
        count=count,
        duration=duration,
        percent=percent,
        plural=plural,
        short=lambda text: text[:12],
    )
    plots = [loss_plot(training) for training in data.trainings]
    calibration = [reliability_plot(data.calibration), threshold_plot(data.calibration)] if data.calibration else []
    page: str = environment.get_template("report.html.jinja").render(
        data=data,
        headline=headline(data),
        sections=[section for section in _SECTIONS if _has_section(section[0], data)],
        benchmarks=_by_benchmark(data.scores),
        loss_plots=plots,
        calibration_plots=calibration,
        longest_stage=max((stage.seconds for stage in data.stages), default=0.0),
        total_seconds=sum(stage.seconds for stage in data.stages),
        style=Markup((folder / "report.css").read_text()),
        script=Markup((folder / "report.js").read_text()),
    )
    return page


def _has_section(anchor: str, data: ReportData) -> bool:
    present = {
        "scores": data.scores,
        "data": data.lanes or data.merged,
        "filter": data.calibration or data.code_kept or data.code_dropped,
        "lessons": data.passages or data.exercises,
        "training": data.trainings,
        "held-out": data.families or data.held_out,
        "humaneval": data.humaneval,
        "contamination": data.contamination,
        "making": data.stages,
    }
    return bool(present[anchor])


def _by_benchmark(scores: Sequence[Score]) -> list[tuple[str, list[Score]]]:
    """The scores grouped by benchmark, both in order of appearance."""
    names = list(dict.fromkeys(score.benchmark for score in scores))
    return [(name, [score for score in scores if score.benchmark == name]) for name in names]
