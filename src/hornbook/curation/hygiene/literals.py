"""Find the strings and comments of a Python text without parsing it.

The scan is linear in the text, needs no valid program and never fails. In valid programs of Python up to 3.11 it finds
exactly the strings and comments; an f-string of 3.12 that holds its own quotes is cut at these.
"""

import re
from dataclasses import dataclass

_LITERAL = re.compile(
    r'"""(?:[^"\\]++|\\(?:.|\Z)|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]++|\\(?:.|\Z)|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\r\n]++|\\(?:.|\Z))*+(?:"|(?=[\r\n])|\Z)'
    r"|'(?:[^'\\\r\n]++|\\(?:.|\Z))*+(?:'|(?=[\r\n])|\Z)"
    r"|#[^\r\n]*+",
    re.DOTALL,
)
"""Possessive throughout: an open string runs to its line's or the text's end and is never scanned twice."""


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
    """Cut a text into code and literals."""
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
