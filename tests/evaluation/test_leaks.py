import pytest
from tests.evaluation.invented_leaks import DETECTORS, benchmark_metrics, leak_metrics, manifest

from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import Leaks, Proportion, not_checked, read_leaks, rule_of


def leaks_by(*detectors: str, num_telling: int = 93) -> Leaks:
    found = benchmark_metrics("humaneval", "HumanEval", 164, num_telling=num_telling, detectors=detectors)
    return read_leaks(manifest(leak_metrics(found)))


def test_counts_of_each_benchmark_and_detector_are_read() -> None:
    found = benchmark_metrics("humaneval", "HumanEval", 164, ["HumanEval/1", "HumanEval/3"], num_telling=93)
    leaks = read_leaks(manifest(leak_metrics(found), few=2, many=8))
    assert (leaks.num_checked, leaks.num_dropped, leaks.dropped) == (100, 10, (("many", 8), ("few", 2)))
    [benchmark] = leaks.benchmarks
    assert (benchmark.num_problems, benchmark.num_telling, benchmark.num_leaking_documents) == (164, 93, 2)
    counts = {one.detector: (one.num_documents, one.num_problems, one.num_decided) for one in benchmark.detectors}
    assert counts == {
        "behaviour": (2, 2, 2),
        "code embedding": (307, 33, 0),
        "n-gram": (107, 13, 0),
        "syntax tree": (207, 23, 0),
    }
    assert leaks.detectors == tuple(counts)


def test_the_quality_of_the_detectors_is_read_and_may_be_missing() -> None:
    quality = read_leaks(manifest(leak_metrics())).calibration
    assert quality is not None
    assert (quality.num_problems, quality.num_leaks, quality.num_clean, quality.num_of_kind) == (40, 160, 160, 40)
    of = {row.name: row for row in quality.rows}
    assert of["syntax tree"].precision is None
    assert (of["rule"].num_found, of["rule"].num_false) == (157, 1)
    assert of["rule"].precision == Proportion(value=0.99367, ci95=(0.965, 0.999))
    assert dict(of["rule"].found_by_kind) == {"renamed": 40, "paraphrased": 40, "restructured": 39, "retold": 38}
    assert dict(of["rule"].false_by_kind) == {"same topic": 0, "near miss": 1, "stock phrase": 0, "unrelated": 0}
    assert read_leaks(manifest({"benchmarks": [], "calibration": None})).calibration is None


def test_what_is_lacking_is_named() -> None:
    for lacking, where in (
        ("benchmarks", lambda metrics: metrics),
        ("leaked_problems", lambda metrics: metrics["benchmarks"][0]),
        ("num_decided", lambda metrics: metrics["benchmarks"][0]["detectors"]["behaviour"]),
        ("recall", lambda metrics: metrics["calibration"]["rows"][0]),
    ):
        metrics = leak_metrics(benchmark_metrics("humaneval", "HumanEval", 164))
        del where(metrics)[lacking]
        with pytest.raises(MissingInputError, match=f"`decontaminate` has no metric `{lacking}`"):
            read_leaks(manifest(metrics))


def test_the_rule_names_only_what_ran_and_what_did_not_run_is_a_gap() -> None:
    everything, words_only = leaks_by(*DETECTORS, "judge"), leaks_by("n-gram")
    assert "words, embeddings of code and syntax trees decide" in rule_of(everything)
    assert "function gives a problem’s outputs" in rule_of(everything)
    assert "language model" in rule_of(everything)
    assert "No document’s code was run" in rule_of(words_only)
    assert not any(word in rule_of(words_only) for word in ("outputs", "language model", "embeddings"))
    for gap in ("code was run", "no embeddings were", "language model"):
        assert gap in " ".join(not_checked(words_only, []))
        assert gap not in " ".join(not_checked(everything, []))


def test_gaps_name_problems_that_behaviour_cannot_tell_and_benchmarks_that_were_not_compared() -> None:
    first, *gaps = not_checked(leaks_by(*DETECTORS), ["HumanEval", "unconventional-50", "unconventional-50"])
    assert "71 of HumanEval’s 164 problems" in first
    assert [gap for gap in gaps if "scored" in gap] == ["unconventional-50: it was scored, but not compared."]
    assert "Benchmarks other than HumanEval." in gaps
    assert "of HumanEval’s" not in " ".join(not_checked(leaks_by(*DETECTORS, num_telling=164), []))
