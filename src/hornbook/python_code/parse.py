"""Parse Python that others wrote, without Python's warnings about it."""

import ast
import warnings
from typing import Any


def parse_quietly(code: str) -> ast.Module:
    """`ast.parse` without Python's warnings, such as those of invalid escapes.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: As `ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def parse_code(code: str) -> ast.Module | None:
    """The syntax tree; None where the text is not Python, or is nested too deeply for Python's parser."""
    try:
        return parse_quietly(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def nodes_of(code: str) -> list[ast.AST]:
    """All nodes of the syntax tree; none where the text is not Python."""
    module = parse_code(code)
    return list(ast.walk(module)) if module is not None else []


def parse_expression(text: str) -> ast.expr | None:
    """The expression of which the text consists; None where it is something else."""
    module = parse_code(text)
    statement = module.body[0] if module is not None and len(module.body) == 1 else None
    return statement.value if isinstance(statement, ast.Expr) else None


def parse_call(text: str) -> tuple[ast.Call, str] | None:
    """The call that a text begins with, and its source: up to the first closing bracket that makes it an expression."""
    for end, character in enumerate(text, start=1):
        if character == ")" and (expression := parse_expression(text[:end])) is not None:
            return (expression, text[:end]) if isinstance(expression, ast.Call) else None
    return None


def literal_value(source: str | ast.expr) -> Any:
    """The value of a literal.

    Raises:
        ValueError: It is none, or cannot be made.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(source)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("it is no literal") from error


def is_literal(source: str | ast.expr) -> bool:
    """Whether it is a literal."""
    try:
        literal_value(source)
    except ValueError:
        return False
    return True


def first_line_of(statement: ast.stmt) -> int:
    """The line, counted from 1, in which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])
