from dataclasses import replace

from hornbook.report.data import ReportData
from hornbook.report.phrases import count, duration, headline, magnitude, percent, plural


def test_numbers_read_as_people_write_them() -> None:
    assert count(1234567) == "1,234,567"
    assert percent(0.81333) == "81.3\u202f%"
    assert [magnitude(n) for n in (95_000, 4_213_760, 1_418_270_720)] == [
        "95,000",
        "4.21\u00a0million",
        "1.42\u00a0billion",
    ]
    assert [plural(n, unit) for n, unit in ((1, "samples"), (2, "samples"), (1, "entries"))] == [
        "1 sample",
        "2 samples",
        "1 entry",
    ]


def test_durations_stay_readable_from_moments_to_hours() -> None:
    texts = [duration(seconds).replace("\u00a0", " ") for seconds in (0.04, 9.94, 9.97, 59.6, 185, 7800)]
    assert texts == ["0.0 s", "9.9 s", "10 s", "1 min 00 s", "3 min 05 s", "2 h 10 min"]


def test_the_headline_says_only_what_was_measured(report_data: ReportData) -> None:
    whole = headline(report_data)
    assert "4.21\u00a0million parameters" in whole
    assert "81.3\u202f% of 300 exercises" in whole
    assert "164 problems it solves <strong>6</strong>" in whole
    assert "exercises" not in headline(replace(report_data, scores=()))
    assert "parameters" not in headline(replace(report_data, trainings=()))
