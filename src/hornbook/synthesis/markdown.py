"""The fenced blocks of a passage, with their places, and the code among them in pieces that can be run."""

import ast
import re
import textwrap
from dataclasses import dataclass

from hornbook.synthesis.prompted.code_blocks import parse_code

_OPENING = re.compile(r"^([ \t]*(?:[-*+]|\d+[.)])?[ \t]*)(`{3,}|~{3,})[ \t]*([\w+-]*)[^`\n]*$")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
CODE_LANGUAGES = frozenset({"python", "py", "python3", "pycon"})
OUTPUT_LANGUAGES = frozenset({"", "text", "txt", "output", "out", "console", "plaintext", "plain", "stdout", "result"})
_STATEMENTS_OF_CODE = (
    ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If,
    ast.With, ast.Try,
)  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    """Lower case; may be empty."""
    body: str
    """Its lines, without their common indentation; ends with a line break unless empty."""
    start: int
    """In the passage's text: where its body begins."""
    end: int
    """Where its body ends, which is where the closing fence's line begins."""
    opens: int
    """Where the opening fence's line begins."""
    closes: int
    """Where the line behind the closing fence begins; the text's end if the fence is never closed."""
    line_starts: tuple[int, ...]
    """In the passage's text: where each line of the body begins, behind its indentation; last, where the body ends."""

    @property
    def is_session(self) -> bool:
        """Whether it shows an interactive session."""
        return self.body.lstrip().startswith(">>>")

    @property
    def is_code(self) -> bool:
        """Whether it is to be run: it says that it is Python, or says nothing and looks like it."""
        if self.language in CODE_LANGUAGES:
            return True
        if self.language:
            return False
        return self.is_session or _looks_like_code(self.body)


@dataclass(frozen=True)
class Piece:
    """A part of a block that is run on its own: the statements that share lines, or a line of a session."""

    source: str
    first_line: int
    """Of the block's body, counted from 0."""
    last_line: int
    """Inclusive."""
    is_expression: bool
    """Whether it is one expression, such as a call of `print`."""
    shown: str
    """In a session: the lines below it; else empty."""


def read_blocks(text: str) -> list[Block]:
    """The fenced blocks in order; one that is never closed goes to the text's end.

    Args:
        text: Its lines end in a line feed alone.
    """
    blocks: list[Block] = []
    lines = _LINE.findall(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    place = 0
    while place < len(lines):
        opening = _OPENING.match(lines[place].rstrip("\n"))
        if opening is None:
            place += 1
            continue
        mark = opening[2]
        closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\n?")
        end = next((number for number in range(place + 1, len(lines)) if closing.fullmatch(lines[number])), len(lines))
        raw = "".join(lines[place + 1 : end])
        body = textwrap.dedent(raw)
        inner = [
            starts[place + 1 + number] + (len(line) - len(dedented) if line.strip() else 0)
            for number, (line, dedented) in enumerate(zip(lines[place + 1 : end], _LINE.findall(body), strict=False))
        ]
        after = starts[min(end + 1, len(lines))]
        line_starts = (*inner, starts[end])
        blocks.append(
            Block(opening[3].lower(), body, starts[place + 1], starts[end], starts[place], after, line_starts)
        )
        place = end + 1
    return blocks


def read_pieces(block: Block) -> list[Piece] | None:
    """The pieces of a block of code; None if it is not valid Python."""
    if block.is_session:
        return _session_pieces(block.body)
    module = parse_code(block.body)
    if module is None:
        return None
    lines = block.body.split("\n")
    spans: list[list[int]] = []
    for statement in module.body:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(one.lineno for one in decorators)]) - 1
        last = (statement.end_lineno or statement.lineno) - 1
        if spans and first <= spans[-1][1]:
            spans[-1] = [spans[-1][0], max(last, spans[-1][1]), 0]
        else:
            spans.append([first, last, int(isinstance(statement, ast.Expr))])
    return [
        Piece("\n".join(lines[first : last + 1]) + "\n", first, last, bool(is_expression), "")
        for first, last, is_expression in spans
    ]


def prose_of(text: str) -> str:
    """What stands outside of the fenced blocks."""
    parts, place = [], 0
    for block in read_blocks(text):
        parts.append(text[place : block.opens])
        place = block.closes
    return "".join([*parts, text[place:]])


def _session_pieces(body: str) -> list[Piece] | None:
    lines = body.split("\n")
    pieces: list[Piece] = []
    place = 0
    while place < len(lines):
        if not lines[place].startswith(">>>"):
            place += 1
            continue
        first = place
        source = [lines[place][3:].removeprefix(" ")]
        place += 1
        while place < len(lines) and lines[place].startswith("..."):
            source.append(lines[place][3:].removeprefix(" "))
            place += 1
        shown_from = place
        while place < len(lines) and lines[place].strip() and not lines[place].startswith(">>>"):
            place += 1
        code = "\n".join(source).rstrip() + "\n"
        module = parse_code(code)
        if module is None:
            return None
        is_expression = len(module.body) == 1 and isinstance(module.body[0], ast.Expr)
        pieces.append(Piece(code, first, shown_from - 1, is_expression, "\n".join(lines[shown_from:place])))
    return pieces


def _looks_like_code(body: str) -> bool:
    module = parse_code(body)
    if module is None:
        return False
    calls = [one for one in module.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    return bool(calls) or any(isinstance(one, _STATEMENTS_OF_CODE) for one in module.body)
