import ast
import subprocess
import sys

import pytest

from hornbook.synthesis.input_values import make_inputs


def arguments(text: str) -> tuple[list[object], dict[str, object]]:
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return [ast.literal_eval(one) for one in call.args], {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}


def made(header: str, docstring: str = "Do.", num: int = 20, seed: int = 0) -> list[str]:
    return make_inputs(f'{header}\n    """{docstring}"""\n', "f", num, seed)


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [("int", int), ("float", float), ("str", str), ("bool", bool), ("list[int]", list), ("set[str]", set)],
)
def test_inputs_are_of_the_annotated_type_and_all_different(annotation: str, kind: type) -> None:
    found = made(f"def f(x: {annotation}):")
    assert len(set(found)) == len(found) == (2 if kind is bool else len(found))
    assert len(found) >= (2 if kind is bool else 10)
    assert {type(arguments(text)[0][0]) for text in found} == {kind}


def test_corner_cases_come_first() -> None:
    assert made("def f(numbers: list[int]):", num=2)[0] == "[]"
    assert made("def f(value: int):", num=3) == ["0", "1", "2"]
    assert made("def f(text: str):", num=1) == ["''"]


def test_nested_types_and_unions_are_drawn_as_annotated() -> None:
    for text in made("def f(d: dict[str, list[int]], p: tuple[int, str], o: int | None):"):
        (mapping, pair, number), _ = arguments(text)
        assert isinstance(mapping, dict)
        assert all(isinstance(key, str) and isinstance(value, list) for key, value in mapping.items())
        assert isinstance(pair, tuple)
        assert [type(one) for one in pair] == [int, str]
        assert number is None or isinstance(number, int)


def test_the_examples_arguments_come_before_all_others_and_are_varied() -> None:
    found = made("def f(x, k=1):", "So f([3, 1, 2], k=2) == 5.", num=12)
    assert found[0] == "[3, 1, 2], k=2"
    near = [arguments(text) for text in found[1:]]
    assert len(near) > 5
    assert all(isinstance(given[0], list) for given, _ in near)


def test_a_name_keeps_numbers_small_and_not_negative() -> None:
    numbers = [arguments(text)[0][0] for text in made("def f(n: int):", num=60)]
    assert all(isinstance(number, int) and 0 <= number <= 12 for number in numbers)


def test_a_matrix_is_a_rectangle() -> None:
    for text in made("def f(matrix: list[list[int]]):", num=30):
        matrix = arguments(text)[0][0]
        assert isinstance(matrix, list)
        assert len({len(row) for row in matrix}) <= 1


def test_keyword_only_parameters_are_given_by_name() -> None:
    assert all(set(arguments(text)[1]) == {"k"} for text in made("def f(x: int, *, k: int):"))


@pytest.mark.parametrize("header", ["def f(tree: Tree):", "def f(thing):", "def g(x: int):", "def f(x: int:"])
def test_where_nothing_is_known_nothing_is_made(header: str) -> None:
    assert made(header) == []


def test_a_function_without_parameters_is_called_once() -> None:
    assert made("def f():") == [""]


def test_equal_seeds_give_equal_inputs_in_any_process_and_others_give_others() -> None:
    header = "def f(words: set[str], n: int):"
    assert made(header) == made(header)
    assert made(header) != made(header, seed=1)
    code = f"from hornbook.synthesis.input_values import make_inputs as m; print(m({header + ' pass'!r}, 'f', 20, 0))"
    for hash_seed in ("1", "2"):
        finished = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
        )
        assert ast.literal_eval(finished.stdout) == make_inputs(f"{header} pass", "f", 20, 0)
