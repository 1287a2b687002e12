import ast
import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.python_code.drawing import draw
from hornbook.python_code.habits import habits_of, look_at, num_broken
from hornbook.python_code.inputs import make_inputs, near_inputs, typical_inputs, wide_inputs
from hornbook.python_code.parameters import Kind
from hornbook.python_code.values import arguments_of, named_arguments, value_source


def made(header: str, *known: str, num: int = 20, seed: int = 0) -> list[str]:
    return make_inputs(f"{header} pass\n", "f", known, num, seed)


def groups(header: str) -> list[list[str]]:
    [function] = ast.parse(f"def f({header}): pass").body
    assert isinstance(function, ast.FunctionDef)
    return typical_inputs(function, 20, random.Random(0))


def near(known: list[str], number: int = 40, seed: int = 0) -> dict[str, int]:
    return near_inputs(known, number, random.Random(seed))


def wide(known: list[str], number: int = 40, seed: int = 0) -> list[str]:
    return wide_inputs(known, number, random.Random(seed))


def test_known_arguments_come_first_then_corner_cases_then_drawn_and_changed_ones() -> None:
    header = "def f(numbers: list[int]):"
    assert made(header, "[7, 9]", num=3) == ["[7, 9]", "[]", made(header)[1]]
    assert made("def f(value: int):", num=3) == ["0", "1", "2"]
    assert made("def f():") == [""]
    for annotation in ("list[int]", "set[str]", "dict[str, int]", "tuple[int, ...]", "str"):
        assert [len(arguments_of(text)[0]) for text in made(f"def f(value: {annotation}):")[:2]] == [0, 1]
    assert eval(made("def f(day: date):")[3]).year > 1800  # Rendered as its source, as it has no literal.
    found = made("def f(x, k=1):", "[3, 1, 2], k=2", num=12)
    values = list(map(named_arguments, found))
    assert found[0] == "[3, 1, 2], k=2"
    assert len(set(found)) == len(found) == 12
    assert all(one is not None and isinstance(one["0"], list) for one in values)
    assert len({str(one["0"]) for one in values if one}) > 3


def test_values_are_of_the_annotated_types_and_within_what_a_name_says() -> None:
    for text in made("def f(d: dict[str, list[int]], p: tuple[int, str], o: int | None, n: int, *, k: int):", num=40):
        arguments = named_arguments(text)
        assert arguments is not None
        assert all(type(key) is str and type(item) is list for key, item in arguments["0"].items())
        assert [type(one) for one in arguments["1"]] == [int, str]
        assert arguments["2"] is None or type(arguments["2"]) is int
        assert 0 <= arguments["3"] <= 12
        assert set(arguments) == {"0", "1", "2", "3", "k"}


@pytest.mark.parametrize("header", ["def f(tree: Tree):", "def f(thing):", "def g(x: int):", "def f(x: int:"])
def test_where_nothing_is_known_nothing_is_made(header: str) -> None:
    assert made(header) == []


def test_equal_seeds_give_equal_inputs_in_any_process_and_others_give_others() -> None:
    header = "def f(words: set[str], n: int):"
    assert made(header) != made(header, seed=1)
    call = f"make_inputs({header + ' pass'!r}, 'f', [], 20, 0)"
    words = [sys.executable, "-c", f"from hornbook.python_code.inputs import make_inputs; print({call})"]
    printed = subprocess.check_output(words, env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)})
    assert ast.literal_eval(printed.decode()) == eval(call)


def test_a_number_lies_where_its_name_says_and_what_is_nested_without_an_end_ends() -> None:
    for name, low, high in (("n", 0, 12), ("month", 1, 12), ("birth_year", 1896, 2104), ("index", 0, 4)):
        rng = random.Random(0)
        assert all(low <= draw(Kind("int"), name, rng) <= high for _ in range(200))
    kind = Kind("int")
    for _ in range(40):
        kind = Kind("list", (kind,))
    assert len(value_source(draw(kind, "value", random.Random(0)))) < 100_000


@pytest.mark.parametrize(
    ("header", "types"),
    [
        ("x: int, y: int = 3", {int}),
        ("x: 'typing.List[str]'", {list}),
        ("x: Optional[str] = None", {str, type(None)}),
    ],
)
def test_hints_say_what_a_function_of_which_no_input_is_known_takes(header: str, types: set[type]) -> None:
    [found] = groups(header)
    assert len(found) > 5
    assert {tuple(map(type, arguments_of(text))) for text in found} == {(one,) for one in types}


def test_without_hints_kinds_are_tried_the_likeliest_first_as_far_as_values_can_be_given() -> None:
    found = groups("a, b")
    assert len(found) == 49
    assert [type(value) for value in arguments_of(found[0][0])] == [list, list]
    assert {tuple(map(type, arguments_of(group[0]))) for group in found} >= {(list, int), (str, str), (int, int)}
    for header in ("", "x: Callable", "x: list[Node]", "x, *, k", "a, b, c, d", "x: 3"):
        assert groups(header) == []


def test_near_inputs_that_break_no_habit_of_the_known_ones_come_first() -> None:
    known = ["[1, 2, 5], 2", "[3, 4], 1", "[2, 6, 7, 8], 3"]
    found = near(known)
    habits = habits_of([look_at(arguments_of(text)) for text in known])
    assert found == {text: num_broken(look_at(arguments_of(text)), habits) for text in found}
    assert list(found.values()) == sorted(found.values())
    kept = [arguments_of(text) for text, broken in found.items() if broken == 0]
    assert len(kept) > 5
    assert all(values == sorted(values) and count <= len(values) for values, count in kept)
    assert not set(found) & set(known)
    assert len(near(known, 7)) == 7


def test_near_inputs_of_several_lengths_keep_to_their_kin_and_few_are_made_where_few_are_possible() -> None:
    assert {len(arguments_of(text)) for text in near(["1, 2", "3", "4, 5", "6"])} == {1, 2}
    assert set(near(["True, None"])) == {"False, None"}


def test_wide_texts_get_signs_digits_and_capitals_and_lists_get_long_with_repeats_and_large_numbers() -> None:
    texts = [text for [text] in map(arguments_of, wide(["'ab'", "'hello'", "'level'"]))]
    assert all(sum(one in text for text in texts) > 2 for one in "=&()/.,#_")
    assert any(map(str.isdigit, "".join(texts)))
    assert any(map(str.isupper, "".join(texts)))
    assert max(map(len, texts)) > 20
    rows = [row for [row] in map(arguments_of, wide(["[3, 1, 2]", "[5]", "[4, 9]"]))]
    assert max(map(len, rows)) > 8
    assert any(len(set(row)) < len(row) for row in rows)
    assert max(number for row in rows for number in row) > 300
    words = [row for [row] in map(arguments_of, wide(["['a', 'b']", "['x']", "[]"]))]
    assert sum(len(text) > 3 for row in words for text in row) > 40


@pytest.mark.parametrize(
    ("known", "is_kept"),
    [
        (["[1, 2, 5]", "[3, 4]", "[2, 6, 7, 8]"], lambda row: row == sorted(row)),
        (["[(1, 4), (2, 3)]", "[(0, 9)]", "[(5, 7)]"], lambda row: all(first < last for first, last in row)),
        (["[[1, 2], [3, 4]]", "[[5]]", "[[1, 1], [0, 1]]"], lambda rows: all(len(row) == len(rows) for row in rows)),
        (["[[1, 2]]", "[[5], [7]]", "[[0], [1], [4]]"], lambda rows: len(set(map(len, rows))) == 1),
        (["'(())()'", "'()()()()'", "'((()))'"], lambda text: set(text) <= set("()")),
        (["'0110'", "'11010'", "'1010011'"], lambda text: set(text) <= set("01")),
        (["3", "8", "1"], lambda number: number > 0),
    ],
)
def test_what_looks_meant_stays_in_wide_inputs(known: list[str], is_kept: Callable[[Any], bool]) -> None:
    found = [value for [value] in map(arguments_of, wide(known))]
    assert len(found) > 5
    assert all(map(is_kept, found))
    assert not set(wide(known)) & set(known)


def test_wide_inputs_have_the_types_of_the_known_ones_and_keep_how_arguments_bound_each_other() -> None:
    known = ["[1.5, -2.5], {'a': 1}, {3, 4}, True, None", "[0.5, 8.0], {'k': 7, 'b': 2}, {5}, False, None"]
    for values in map(arguments_of, wide(known, 10)):
        assert [type(one).__name__ for one in values] == ["list", "dict", "set", "bool", "NoneType"]
    bounds = list(map(arguments_of, wide(["1, 5", "2, 9", "0, 4"])))
    assert len(bounds) > 5
    assert all(first < last for first, last in bounds)
    numbers = [number for [number] in map(arguments_of, wide(["3", "-8", "1"]))]
    assert min(numbers) < -20 < 20 < max(numbers)


@pytest.mark.parametrize("make", [near, wide])
def test_equal_generators_make_equal_inputs_and_nothing_comes_of_keywords_or_of_no_arguments(make: Any) -> None:
    known = ["'ab', 3", "'c', 1"]
    assert list(make(known)) == list(make(known)) != list(make(known, seed=1))
    assert not make(["1, k=3"])
    assert not make([""])
    assert not make([])
