"""Write the arguments of a call as Python source, and read them back.

An argument list such as `[1, 2], k=3` gives every call values of its own.
"""

import ast
from collections.abc import Sequence
from typing import Any


class Code(str):
    """A value that has no literal: the Python source that makes it."""

    __slots__ = ()


def argument_source(arguments: Sequence[Any]) -> str:
    """The argument list of these values, all of them by their place."""
    return ", ".join(map(value_source, arguments))


def arguments_of(text: str) -> list[Any]:
    """The values in an argument list of literals, keywords left out."""
    return [ast.literal_eval(one) for one in _call(text).args]


def named_arguments(text: str) -> dict[str, Any] | None:
    """The values by the parameter's name, or by their place as text; None if one of them is no literal."""
    call = _call(text)
    values = {str(place): value for place, value in enumerate(call.args)}
    values.update({one.arg: one.value for one in call.keywords if one.arg})
    try:
        return {name: ast.literal_eval(value) for name, value in values.items()}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def has_keywords(text: str) -> bool:
    """Whether an argument list gives an argument by its name."""
    return bool(_call(text).keywords)


def value_source(value: Any) -> str:
    """The Python source of a value; equal sets have one source, whatever the order of their items."""
    match value:
        case Code():
            return str(value)
        case dict():
            return f"{{{', '.join(f'{value_source(key)}: {value_source(item)}' for key, item in value.items())}}}"
        case list():
            return f"[{', '.join(map(value_source, value))}]"
        case tuple():
            return f"({', '.join(map(value_source, value))}{',' if len(value) == 1 else ''})"
        case set() | frozenset():
            inside = f"{{{', '.join(sorted(map(value_source, value)))}}}" if value else ""
            return inside if inside and isinstance(value, set) else f"{type(value).__name__}({inside})"
    return repr(value)


def _call(text: str) -> ast.Call:
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return call
