"""Tell a problem's docstring in other words, by rote: synonyms, and the sentences in another order.

Reads:  the text of a Python module.
Writes: the same module with another docstring. The code, and lines of the docstring that show calls, stay as they are.

No meaning is understood here. It is what a careless paraphrase looks like to a detector of shared words.
"""

import ast
import re
import textwrap

from hornbook.decontamination.functions import parse

_WIDTH = 96
_SYNONYMS = {
    "return": "output",
    "returns": "outputs",
    "find": "determine",
    "compute": "work out",
    "calculate": "work out",
    "check": "test",
    "count": "tell the number of",
    "create": "build",
    "remove": "take away",
    "keep only": "retain just",
    "keep": "retain",
    "add up": "sum up",
    "multiply": "scale",
    "replace": "exchange",
    "take": "pick",
    "join": "concatenate",
    "sort": "order",
    "sorted": "in order",
    "reverse": "turn round",
    "whether": "if it holds that",
    "given": "handed over",
    "list": "sequence",
    "lists": "sequences",
    "array": "sequence",
    "string": "text",
    "strings": "texts",
    "integer": "whole number",
    "integers": "whole numbers",
    "numbers": "values",
    "number": "value",
    "positive": "above-zero",
    "negative": "sub-zero",
    "element": "item",
    "elements": "items",
    "largest": "greatest",
    "maximum": "greatest",
    "smallest": "least",
    "minimum": "least",
    "result": "outcome",
    "each of": "every one of",
    "each": "every",
    "every": "each",
    "all": "each of",
    "if": "in case",
    "less than": "below",
    "greater than": "above",
    "then": "after that",
    "word": "term",
    "words": "terms",
    "letter": "character",
    "letters": "characters",
    "also": "too",
    "should": "must",
    "function": "routine",
    "first": "leading",
    "last": "final",
}
_PHRASE = re.compile(
    rf"(?<![\w`'\"])({'|'.join(sorted(map(re.escape, _SYNONYMS), key=len, reverse=True))})(?![\w`'\"(])", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[^\d\s]\.)\s+(?=[A-Z`])")
_HEADING = re.compile(r"\s*\w+:\s*")
_LIST_ITEM = re.compile(r"\s*(?:\d+[.)]|[-*])\s")


def reworded(text: str, entry_point: str) -> str | None:
    """The module with the entry point's docstring in other words; None where it has none, or no word changes."""
    module = parse(text)
    place = _docstring_of(module, entry_point) if module is not None else None
    if place is None or place.end_lineno is None or place.end_col_offset is None:
        return None
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    before = sum(map(len, lines[: place.lineno - 1])) + place.col_offset
    after = sum(map(len, lines[: place.end_lineno - 1])) + place.end_col_offset
    source = b"".join(lines)
    literal = source[before:after].decode()
    quote = re.match(r"[rRuU]?(\"\"\"|'''|\"|')", literal)
    if quote is None:
        return None
    end = len(literal) - len(quote.group(1))
    told = _told_otherwise(literal[quote.end() : end], " " * place.col_offset, entry_point)
    new = source[:before].decode() + literal[: quote.end()] + told + literal[end:] + source[after:].decode()
    return new if new != text and parse(new) is not None else None


def _docstring_of(module: ast.Module, entry_point: str) -> ast.expr | None:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == entry_point:
            match node.body[0]:
                case ast.Expr(value=ast.Constant(value=str()) as constant):
                    return constant
    return None


def _told_otherwise(words: str, indent: str, entry_point: str) -> str:
    """The prose before the first call that it shows in other words, paragraph by paragraph."""
    lines = words.splitlines(keepends=True)
    shown = (at for at, line in enumerate(lines) if ">>>" in line or f"{entry_point}(" in line)
    first = next(shown, len(lines))
    paragraphs = re.split(r"(\n[ \t]*\n)", "".join(lines[:first]))
    told = (paragraph if at % 2 else _paragraph(paragraph, indent) for at, paragraph in enumerate(paragraphs))
    return "".join([*told, *lines[first:]])


def _paragraph(paragraph: str, indent: str) -> str:
    """Synonyms, and where it is plain sentences, those behind the first one before it."""
    if not paragraph.strip():
        return paragraph
    lead = paragraph[: len(paragraph) - len(paragraph.lstrip())]
    tail = paragraph[len(paragraph.rstrip()) :]
    if any(_LIST_ITEM.match(line) or line.rstrip().endswith(":") for line in paragraph.splitlines()):
        lines = paragraph.splitlines(keepends=True)
        return "".join(line if _HEADING.fullmatch(line) else _PHRASE.sub(_synonym, line) for line in lines)
    first, *others = _SENTENCE_END.split(" ".join(paragraph.split()))
    told = _PHRASE.sub(_synonym, " ".join([*others, first]))
    if "\n" in paragraph.strip() or len(told) > _WIDTH:
        told = textwrap.fill(
            told, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        ).lstrip()
    return lead + told + tail


def _synonym(found: re.Match[str]) -> str:
    phrase = found.group()
    synonym = _SYNONYMS[phrase.lower()]
    return synonym.capitalize() if phrase[0].isupper() else synonym
