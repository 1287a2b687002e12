import pytest

from hornbook.synthesis.shown_output import has_address, is_same_output, is_unordered


@pytest.mark.parametrize(
    ("shown", "true"),
    [
        ("3\n", "3"),
        ("a  \nb", "a\nb\n"),
        ("'a'", "a"),
        ("`3`", "3"),
        ("[1,2]", "[1, 2]"),
        ("{2, 1}", "{1, 2}"),
        ("[0, ..., 9]", "[0, 1, 9]"),
    ],
)
def test_the_same_output_may_be_written_in_several_ways(shown: str, true: str) -> None:
    assert is_same_output(shown, true)


@pytest.mark.parametrize(
    ("shown", "true"), [("3", "4"), ("3", "'3'"), ("True", "1"), ("3.0", "3"), ("...", "5"), ("a\nb", "a b"), ("", "1")]
)
def test_another_output_is_told(shown: str, true: str) -> None:
    assert not is_same_output(shown, true)


def test_what_no_run_repeats_is_recognised() -> None:
    assert is_unordered("{'b', 'a'}")
    assert not is_unordered("{1, 2} {'a': 1, 'b': 2} {'a'}")
    assert has_address("<object at 0x7f12ab34cd56>")
    assert not has_address("0xff")
