import numpy as np
import pytest

from hornbook.encoders.lexer import lex
from hornbook.encoders.measures import measure, num_measures


def changed_by(before: str, after: str) -> set[int]:
    first, second = measure(lex([before, after]))
    return set(np.flatnonzero(~np.isclose(first, second)).tolist())


def test_each_text_has_as_many_numbers() -> None:
    assert measure(lex(["x = 1", "", "def f(): pass"])).shape == (3, num_measures())


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    b = a\n    return b\n",
        "def f(a):\n    for i, b in a:\n        return b\n",
        "def f(a):\n    from x import c, b\n    return b\n",
        "def f(a):\n    with a as b:\n        return b\n",
        "def f(a):\n    return a.b\n",
        "def f(a):\n    return a(b=1)\n",
        "def f(a):\n    return [b for b in a if b]\n",
        "f = lambda b: b\n",
        "def f(a):\n    if (b := a):\n        return b\n",
        "def f(a):\n    return 'b'  # b\n",
    ],
)
def test_a_name_that_is_bound_is_not_free(text: str) -> None:
    assert measure(lex([text]))[0, _free_column()] == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("def f(a):\n    return b\n", 1),
        ("def f(a):\n    return b + b + c\n", 2),
        ("def f(a):\n    return b.c.d\n", 1),
        ("def f(a):\n    return a == b\n", 1),
        ("def f(a):\n    a(b, key=c)\n", 2),
    ],
)
def test_names_that_are_read_and_not_bound_are_counted_once(text: str, number: int) -> None:
    assert measure(lex([text]))[0, _free_column()] == pytest.approx(np.log1p(number))


def test_binding_in_one_text_does_not_bind_in_another() -> None:
    rows = measure(lex(["b = 1\n", "print(b)\n", "b = 1\nprint(b)\n"]))
    assert rows[:, _free_column()].tolist() == [0, pytest.approx(np.log(2)), 0]


def test_documentation_and_layout_are_measured() -> None:
    plain = "def f(a):\n    return a\n"
    for other in (
        'def f(a):\n    """Give it."""\n    return a\n',
        "def f(a):\n    # Give it.\n    return a\n",
        "def f(a):\n\n    return a\n",
        "def _f(a):\n    return a\n",
    ):
        assert changed_by(plain, other)


def _free_column() -> int:
    """The column that counts free names: 1 and 2 of them in the first two texts, none in the third."""
    one, two, none = measure(lex(["b + b\n", "b + c\n", "b = 1\n"]))
    (column, *_) = np.flatnonzero(np.isclose(one, np.log(2)) & np.isclose(two, np.log(3)) & (none == 0))
    return int(column)
