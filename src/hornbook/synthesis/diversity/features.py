"""What of a record tells whether it repeats others: its names, its first words, the shape of its code, its shingles."""

import ast
import re
from dataclasses import dataclass

from hornbook.python_code.fences import prose_of, read_blocks, read_pieces
from hornbook.python_code.functions import tree_of
from hornbook.python_code.parse import parse_code
from hornbook.records import Exercise, Passage, content_id

SHINGLE_SIZE = 5
"""Tokens in a shingle, as in the deduplication."""
OPENING_SIZE = 4
"""Words in an opening phrase."""

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_TITLE = re.compile(r"^\s*#.*$|^\s*[=\-*_]{3,}\s*$", re.MULTILINE)
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One record, as the measures see it."""

    text_key: str
    """Equal for texts that are equal apart from blank lines and spaces at the ends of lines."""
    shingles: frozenset[str]
    """The different runs of `SHINGLE_SIZE` tokens; a shorter text is one run, an empty text has none."""
    opening: str
    """The first words of the docstring or of the prose, in lower case; empty where there are none."""
    shape: str
    """Equal for code of the same shape; empty where the record has no code that parses."""
    names: tuple[str, ...]
    """The function's name of an exercise, the names of all functions of a passage."""


def features_of(record: Exercise | Passage) -> Features:
    """Look at a record. Deterministic in one version of Python."""
    text = text_of(record)
    if isinstance(record, Exercise):
        sources, prose = [text], ""
    else:
        blocks = [block for block in read_blocks(text) if block.is_code]
        sources = ["".join(piece.source for piece in read_pieces(block) or []) for block in blocks]
        prose = _TITLE.sub("", prose_of(text))
    modules = [module for source in sources if (module := parse_code(source)) is not None]
    nodes = [node for module in modules for node in ast.walk(module)]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = tuple(function.name for function in functions)
    if isinstance(record, Exercise):
        names = (record.entry_point,) if record.entry_point else names[:1]
        prose = next((said for node in [*functions, *modules] if (said := ast.get_docstring(node))), "")
    lines = [stripped for line in text.split("\n") if (stripped := line.rstrip())]
    return Features(
        text_key=content_id("text", *lines),
        shingles=shingles_of(text),
        opening=" ".join(_WORD.findall(prose[:400].lower())[:OPENING_SIZE]),
        shape=",".join(map(shape_of, modules)),
        names=names,
    )


def text_of(record: Exercise | Passage) -> str:
    """What a model would read of a record."""
    return record.prompt + record.solution if isinstance(record, Exercise) else record.text


def shingles_of(text: str) -> frozenset[str]:
    """The different runs of `SHINGLE_SIZE` tokens of a text."""
    tokens = _TOKEN.findall(text)
    width = min(SHINGLE_SIZE, len(tokens))
    return frozenset(" ".join(tokens[start : start + width]) for start in range(len(tokens) - width + 1) if width)


def words_of_name(name: str) -> list[str]:
    """`parse_HTTPDate2` is `parse`, `http`, `date`."""
    return [word.lower() for word in _NAME_WORD.findall(name)]


def shape_of(module: ast.Module) -> str:
    """A hash of the shape of code without its imports (`functions.tree_of`)."""
    return content_id("shape", tree_of(module, with_imports=False))
