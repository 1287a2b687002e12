"""Python values: write them as source, read argument lists, and compare what calls gave.

An argument list is a text such as `[1, 2], k=3`, so that every call gets values of its own. What a call gave is JSON as
`sandbox/probes/calls.py` writes it, with values encoded by `sandbox/probes/values.py`.
"""

import ast
import math
from collections.abc import Sequence
from typing import Any

from hornbook.python_code.parse import literal_value

Call = list[Any] | None
"""`["v", result]`, with the arguments as third where they were changed; `["e", type, message]`; `["t"]`: no end."""

_RELATIVE_TOLERANCE = 1e-6
_ABSOLUTE_TOLERANCE = 1e-9


class Code(str):
    """A value that has no literal: the Python source that makes it."""

    __slots__ = ()


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


def argument_source(arguments: Sequence[Any]) -> str:
    """The argument list of these values, all of them by position."""
    return ", ".join(map(value_source, arguments))


def arguments_of(text: str) -> list[Any]:
    """The values of the positional arguments, all of them literals."""
    return [ast.literal_eval(one) for one in _call(text).args]


def named_arguments(text: str) -> dict[str, Any] | None:
    """The values by the parameter's name, or by their position as text; None if one of them is no literal."""
    call = _call(text)
    values = {str(place): value for place, value in enumerate(call.args)}
    values.update({one.arg: one.value for one in call.keywords if one.arg})
    try:
        return {name: literal_value(value) for name, value in values.items()}
    except ValueError:
        return None


def has_keywords(text: str) -> bool:
    """Whether an argument list gives an argument by its name."""
    return bool(_call(text).keywords)


def calls_agree(one: Call, other: Call) -> bool:
    """Whether two functions did the same with an input.

    Results are compared as values, numbers up to a small tolerance, and errors by their type. Where a function returns
    None, the changed arguments are its result. A call that came to no end agrees with none.
    """
    if not one or not other or one[0] != other[0] or one[0] == "t":
        return False
    if one[0] == "e":
        return bool(one[1] == other[1])
    if not values_agree(one[1], other[1]):
        return False
    return one[1] is not None or values_agree(one[2:], other[2:])


def values_agree(one: Any, other: Any) -> bool:
    """Whether two encoded values are equal."""
    if _is_number(one) and _is_number(other):
        first, second = _number(one), _number(other)
        if isinstance(first, int) and isinstance(second, int):
            return first == second
        try:
            return math.isclose(first, second, rel_tol=_RELATIVE_TOLERANCE, abs_tol=_ABSOLUTE_TOLERANCE) or (
                math.isnan(first) and math.isnan(second)
            )
        except OverflowError:
            return False
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(values_agree, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(values_agree(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def literal_of(value: Any) -> str | None:
    """The Python source of an encoded value; None if it has no literal or none that equals it."""
    try:
        return value_source(_decoded(value))
    except ValueError:
        return None


def has_float(value: Any) -> bool:
    """Whether there is a float anywhere in an encoded value."""
    if isinstance(value, list):
        return value[:1] == ["f"] or any(map(has_float, value))
    return isinstance(value, dict) and any(map(has_float, value.values()))


def _decoded(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    match value:
        case ["f", number] if math.isfinite(float(number)):
            return float(number)
        case ["d", *items]:
            parts = list(map(_decoded, items))
            return dict(zip(parts[::2], parts[1::2], strict=True))
        case [("l" | "t" | "s") as letter, *items]:
            return {"l": list, "t": tuple, "s": set}[letter](map(_decoded, items))
    raise ValueError("it has no literal")


def _call(text: str) -> ast.Call:
    call = ast.parse(f"f({text})", mode="eval").body
    assert isinstance(call, ast.Call)
    return call


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, list) and value[:1] == ["f"] and len(value) == 2)


def _number(value: Any) -> int | float:
    return float(value[1]) if isinstance(value, list) else int(value)
