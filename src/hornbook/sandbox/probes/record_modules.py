"""Runs a record's modules and finds what can be called in them: functions, and methods of classes.

A class that cannot be made of nothing is made of the first arguments, its method gets the others.

The modules run as if everything in them were known already: annotations stay text, the names of `typing` and of modules
that much code takes for granted need no import. Where a module fails, its definitions are run again one by one, so that
an import that is missing here hides no function. Functions inside a `main()` are taken out of it.
"""

import __future__

import ast
import builtins
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from hornbook.sandbox.probes.tasks import TimeUpError, attempt, describe

FILE = "<record>"
_MODULE_SECONDS = 0.3
_HAS_REST, _ASYNC = 0x04, 0x80 | 0x200
"""Flags of code objects, as `inspect` has them, which takes long to import."""
_FLAGS = __future__.annotations.compiler_flag
_TAKEN_FOR_GRANTED = "bisect collections functools heapq itertools math operator re string"
_MAIN = re.compile(r"^def \w+\(\)[^\n]*:\s*\n(?s:.*)^\s+def ", re.MULTILINE)
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


class Callee(NamedTuple):
    """Something that can be called with arguments by their place."""

    path: str
    """Name of the function, or of class and method with a dot between."""
    fewest: int
    most: int
    """Arguments that it takes; -1 where there is no end."""
    parameters: tuple[str, ...]
    """Their names, by their place."""
    annotations: tuple[str, ...]
    """Of the parameters; empty where there is none."""
    call: Callable[..., Any]

    def takes_number(self, number: int) -> bool:
        """Whether so many arguments may be given to it."""
        return self.fewest <= number and (self.most < 0 or number <= self.most)


def run_modules(sources: Sequence[str]) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """Run sources that share one namespace.

    Returns:
        The namespace; the outcome and detail of the first module that did not come to its end, None if all did.

    Raises:
        MemoryError: There is none left.
    """
    names: dict[str, Any] = {"__name__": "record", "__builtins__": {**_known_names(), **vars(builtins)}}
    trouble: tuple[str, str] | None = None
    for source in sources:
        _, error = attempt(_MODULE_SECONDS, partial(_run, source, names))
        if type(error) is TimeUpError:
            trouble = trouble or ("timed out (CPU)", f"its module used {_MODULE_SECONDS:g} s of CPU time")
        elif error is not None:
            trouble = trouble or ("raised", describe(error))
            _run_definitions(source, names)
        if _MAIN.search(source):
            _take_out(source, names)
    return names, trouble


def callees_of(names: Mapping[str, Any]) -> Iterator[Callee]:
    """What a record defines and can be called, in the order of the names."""
    for name, value in list(names.items()):
        if isinstance(value, type):
            if value.__module__ == "record" and value.__name__ == name:
                yield from _methods(name, value)
        elif (function := _function_of(value)) is not None:
            yield _callee(name, function, value, 0)


@lru_cache
def _known_names() -> dict[str, Any]:
    names: dict[str, Any] = {name: getattr(typing, name) for name in typing.__all__}
    return names | {name: __import__(name) for name in _TAKEN_FOR_GRANTED.split()}


def _run(source: str | ast.Module, names: dict[str, Any]) -> None:
    exec(compile(source, FILE, "exec", _FLAGS, dont_inherit=True), names)


def _run_definitions(source: str, names: dict[str, Any]) -> None:
    """Run what defines something, whatever of it fails; what was defined before the failure is defined anew."""
    for statement in _statements(source):
        if isinstance(statement, _DEFINITIONS):
            _define(statement, names)


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def _define(statement: ast.stmt, names: dict[str, Any]) -> None:
    attempt(_MODULE_SECONDS, partial(_run, ast.Module([statement], []), names))


def _take_out(source: str, names: dict[str, Any]) -> None:
    """Define also the functions inside functions without parameters, such as `main`, unless their names are taken."""
    inner = [
        one
        for statement in _statements(source)
        if isinstance(statement, ast.FunctionDef) and not ast.unparse(statement.args)
        for one in statement.body
        if isinstance(one, ast.FunctionDef) and one.name not in names
    ]
    for one in inner:
        _define(one, names)


def _function_of(value: Any) -> types.FunctionType | None:
    """The function of the record that a value wraps with decorators; no coroutine."""
    for _ in range(4):
        if isinstance(value, types.FunctionType) and not hasattr(value, "__wrapped__"):
            own = value.__code__.co_filename == FILE and not value.__code__.co_flags & _ASYNC
            return value if own else None
        value = getattr(value, "__wrapped__", None) if callable(value) else None
    return None


def _methods(class_name: str, kind: type) -> Iterator[Callee]:
    can_be_made: bool | None = None
    maker = _function_of(vars(kind).get("__init__"))
    for name, member in list(vars(kind).items()):
        is_static, is_of_class = isinstance(member, staticmethod), isinstance(member, classmethod)
        function = _function_of(member.__func__ if is_static or is_of_class else member)
        if name.startswith("_") or function is None:
            continue
        if not (is_static or is_of_class):
            can_be_made = attempt(_MODULE_SECONDS, kind)[1] is None if can_be_made is None else can_be_made
            if not can_be_made:
                if maker is not None:
                    yield _made_and_called(f"{class_name}.{name}", kind, maker, function)
                continue
        call = getattr(kind, name) if is_static or is_of_class else _on_new(kind, name)
        yield _callee(f"{class_name}.{name}", function, call, 0 if is_static else 1)


def _made_and_called(path: str, kind: type, maker: types.FunctionType, method: types.FunctionType) -> Callee:
    """The method of an instance that is made for the one call, with the first arguments."""
    making, calling = _callee("", maker, kind, 1), _callee(path, method, method, 1)
    number = making.fewest

    def call(*arguments: Any) -> Any:
        return getattr(kind(*arguments[:number]), method.__name__)(*arguments[number:])

    return calling._replace(
        fewest=number + calling.fewest,
        most=calling.most if calling.most < 0 else number + calling.most,
        parameters=(*making.parameters[:number], *calling.parameters),
        annotations=(*making.annotations[:number], *calling.annotations),
        call=call,
    )


def _on_new(kind: type, name: str) -> Callable[..., Any]:
    """The method of an instance that is made for the one call."""
    return lambda *arguments: getattr(kind(), name)(*arguments)


def _callee(path: str, function: types.FunctionType, call: Callable[..., Any], num_bound: int) -> Callee:
    code, defaults = function.__code__, function.__defaults__ or ()
    needed = set(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
    has_all = needed <= set(function.__kwdefaults__ or ())
    by_place = code.co_varnames[num_bound : code.co_argcount]
    most = -1 if code.co_flags & _HAS_REST else len(by_place)
    return Callee(
        path=path,
        fewest=max(0, len(by_place) - len(defaults)) if has_all else 10**6,
        most=most,
        parameters=by_place,
        annotations=tuple(str(function.__annotations__.get(name, "")) for name in by_place),
        call=call,
    )
