from hornbook.curation.hygiene.reasons import Reason
from hornbook.curation.hygiene.size import too_large, too_short


def test_a_text_of_just_the_largest_size_passes_and_one_character_more_does_not() -> None:
    assert too_large("x" * 100, max_characters=100) is None
    refusal = too_large("x" * 101, max_characters=100)
    assert refusal
    assert (refusal.reason, refusal.detail) == (Reason.TOO_LARGE, "101 characters")


def test_white_space_does_not_make_a_text_long_enough() -> None:
    assert too_short("a b" + " \n" * 1000, min_characters=3)
    assert too_short("a bc", min_characters=3) is None
    assert too_short("", min_characters=1)
    assert too_short("", min_characters=0) is None
    assert too_short("a", min_characters=0) is None
