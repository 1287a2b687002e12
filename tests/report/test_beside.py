from hornbook.report.beside import beside_of, our_row


def test_our_row_stands_where_its_score_belongs() -> None:
    chart = beside_of("humaneval", "HumanEval", [our_row("ours", 0.5, (0.4, 0.6), "tuned")])
    assert chart is not None
    scores = [row.score for row in chart.rows]
    assert scores == sorted(scores, reverse=True)
    at = [row.model for row in chart.rows].index("ours")
    assert chart.rows[at - 1].model == "phi-1"
    assert chart.rows[at].ci95 == (0.4, 0.6)


def test_every_published_row_points_to_its_source() -> None:
    chart = beside_of("humaneval", "HumanEval", [our_row("ours", 0.5, (0.4, 0.6), "tuned")])
    assert chart is not None
    sources = {row.model: chart.sources[row.source - 1][0] for row in chart.rows if row.source}
    assert sources["phi-1"].endswith("table 1")
    assert sources["phi-1-small"].endswith("table 2")
    assert "2409.12186" in sources["Qwen2.5-Coder-1.5B-Instruct"]
    assert [row.model for row in chart.rows if not row.source] == ["ours"]
    remarks = dict(chart.sources)[sources["phi-1"]]
    assert [whom for whom, _ in remarks] == ["", "phi-1"]


def test_test_results_never_stand_beside_grades() -> None:
    ours = [our_row("ours", 0.5, (0.4, 0.6), "tuned")]
    assert beside_of("unconventional-50", "Unconventional", ours) is None
    graded = beside_of("unconventional-50", "Unconventional", ours, measure="understanding")
    assert graded is not None
    assert len(graded.rows) == 8
    assert beside_of("held_out", "held-out exercises", ours) is None
