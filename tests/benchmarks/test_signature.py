import ast

import pytest
from hornbook.benchmarks.signature import called_function, parse_quietly, split_at_signature

from hornbook.errors import MissingInputError


def split(code: str, name: str) -> tuple[str, str, str]:
    [function] = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return split_at_signature(code, function)


def test_the_function_is_the_one_that_the_tests_call_wherever_the_call_stands() -> None:
    code = "def helper(x):\n    return x\ndef wanted(x):\n    return helper(x)\n"
    assert called_function(code, ["assert set(wanted([1])) == set([1])"], "here").name == "wanted"
    assert called_function(code, ["assert math.isclose(wanted(1), 1)"], "here").name == "wanted"


def test_tests_that_call_no_function_of_the_solution_are_refused() -> None:
    with pytest.raises(MissingInputError, match="row 3: its `test_list` calls no function"):
        called_function("def one():\n    return 1\n", ["assert other() == 1"], "row 3")


def test_what_stands_before_the_function_stays_above_its_signature() -> None:
    code = "import math\n\nSIZE = {1: 2}\n\ndef helper(x):\n    return x\n\ndef wanted(x):\n    return helper(x)\n"
    header, body, indentation = split(code, "wanted")
    assert header == code[: code.index("def wanted")] + "def wanted(x):"
    assert (body, indentation) == ("    return helper(x)\n", "    ")


@pytest.mark.parametrize("indentation", ["  ", "\t", "   "])
def test_the_indentation_is_the_bodys_own(indentation: str) -> None:
    assert split(f"def f(x): \n{indentation}# why\n{indentation}return x", "f") == (
        "def f(x):",
        f"{indentation}# why\n{indentation}return x\n",
        indentation,
    )


def test_colons_within_brackets_do_not_end_the_header() -> None:
    code = "def f(\n    x: int = {1: 2}[1],\n    key=(lambda y: y),\n) -> dict[str, int]:  # a: comment\n    return x\n"
    header, body, _ = split(code, "f")
    assert header.endswith(") -> dict[str, int]:")
    assert body == "    return x\n"


def test_a_body_in_the_headers_line_moves_below_it() -> None:
    assert split("def f(x): return x + 1", "f") == ("def f(x):", "    return x + 1\n", "    ")


def test_strange_escapes_in_what_others_wrote_warn_of_nothing() -> None:
    assert parse_quietly('PATTERN = "\\w+"\n').body
