import re
from dataclasses import replace

import pytest

from hornbook.report.charts import MAX_POINTS, loss_plot, reliability_plot, threshold_plot
from hornbook.report.data import ReportData


def coordinates(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", path)]


def test_a_loss_curve_lies_inside_its_frame_and_falls(report_data: ReportData) -> None:
    plot = loss_plot(report_data.trainings[0])
    for series in plot.series:
        points = coordinates(series.path)
        assert 1 < len(points) <= MAX_POINTS
        assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in points)
        assert points[0][1] < points[-1][1], "y runs downwards, so a falling loss ends at a larger y"
    assert len(plot.y.ticks) >= 3
    assert "600 steps" in plot.description


def test_ticks_stand_where_their_value_is(report_data: ReportData) -> None:
    plot = loss_plot(report_data.trainings[0])
    assert plot.x.ticks == ((0, "0"), (33.33, "200"), (66.67, "400"), (100, "600"))


def test_losses_that_cannot_be_drawn_are_refused(report_data: ReportData) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        loss_plot(replace(report_data.trainings[0], train_loss=(), held_out_loss=()))


def test_a_training_without_held_out_loss_has_one_line(report_data: ReportData) -> None:
    assert len(loss_plot(replace(report_data.trainings[0], held_out_loss=())).series) == 1


def test_reliability_and_threshold_show_the_numbers_as_a_table_too(report_data: ReportData) -> None:
    assert report_data.calibration is not None
    assert len(reliability_plot(report_data.calibration).rows) == 10
    plot = threshold_plot(report_data.calibration)
    assert plot.rows[0] == ("0.000", "100 %")
    assert plot.rows[-1] == ("1.000", "0 %")
    assert [series.label for series in plot.series] == ["tokens kept", "threshold of this run: 0.574"]


def test_without_a_selection_no_threshold_is_drawn(report_data: ReportData) -> None:
    assert report_data.calibration is not None
    assert len(threshold_plot(replace(report_data.calibration, threshold=None)).series) == 1
