"""Where a completion ends."""

import re

_TOP_LEVEL_LINE = re.compile(r"\n(?=[^\s#)\]}\"'])")
"""A line that starts at the left edge and neither closes a bracket or string nor is a comment."""


def end_of_function(text: str) -> int | None:
    """The offset behind the line break that ends the function whose body `text` holds, None while it goes on.

    Args:
        text: The body, from a line break or from within a line on. The function ends before the first line that
            starts at the left edge; blank lines, comments and closing brackets do not end it.
    """
    match = _TOP_LEVEL_LINE.search(text)
    return None if match is None else match.end()


def first_stop(text: str, stop_strings: tuple[str, ...]) -> int | None:
    """The offset at which the earliest of `stop_strings` begins, None where there is none."""
    found = [text.find(stop) for stop in stop_strings]
    return min((offset for offset in found if offset >= 0), default=None)
