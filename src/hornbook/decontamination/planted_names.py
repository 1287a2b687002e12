"""Give a problem's solution other names for its functions, arguments and variables.

Reads:  the text of a Python module.
Writes: the same module with other identifiers, laid out anew and without comments.

A name that is also bound or used in another way (an import, `except … as`, an attribute, a keyword argument) keeps its
name. What comes out has to be tested: code can look at its own names.
"""

import ast
import builtins
import random
import re
from collections.abc import Iterator, Mapping, Sequence

from hornbook.python_code.parse import parse_code

_FUNCTION_NAMES = tuple(
    f"{verb}_{noun}"
    for verb in ("work_out", "find", "make", "give", "get", "obtain", "build", "produce")
    for noun in ("answer", "outcome", "reply", "solution", "output")
)
_VARIABLE_NAMES = (
    *("alpha", "amount", "basket", "beta", "block", "candidate", "chunk", "current", "element", "entry", "given"),
    *("goal", "info", "known", "left", "material", "member", "number_seen", "obj", "outcome_so_far", "piece", "pool"),
    *("portion", "quantity", "rest", "right", "seen", "source", "stuff", "subject", "thing", "unit", "what", "whole"),
)


def renamed(text: str, entry_point: str, generator: random.Random) -> str | None:
    """The module with other names, which are drawn; None where it does not parse or binds no name that may change.

    Where a docstring names the entry point, the new name is put there too.
    """
    module = parse_code(text)
    names = _names_for(module, generator) if module is not None else {}
    if module is None or not names:
        return None
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) if name in names:
                node.id = names[name]
            case ast.arg(arg=name) if name in names:
                node.arg = names[name]
            case ast.FunctionDef(name=name) if name in names:
                node.name = names[name]
            case ast.Expr(value=ast.Constant(value=str(docstring)) as constant):
                constant.value = _in_docstring(docstring, names, entry_point)
    return ast.unparse(module) + "\n"


def _names_for(module: ast.Module, generator: random.Random) -> dict[str, str]:
    """Old name → new name, in the order in which the old ones are first met."""
    kept = {"self", "cls", *dir(builtins), *_used_otherwise(module)}
    functions: dict[str, None] = {}
    variables: dict[str, None] = {}
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) if name not in kept:
                functions[name] = None
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) if name not in kept:
                variables[name] = None
    taken = {*kept, *re.findall(r"\w+", ast.unparse(module))}
    function_names = _draw(_FUNCTION_NAMES, len(functions), taken, generator)
    only_variables = [name for name in variables if name not in functions]
    variable_names = _draw(_VARIABLE_NAMES, len(only_variables), taken, generator)
    return dict(zip([*functions, *only_variables], [*function_names, *variable_names], strict=True))


def _used_otherwise(module: ast.Module) -> Iterator[str]:
    """Every identifier that stands elsewhere than in a name, an argument or a `def` outside of a class."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            yield from (getattr(statement, "name", "") for statement in node.body)
        if isinstance(node, ast.Name | ast.arg | ast.FunctionDef | ast.Constant):
            continue
        for _, value in ast.iter_fields(node):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield one.partition(".")[0]


def _draw(pool: Sequence[str], number: int, taken: set[str], generator: random.Random) -> list[str]:
    free = [name for name in pool if name not in taken]
    generator.shuffle(free)
    rounds = number // max(len(free), 1) + 1
    return [name if at == 0 else f"{name}_{at + 1}" for at in range(rounds) for name in free][:number]


def _in_docstring(text: str, names: Mapping[str, str], entry_point: str) -> str:
    """A docstring with the new names where they are marked as names; the entry point's also where it has a `_`."""
    for old, new in names.items():
        name = re.escape(old)
        if old == entry_point:
            text = re.sub(rf"\b{name}\b" if "_" in old else rf"\b{name}(?=\()|(?<=`){name}(?=`)", new, text)
        else:
            text = re.sub(rf"(?<=`){name}(?=`)|(?m:^([ \t]*){name}(?=:| \())", rf"\g<1>{new}", text)
    return text
