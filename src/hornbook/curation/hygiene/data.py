"""Refuse files that are data in the clothes of code: tables of numbers, encoded bytes, long listings of strings.

Reads:  a source text and its literals.
Writes: a refusal, or None.
Source: the idea is StarCoder 2's filter of encoded data (Lozhkov et al. 2024): at most half of a file. What counts as
data is ours: it is told by tokens, so that tables of numbers and lookup tables are seen too.
"""

import re

from hornbook.curation.hygiene.literals import Literals
from hornbook.curation.hygiene.reasons import Reason, Refusal

_NUMBER = r"(?:0[xXbBoO][0-9a-fA-F_]++|(?:\d[\d_]*+\.?+[\d_]*+|\.\d[\d_]*+)(?:[eE][-+]?\d++)?[jJ]?)"
_ITEM = rf'(?:[rRbBuU]{{0,2}}""|{_NUMBER}|None\b|True\b|False\b)'
_LISTING = re.compile(rf"(?<![\w.]){_ITEM}(?:[\s,:\[\](){{}}+-]++{_ITEM}|{_ITEM})++")
"""Strings, numbers and constants with nothing but marks of grouping between them."""
_ITEMS = re.compile(r'""|[^\W_][\w.]*+')
_ENCODED = re.compile(
    r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{60,}+"
    r"|(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[0-7]{3}){16,}+"
    r"|(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[\s:]){32,}+"
)
"""Base64, long hexadecimal numbers, escaped bytes and characters, dumps."""
_SHORTEST_ENCODED = 60
_WHITE = b" \t\n\r\f\v"
_WORDS_TO_W = bytes(ord("w") if chr(code) in "ghikmnpqstvwyzGHIKMNPQSTVWYZ" else code for code in range(256))
"""Makes one of all letters that no number and no string's prefix has."""


def data_in_code(
    text: str, literals: Literals, *, max_share: float, min_items: int, min_characters: int
) -> Refusal | None:
    """Refuse a text of which more than `max_share` is data; white space counts on neither side.

    Data are listings of at least `min_items` strings, numbers and constants with only marks of grouping between them,
    and what looks encoded in a single string. Docstrings and other prose in single strings are not.

    Args:
        text: Whole.
        literals: Its literals.
        max_share: Largest share that is let pass.
        min_items: A shorter listing is no data.
        min_characters: A text with less data than that passes whatever its share.
    """
    num_filled = len(text.encode("ascii", "replace").translate(None, _WHITE))
    enough = max(min_characters, max_share * num_filled)
    num_in_long_strings = sum(size for size in literals.string_sizes if size >= _SHORTEST_ENCODED)
    if _most_listed(literals, min_items) + num_in_long_strings <= enough:
        return None
    num_listed = _listed(literals, min_items)
    num_data = num_listed + _encoded(text, literals)
    if num_data <= enough:
        return None
    kind = "listings" if num_listed > num_data / 2 else "encoded strings"
    return Refusal(Reason.DATA, f"{min(1, num_data / num_filled):.0%} of it, mostly {kind}")


def _most_listed(literals: Literals, min_items: int) -> int:
    """An upper bound of what `_listed` finds, in a sixth of its time.

    Counted are the stretches that are long enough for a listing and free of letters that only words have.
    """
    code = literals.code.encode("ascii", "replace")
    for name, stand_in in ((b"None", b"0000"), (b"True", b"0000"), (b"False", b"00000")):
        code = code.replace(name, stand_in)
    code = b"w" + code.translate(_WORDS_TO_W, _WHITE)
    total = string = last = 0
    for match in re.finditer(rb"w[^w]{%d,}" % (2 * min_items - 1), code):
        start, end = match.span()
        string += code.count(b'""', last, start)
        num_strings = code.count(b'""', start, end)
        total += end - start + sum(literals.string_sizes[string : string + num_strings])
        string, last = string + num_strings, end
    return total


def _listed(literals: Literals, min_items: int) -> int:
    """Characters in listings that are long enough, white space in their strings included."""
    code = literals.code
    total = string = last = 0
    for match in _LISTING.finditer(code):
        start, end = match.span()
        run = match.group()
        if len(run) < 2 * min_items:
            continue
        items = _ITEMS.findall(run)
        if len(items) < min_items:
            continue
        string += code.count('""', last, start)
        num_strings = items.count('""')
        total += sum(map(len, run.split())) - 2 * num_strings
        total += sum(literals.string_sizes[string : string + num_strings])
        string, last = string + num_strings, end
    return total


def _encoded(text: str, literals: Literals) -> int:
    """Characters that look encoded in strings."""
    total = 0
    for start, end in literals.spans:
        if end - start >= _SHORTEST_ENCODED and text[start - 1] != "#":
            total += sum(len(match.group()) for match in _ENCODED.finditer(text, start, end))
    return total
