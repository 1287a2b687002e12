import pytest
from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest

from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import Proportion, read_leaks


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


@pytest.mark.parametrize("lacking", ["benchmarks", "leaked_problems", "num_decided", "recall"])
def test_what_is_lacking_is_named(lacking: str) -> None:
    metrics = leak_metrics(benchmark_metrics("humaneval", "HumanEval", 164))
    for holder in (
        metrics,
        metrics["benchmarks"][0],
        metrics["benchmarks"][0]["detectors"]["behaviour"],
        metrics["calibration"]["rows"][0],
    ):
        holder.pop(lacking, None)
    with pytest.raises(MissingInputError, match=f"`decontaminate` has no metric `{lacking}`"):
        read_leaks(manifest(metrics))
