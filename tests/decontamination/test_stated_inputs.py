from hornbook.decontamination.stated_inputs import entry_function, stated_inputs
from hornbook.records import Problem

HEADER = 'def f(x, k=1):\n    """{}"""\n'


def problem(said: str, test: str = "", body: str = "    return x\n") -> Problem:
    return Problem(
        task_id="invented",
        prompt=HEADER.format(said),
        entry_point="f",
        canonical_solution=body,
        test=test,
        category="",
    )


SHOWN = [
    (">>> f([1, 2])\n    3\n    >>> f((3,), 4)\n    5", ["[1, 2]", "(3,), 4"]),
    ("For example f('a)', 2) == 'b', and f(-1) -> 4 or f(1)  # => 2", ["'a)', 2", "-1", "1"]),
    ("assert f(\n        [1,\n         2]) == 3", ["[1, 2]"]),
    ("f(5, k=3) is f(k=3, x=5) is f(5, 3)", ["5, 3"]),
    ("f(x) gives x, f(2 + 3) five, g.f(1) and huff(2) something else, f() nothing, f(1, 2", []),
    ("f(1, other=2) has a keyword of its own, f(k=2) leaves out the first", []),
    (">>> f('a\\\\nb')\n    1", ["'a\\nb'"]),
    (">>> f('a\\nb')\n    1", ["'a\\nb'"]),
]


def test_calls_with_literals_are_read_wherever_the_prompt_shows_them() -> None:
    for said, inputs in SHOWN:
        assert stated_inputs(problem(said)) == inputs


def test_the_calls_of_a_test_follow_by_whatever_name() -> None:
    test = (
        "def check(candidate):\n    assert candidate(3) == 3\n    assert f([0]) == [0]\n    assert candidate(1) == 1\n"
    )
    assert stated_inputs(problem("f(1) == 1", test)) == ["1", "3", "[0]"]


def test_a_prompt_without_a_header_shows_its_calls_too() -> None:
    one = Problem(
        task_id="invented",
        prompt='"""\nDouble a number.\nassert f(4) == 8\n"""\n',
        entry_point="f",
        canonical_solution="def f(n):\n    return 2 * n\n",
        test="",
        category="",
    )
    assert stated_inputs(one) == ["4"]


BROKEN = ["", "    \n", "    return (\n", "    return x\n\nclass f:\n    pass\n"]


def test_nothing_is_read_where_the_solution_is_missing_or_broken_or_a_class() -> None:
    for body in BROKEN:
        one = problem("f(1) == 1", body=body)
        assert entry_function(one) is None
        assert stated_inputs(one) == []
