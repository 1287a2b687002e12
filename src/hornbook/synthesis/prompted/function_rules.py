"""What the function of an exercise must keep to, so that it can be verified and learned from."""

import ast
import re
import sys
from collections.abc import Callable, Iterator

from hornbook.synthesis.prompted.commission import Reason, Rejection
from hornbook.synthesis.prompted.function_source import FunctionSource

_MAX_SOLUTION_LINES = 30
_MAX_PROMPT_CHARACTERS = 1800

_LISTED = (
    "asyncio builtins code concurrent ctypes ftplib glob http imaplib importlib inspect io mmap multiprocessing os "
    "pathlib pickle pty resource selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess "
    "sys tempfile threading tkinter urllib webbrowser"
)
_OUTSIDE_MODULES = frozenset(_LISTED.split(" "))
_OUTSIDE_CALLS = frozenset({"input", "open", "exec", "eval", "compile", "exit", "quit", "breakpoint", "__import__"})
_CLOCK_CALLS = frozenset(
    {"now", "today", "utcnow", "time", "perf_counter", "monotonic", "sleep", "localtime", "gmtime"}
)
_CLOCK_MODULES = frozenset({"datetime", "date", "time"})
_CHANCE_MODULES = frozenset({"random", "secrets", "uuid"})
_PLACEHOLDER = re.compile(
    r"#.*(\bTODO\b|your code|implement (this|the|your)|add (the )?(code|logic)|fill in|placeholder|rest of the)", re.I
)


def broken_rule(source: FunctionSource) -> Rejection | None:
    """The first rule that a function breaks, or None."""
    checks: tuple[Callable[[FunctionSource], Rejection | None], ...] = (
        _untyped,
        _placeholder,
        _returns_nothing,
        _imports,
        _outside,
        _chance,
    )
    for check in checks:
        broken = check(source)
        if broken is not None:
            return broken
    num_lines = source.solution.count("\n")
    if num_lines > _MAX_SOLUTION_LINES:
        return Rejection(Reason.TOO_LONG, f"the solution has {num_lines} lines")
    if len(source.prompt) > _MAX_PROMPT_CHARACTERS:
        return Rejection(Reason.TOO_LONG, f"signature and docstring have {len(source.prompt)} characters")
    return None


def _untyped(source: FunctionSource) -> Rejection | None:
    given = source.function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    arguments += [one for one in (given.vararg, given.kwarg) if one is not None]
    untyped = [argument.arg for argument in arguments if argument.annotation is None]
    if source.function.returns is None:
        untyped.append("the result")
    return Rejection(Reason.UNTYPED, ", ".join(untyped)) if untyped else None


def _placeholder(source: FunctionSource) -> Rejection | None:
    marked = _PLACEHOLDER.search(source.solution)
    if marked:
        return Rejection(Reason.PLACEHOLDER, marked[0][:100])
    if all(_is_empty(statement) for statement in source.function.body[1:]):
        return Rejection(Reason.PLACEHOLDER, source.solution.strip()[:100])
    return None


def _is_empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and "NotImplemented" in ast.unparse(statement.exc)
    return isinstance(statement, ast.Pass)


def _returns_nothing(source: FunctionSource) -> Rejection | None:
    for node in _own_nodes(source.function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return None
        value = node.value if isinstance(node, ast.Return) else None
        if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            return None
    return Rejection(Reason.NO_RETURN)


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions inside left out."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _imports(source: FunctionSource) -> Rejection | None:
    foreign = [name for name in _imported_modules(source) if name not in sys.stdlib_module_names]
    return Rejection(Reason.FOREIGN_IMPORT, ", ".join(foreign)) if foreign else None


def _outside(source: FunctionSource) -> Rejection | None:
    modules = [name for name in _imported_modules(source) if name in _OUTSIDE_MODULES]
    calls = [name for name in _called_names(source.function) if name in _OUTSIDE_CALLS]
    found = modules + calls
    return Rejection(Reason.UNSAFE, ", ".join(found)) if found else None


def _chance(source: FunctionSource) -> Rejection | None:
    modules = _imported_modules(source)
    calls = [ast.unparse(node.func) for node in ast.walk(source.function) if isinstance(node, ast.Call)]
    for call in calls:
        root, last = call.split(".")[0], call.split(".")[-1]
        if "." in call and last in _CLOCK_CALLS and root in _CLOCK_MODULES:
            return Rejection(Reason.CHANCE, call)
    if _CHANCE_MODULES & set(modules) and not any(call.split(".")[-1] in ("Random", "seed") for call in calls):
        return Rejection(Reason.CHANCE, ", ".join(sorted(_CHANCE_MODULES & set(modules))))
    return None


def _imported_modules(source: FunctionSource) -> list[str]:
    nodes = [*source.imports, *ast.walk(source.function)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _called_names(function: ast.FunctionDef) -> list[str]:
    return [
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
