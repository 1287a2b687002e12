import pytest

from hornbook.evaluation.published import published_scores


def test_the_figures_are_the_papers_and_every_row_names_its_source() -> None:
    for benchmark, figures in {
        "humaneval": {"phi-1": 0.506, "phi-1-base": 0.29, "phi-1-small": 0.45},
        "mbpp": {"phi-1": 0.555},
        "mbpp-sanitized-signature": {"StarCoder": 0.527},
        "unconventional-50": {"phi-1": 0.52},
    }.items():
        rows = {row.model: row for row in published_scores(benchmark)}
        assert {model: rows[model].score for model in figures} == pytest.approx(figures)
        assert len(rows) == len(published_scores(benchmark)) > 5
        assert all("arXiv 2" in row.source and 0 < row.score < 1 for row in rows.values())
        measures = {row.measure for row in rows.values()}
        assert measures == {"understanding" if benchmark == "unconventional-50" else "pass@1"}
    assert published_scores("held_out") == []
