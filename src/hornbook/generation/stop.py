"""Where a completion ends."""

import re
from dataclasses import dataclass

from hornbook.errors import ConfigError

_TOP_LEVEL_LINE = re.compile(r"\n(?=[^\s#)\]}\"'])")
"""A line that starts at the left edge and neither closes a bracket or string nor is a comment."""

_COMMENT_OR_STRING = re.compile(
    r"#[^\n]*"
    r"|(?P<quotes>'''|\"\"\")(?:(?!(?P=quotes))[^\\]|\\.?)*(?P<closed>(?P=quotes))?"
    r"|'(?:[^'\\\n]|\\.?)*'?"
    r"|\"(?:[^\"\\\n]|\\.?)*\"?"
    r"|\\.?",
    re.DOTALL,
)
"""What can hide a quote or hold a line break; an ordinary string that is never closed ends with its line."""


@dataclass(frozen=True, kw_only=True)
class StopRule:
    """What ends a completion, besides the model itself and its length."""

    strings: tuple[str, ...] = ()
    """It ends before the first of these."""
    at_function_end: bool = True
    """It ends before the first line that starts at the left edge."""

    def __post_init__(self) -> None:
        if "" in self.strings:
            raise ConfigError(f"`stop_strings` must not hold the empty string, got {self.strings!r}")

    def find(self, prompt: str, text: str, searched: int = 0) -> int | None:
        """The offset in `text`, which was written behind `prompt`, where the completion ends; None while it goes on.

        Args:
            prompt: What the model read.
            text: What it wrote.
            searched: So many characters at the begin of `text` are known to hold no end.
        """
        stops = [first_stop(text, self.strings, searched)]
        if self.at_function_end:
            stops.append(end_of_function(prompt, text, searched))
        return min((stop for stop in stops if stop is not None), default=None)


def end_of_function(prompt: str, text: str, searched: int = 0) -> int | None:
    """The offset behind the line break that ends the function which `text` goes on with, None while it goes on.

    The function ends before the first line that starts at the left edge. Blank lines, comments, closing brackets and
    the lines of a triple-quoted string do not end it.

    Args:
        prompt: May end anywhere in the function: behind its header, within a docstring, within a line.
        text: What stands behind the prompt.
        searched: So many characters at the begin of `text` are known to hold no end.
    """
    line_break = "\n" if prompt.endswith("\n") or not prompt else ""
    # A line that starts behind what was searched has its line break one before.
    for match in _TOP_LEVEL_LINE.finditer(line_break + text, max(0, len(line_break) + searched - 1)):
        end = match.end() - len(line_break)
        if not _leaves_string_open(prompt + text[:end]):
            return end
    return None


def first_stop(text: str, stop_strings: tuple[str, ...], searched: int = 0) -> int | None:
    """The offset at which the earliest of `stop_strings` begins, None where there is none.

    The first `searched` characters are known to hold none of them; one may begin there.
    """
    found = [text.find(stop, max(0, searched - len(stop) + 1)) for stop in stop_strings]
    return min((offset for offset in found if offset >= 0), default=None)


def _leaves_string_open(text: str) -> bool:
    """Whether `text` ends within a triple-quoted string."""
    pieces = list(_COMMENT_OR_STRING.finditer(text))
    return bool(pieces) and pieces[-1]["quotes"] is not None and pieces[-1]["closed"] is None
