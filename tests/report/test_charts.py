import re
from dataclasses import replace
from typing import Any

import pytest

from hornbook.report.charts import MAX_POINTS, loss_plot, reliability_plot, threshold_plot
from hornbook.report.data_flow import Training
from hornbook.report.scores import ScoreRow, published_chart

TRAINING = Training(
    name="pretrain",
    num_parameters=1,
    num_steps=600,
    num_tokens=1,
    train_loss=tuple((step, 2 + 6 * 0.99**step) for step in range(1, 601)),
    seconds=1.0,
    validation_loss=((300, 2.5), (600, 2.1)),
)
SHORT = replace(TRAINING, train_loss=((12, 2.0),), validation_loss=())
OURS = [ScoreRow(model="ours", score=0.5, ci95=(0.4, 0.6), ours="tuned")]


def coordinates(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_a_loss_curve_lies_inside_its_frame_and_falls() -> None:
    plot = loss_plot(TRAINING)
    for series in plot.series:
        points = coordinates(series.path)
        assert 1 < len(points) <= MAX_POINTS
        assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in points)
        assert points[0][1] < points[-1][1], "y runs downwards, so a falling loss ends at a larger y"
    assert coordinates(plot.series[1].path)[0][0] == 50.0
    assert len(plot.y_ticks) >= 3
    assert plot.x_ticks == ((0, "0"), (33.33, "200"), (66.67, "400"), (100, "600"))
    assert [text for _, text in loss_plot(SHORT).x_ticks] == ["0", "2.5", "5", "7.5", "10"]
    assert plot.rows == (("300", "2.500"), ("600", "2.100"))


def test_losses_that_cannot_be_drawn_are_refused_and_validation_ones_may_be_missing() -> None:
    assert len(loss_plot(replace(TRAINING, validation_loss=())).series) == 1
    for losses in ((), ((1, 0.0),)):
        with pytest.raises(ValueError, match="cannot be drawn"):
            loss_plot(replace(TRAINING, train_loss=losses, validation_loss=()))


def test_reliability_and_threshold_show_the_numbers_as_a_table_too(found: dict[str, Any]) -> None:
    curve = tuple((index / 100, (1 - index / 100) ** 2) for index in range(101))
    bins = ((0.25, 0.5, 3), (0.75, 1.0, 4))
    calibration = replace(found["curation"]["found"].calibration, curve=curve, threshold=0.5, reliability=bins)
    assert reliability_plot(calibration).rows == (("25 %", "50 %", "3"), ("75 %", "100 %", "4"))
    assert coordinates(reliability_plot(calibration).series[1].path) == [(25.0, 50.0), (75.0, 0.0)]
    plot = threshold_plot(calibration)
    assert (plot.rows[0], plot.rows[-1]) == (("0.000", "100 %"), ("1.000", "0 %"))
    assert plot.series[1].path == "M50.00 0V100"
    assert len(threshold_plot(replace(calibration, threshold=None)).series) == 1


def test_our_row_stands_where_its_score_belongs_and_each_published_one_points_to_its_source() -> None:
    chart = published_chart(
        "humaneval", "HumanEval", [ScoreRow(model="ours", score=0.5, ci95=(0.4, 0.6), ours="tuned")]
    )
    assert chart is not None
    scores = [row.score for row in chart.rows]
    assert scores == sorted(scores, reverse=True)
    at = [row.model for row in chart.rows].index("ours")
    assert (chart.rows[at - 1].model, chart.rows[at].ci95, chart.rows[at].source) == ("phi-1", (0.4, 0.6), 0)
    sources = {row.model: chart.sources[row.source - 1][0] for row in chart.rows if row.source}
    assert sources["phi-1"].endswith("table 1")
    assert "2409.12186" in sources["Qwen2.5-Coder-1.5B-Instruct"]


def test_test_results_are_never_compared_with_grades() -> None:
    assert published_chart("unconventional-50", "Unconventional", OURS) is None
    graded = published_chart("unconventional-50", "Unconventional", OURS, measure="understanding")
    assert graded is not None
    assert len(graded.rows) == 8
    assert published_chart("held_out", "held-out exercises", OURS) is None
