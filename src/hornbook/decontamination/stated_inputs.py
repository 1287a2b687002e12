"""Read the calls of a problem's function that its prompt and its test show, without running anything.

Reads:  problems.
Writes: argument lists as Python source.
"""

import ast
import re
from collections.abc import Iterator

from hornbook.python_code.functions import definition_of
from hornbook.python_code.parse import literal_value, parse_call, parse_code
from hornbook.python_code.values import argument_source
from hornbook.records import Problem

_MAX_CALL_CHARACTERS = 1000


def stated_inputs(problem: Problem) -> list[str]:
    """The arguments of all calls with literals alone: `>>> f(1)`, `f(1) == 2`, `assert f(1)`, `f(1) -> 2` in prose.

    Keywords are put in their places; where that cannot be, the call is left out. In the test the function may be called
    by the name that `check` gives it.

    Returns:
        Each once, those of the prompt first.
    """
    header = entry_function(problem)
    if header is None:
        return []
    parameters = [one.arg for one in (*header.args.posonlyargs, *header.args.args)]
    candidate = re.search(r"^def check\((\w+)", problem.test, re.MULTILINE)
    names = {problem.entry_point, candidate[1] if candidate else problem.entry_point}
    shown = list(_calls(_docstrings(problem), {problem.entry_point}))
    calls = [*(shown or _calls(problem.prompt, {problem.entry_point})), *_calls(problem.test, names)]
    return list(dict.fromkeys(text for call in calls if (text := _arguments(call, parameters)) is not None))


def entry_function(problem: Problem) -> ast.FunctionDef | None:
    """The function that the canonical solution defines under the entry point's name; None for a class, or nothing."""
    if not problem.canonical_solution.strip():
        return None
    definition = definition_of(problem.prompt + problem.canonical_solution, problem.entry_point)
    return definition if isinstance(definition, ast.FunctionDef) else None


def _docstrings(problem: Problem) -> str:
    """The docstrings of the prompt's functions and of its module, in which a backslash is written as one."""
    module = parse_code(problem.prompt + problem.canonical_solution)
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.Module)] if module else []
    return "\n".join(ast.get_docstring(node) or "" for node in nodes)


def _calls(text: str, names: set[str]) -> Iterator[ast.Call]:
    pattern = rf"(?<![\w.])(?<!def )(?:{'|'.join(map(re.escape, sorted(names)))})\("
    for start in re.finditer(pattern, text):
        call = parse_call(text[start.start() : start.end() + _MAX_CALL_CHARACTERS])
        if call is not None:
            yield call[0]


def _arguments(call: ast.Call, parameters: list[str]) -> str | None:
    """The argument list; None if it is empty, no literal, or has a keyword that cannot stand by its place."""
    named = {one.arg: one.value for one in call.keywords}
    by_place = list(call.args)
    for name in parameters[len(by_place) :]:
        if name not in named:
            break
        by_place.append(named.pop(name))
    try:
        values = list(map(literal_value, by_place))
    except ValueError:
        return None
    return argument_source(values) if values and not named else None
