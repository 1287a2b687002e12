from tests.evaluation.invented_leaks import DETECTORS, benchmark_metrics, leak_metrics, manifest

from hornbook.evaluation.blind_spots import not_checked, rule_of
from hornbook.evaluation.leaks import Leaks, read_leaks


def leaks_by(*detectors: str, num_telling: int = 93) -> Leaks:
    found = benchmark_metrics("humaneval", "HumanEval", 164, num_telling=num_telling, detectors=detectors)
    return read_leaks(manifest(leak_metrics(found)))


def test_the_rule_names_behaviour_first_and_what_decides_without_it() -> None:
    rule = rule_of(leaks_by(*DETECTORS))
    assert rule.startswith("A document is a leak if its function gives a problem’s outputs")
    assert "words, embeddings of code and syntax trees decide" in rule
    assert "language model" not in rule


def test_the_rule_names_only_what_ran() -> None:
    assert rule_of(leaks_by("n-gram", "syntax tree")) == (
        "No document’s code was run; words and syntax trees decide, each from a threshold of its own."
    )
    assert "Where a language model was asked" in rule_of(leaks_by(*DETECTORS, "judge"))


def test_problems_that_behaviour_cannot_tell_are_counted_where_there_are_any() -> None:
    assert "71 of HumanEval’s 164 problems" in not_checked(leaks_by(*DETECTORS), ["HumanEval"])[0]
    gaps = " ".join(not_checked(leaks_by(*DETECTORS, num_telling=164), ["HumanEval"]))
    assert "of HumanEval’s 164" not in gaps


def test_what_did_not_run_is_a_gap_and_what_ran_is_none() -> None:
    words_only = " ".join(not_checked(leaks_by("n-gram"), []))
    assert "no document’s code was run" in words_only
    assert "no embeddings were compared" in words_only
    assert "neither a person nor a language model" in words_only
    everything = " ".join(not_checked(leaks_by(*DETECTORS, "judge"), []))
    for gap in ("was run", "embeddings", "language model"):
        assert gap not in everything


def test_a_benchmark_that_was_scored_and_not_compared_is_named_once() -> None:
    gaps = not_checked(leaks_by(*DETECTORS), ["HumanEval", "unconventional-50", "unconventional-50"])
    assert [gap for gap in gaps if "scored" in gap] == ["unconventional-50: it was scored, but not compared."]
    assert "Benchmarks other than HumanEval." in gaps
