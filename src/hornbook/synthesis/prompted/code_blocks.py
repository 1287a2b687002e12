"""Find the Python in what a chat model says."""

import ast
import re
import warnings
from dataclasses import dataclass

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`\n]*")
_CODE_START = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+\w|class[ \t]+\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|@\w)"
)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
_MOST_TRIMS = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block."""

    language: str
    """As the fence says it, in lower case."""
    text: str
    is_closed: bool
    """Whether a closing fence follows."""


def fenced_blocks(text: str) -> list[Block]:
    """The fenced blocks of a text in order; the last may be left open."""
    blocks: list[Block] = []
    fence, language = "", ""
    lines: list[str] = []
    for line in text.split("\n"):
        if fence:
            if re.fullmatch(rf"[ \t]*{fence[0]}{{{len(fence)},}}[ \t]*", line):
                blocks.append(Block(language, _joined(lines), is_closed=True))
                fence, lines = "", []
            else:
                lines.append(line)
        elif opening := _FENCE.fullmatch(line):
            fence, language = opening[1], opening[2].lower()
    if fence and any(line.strip() for line in lines):
        blocks.append(Block(language, _joined(lines), is_closed=False))
    return blocks


def unfenced_code(text: str) -> str:
    """What starts at the first line that looks like code; empty if none does."""
    lines = text.split("\n")
    starts = [place for place, line in enumerate(lines) if _CODE_START.match(line)]
    return _joined(lines[starts[0] :]) if starts else ""


def without_thoughts(text: str) -> str:
    """What follows a reasoning model's `</think>`; nothing if its thoughts did not come to an end."""
    _, end, rest = text.rpartition("</think>")
    return "" if not end and text.lstrip().startswith("<think>") else rest


def parse_code(code: str) -> ast.Module | None:
    """The syntax tree; None if it is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of invalid escapes, which are the model's affair.
        try:
            return ast.parse(code)
        except _UNREADABLE:
            return None


def longest_parsing(code: str) -> str:
    """`code` without what follows its last complete statement, where only that keeps it from being Python.

    Returns:
        The longest beginning of whole lines, cut before a line at the margin, that parses; empty if there is none.
    """
    lines = code.split("\n")
    margins = [place for place, line in enumerate(lines) if place and line and not line[0].isspace()]
    for end in [len(lines), *reversed(margins[-_MOST_TRIMS:])]:
        part = _joined(lines[:end])
        if parse_code(part) is not None:
            return part
    return ""


def _joined(lines: list[str]) -> str:
    text = "\n".join(lines).rstrip()
    return f"{text}\n" if text else ""
