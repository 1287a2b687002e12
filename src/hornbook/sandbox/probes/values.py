"""Writes Python values down as JSON, so that they can be compared and shown elsewhere.

None, booleans, integers and strings stand for themselves; whatever else is a list that starts with a letter:
`["f", "0.5"]` a float; `["l", …]`, `["t", …]`, `["i", …]` the items of a list, a tuple, an iterator or range;
`["s", …]` those of a set, sorted; `["d", key, value, …]` a dictionary's, sorted by key; `["n", type, text]` a date,
decimal or fraction; `["o", type, {…}]` an object's attributes; `["#", digest]` a value too long to write down.
"""

import hashlib
import itertools
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

_MAX_DEPTH = 30
_MAX_ITEMS = 2000
_MAX_BITS = 10_000
_ADDRESS = re.compile(r"0x[0-9a-f]{6,16}")
_NUMBERLIKE = frozenset(
    {"date", "datetime", "time", "timedelta", "Decimal", "Fraction", "complex", "bytes", "bytearray"}
)


def encode(value: Any, max_characters: int) -> Any:
    """The value as JSON, of about `max_characters` at most; a longer one's digest, its floats rounded."""
    encoded = _encode(value, 0, ".17g")
    text = json.dumps(encoded)
    if len(text) <= max_characters:
        return encoded
    rounded = json.dumps(_encode(value, 0, ".9g")) if not isinstance(value, Iterator) else text
    return ["#", hashlib.sha256(rounded.encode()).hexdigest()[:24]]


def _encode(value: Any, depth: int, number_format: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        number = int(value)
        return number if number.bit_length() <= _MAX_BITS else ["#", f"{number % (2**127 - 1):x}"]
    if isinstance(value, float):
        return ["f", format(float(value), number_format)]
    if isinstance(value, str):
        return str(value)
    if depth > _MAX_DEPTH:
        return ["#", "deeper"]
    if isinstance(value, dict):
        pairs_held = itertools.islice(dict.items(value), _MAX_ITEMS)
        pairs = [[_encode(one, depth + 1, number_format) for one in pair] for pair in pairs_held]
        pairs.sort(key=json.dumps)
        return ["d", *itertools.chain.from_iterable(pairs)]
    letter = _letter(value)
    if letter:
        items = [_encode(item, depth + 1, number_format) for item in itertools.islice(value, _MAX_ITEMS)]
        return [letter, *(sorted(items, key=json.dumps) if letter == "s" else items)]
    return _encode_object(value, depth, number_format)


def _letter(value: Any) -> str:
    for kinds, letter in (((list,), "l"), ((tuple,), "t"), ((set, frozenset), "s")):
        if isinstance(value, kinds):
            return letter
    is_view = type(value).__name__ in ("dict_keys", "dict_values", "dict_items")
    return "i" if is_view or isinstance(value, Iterator | range | deque) else ""


def _encode_object(value: Any, depth: int, number_format: str) -> Any:
    name = type(value).__name__
    if name in _NUMBERLIKE:
        return ["n", name, repr(value)[:500]]
    attributes = getattr(value, "__dict__", None)
    if isinstance(value, type) or callable(value) or not isinstance(attributes, dict):
        return ["o", name, _ADDRESS.sub("0x", repr(value))[:200]]
    kept = sorted(attributes.items(), key=lambda item: str(item[0]))[:100]
    return ["o", name, {str(key): _encode(item, depth + 1, number_format) for key, item in kept}]
