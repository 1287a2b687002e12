"""Cut a completion where the function that it completes ends.

A model goes on writing after the function: more functions, calls, prose. What counts is the body. Its end is the first
logical line that starts no deeper than the function's header. Strings, brackets and backslashes are followed by a
small scanner of our own, since Python's tokenizer stops at the broken text that models also write, and not at the same
place in each Python version.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"(?:async[ \t]+def|def)\b")
_STRING_START = re.compile(r"[rbufRBUF]{0,2}('''|\"\"\"|'|\")")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class _LogicalLine:
    """A statement's first line up to the end of its last one."""

    start: int
    """Offset of its first character that is no space."""
    end: int
    """Offset behind its line break."""
    column: int
    """Width of its indentation, in characters."""


def cut_completion(prompt: str, raw: str) -> str:
    """What of `raw` belongs to the function that `prompt` leaves open.

    The function is the last one that the prompt starts; lines that belong to it are kept whole, with nested functions,
    comments between them, strings and brackets over several lines. Comments and blank lines behind the last statement
    go. Nothing is repaired.

    Args:
        prompt: Ends anywhere at or behind the function's header.
        raw: What a model wrote behind the prompt.

    Returns:
        A prefix of `raw`; all of it if the prompt starts no function, nothing if no statement of the function follows.
    """
    text = prompt + raw
    header_column = -1
    end = len(prompt)
    for line in _logical_lines(text):
        if line.start < len(prompt):
            if _HEADER.match(text, line.start):
                header_column = line.column
            end = max(end, line.end)
        elif line.column <= header_column:
            break
        else:
            end = line.end
    return raw[: end - len(prompt)] if header_column >= 0 else raw


def _logical_lines(text: str) -> Iterator[_LogicalLine]:
    """The statements of `text`, simple or compound headers, comments and blank lines left out."""
    position = 0
    while position < len(text):
        start = position
        while start < len(text) and text[start] in " \t\f":
            start += 1
        if start == len(text):
            return
        if text[start] in "#\r\n":
            position = _line_end(text, start)
            continue
        end = _statement_end(text, start)
        yield _LogicalLine(start, end, start - position)
        position = end


def _statement_end(text: str, position: int) -> int:
    """The offset behind the line break that ends the statement at `position`."""
    depth = 0
    while position < len(text):
        character = text[position]
        if character == "\n" and depth == 0:
            return position + 1
        if character == "#":
            position = _line_end(text, position) - 1
            if text[position] != "\n":
                return len(text)
            continue
        if character == "\\":
            position += 2
            continue
        string = _STRING_START.match(text, position)
        if string is not None:
            position = _string_end(text, string.end(), string.group(1))
            continue
        word = _WORD.match(text, position)
        if word is not None:
            position = word.end()
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        position += 1
    return len(text)


def _string_end(text: str, position: int, quote: str) -> int:
    """The offset behind the string's closing quotes; an ordinary string that is never closed ends with its line."""
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(quote, position):
            return position + len(quote)
        elif text[position] == "\n" and len(quote) == 1:
            return position
        else:
            position += 1
    return len(text)


def _line_end(text: str, position: int) -> int:
    """The offset behind the next line break."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
