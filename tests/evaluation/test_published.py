import pytest

from hornbook.evaluation.published import PublishedScore, published_scores

BENCHMARKS = ("humaneval", "mbpp", "mbpp-sanitized-signature", "unconventional-50")


def score_of(benchmark: str, model: str) -> PublishedScore:
    [found] = [row for row in published_scores(benchmark) if row.model == model]
    return found


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_every_row_names_its_source_and_what_is_different(benchmark: str) -> None:
    rows = published_scores(benchmark)
    assert rows
    for row in rows:
        assert "arXiv 2" in row.source
        assert row.note.endswith(".")
        assert row.benchmark == benchmark
        assert 0 < row.score < 1
        assert row.measure == ("understanding" if benchmark == "unconventional-50" else "pass@1")
    assert len({row.model for row in rows}) == len(rows)


def test_the_papers_own_models_have_the_papers_figures() -> None:
    assert score_of("humaneval", "phi-1").score == pytest.approx(0.506)
    assert score_of("mbpp", "phi-1").score == pytest.approx(237 / 427, abs=0.0005)
    assert score_of("humaneval", "phi-1-base").score == pytest.approx(0.29)
    assert score_of("humaneval", "phi-1-small").parameters == "350M"
    assert score_of("unconventional-50", "phi-1").score == pytest.approx(0.52)


def test_grades_are_never_shown_as_test_results() -> None:
    assert all("GPT-4" in row.note for row in published_scores("unconventional-50"))


def test_a_benchmark_of_which_nothing_is_known_has_no_rows() -> None:
    assert published_scores("held_out") == []
    assert published_scores("mine") == []
