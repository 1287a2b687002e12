"""Put the true output in the place of a wrong one that a passage shows.

Only what stands between the same two places of the text is exchanged. Whether a sentence of the passage quotes the
wrong result cannot be known in general; where the prose holds the very words that were wrong, the passage is not
repaired.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.python_code.fences import prose_of
from hornbook.synthesis.shown_output import Shown, ShownForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """An output in a passage that was exchanged for the true one."""

    passage_id: str
    """Of the passage as it was written."""
    repaired_id: str
    form: ShownForm
    shown: str
    true: str


def repaired_text(text: str, wrong: Sequence[Shown]) -> str | None:
    """The passage with true outputs; None if one of them has no place there.

    Args:
        text: The passage.
        wrong: What it shows and is not so; in any order, without overlaps.
    """
    for one in sorted(wrong, key=lambda shown: -shown.start):
        new = _replacement(text, one)
        if new is None:
            return None
        text = text[: one.start] + new + text[one.end :]
    return text


def is_quoted(text: str, wrong: Shown) -> bool:
    """Whether the passage's prose holds the words that are wrong, so that a repair would contradict it.

    Looked for is the wrong output as a whole, on its own between spaces or punctuation; what the true one holds too is
    no sign of anything.
    """
    words = " ".join(wrong.shown.split()).strip("`")
    prose = prose_of(text.replace(text[wrong.start : wrong.end], "", 1) if _is_prose(wrong) else text)
    if not words or len(words) > 200:
        return False
    return re.search(rf"(?<![\w.]){re.escape(words)}(?![\w]|\.\d)", " ".join(prose.split())) is not None


def _is_prose(wrong: Shown) -> bool:
    return wrong.form is ShownForm.PARAGRAPH


def _replacement(text: str, wrong: Shown) -> str | None:
    lines = wrong.true.split("\n")
    if wrong.form is ShownForm.COMMENT and len(lines) > 1:
        return None
    if wrong.form is ShownForm.PARAGRAPH:
        is_quoted = wrong.shown.startswith("`") and wrong.shown.endswith("`")
        if not wrong.true or (is_quoted and len(lines) > 1) or (len(lines) > 1 and "\n" not in wrong.shown):
            return None
        return f"`{wrong.true}`" if is_quoted else wrong.true
    line_start = text.rfind("\n", 0, wrong.start) + 1
    before = text[line_start : wrong.start]
    if wrong.form is ShownForm.FENCE:
        return _fence_body(text, wrong, lines)
    joined = f"\n{before}".join(lines) if not before.strip() else wrong.true
    return f"{joined}\n{before}" if wrong.start == wrong.end else joined


def _fence_body(text: str, wrong: Shown, lines: Sequence[str]) -> str | None:
    """The lines with the indentation of what they replace; nothing where a line would close the fence."""
    if any(line.lstrip().startswith(("```", "~~~")) for line in lines):
        return None
    old = text[wrong.start : wrong.end]
    indentation = old[: len(old) - len(old.lstrip(" \t"))]
    return "".join(f"{indentation}{line}\n" for line in lines) if wrong.true else ""
