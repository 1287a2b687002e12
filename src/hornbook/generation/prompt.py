"""Prompts, how they are sampled and batched, and where their completions end. Imports no torch."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from hornbook.errors import ConfigError

_TOP_LEVEL_LINE = re.compile(r"\n(?=[^\s#)\]}\"'])")
"""A line without indentation that is no comment and closes no bracket or string."""

_COMMENT_OR_STRING = re.compile(
    r"#[^\n]*"
    r"|(?P<quotes>'''|\"\"\")(?:(?!(?P=quotes))[^\\]|\\.?)*(?P<closed>(?P=quotes))?"
    r"|'(?:[^'\\\n]|\\.?)*'?"
    r"|\"(?:[^\"\\\n]|\\.?)*\"?"
    r"|\\.?",
    re.DOTALL,
)
"""Tokens that may contain quotes or line breaks; an unclosed string with single quotes ends with its line."""


@dataclass(frozen=True, kw_only=True)
class StopRule:
    """What ends a completion besides the end-of-text token and the maximum length."""

    strings: tuple[str, ...] = ()
    """The completion ends before the first of these."""
    at_function_end: bool = True
    """The completion ends before the first line without indentation."""

    def __post_init__(self) -> None:
        if "" in self.strings:
            raise ConfigError(f"`stop_strings` must not hold the empty string, got {self.strings!r}")

    def find(self, prompt: str, text: str, searched: int = 0) -> int | None:
        """The offset in `text`, which follows `prompt`, at which the completion ends; None if it does not end.

        The first `searched` characters of `text` are known to contain no end.
        """
        stops = [first_stop(text, self.strings, searched)]
        if self.at_function_end:
            stops.append(end_of_function(prompt, text, searched))
        return min((stop for stop in stops if stop is not None), default=None)


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A text to be completed."""

    text: str
    """Any text; it may end within a word, after spaces, or after a line break."""
    key: str
    """Determines the random numbers of the completion, together with the seed."""
    stop: StopRule = field(default_factory=StopRule)


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How tokens are chosen, and how many at most."""

    max_new_tokens: int = 512
    temperature: float = 0.0
    """0 takes the most likely token each time."""
    top_p: float = 1.0
    """Sample from the most likely tokens of this total probability; without effect at temperature 0."""
    batch_size: int = 64
    """Prompts completed together."""

    def __post_init__(self) -> None:
        for name in ("max_new_tokens", "batch_size"):
            if not getattr(self, name) >= 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not 0 <= self.temperature < float("inf"):
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")


def group_by_length(lengths: Sequence[int], batch_size: int, skip: Collection[int]) -> Iterator[list[int]]:
    """Batches of prompts of similar length, the shortest first, as indices.

    A completion depends on all rows of its batch by rounding. Prompts that are done already therefore change no batch:
    a batch in which all are done is omitted, one in which some are done stays whole.
    """
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        if not all(index in skip for index in batch):
            yield batch


def max_prompt_tokens(max_position: int, max_new_tokens: int) -> int:
    """Tokens of a prompt that are read: all but `max_new_tokens`, or a quarter of the positions if that is less."""
    return max(1, max_position - min(max_new_tokens, max_position // 4))


def end_of_function(prompt: str, text: str, searched: int = 0) -> int | None:
    """The offset in `text` after the function that `prompt` begins; None if the function does not end.

    The function ends before the first line without indentation. Blank lines, comments, closing brackets and lines of a
    triple-quoted string do not end it.

    The prompt may end anywhere in the function. The first `searched` characters of `text` contain no end.
    """
    line_break = "\n" if prompt.endswith("\n") or not prompt else ""
    # The line break of a line that starts at `searched` lies one character before.
    for match in _TOP_LEVEL_LINE.finditer(line_break + text, max(0, len(line_break) + searched - 1)):
        end = match.end() - len(line_break)
        if not _leaves_string_open(prompt + text[:end]):
            return end
    return None


def first_stop(text: str, stop_strings: tuple[str, ...], searched: int = 0) -> int | None:
    """The offset of the first stop string, or None. The first `searched` characters contain none of them whole."""
    found = [text.find(stop, max(0, searched - len(stop) + 1)) for stop in stop_strings]
    return min((offset for offset in found if offset >= 0), default=None)


def _leaves_string_open(text: str) -> bool:
    """Whether `text` ends within a triple-quoted string."""
    pieces = list(_COMMENT_OR_STRING.finditer(text))
    return bool(pieces) and pieces[-1]["quotes"] is not None and pieces[-1]["closed"] is None
