import pytest

from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.rule import UNSEEN, RuleConfig, Seen, deciding
from hornbook.errors import ConfigError

CONFIG = RuleConfig()


def match(detector: Detector, score: float) -> Match:
    return Match(text=0, problem=0, detector=detector, score=score, evidence="", function="f", window=(0, 1))


def decided(*scores: tuple[Detector, float], cleared: bool = False, denied: bool = False) -> Detector | None:
    matches = {detector: match(detector, score) for detector, score in scores}
    found = deciding(Seen(matches=matches, is_cleared=cleared, is_denied=denied), CONFIG)
    return None if found is None else found.detector


def test_nothing_seen_is_clean() -> None:
    assert decided() is None


def test_equal_behaviour_is_a_leak_whatever_else_was_seen() -> None:
    assert decided((Detector.BEHAVIOUR, 1.0)) is Detector.BEHAVIOUR
    assert decided((Detector.BEHAVIOUR, 1.0), (Detector.NGRAM, 1.0), cleared=True) is Detector.BEHAVIOUR


@pytest.mark.parametrize("detector", UNSEEN)
def test_where_no_code_could_tell_each_detector_decides_from_its_threshold_on(detector: Detector) -> None:
    least = CONFIG.least_score(detector)
    assert decided((detector, least)) is detector
    assert decided((detector, least - 0.01)) is None


def test_docstrings_that_are_near_decide_nothing_alone() -> None:
    assert decided((Detector.DOCSTRING, 1.0)) is None


@pytest.mark.parametrize("detector", UNSEEN)
def test_other_behaviour_clears_a_text_that_looks_alike(detector: Detector) -> None:
    assert decided((detector, 0.949), cleared=True) is None


def test_the_whole_docstring_is_a_leak_even_with_other_code_below_it() -> None:
    assert decided((Detector.NGRAM, 0.995), cleared=True) is Detector.NGRAM


def test_a_judge_stands_in_place_of_words_and_trees_but_not_of_behaviour() -> None:
    assert decided((Detector.JUDGE, 1.0)) is Detector.JUDGE
    assert decided((Detector.NGRAM, 0.9), denied=True) is None
    assert decided((Detector.BEHAVIOUR, 1.0), denied=True) is Detector.BEHAVIOUR
    assert decided((Detector.JUDGE, 1.0), cleared=True) is None


def test_a_threshold_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="`docstring` must be above 0, got 0"):
        RuleConfig(docstring=0)
