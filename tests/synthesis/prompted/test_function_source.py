import pytest

from hornbook.synthesis.prompted.function_source import style_of_docstring


@pytest.mark.parametrize(
    ("docstring", "style"),
    [
        ("Count.", "summary"),
        ("Count.\n\n>>> f(1)\n2", "summary and doctest"),
        ("Count.\n\nParameters:\nx (int): it\n\nReturns:\nint: it\n>>> f(1)\n1", "Parameters and Returns"),
        ("Count.\n\nArgs:\n    x: it\n\nReturns:\n    it", "Args and Returns"),
        ("Count.\n\n:param x: it\n:return: it", "reST fields"),
        ("Count.\n\n1. Take.\n2. Give.\n\n>>> f(1)\n1", "numbered steps"),
        ("Count: f(1) == 2", "summary and comparisons"),
        ("Count. For example, one gives two. For instance so.", "prose with an example"),
    ],
)
def test_the_layout_of_a_docstring_is_told_by_what_stands_in_it(docstring: str, style: str) -> None:
    assert style_of_docstring(docstring) == style
