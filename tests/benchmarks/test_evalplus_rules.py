import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

from hornbook.benchmarks.evalplus_rules import agrees, all_close, argument_kinds, brief, check_answers

VALUES: list[Any] = [
    *(0, 1, -1, True, 2**80, 2**80 + 1, 10**400, 0.0, 1.0, 1.0 + 1e-9, 1.0 + 5e-7, 1.0 + 1e-4, 1e300),
    *(math.inf, -math.inf, math.nan, 1j, 1 + 1e-9j, "a", None, {"a": 1.0}, {1.0}, [], (), [1.0], (1.0,)),
    *([1.0, 2.0], [1.0, 2.0 + 1e-9], [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [3.0, 4.0 + 1e-9]], [[1.0], [2.0]]),
    *([["a"]], [None, 1.0], [[1.0, 2.0], [3.0]], [math.inf, 1.0], [math.nan]),
]


def numpy_says(one: Any, other: Any, absolute: float) -> bool:
    """As numpy, but for its stretching of unequal shapes; what it refuses is not close."""
    try:
        if np.shape(one) != np.shape(other):
            return False
        return bool(np.allclose(one, other, rtol=1e-07, atol=absolute))
    except (TypeError, ValueError, OverflowError):
        return False


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_closeness_is_numpys() -> None:
    for absolute in (1e-06, 1e-03):
        pairs = list(itertools.product(VALUES, repeat=2))
        close = [all_close(one, other, 1e-07, absolute) for one, other in pairs]
        assert close == [numpy_says(one, other, absolute) for one, other in pairs]
        assert sum(close) > len(VALUES)


def test_answers_are_equal_or_of_one_type_and_close_and_some_problems_have_a_rule_of_their_own() -> None:
    cases: list[tuple[Any, Any, float, bool]] = [
        ([1, 2], [1, 2], 0, True),
        ([1, 2], [1, 3], 0, False),
        (1.0 + 1e-9, 1.0, 0, False),
        (1.0 + 1e-9, 1.0, 1e-6, True),
        (1, 1.0, 0, True),
        (1, 1.0 + 1e-9, 1e-6, False),
        ((1.0 + 1e-9,), [1.0], 1e-6, False),
        ([1.0], [1.0, 1.0], 1e-6, False),
        ("a", "b", 1e-6, False),
        (None, 1.0, 1e-6, False),
    ]
    for answer, expected, tolerance, is_right in cases:
        assert agrees("mbpp/anything", answer, expected, [], tolerance) is is_right
    rules: list[tuple[str, list[Any], Any, Any, Any]] = [
        ("humaneval/find_zero", [[-2, 1]], None, 2.00001, 2.1),
        ("mbpp/similar_elements", [], (4, 5), (5, 4), (4, 5, 6)),
        ("mbpp/text_match_three", [], "a match", 7, None),
        ("mbpp/text_match_three", [], None, None, 7),
        ("mbpp/text_match_three", [], None, False, True),
        ("mbpp/sum_div", [], 6, 0, 5),
        ("mbpp/surface_Area", [3, 4], 33, 35, 34),
        ("mbpp/digit_distance_nums", [23, 156], 99, 1 + 3 + 3, 6),
    ]
    for problem, arguments, expected, right, wrong in rules:
        tolerance = 1e-4 if problem == "humaneval/find_zero" else 0
        assert agrees(problem, right, expected, arguments, tolerance)
        assert not agrees(problem, wrong, expected, arguments, tolerance)
        other = problem.replace("humaneval/", "x/").replace("mbpp/", "humaneval/")
        assert not agrees(other, right, expected, arguments, 0) or right == expected


def test_arguments_become_pythons_values_again() -> None:
    cases: list[tuple[str, list[Any], Any]] = [
        ("as they are", [[1], 2], [[1], 2]),
        ("tuples", [[1, 2], [3]], [(1, 2), (3,)]),
        ("lists of tuples", [[[1, 2]], [[3]]], [[(1, 2)], [(3,)]]),
        ("list of tuples, then one", [[[1, 2]], 3], [[(1, 2)], 3]),
        ("one, then tuple", [[1], [2]], [[1], (2,)]),
        ("list of sets", [[[1, 2], [], {}]], [[{1, 2}, {}, {}]]),
        ("float, complex", ["1.5", "2j"], [1.5, 2j]),
        ("tuple, then others", [[1, 2], 3, 4], [(1, 2), 3, 4]),
        ("tuples of tuples", [[[1], [2]], [[3]]], [((1,), (2,)), ((3,),)]),
        ("tuple with tuples", [[1, [2, 3]]], [(1, (2, 3))]),
        ("dictionary of tuples", [{"a": [1, 2]}, 3, 4], [{"a": (1, 2)}, 3, 4]),
        ("complex", ["(1+2j)"], [1 + 2j]),
        ("tuples all through", [[1, [2, [3]]], 4], ((1, (2, (3,))), 4)),
    ]
    for kind, given, arguments in cases:
        assert repr(argument_kinds()[kind](given)) == repr(arguments)


def check(candidate: Any, inputs: dict[str, list[Any]], tolerance: float = 0, reference: str = "") -> None:
    check_answers(
        candidate,
        reference=reference or "def half(x):\n    return x / 2 if x % 2 else x // 2\n",
        entry_point="half",
        dataset="humaneval",
        inputs={group: json.dumps(arguments) for group, arguments in inputs.items()},
        arguments="as they are",
        tolerance=tolerance,
    )


def test_answers_are_compared_on_every_input_and_the_first_wrong_one_is_named() -> None:
    inputs = {"base_input": [[1], [2]], "plus_input": [[3], [4]]}
    check(lambda x: x / 2, inputs)
    with pytest.raises(AssertionError, match=r"^input 1 of `plus_input`: 0 is not 2$"):
        check(lambda x: 0 if x == 4 else x / 2, inputs)
    # A solution that changes its arguments changes only its own.
    reference = "def half(x):\n    x.append(1)\n    return len(x)\n"
    check(lambda x: x.clear() or 3, {"base_input": [[[1, 2]]]}, reference=reference)


def test_floats_get_a_tolerance_that_stays_for_the_inputs_behind_them_in_their_group() -> None:
    reference = "def half(x):\n    return x / 2 if x % 2 else [x / 2, 1]\n"

    def nearly(x: int) -> Any:
        return x / 2 + 1e-9 if x % 2 else [x / 2 + 1e-9, 1]

    check(nearly, {"base_input": [[1], [2]]}, reference=reference)
    for inputs in ({"base_input": [[2], [1]]}, {"base_input": [[1]], "plus_input": [[2]]}):
        with pytest.raises(AssertionError, match="is not"):
            check(nearly, inputs, reference=reference)
    with pytest.raises(AssertionError, match="input 0"):
        check(lambda x: x / 2 + 1e-4, {"base_input": [[1]]})
    check(lambda x: x / 2 + 1e-4, {"base_input": [[1]]}, tolerance=1e-3)
    assert brief(10**5000) == "a int"
    assert brief("a" * 100) == "'" + "a" * 56 + "..."
