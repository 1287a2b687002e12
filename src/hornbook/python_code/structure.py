"""How functions are built: loops, conditions, returns; and how far two collections are apart in that."""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hornbook.python_code.fences import read_blocks
from hornbook.python_code.parse import parse_code
from hornbook.records import Document, DocumentKind, Exercise, as_document

_LOOPS = (ast.For, ast.While)
_DIGITS = 4


def _inside_loops(function: ast.FunctionDef) -> Iterator[ast.AST]:
    for loop in ast.walk(function):
        if isinstance(loop, _LOOPS):
            yield from (node for node in ast.walk(loop) if node is not loop)


def _has(function: ast.FunctionDef, *kinds: type[ast.AST]) -> bool:
    return any(isinstance(node, kinds) for node in ast.walk(function))


def _has_guard(function: ast.FunctionDef) -> bool:
    """Whether the function may return before its last statement, outside of loops."""
    return any(isinstance(one, ast.If) and isinstance(one.body[-1], ast.Return) for one in function.body[:-1])


TRAITS: Mapping[str, Callable[[ast.FunctionDef], bool]] = {
    "straight line": lambda one: not _has(one, *_LOOPS, ast.If),
    "loop": lambda one: _has(one, *_LOOPS),
    "if in a loop": lambda one: any(isinstance(node, ast.If) for node in _inside_loops(one)),
    "return in a loop": lambda one: any(isinstance(node, ast.Return) for node in _inside_loops(one)),
    "early return": _has_guard,
    "two returns or more": lambda one: sum(isinstance(node, ast.Return) for node in ast.walk(one)) > 1,
    "nested loops": lambda one: any(isinstance(node, _LOOPS) for node in _inside_loops(one)),
    "example in the docstring": lambda one: f"{one.name}(" in (ast.get_docstring(one) or ""),
    "annotated": lambda one: one.returns is not None or any(argument.annotation for argument in one.args.args),
}
"""What a function can have; of each the share is measured."""


def structure_of(functions: Iterable[ast.FunctionDef]) -> dict[str, Any] | None:
    """`num_functions`, `mean_lines` of a body, and `shares`: trait → share of the functions; None for no function."""
    num_functions, num_lines = 0, 0
    counts = Counter(dict.fromkeys(TRAITS, 0))
    for one in functions:
        num_functions += 1
        counts.update(name for name, has in TRAITS.items() if has(one))
        docstring = one.body[0].end_lineno or 0 if ast.get_docstring(one) is not None else one.body[0].lineno - 1
        num_lines += (one.end_lineno or 0) - docstring
    if not num_functions:
        return None
    shares = {name: round(count / num_functions, _DIGITS) for name, count in counts.items()}
    return {"num_functions": num_functions, "mean_lines": round(num_lines / num_functions, 2), "shares": shares}


def functions_of(record: Exercise | Document) -> Iterator[ast.FunctionDef]:
    """The functions on a record's top level: of an exercise the last one, of a passage those of its blocks."""
    document = as_document(record)
    is_passage = document.kind is DocumentKind.TEXTBOOK
    texts = [block.body for block in read_blocks(document.text)] if is_passage else [document.text]
    for text in texts:
        tree = parse_code(text)
        found = [node for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef)]
        yield from found[-1:] if document.kind is DocumentKind.EXERCISE else found


def distance_between(first: Mapping[str, Any], second: Mapping[str, Any]) -> float:
    """The mean difference of the shares of two structures; 0 to 1."""
    shares, others = first["shares"], second["shares"]
    differences = [abs(float(share) - float(others[name])) for name, share in shares.items()]
    return round(sum(differences) / len(differences), _DIGITS)


def skeleton_of(function: ast.FunctionDef) -> str:
    """The kinds of a body's statements and how they are nested: `Assign For(If(Return)) Return`."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return _skeleton(body)


def _skeleton(body: Iterable[ast.stmt]) -> str:
    parts = []
    for statement in body:
        blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        blocks += [handler.body for handler in getattr(statement, "handlers", [])]
        inside = "|".join(_skeleton(block) for block in blocks if block)
        parts.append(type(statement).__name__ + (f"({inside})" if inside else ""))
    return " ".join(parts)
