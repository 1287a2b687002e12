"""What a passage shows as the output of its code, whether that is what the code prints, and how it is repaired.

An output is recognised in a fenced block below the code, in lines below `Output:`, in a comment on the line of a call
(`print(x)  # 3`) or below it (`# Output: 3`), and in the answers of a session. A result that a sentence quotes is not
recognised, and so never checked. A repair exchanges the output alone; where the prose holds the very words that were
wrong, the passage is not repaired.
"""

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hornbook.python_code.examples import literal_at_start
from hornbook.python_code.fences import OUTPUT_LANGUAGES, Block, Piece, prose_of
from hornbook.python_code.parse import literal_value

_MARKER = re.compile(
    r"^\s*(?:(?:this\s+)?(?:will\s+)?(?:expected\s+)?(?:output|prints?|returns?|result|expected|evaluates\s+to|"
    r"should\s+(?:be|print|return))\s*(?:is)?\s*(?::|->|=>|→|=(?!=)|\b(?=\s))|=>|->|→|==>?|>>>)\s*",
    re.IGNORECASE,
)
_STRONG_MARKER = re.compile(r"^\s*(?:(?:expected\s+)?(?:output|result|prints?|expected)\s*:|=>|->|→)", re.IGNORECASE)
_LABEL = re.compile(
    r"^[ \t]*\**_*(?:(?:expected|sample|example)\s+)?(?:output|result|prints?)(?:\s+is)?\**_*[ \t]*:\**_*[ \t]*(.*)$",
    re.IGNORECASE,
)
_LEADS_TO_OUTPUT = re.compile(
    r"output|print|result|show|display|giv|return|produc|see|get|look|yield|run", re.IGNORECASE
)
_MAX_BETWEEN_CHARACTERS = 300
_ADDRESS = re.compile(r"0x[0-9a-f]{6,16}")
_SET_OF_TEXTS = re.compile(r"\{\s*'[^{}:]*,[^{}:]*\}")


class ShownForm(StrEnum):
    """How an output is shown."""

    FENCE = "fenced block"
    PARAGRAPH = "paragraph"
    COMMENT = "comment"
    SESSION = "session"


@dataclass(frozen=True)
class Shown:
    """An output that a passage shows, and the true one."""

    form: ShownForm
    block: int
    """Number of the code's block among those that are run."""
    start: int
    """In the passage's text: where what is shown begins."""
    end: int
    shown: str
    true: str
    """What the code gives; without the last line break."""
    error: str
    """The type of the error that the code raises; empty where it raises none."""
    varies: bool
    """Whether it was something else the second time."""

    @property
    def holds(self) -> bool:
        """Whether what is shown is true: to the letter, or as another way to write the same value; an error's type."""
        return self.error in self.shown if self.error else is_same_output(self.shown, self.true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """An output in a passage that was exchanged for the true one."""

    passage_id: str
    form: ShownForm
    shown: str
    true: str


Result = Sequence[Any]
"""What a piece printed, the text of its value, its error: see `sandbox/probes/snippets.py`."""


def find_shown(
    text: str,
    code: Sequence[tuple[Block, list[Piece]]],
    blocks: Sequence[Block],
    results: Sequence[Sequence[Result]],
    varies: Sequence[Sequence[int]],
) -> list[Shown]:
    """All that a passage shows as output, in the order of its blocks.

    Args:
        text: The passage.
        code: The blocks that were run, with their pieces.
        blocks: All of its blocks that hold anything; those that were run are no output.
        results: For each block that was run, what its pieces did; fewer than pieces where one raised.
        varies: Pairs of block and piece that did something else the second time.
    """
    found: list[Shown] = []
    run = [block for block, _ in code]
    unsteady = {(pair[0], pair[1]) for pair in varies}
    for number, (block, pieces) in enumerate(code):
        result = results[number]
        steady = [(number, place) not in unsteady for place in range(len(result))]
        parts = _in_session(block, pieces, result) if block.is_session else _in_comments(block, pieces, result)
        for form, place, start, end, true in parts:
            error = _error_of(result[place : place + 1])
            shown = pieces[place].shown if block.is_session else text[start:end]  # Without indentation in a session.
            found.append(Shown(form, number, start, end, shown, true, error, not steady[place]))
        following = next((one for one in blocks if one.opens >= block.closes), None)
        below = None if block.is_session else _below(text, block, following, is_code=following in run)
        if below is not None:
            found.append(Shown(below[0], number, *below[1:], _whole(result), _error_of(result), not all(steady)))
    return found


def repaired_text(text: str, wrong: Sequence[Shown]) -> str | None:
    """The passage with true outputs in place of the wrong ones, which do not overlap; None if one has no place."""
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
    prose = prose_of(text.replace(text[wrong.start : wrong.end], "", 1) if wrong.form is ShownForm.PARAGRAPH else text)
    if not words or len(words) > 200:
        return False
    return re.search(rf"(?<![\w.]){re.escape(words)}(?![\w]|\.\d)", " ".join(prose.split())) is not None


def is_same_output(shown: str, true: str) -> bool:
    """Whether two outputs say the same; spaces at the ends of lines, quotes around a text and a set's order aside."""
    one, other = _plain(shown), _plain(true)
    if one == other or one.strip("`") == other:
        return True
    if "\n" not in one and one[:1] in "'\"" and one[1:-1] == other and one[-1:] == one[:1]:
        return True
    if "..." in one and one.strip(". \n"):
        pattern = ".*".join(re.escape(part.strip()) for part in one.split("..."))
        return re.fullmatch(pattern, other, re.DOTALL) is not None
    try:
        first, second = literal_value(one), literal_value(other)
    except ValueError:
        return False
    return type(first) is type(second) and bool(first == second)


def is_unordered(output: str) -> bool:
    """Whether it seems to print a set of texts, whose order differs from process to process."""
    return _SET_OF_TEXTS.search(output) is not None


def has_address(output: str) -> bool:
    """Whether it prints an address in memory."""
    return _ADDRESS.search(output) is not None


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).strip()


def _error_of(results: Sequence[Result]) -> str:
    return next((str(result[2][0]) for result in results if result[2] is not None), "")


def _whole(results: Sequence[Result]) -> str:
    """What a block prints as a whole, its error last; the value of its last line if it prints nothing."""
    printed = "".join(result[0] for result in results)
    last = results[-1] if results else ["", None, None]
    if last[2] is not None:
        return f"{printed}{last[2][1]}"
    return (printed or last[1] or "").rstrip("\n")


def _in_session(block: Block, pieces: Sequence[Piece], results: Sequence[Result]) -> Iterator[tuple[Any, ...]]:
    for place, (piece, result) in enumerate(zip(pieces, results, strict=False)):
        printed, value, error = result
        true = f"{printed}{value or ''}".rstrip("\n") if error is None else error[1]
        if not piece.shown and not true:
            continue
        lines = piece.shown.split("\n")
        start = block.line_starts[piece.last_line + 1]
        last = block.line_starts[piece.last_line + len(lines)]
        yield ShownForm.SESSION, place, start, last + len(lines[-1]), true


def _in_comments(block: Block, pieces: Sequence[Piece], results: Sequence[Result]) -> Iterator[tuple[Any, ...]]:
    """Claims in comments on the last line of a call, or on the line below it."""
    lines, starts = block.body.split("\n"), block.line_starts
    comments = _comments(block.body)
    for place, (piece, result) in enumerate(zip(pieces, results, strict=False)):
        printed, value, error = result
        true = _plain(printed or value or "")
        if not piece.is_expression or error is not None or not true:
            continue
        beside, below = comments.get(piece.last_line), comments.get(piece.last_line + 1)
        if beside is not None:
            line, column, is_alone = piece.last_line, beside, False
        elif below is not None and not lines[piece.last_line + 1][:below].strip():
            line, column, is_alone = piece.last_line + 1, below, True
        else:
            continue
        claimed = _claimed(lines[line][column:], true, is_alone=is_alone)
        if claimed:
            first, last = claimed
            begin = starts[line] + column
            yield ShownForm.COMMENT, place, begin + first, begin + last, true


def _claimed(comment: str, true: str, *, is_alone: bool) -> tuple[int, int] | None:
    """Where in a comment an output is claimed; None if it is a remark."""
    skipped = len(comment) - len(comment.lstrip("# "))
    content = comment[skipped:].rstrip()
    marker = _MARKER.match(content)
    for offset in [marker.end(), 0] if marker else [0]:
        rest = content[offset:]
        if rest and is_same_output(rest, true) and (offset or not is_alone):
            return skipped + offset, skipped + len(content)
    if is_alone and not marker:
        return None
    offset = marker.end() if marker else 0
    rest = content[offset:]
    literal = literal_at_start(rest)
    follows = rest[len(literal) :].strip(" `")
    if literal and (not follows or re.match(r"\(|because\b|since\b|as\b", follows)):
        return skipped + offset, skipped + offset + len(literal)
    if rest and "\n" not in true and _STRONG_MARKER.match(content):
        return skipped + offset, skipped + len(content)
    return None


def _below(
    text: str, block: Block, following: Block | None, *, is_code: bool
) -> tuple[ShownForm, int, int, str] | None:
    """What is shown behind the block: the following fenced block, if it is no code; or a paragraph with a label."""
    between_end = following.opens if following else len(text)
    between = text[block.closes : between_end]
    place = block.closes
    for line in between[:_MAX_BETWEEN_CHARACTERS].splitlines(keepends=True):
        label = _LABEL.match(line.rstrip("\n"))
        if label and label[1].strip():
            start = place + label.start(1)
            shown = label[1].rstrip()
            return ShownForm.PARAGRAPH, start, start + len(shown), shown
        place += len(line)
        if label and text[place:between_end].strip():
            return _paragraph(text, place, between_end)
    if following is None or is_code or following.language not in OUTPUT_LANGUAGES:
        return None
    if following.body.lstrip().startswith("$"):
        return None
    is_near = not between.strip() or (len(between) <= _MAX_BETWEEN_CHARACTERS and _LEADS_TO_OUTPUT.search(between))
    return (ShownForm.FENCE, following.start, following.end, following.body) if is_near else None


def _paragraph(text: str, start: int, end: int) -> tuple[ShownForm, int, int, str] | None:
    """The lines from the first that is not blank to the next that is."""
    found = re.compile(r"\s*?((?:[^\n]*\S[^\n]*\n?)+)").match(text[start:end])
    if not found:
        return None
    body = found[1].rstrip("\n")
    return ShownForm.PARAGRAPH, start + found.start(1), start + found.start(1) + len(body), body


def _comments(body: str) -> dict[int, int]:
    """For each line with a comment, counted from 0, the column where it begins."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(body).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return {}
    return {token.start[0] - 1: token.start[1] for token in tokens if token.type == tokenize.COMMENT}


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
