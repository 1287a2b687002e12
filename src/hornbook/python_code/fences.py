"""Find the fenced code blocks of a Markdown text, and cut those of Python into pieces that can be run."""

import ast
import itertools
import re
import textwrap
from dataclasses import dataclass

from markdown_it import MarkdownIt

from hornbook.python_code.examples import read_sessions
from hornbook.python_code.parse import first_line_of, parse_code, parse_expression

_READER = MarkdownIt("zero").enable(["fence", "list"]).disable(["inline", "text_join"])
"""Without indented code and HTML, so that a fence is one wherever it stands; what is inside a line is not parsed."""
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
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
    """Its lines, without their common indentation."""
    start: int
    """In the text: where its body begins."""
    end: int
    """Where its body ends, which is where the closing fence's line begins."""
    opens: int
    """Where the opening fence's line begins."""
    closes: int
    """Where the line behind the closing fence begins; the text's end if the fence is never closed."""
    line_starts: tuple[int, ...]
    """In the text: where each line of the body begins, behind its indentation; last, where the body ends."""
    is_closed: bool
    """Whether a closing fence follows."""

    @property
    def is_session(self) -> bool:
        """Whether it shows an interactive session."""
        return self.body.lstrip().startswith(">>>")

    @property
    def may_be_code(self) -> bool:
        """Whether it names Python as its language, or none."""
        return not self.language or self.language in CODE_LANGUAGES

    @property
    def is_code(self) -> bool:
        """Whether it is to be run: it names Python, or names no language and looks like Python."""
        return self.may_be_code and (bool(self.language) or self.is_session or _looks_like_code(self.body))


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
    """The fenced blocks in order, also those in lists; one that is never closed ends with what holds it."""
    lines = LINE.findall(text)
    starts = list(itertools.accumulate(map(len, lines), initial=0))
    blocks = []
    for token in _READER.parse(text):
        if token.type != "fence" or token.map is None:
            continue
        first, after = token.map
        last = lines[after - 1].strip()
        is_closed = after - first > 1 and len(last) >= len(token.markup) and set(last) == {token.markup[0]}
        end = after - is_closed
        inside = lines[first + 1 : end]
        body = textwrap.dedent("".join(inside))
        inner = [
            starts[first + 1 + number] + (len(line) - len(dedented) if line.strip() else 0)
            for number, (line, dedented) in enumerate(zip(inside, LINE.findall(body), strict=False))
        ]
        language = token.info.strip().split(" ")[0].lower()
        places = (starts[first + 1], starts[end], starts[first], starts[after])
        blocks.append(Block(language, body, *places, (*inner, starts[end]), is_closed))
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
        first = first_line_of(statement) - 1
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
    for example in read_sessions(body):
        if parse_code(example.source) is None:
            return None
        is_expression = parse_expression(example.source) is not None
        behind = example.lineno + example.source.count("\n")
        shown = "\n".join(lines[behind : behind + example.want.count("\n")])
        pieces.append(Piece(example.source, example.lineno, behind - 1, is_expression, shown))
    return pieces


def _looks_like_code(body: str) -> bool:
    module = parse_code(body)
    if module is None:
        return False
    calls = [one for one in module.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    return bool(calls) or any(isinstance(one, _STATEMENTS_OF_CODE) for one in module.body)
