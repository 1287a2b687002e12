import pytest
from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest

from hornbook.decontamination.labelled_set import PairKind
from hornbook.decontamination.matches import Detector
from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import DETECTORS, KINDS, Proportion, read_leaks


def test_counts_of_each_benchmark_and_detector_are_read() -> None:
    found = benchmark_metrics("humaneval", "HumanEval", 164, ["HumanEval/1", "HumanEval/3"], num_telling=93)
    leaks = read_leaks(manifest(leak_metrics(found), few=2, many=8))
    assert (leaks.num_checked, leaks.num_dropped, leaks.dropped) == (100, 10, (("many", 8), ("few", 2)))
    [benchmark] = leaks.benchmarks
    assert benchmark.num_telling == 93
    assert [finding.detector for finding in benchmark.detectors] == list(leaks.detectors) == list(DETECTORS[:-1])
    assert [finding.num_decided for finding in benchmark.detectors] == [2, 0, 0, 0]


def test_a_detector_that_flagged_nothing_has_no_precision() -> None:
    leaks = read_leaks(manifest(leak_metrics()))
    assert leaks.calibration is not None
    of = {row.name: row for row in leaks.calibration.rows}
    assert of["code embedding"].precision is None
    assert of["rule"].precision == Proportion(value=0.99367, ci95=(0.965, 0.999))
    assert of["rule"].found_by_kind == (("renamed", 40), ("paraphrased", 40), ("restructured", 39), ("retold", 38))


def test_detectors_and_kinds_are_those_of_the_search_in_its_order_of_kinds() -> None:
    assert set(DETECTORS) == set(Detector)
    assert list(KINDS) == list(PairKind)


def test_without_a_calibration_there_is_none() -> None:
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
    with pytest.raises(MissingInputError, match=f"the stage `decontaminate` has no metric `{lacking}`"):
        read_leaks(manifest(metrics))
