"""What of a record tells whether it repeats others: its names, its first words, the shape of its code, its shingles."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.python_code.parse import parse_code
from hornbook.records import Exercise, Passage, content_id
from hornbook.synthesis.markdown import prose_of, read_blocks, read_pieces

SHINGLE_SIZE = 5
"""Tokens in a shingle, as in the deduplication."""
OPENING_SIZE = 4
"""Words in an opening phrase."""

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_TITLE = re.compile(r"^\s*#.*$|^\s*[=\-*_]{3,}\s*$", re.MULTILINE)
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_HINTS = frozenset({"ctx", "annotation", "returns", "decorator_list", "type_params"})
"""Fields of a syntax tree that do not belong to the shape of code."""


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
    """A hash of the kinds of nodes of a syntax tree, without its names, constants, type hints, docstrings and imports.

    The decontamination compares functions by the same rule.
    """
    kinds: list[str] = []
    stack: list[ast.AST] = [module]
    while stack:
        node = stack.pop()
        kinds.append(type(node).__name__)
        stack += reversed([child for child in _children(node) if not _is_left_out(child)])
    return content_id("shape", *kinds)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name not in _HINTS:
            yield from (child for child in _listed(value) if isinstance(child, ast.AST))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _is_left_out(node: ast.AST) -> bool:
    """Whether it is an import, a docstring or another text that stands alone."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return is_text or isinstance(node, ast.Import | ast.ImportFrom)
