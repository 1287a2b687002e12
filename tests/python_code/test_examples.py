from typing import Any

import pytest

from hornbook.python_code.examples import Form, argument_lists, read_examples, write_test

CLAIMS = [
    (">>> f(1)\n2", "f(1)", "2"),
    (">>>f(1)\n2", "f(1)", "2"),
    ("  >>> f(1)\n2", "f(1)", "2"),
    (">>> f(1)\n2\nNote that it adds.", "f(1)", "2\nNote that it adds."),
    (">>> f(\n...     1)\n2\n```", "f(\n    1)", "2"),
    (">>> f(1)  # 2", "f(1)", "2"),
    ("f(1) == 2", "f(1)", "2"),
    ("Example: f(1) returns 2.", "f(1)", "2"),
    ("f(1) → 2", "f(1)", "2"),
    ("f(1) should return [1, 2], since it adds.", "f(1)", "[1, 2]"),
    ("`f('a)b')` gives `'b'`", "f('a)b')", "'b'"),
    ("f([1, (2)])  # (1, 2)", "f([1, (2)])", "(1, 2)"),
    ("f(1) is 2.5 metres", "f(1)", "2.5"),
    ("f(1) outputs -3", "f(1)", "-3"),
    ("Example:\n    Input: [1, 2]\n    Output: 3", "f([1, 2])", "3"),
    ("Input: a = 1, b = 2\nOutput: 3", "f(a = 1, b = 2)", "3"),
]


@pytest.mark.parametrize(("docstring", "source", "wanted"), CLAIMS)
def test_what_a_docstring_claims_is_found(docstring: str, source: str, wanted: str) -> None:
    assert [(example.source, example.wanted) for example in read_examples(docstring, "f")] == [(source, wanted)]


def test_prose_claims_nothing() -> None:
    prose = (
        "f(1) returns the sum.",
        "f(1) returns 2 + x",
        "self.f(1) == 2",
        "half(1) == 2",
        "f(1 == 2",
        "f(1) is None if x",
    )
    assert [read_examples(text, "f") for text in (*prose, "Input: a\nOutput: b")] == [[]] * 7


def test_a_line_of_a_session_that_shows_nothing_is_no_claim_and_arguments_must_stand_alone() -> None:
    forms = [example.form for example in read_examples(">>> x = [2, 1]\n>>> f(x)\n>>> x\n[1, 2]\n\nf(1) == 2", "f")]
    assert forms == [Form.SETUP, Form.SETUP, Form.SESSION, Form.CLAIM]
    examples = read_examples(">>> f([1], k=2)\n1\n>>> f(x)\n1\n\nf(float('inf')) == 3\nf([1], k=2) == 1", "f")
    assert argument_lists(examples, "f") == ["[1], k=2", "float('inf')"]


def check(source: str, candidate: object) -> None:
    names: dict[str, Any] = {}
    exec(source, names)
    names["check"](candidate)


def test_examples_become_assertions_in_their_order_with_the_assignments_of_sessions() -> None:
    docstring = "Add.\n\nadd(1, 2) == 3, of course, and\nit holds that add(0, 0) == 0.\n\n>>> add(2, 2)\n4\n"
    source = write_test(docstring, "add")
    wanted = ("candidate(1, 2) == 3", "candidate(0, 0) == 0", "candidate(2, 2) == 4")
    assert source == "def check(candidate):\n" + "".join(f"    assert {one}\n" for one in wanted)
    check(source, lambda x, y: x + y)
    with pytest.raises(AssertionError):
        check(source, lambda x, y: x * y)
    source = write_test(">>> goods = [3, 1]\n>>> order(goods)\n[1, 3]\n>>> goods\n[3, 1]\n", "order")
    assert source == "def check(candidate):\n    goods = [3, 1]\n    assert candidate(goods) == [1, 3]\n"
    check(source, sorted)
    source = write_test(">>> sorted(pick([2, 1]))\n[1, 2]\n>>> pick([]) == set()\nTrue\n", "pick")
    assert source.count("assert") == 2
    check(source, set)
    check(write_test("f(1) == 0.3", "f"), lambda _: 0.1 + 0.2)


def test_a_docstring_without_an_example_that_can_be_compared_gives_no_test() -> None:
    for docstring in (
        "Add.",
        ">>> add(1)\nTraceback (most recent call last):\nTypeError\n",
        ">>> add(1, 2)\n<object>\n",
        ">>> print(3)\n3\n",
        ">>> add(1,\n3\n",
        "sub(1, 2) == 3",
    ):
        assert write_test(docstring, "add") == ""
