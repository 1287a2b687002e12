"""Find the function that a problem's tests call in its reference solution, and where its signature ends."""

import ast
import io
import tokenize
import warnings
from collections.abc import Sequence

from hornbook.errors import MissingInputError

_FOUR_SPACES = "    "


def called_function(code: str, tests: Sequence[str], place: str) -> ast.FunctionDef:
    """The function of the solution that the tests call; of several, the one that is called first.

    Args:
        code: The solution, valid Python.
        tests: Asserts, valid Python.
        place: For the message.

    Raises:
        MissingInputError: They call none of the solution's functions.
    """
    defined = {node.name: node for node in parse_quietly(code).body if isinstance(node, ast.FunctionDef)}
    for test in tests:
        for node in ast.walk(parse_quietly(test)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
                return defined[node.func.id]
    raise MissingInputError(f"{place}: its `test_list` calls no function that its `code` defines")


def split_at_signature(code: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, str, str]:
    """Cut a solution behind the colon of a function's header.

    Args:
        code: The solution.
        function: One of its functions, as parsed from `code`.

    Returns:
        The text up to the colon; the text below the header's line, a body that stands in that line included; the
        indentation of the body.
    """
    lines = code.split("\n")
    row, column = _colon_of_header(lines[function.lineno - 1 :])
    row += function.lineno - 1
    header = "\n".join([*lines[:row], lines[row][: column + 1]])
    below = lines[row + 1 :]
    if function.body[0].lineno - 1 == row:
        indentation = _FOUR_SPACES
        below.insert(0, indentation + lines[row][column + 1 :].lstrip())
    else:
        first = lines[function.body[0].lineno - 1]
        indentation = first[: len(first) - len(first.lstrip())]
    body = "\n".join(below)
    return header, body if body.endswith("\n") else body + "\n", indentation


def parse_quietly(source: str) -> ast.Module:
    """`ast.parse` without Python's warnings, such as those of invalid escapes, about what others wrote.

    Raises:
        SyntaxError, ValueError: As `ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _colon_of_header(lines: Sequence[str]) -> tuple[int, int]:
    """Index of the line and the column of the first colon outside all brackets."""
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                return token.start[0] - 1, token.start[1]
    raise AssertionError("a parsed function has a colon")
