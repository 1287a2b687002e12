"""Make a test of the examples in a docstring."""

import ast
import doctest
import re

_NAME = "candidate"


def test_from_docstring(docstring: str, entry_point: str) -> str:
    """Source that defines `check(candidate)`, which asserts what the docstring shows.

    Args:
        docstring: Examples are `>>>` sessions, and lines in which `f(…) == …` stands.
        entry_point: The function's name; calls of it become calls of `candidate`.

    Returns:
        The source; empty if no example compares a call with a literal.
    """
    lines = [*_session_lines(docstring, entry_point), *_comparison_lines(docstring, entry_point)]
    if not any(line.startswith("assert") for line in lines):
        return ""
    return f"def check({_NAME}):\n" + "".join(f"    {part}\n" for line in lines for part in line.split("\n"))


test_from_docstring.__test__ = False  # type: ignore[attr-defined]


def _session_lines(docstring: str, entry_point: str) -> list[str]:
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError:  # Its lines are not aligned.
        return []
    lines: list[str] = []
    for example in examples:
        call = _call(example.source, entry_point)
        if call is not None and _is_literal(example.want):
            lines.append(f"assert {call} == {example.want.strip()}")
        elif call is None and (statement := _statement(example.source, entry_point)):
            lines.append(statement)
    return lines


def _comparison_lines(docstring: str, entry_point: str) -> list[str]:
    found = re.finditer(rf"^(?!\s*>>>).*?({re.escape(entry_point)}\(.*\)) == (.+?)`?[.,;]?$", docstring, re.MULTILINE)
    calls = ((_call(match[1], entry_point), match[2]) for match in found)
    return [f"assert {call} == {wanted}" for call, wanted in calls if call is not None and _is_literal(wanted)]


def _call(source: str, entry_point: str) -> str | None:
    """The expression with `candidate` in place of the function; None if it does not call the function."""
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if entry_point not in names:
        return None
    written = ast.unparse(_renamed(tree, entry_point))
    return written if isinstance(tree.body, ast.Call) else f"({written})"


def _statement(source: str, entry_point: str) -> str:
    """An assignment or import of a session; empty for anything else."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""
    if not all(isinstance(node, ast.Assign | ast.Import | ast.ImportFrom) for node in tree.body):
        return ""
    return ast.unparse(_renamed(tree, entry_point))


def _renamed(tree: ast.AST, entry_point: str) -> ast.AST:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == entry_point:
            node.id = _NAME
    return tree


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True
