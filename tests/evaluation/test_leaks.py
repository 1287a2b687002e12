import pytest
from tests.evaluation.invented_leaks import DETECTORS, benchmark_metrics, leak_metrics, manifest

from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import Leaks, not_checked, read_leaks, rule_of


def leaks_by(*detectors: str, num_telling: int = 93) -> Leaks:
    found = benchmark_metrics("humaneval", "HumanEval", 164, num_telling=num_telling, detectors=detectors)
    return read_leaks(manifest(leak_metrics(found)))


def test_counts_of_each_benchmark_and_detector_are_read() -> None:
    found = benchmark_metrics("humaneval", "HumanEval", 164, ["HumanEval/1", "HumanEval/3"], num_telling=93)
    leaks = read_leaks(manifest(leak_metrics(found), few=2, many=8))
    assert (leaks.num_checked, leaks.num_dropped, leaks.dropped) == (100, 10, (("many", 8), ("few", 2)))
    [benchmark] = leaks.benchmarks
    assert benchmark == found
    assert leaks.detectors == set(DETECTORS)
    assert leaks.calibration == leak_metrics()["calibration"]
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
    assert "words and syntax trees decide" in rule_of(everything)
    assert "function gives a problem’s outputs" in rule_of(everything)
    assert "language model" in rule_of(everything)
    assert "No document’s code was run" in rule_of(words_only)
    assert not any(word in rule_of(words_only) for word in ("outputs", "language model"))
    for gap in ("code was run", "language model"):
        assert gap in " ".join(not_checked(words_only, []))
        assert gap not in " ".join(not_checked(everything, []))


def test_gaps_name_problems_that_behaviour_cannot_tell_and_benchmarks_that_were_not_compared() -> None:
    first, *gaps = not_checked(leaks_by(*DETECTORS), ["HumanEval", "unconventional-50", "unconventional-50"])
    assert "71 of 164 problems of HumanEval" in first
    assert [gap for gap in gaps if "scored" in gap] == ["unconventional-50: it was scored, but not compared."]
    assert "Benchmarks other than HumanEval." in gaps
    assert "problems of HumanEval" not in " ".join(not_checked(leaks_by(*DETECTORS, num_telling=164), []))
