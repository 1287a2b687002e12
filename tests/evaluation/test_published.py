import pytest

from hornbook.evaluation.published import published_scores

FIGURES = {
    ("humaneval", "phi-1"): 0.506,
    ("mbpp", "phi-1"): 0.555,
    ("mbpp-sanitized-signature", "StarCoder"): 0.527,
    ("humaneval", "phi-1-base"): 0.29,
    ("humaneval", "phi-1-small"): 0.45,
    ("unconventional-50", "phi-1"): 0.52,
}


def test_the_figures_are_the_papers_and_every_row_names_its_source_and_measure() -> None:
    for benchmark in ("humaneval", "mbpp", "mbpp-sanitized-signature", "unconventional-50"):
        rows = {row.model: row for row in published_scores(benchmark)}
        assert len(rows) == len(published_scores(benchmark)) > 5
        for (name, model), score in FIGURES.items():
            assert name != benchmark or rows[model].score == pytest.approx(score)
        for row in rows.values():
            assert "arXiv 2" in row.source
            assert 0 < row.score < 1
            assert row.measure == ("understanding" if benchmark == "unconventional-50" else "pass@1")
    assert published_scores("held_out") == []
