import pytest

from hornbook.generation.stop import end_of_function, first_stop


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("    return 1\n", None),
        ("    return 1\n\n\ndef g():\n", "    return 1\n\n\n"),
        ("return (\n    1\n)\nprint(2)", "return (\n    1\n)\n"),
        ("\n    x = 1\n# note\n    return x\n", None),
        ("\n    return 1\nx", "\n    return 1\n"),
    ],
)
def test_a_function_ends_before_the_first_line_at_the_left_edge(text: str, kept: str | None) -> None:
    end = end_of_function(text)
    assert (None if end is None else text[:end]) == kept


def test_the_earliest_stop_string_counts() -> None:
    assert first_stop("abc def", ("def", "b")) == 1
    assert first_stop("abc", ("x",)) is None
    assert first_stop("abc", ()) is None
