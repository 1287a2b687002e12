from hornbook.synthesis.prompted.docstring_examples import test_from_docstring as make_test


def run(source: str, candidate: object) -> None:
    names: dict[str, object] = {}
    exec(source, names)
    names["check"](candidate)  # type: ignore[operator]


def test_sessions_and_comparisons_become_assertions() -> None:
    docstring = "Add.\n\nadd(1, 2) == 3, of course, and\nit holds that add(0, 0) == 0.\n\n>>> add(2, 2)\n4\n"
    source = make_test(docstring, "add")
    assert source == "def check(candidate):\n    assert candidate(2, 2) == 4\n    assert candidate(0, 0) == 0\n"
    run(source, lambda x, y: x + y)


def test_assignments_of_a_session_come_along() -> None:
    source = make_test(">>> goods = [3, 1]\n>>> order(goods)\n[1, 3]\n>>> goods\n[3, 1]\n", "order")
    assert source == "def check(candidate):\n    goods = [3, 1]\n    assert candidate(goods) == [1, 3]\n"
    run(source, sorted)


def test_a_docstring_without_an_example_that_can_be_compared_gives_no_test() -> None:
    for docstring in (
        "Add.",
        ">>> add(1)\nTraceback (most recent call last):\nTypeError\n",
        ">>> add(1, 2)\n<object>\n",
        ">>> print(3)\n3\n",
        ">>> add(1,\n3\n",
        "   >>> x = 1\n  y\n",
        "sub(1, 2) == 3",
    ):
        assert make_test(docstring, "add") == ""


def test_a_call_inside_an_expression_is_compared_as_it_stands() -> None:
    source = make_test(">>> sorted(pick([2, 1]))\n[1, 2]\n>>> pick([]) == set()\nTrue\n", "pick")
    assert source.count("assert") == 2
    run(source, set)
