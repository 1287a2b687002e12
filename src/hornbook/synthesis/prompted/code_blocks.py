"""Read the Python in what a chat model says."""

import ast
import re

from hornbook.python_code.parse import parse_code

_CODE_START = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+\w|class[ \t]+\w|import[ \t]+\w|from[ \t]+[\w.]+[ \t]+import\b|@\w)"
)
_MOST_TRIMS = 60


def unfenced_code(text: str) -> str:
    """What starts at the first line that looks like code; empty if none does."""
    lines = text.split("\n")
    starts = [place for place, line in enumerate(lines) if _CODE_START.match(line)]
    return _joined(lines[starts[0] :]) if starts else ""


def without_thoughts(text: str) -> str:
    """What follows a reasoning model's `</think>`; nothing if its thoughts did not come to an end."""
    _, end, rest = text.rpartition("</think>")
    return "" if not end and text.lstrip().startswith("<think>") else rest


def longest_parsing(code: str) -> str:
    """`code` without what follows its last complete statement, where only that keeps it from being Python.

    Returns:
        The longest beginning of whole lines, cut before a line at the margin, that parses; empty if there is none.
    """
    lines = code.split("\n")
    margins = [place for place, line in enumerate(lines) if place and line and not line[0].isspace()]
    for end in [len(lines), *reversed(margins[-_MOST_TRIMS:])]:
        part = _joined(lines[:end])
        if parse_code(part) is not None:
            return part
    return ""


def _joined(lines: list[str]) -> str:
    text = "\n".join(lines).rstrip()
    return f"{text}\n" if text else ""


def last_function(prompt: str, solution: str) -> str:
    """The function or class that a prompt leaves for its solution to finish; empty if there is none."""
    module = parse_code(prompt + solution)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    num_lines = len(prompt.rstrip().split("\n"))
    for statement in reversed(module.body if module else []):
        if isinstance(statement, kinds) and statement.lineno <= num_lines:
            return statement.name
    found = re.findall(r"^(?:async def|def|class)[ \t]+(\w+)", prompt, re.MULTILINE)
    return found[-1] if found else ""
