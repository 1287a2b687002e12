"""Find definitions in Python source, and say which names they bind and read and what shape their code has."""

import ast
import re
import symtable
import warnings

from hornbook.python_code.parse import parse_code

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = FunctionNode | ast.ClassDef

_FIRST_CHARACTER = 0x100
_KINDS = sorted(name for name, kind in vars(ast).items() if isinstance(kind, type) and issubclass(kind, ast.AST))
_CHARACTER = {kind: chr(_FIRST_CHARACTER + index) for index, kind in enumerate(_KINDS)}
_LEFT_OUT_FIELDS = frozenset({"ctx", "annotation", "returns", "decorator_list", "type_comment", "type_params"})


def definition_of(code: str | ast.Module | None, name: str) -> Definition | None:
    """The last function or class of this name at a module's margin; None if there is none, or nothing parses."""
    module = parse_code(code) if isinstance(code, str) else code
    found = [node for node in (module.body if module else []) if isinstance(node, Definition) and node.name == name]
    return found[-1] if found else None


def last_begun(prompt: str, solution: str) -> Definition | None:
    """The last function or class that a prompt begins, which its solution finishes."""
    module = parse_code(prompt + solution)
    num_lines = prompt.rstrip().count("\n") + 1
    begun = [node for node in (module.body if module else []) if node.lineno <= num_lines]
    return next((node for node in reversed(begun) if isinstance(node, Definition)), None)


def last_function(prompt: str, solution: str) -> str:
    """The name of the function or class that a prompt leaves for its solution to finish; empty if there is none."""
    begun = last_begun(prompt, solution)
    found = re.findall(r"^(?:async def|def|class)[ \t]+(\w+)", prompt, re.MULTILINE)
    return begun.name if begun is not None else found[-1] if found else ""


def docstring_of(code: str, name: str) -> str:
    """The docstring of the function or class, without its indentation; empty if it has none, or is not there."""
    definition = definition_of(code, name)
    return (ast.get_docstring(definition) if definition is not None else None) or ""


def bound_names(statement: ast.stmt) -> set[str]:
    """The names that a definition or assignment binds or, by an item or attribute, changes."""
    if isinstance(statement, Definition):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    nodes = [node for target in targets if target is not None for node in ast.walk(target)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def read_names(code: str) -> set[str]:
    """The module's names that code reads but does not bind, at once or when its functions are called; no locals.

    Empty where Python finds an error that only its compiler sees.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tables = [symtable.symtable(code, "code", "exec")]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set()
    bound = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    read: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_module = table.get_type() == "module"
        read |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (is_module or symbol.is_global())
        }
    return read - bound


def tree_of(node: ast.AST, *, with_imports: bool = True) -> str:
    """The shape of code: the kinds of its nodes in pre-order, one character each.

    Names, constants, type hints, decorators, contexts of names and docstrings are left out, so that equal shapes have
    equal texts.
    """
    characters: list[str] = []
    stack: list[ast.AST] = [node]
    while stack:
        one = stack.pop()
        if with_imports or not isinstance(one, ast.Import | ast.ImportFrom):
            characters.append(_CHARACTER.get(type(one).__name__, chr(_FIRST_CHARACTER - 1)))
            stack.extend(reversed(_children_of(one)))
    return "".join(characters)


def _children_of(node: ast.AST) -> list[ast.AST]:
    children: list[ast.AST] = []
    for name in node._fields:
        if name in _LEFT_OUT_FIELDS:
            continue
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            children.append(value)
        elif isinstance(value, list):
            children.extend(item for item in value if isinstance(item, ast.AST) and not _is_docstring(item))
    return children


def _is_docstring(node: ast.AST) -> bool:
    """A string that stands alone as a statement does nothing, wherever it stands."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
