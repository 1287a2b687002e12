"""Writes Python values down as JSON, to be compared and shown elsewhere, or as short keys, to be looked up.

In JSON None, booleans, integers and strings stand for themselves; whatever else is a list that starts with a letter:
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
_MAX_KEY_CHARACTERS = 16
_MAX_KEY_ITEMS = 300
_MAX_KEY_BITS = 50
_ROW_KINDS = (list, tuple, range, deque, Iterator)
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


def key_of(value: Any) -> str:
    """A short text that is equal for equal values: the value's text where that is short, else its digest.

    Tuples, lists and iterators with equal items have one key; numbers are rounded, so that nearly equal ones meet.
    """
    text = _text(value, 0)
    if len(text) <= _MAX_KEY_CHARACTERS:
        return text
    return "#" + hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _text(value: Any, depth: int) -> str:
    kind = type(value)
    if kind is str:
        return repr(value)
    if kind is int or kind is float:
        return _number(value)
    if value is None or kind is bool:
        return str(value)
    if depth > _MAX_DEPTH:
        return "deeper"
    if isinstance(value, str):
        return repr(str(value))
    if isinstance(value, int | float):
        return _number(int(value) if isinstance(value, int) else float(value))
    if isinstance(value, _ROW_KINDS) or kind.__name__ in ("dict_keys", "dict_values", "dict_items"):
        return f"[{','.join([_text(one, depth + 1) for one in itertools.islice(value, _MAX_KEY_ITEMS)])}]"
    if isinstance(value, set | frozenset):
        return f"<{','.join(sorted([_text(one, depth + 1) for one in itertools.islice(value, _MAX_KEY_ITEMS)]))}>"
    if isinstance(value, dict):
        pairs = itertools.islice(dict.items(value), _MAX_KEY_ITEMS)
        texts = sorted([f"{_text(one, depth + 1)}:{_text(other, depth + 1)}" for one, other in pairs])
        return f"{{{','.join(texts)}}}"
    return json.dumps(encode(value, 10**6))


def _number(value: float) -> str:
    if isinstance(value, int):
        if value.bit_length() > _MAX_KEY_BITS:
            return f"{value.bit_length()}b{value % (2**61 - 1):x}"
        if -1000000 < value < 1000000:
            return str(value)
    return format(round(float(value), 8) + 0.0, ".6g")
