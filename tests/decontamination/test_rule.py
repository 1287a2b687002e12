import pytest

from hornbook.decontamination.matches import Detector
from hornbook.decontamination.rule import UNSEEN, WHOLE_DOCSTRING, deciding, least_score


def decided(*scores: tuple[Detector, float], cleared: bool = False, denied: bool = False) -> Detector | None:
    return deciding(dict(scores), 0.9, is_cleared=cleared, is_denied=denied)


def test_equal_behaviour_is_a_leak_whatever_else_was_seen_and_nothing_seen_is_clean() -> None:
    assert decided() is None
    assert decided((Detector.BEHAVIOUR, 1.0)) is Detector.BEHAVIOUR
    assert decided((Detector.BEHAVIOUR, 1.0), (Detector.NGRAM, 1.0), cleared=True, denied=True) is Detector.BEHAVIOUR


@pytest.mark.parametrize(
    ("detector", "least"), [(Detector.NGRAM, 0.8), (Detector.SYNTAX_TREE, 0.9), (Detector.CODE, 0.95)]
)
def test_where_no_code_could_tell_each_detector_decides_from_its_threshold_on(detector: Detector, least: float) -> None:
    assert detector in UNSEEN
    assert least_score(detector, 0.9) == least
    assert decided((detector, least)) is detector
    assert decided((detector, least - 0.001)) is None
    assert decided((detector, least), cleared=True) is None
    assert decided((detector, least), denied=True) is None


def test_the_whole_docstring_is_a_leak_even_with_other_code_below_it() -> None:
    assert decided((Detector.NGRAM, WHOLE_DOCSTRING), cleared=True) is Detector.NGRAM
    assert decided((Detector.NGRAM, WHOLE_DOCSTRING), denied=True) is Detector.NGRAM
    assert decided((Detector.NGRAM, WHOLE_DOCSTRING - 0.01), cleared=True) is None


def test_a_judges_yes_stands_in_place_of_words_and_trees() -> None:
    assert decided((Detector.JUDGE, 1.0), (Detector.NGRAM, 0.1)) is Detector.JUDGE
    assert decided((Detector.JUDGE, 1.0), (Detector.SYNTAX_TREE, 0.99)) is Detector.JUDGE
    assert decided((Detector.JUDGE, 1.0), cleared=True) is None
