"""Find the strings and comments of a text, and refuse files that are data in the clothes of code.

Data are tables of numbers, encoded bytes, long listings of strings.
Source: the idea is StarCoder 2's filter of encoded data (Lozhkov et al. 2024): at most half of a file. What counts as
data is ours: it is told by tokens, so that tables of numbers and lookup tables are seen too.
"""

import re
from dataclasses import dataclass

from hornbook.filters.filters import Reason, Refusal

_LITERAL = re.compile(
    r'"""(?:[^"\\]++|\\(?:.|\Z)|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]++|\\(?:.|\Z)|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\r\n]++|\\(?:.|\Z))*+(?:"|(?=[\r\n])|\Z)'
    r"|'(?:[^'\\\r\n]++|\\(?:.|\Z))*+(?:'|(?=[\r\n])|\Z)"
    r"|#[^\r\n]*+",
    re.DOTALL,
)
"""Possessive throughout: an open string runs to its line's or the text's end and is never scanned twice."""
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
_LEAST_ITEMS = 20
"""Literals in a row that make a listing. Ours."""
_LEAST_CHARACTERS = 1_000
"""Less data than this is let pass in any file. Ours."""


@dataclass(frozen=True, slots=True)
class Literals:
    """A text, cut into what a program says and what it quotes."""

    code: str
    """The text without comments, and with `""` in the place of each string (its prefix stays)."""
    spans: list[tuple[int, int]]
    """Where the inside of each string and comment stands in the text; empty ones are left out. In order."""
    string_sizes: list[int]
    """Characters of each string, quotes included, in order: one for each `""` in `code`."""


def find_literals(text: str) -> Literals:
    """Cut a text into code and literals, without parsing it.

    The scan is linear in the text, needs no valid program and never fails. In valid programs of Python up to 3.11 it
    finds exactly the strings and comments; an f-string of 3.12 that holds its own quotes is cut at these.
    """
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    sizes: list[int] = []
    last = 0
    for match in _LITERAL.finditer(text):
        start, end = match.span()
        pieces.append(text[last:start])
        last = end
        first = text[start]
        if first == "#":
            start += 1
        else:
            pieces.append('""')
            sizes.append(end - start)
            width = 3 if text.startswith(first * 3, start) else 1
            closed = end - start >= 2 * width and text.endswith(first * width, start + width, end)
            start, end = start + width, end - width if closed else end
        if start < end:
            spans.append((start, end))
    pieces.append(text[last:])
    return Literals("".join(pieces), spans, sizes)


def data_in_code(text: str, literals: Literals, *, max_share: float) -> Refusal | None:
    """Refuse a text of which more than `max_share` is data; white space counts on neither side.

    Data are listings of strings, numbers and constants with only marks of grouping between them, and what looks encoded
    in a single string. Docstrings and other prose in single strings are not.
    """
    num_filled = len(text.encode("ascii", "replace").translate(None, _WHITE))
    enough = max(_LEAST_CHARACTERS, max_share * num_filled)
    num_in_long_strings = sum(size for size in literals.string_sizes if size >= _SHORTEST_ENCODED)
    if _most_listed(literals) + num_in_long_strings <= enough:
        return None
    num_listed = _listed(literals)
    num_data = num_listed + _encoded(text, literals)
    if num_data <= enough:
        return None
    kind = "listings" if num_listed > num_data / 2 else "encoded strings"
    return Refusal(Reason.DATA, f"{min(1, num_data / num_filled):.0%} of it, mostly {kind}")


def _most_listed(literals: Literals) -> int:
    """An upper bound of what `_listed` finds, in a sixth of its time.

    Counted are the stretches that are long enough for a listing and free of letters that only words have.
    """
    code = literals.code.encode("ascii", "replace")
    for name, stand_in in ((b"None", b"0000"), (b"True", b"0000"), (b"False", b"00000")):
        code = code.replace(name, stand_in)
    code = b"w" + code.translate(_WORDS_TO_W, _WHITE)
    total = string = last = 0
    for match in re.finditer(rb"w[^w]{%d,}" % (2 * _LEAST_ITEMS - 1), code):
        start, end = match.span()
        string += code.count(b'""', last, start)
        num_strings = code.count(b'""', start, end)
        total += end - start + sum(literals.string_sizes[string : string + num_strings])
        string, last = string + num_strings, end
    return total


def _listed(literals: Literals) -> int:
    """Characters in listings that are long enough, white space in their strings included."""
    code = literals.code
    total = string = last = 0
    for match in _LISTING.finditer(code):
        start, end = match.span()
        run = match.group()
        if len(run) < 2 * _LEAST_ITEMS:
            continue
        items = _ITEMS.findall(run)
        if len(items) < _LEAST_ITEMS:
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
