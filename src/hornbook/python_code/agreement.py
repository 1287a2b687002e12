"""Compare what functions did with the same inputs.

What a call did is written as JSON (`jailed/calls.py`, `jailed/values.py`). Two calls agree if their results are equal
as Python values, numbers up to a small tolerance, or if they raise errors of the same type. Where a function gives
nothing back but changes its arguments, these are its result.
"""

import math
from collections.abc import Sequence
from typing import Any

Call = list[Any] | None
_RELATIVE_TOLERANCE = 1e-6
_ABSOLUTE_TOLERANCE = 1e-9


def calls_agree(one: Call, other: Call) -> bool:
    """Whether two functions did the same with an input; a call without an end agrees with none."""
    if not one or not other or one[0] != other[0] or one[0] == "t":
        return False
    if one[0] == "e":
        return bool(one[1] == other[1])
    if not values_agree(one[1], other[1]):
        return False
    return one[1] is not None or values_agree(_changed(one), _changed(other))


def agreeing_share(one: Sequence[Call], other: Sequence[Call], places: Sequence[int]) -> float:
    """The share of these inputs with which both did the same.

    Raises:
        ValueError: There are no inputs: a rate over nothing is no number.
    """
    if not places:
        raise ValueError("there are no inputs to compare")
    return sum(calls_agree(_at(one, place), _at(other, place)) for place in places) / len(places)


def values_agree(one: Any, other: Any) -> bool:
    """Whether two values are equal, as written by `jailed/values.py`."""
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
    """The Python source of a value; None if it has no literal or none that equals it."""
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if not isinstance(value, list):
        return None
    letter, *items = value
    if letter == "f":
        return repr(float(items[0])) if math.isfinite(float(items[0])) else None
    if letter == "d":
        parts = [literal_of(item) for item in items]
        pairs = [f"{key}: {item}" for key, item in zip(parts[::2], parts[1::2], strict=True)]
        return None if None in parts else f"{{{', '.join(pairs)}}}"
    texts = [literal_of(item) for item in items] if letter in ("l", "t", "s") else [None]
    inside = ", ".join(text for text in texts if text is not None)
    if None in texts:
        return None
    if letter == "l":
        return f"[{inside}]"
    if letter == "t":
        return f"({inside}{',' if len(texts) == 1 else ''})"
    return f"{{{inside}}}" if texts else "set()"


def has_float(value: Any) -> bool:
    """Whether there is a float anywhere in a value."""
    if isinstance(value, list):
        return value[:1] == ["f"] or any(map(has_float, value))
    return isinstance(value, dict) and any(map(has_float, value.values()))


def _at(calls: Sequence[Call], place: int) -> Call:
    return calls[place] if place < len(calls) else None


def _changed(call: list[Any]) -> Any:
    return call[2] if len(call) > 2 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, bool | int) or (isinstance(value, list) and value[:1] == ["f"] and len(value) == 2)


def _number(value: Any) -> int | float:
    return float(value[1]) if isinstance(value, list) else int(value)
