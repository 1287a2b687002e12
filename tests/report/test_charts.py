import re
from dataclasses import replace

import pytest

from hornbook.report.charts import MAX_POINTS, loss_plot, reliability_plot, threshold_plot
from hornbook.report.data_flow import Training
from hornbook.report.published import UNDERSTANDING, ScoreRow, published_chart

TRAINING = Training(
    name="pretrain",
    num_parameters=1,
    num_steps=600,
    num_tokens=1,
    train_loss=tuple((step, 2 + 6 * 0.99**step) for step in range(1, 601)),
    seconds=1.0,
    validation_loss=((300, 2.5), (600, 2.1)),
)
OURS = [ScoreRow(model="ours", score=0.5, ci95=(0.4, 0.6), ours="tuned")]


def coordinates(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_a_loss_curve_lies_inside_its_frame_and_falls() -> None:
    plot = loss_plot(TRAINING)
    for series in plot.series:
        points = coordinates(series["path"])
        assert 1 < len(points) <= MAX_POINTS
        assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in points)
        assert points[0][1] < points[-1][1], "y runs downwards, so a falling loss ends at a larger y"
    assert coordinates(plot.series[1]["path"])[0][0] == 50.0
    assert len(plot.y_ticks) >= 3
    assert plot.x_ticks == ((0, "0"), (33.33, "200"), (66.67, "400"), (100, "600"))
    assert plot.rows == [("300", "2.500"), ("600", "2.100")]
    short = loss_plot(replace(TRAINING, train_loss=((12, 2.0),), validation_loss=()))
    assert [text for _, text in short.x_ticks] == ["0", "2.5", "5", "7.5", "10"]
    assert len(short.series) == 1
    for losses in ((), ((1, 0.0),)):
        with pytest.raises(ValueError, match="cannot be drawn"):
            loss_plot(replace(TRAINING, train_loss=losses, validation_loss=()))


def test_reliability_and_threshold_show_the_numbers_as_a_table_too() -> None:
    bins = [{"predicted": 0.25, "observed": 0.5, "count": 3}, {"predicted": 0.75, "observed": 1.0, "count": 4}]
    assert reliability_plot(bins).rows == [("25 %", "50 %", "3"), ("75 %", "100 %", "4")]
    assert coordinates(reliability_plot(bins).series[1]["path"]) == [(25.0, 50.0), (75.0, 0.0)]
    curve = [(index / 100, (1 - index / 100) ** 2) for index in range(101)]
    plot = threshold_plot(curve, 0.5)
    assert (plot.rows[0], plot.rows[-1]) == (("0.000", "100 %"), ("1.000", "0 %"))
    assert plot.series[1]["path"] == "M50.00 0V100"
    assert len(threshold_plot(curve, None).series) == 1


def test_our_row_stands_where_its_score_belongs_and_each_published_one_points_to_its_source() -> None:
    for benchmark, measure, figures in (
        ("humaneval", "pass@1", {"phi-1": 0.506, "phi-1-base": 0.29, "phi-1-small": 0.45}),
        ("mbpp", "pass@1", {"phi-1": 0.555}),
        ("mbpp-sanitized-signature", "pass@1", {"StarCoder": 0.527}),
        ("unconventional-50", UNDERSTANDING, {"phi-1": 0.52}),
    ):
        chart = published_chart(benchmark, "Title", OURS, measure=measure)
        assert chart is not None
        rows = {row.model: row for row in chart["rows"]}
        assert {model: rows[model].score for model in figures} == pytest.approx(figures)
        assert len(rows) == len(chart["rows"]) > 5
        assert [row.score for row in chart["rows"]] == sorted((row.score for row in rows.values()), reverse=True)
        assert (rows["ours"].ci95, rows["ours"].source) == ((0.4, 0.6), 0)
        assert all("arXiv 2" in chart["sources"][row.source - 1][0] for row in rows.values() if row.source)


def test_test_results_are_never_compared_with_grades() -> None:
    assert published_chart("unconventional-50", "Unconventional", OURS) is None
    assert published_chart("humaneval", "HumanEval", OURS, measure=UNDERSTANDING) is None
    assert published_chart("held_out", "held-out exercises", OURS) is None
