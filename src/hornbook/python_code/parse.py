"""Parse Python that others wrote, without Python's warnings about it."""

import ast
import warnings


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
