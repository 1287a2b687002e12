"""Writes a value as a short text that is equal for equal values, to be looked up and never to be read.

Tuples, lists and iterators with equal items have one key; numbers are rounded, so that nearly equal ones meet.
"""

import hashlib
import itertools
import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from hornbook.sandbox.probes.values import encode

_MAX_CHARACTERS = 16
_MAX_ITEMS = 300
_MAX_DEPTH = 30
_MAX_INTEGER_BITS = 50
_ROW_KINDS = (list, tuple, range, deque, Iterator)


def key_of(value: Any) -> str:
    """The key: the value's text where that is short, else its digest."""
    text = _text(value, 0)
    if len(text) <= _MAX_CHARACTERS:
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
        return f"[{','.join([_text(one, depth + 1) for one in itertools.islice(value, _MAX_ITEMS)])}]"
    if isinstance(value, set | frozenset):
        return f"<{','.join(sorted([_text(one, depth + 1) for one in itertools.islice(value, _MAX_ITEMS)]))}>"
    if isinstance(value, dict):
        pairs = itertools.islice(dict.items(value), _MAX_ITEMS)
        texts = sorted([f"{_text(one, depth + 1)}:{_text(other, depth + 1)}" for one, other in pairs])
        return f"{{{','.join(texts)}}}"
    return json.dumps(encode(value, 10**6))


def _number(value: float) -> str:
    if isinstance(value, int):
        if value.bit_length() > _MAX_INTEGER_BITS:
            return f"{value.bit_length()}b{value % (2**61 - 1):x}"
        if -1000000 < value < 1000000:
            return str(value)
    return format(round(float(value), 8) + 0.0, ".6g")
