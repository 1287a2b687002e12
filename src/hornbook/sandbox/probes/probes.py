"""Sees what every function of a record gives for inputs that many problems share, each result as a key.

A function is given inputs whose kinds its annotations take. A kind is Python source: `num`, `str`, `None`, `list[…]` (a
tuple too), `set[…]`, `dict[…, …]`, or `any` where nothing is known (`python_code/parameters.py` writes it).
"""

import ast
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

from hornbook.sandbox.probes.calls import call_function
from hornbook.sandbox.probes.record_modules import Callee, callees_of, run_modules
from hornbook.sandbox.probes.tasks import TimeUpError, contained, time_limit
from hornbook.sandbox.probes.values import key_of

CALL_SECONDS = 0.02
_RECORD_SECONDS, _CALLS_SECONDS = 0.5, 0.6
"""Of CPU time, after which no further call of the record is made: on probes, on the inputs of problems."""
_MOST_SLOW = 2
_MOST_MISFITS = 2
_MOST_REORDERED = 3
_MISFITS = (TypeError, AttributeError)
"""What a function raises that was made for other types."""
_ORDERED = frozenset({"list", "tuple", "mutablesequence", "deque"})
_SETS = frozenset({"set", "frozenset", "abstractset", "mutableset"})
_DICTS = frozenset({"dict", "mapping", "mutablemapping", "defaultdict", "counter", "ordereddict"})
_ROWS = frozenset({"sequence", "reversible"})
_GROUPS = frozenset({"iterable", "collection", "container"})
_NUMBERS = frozenset({"int", "float", "bool", "complex", "num", "number", "real"})
_KINDS_TAKEN = {
    **dict.fromkeys(_NUMBERS, ("num",)),
    "str": ("str",),
    **dict.fromkeys(_ORDERED, ("list",)),
    **dict.fromkeys(_SETS, ("set",)),
    **dict.fromkeys(_DICTS, ("dict",)),
    **dict.fromkeys(_ROWS, ("list", "str")),
    **dict.fromkeys(_GROUPS, ("list", "str", "set", "dict")),
}


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one record.

    Args:
        task: `modules`, sources that share one namespace; `only`, the path of the one function to call, empty for all;
            `reorder`, whether to give arguments in other orders too; `groups`, each with `kinds` of its arguments and
            `probes`, argument lists as Python source without keywords; `call_seconds` of CPU time that a call may take,
            `CALL_SECONDS` where it is not there.

    Returns:
        `outcome` and `detail` of the modules; `runs`: for each function, group and order that fit, the function's path,
        the group's place, the places of the arguments in the order in which it takes them, the names of its parameters
        (none if that is the arguments' own order), and for each probe the result's key, null if it raised, false if it
        came to no end. There are fewer results than probes where the function was given up: it was too slow, or clearly
        made for other types.
    """
    with contained():
        names, trouble = run_modules(task["modules"])
        runs = _runs(callees_of(names), task)
    outcome, detail = trouble or ("passed", "")
    return {"outcome": outcome, "detail": detail, "runs": runs}


def observe_calls(task: Mapping[str, Any]) -> dict[str, Any]:
    """See what functions of a record do with all inputs of problems, each given up as soon as too many fail.

    Args:
        task: `modules`, sources that share one namespace; `runs`, each the path of a function, the order in which it
            takes arguments, and parts, one after the other: the most calls of the part that may fail, and argument
            lists as Python source; `max_characters` of a value.

    Returns:
        `outcome` and `detail` of the modules; `runs`: for each its calls (`calls.call_function`) part after part, fewer
        than it has inputs where it was given up or the record's time was gone, null where there is no such function.
    """
    end = time.process_time() + _CALLS_SECONDS
    with contained():
        names, trouble = run_modules(task["modules"])
        callees = {callee.path: callee.call for callee in callees_of(names)}
        runs = [
            _calls(reordered(callees[path], order), parts, names, task["max_characters"], end)
            if path in callees
            else None
            for path, order, parts in task["runs"]
        ]
    outcome, detail = trouble or ("passed", "")
    return {"outcome": outcome, "detail": detail, "runs": runs}


def orders(callee: Callee, kinds: Sequence[str], *, may_reorder: bool) -> Iterator[tuple[int, ...]]:
    """The orders in which the function takes arguments of these kinds, their own first: places of the arguments."""
    number = len(kinds)
    if not callee.takes_number(number):
        return
    own = tuple(range(number))
    known = callee.annotations[:number]
    for order in permutations(own) if may_reorder and number <= _MOST_REORDERED else [own]:
        if all(takes(annotation, kinds[place]) for annotation, place in zip(known, order, strict=False)):
            yield order


def reordered(call: Callable[..., Any], order: Sequence[int]) -> Callable[..., Any]:
    """The function that gives its arguments on in another order."""
    if list(order) == sorted(order):
        return call
    return lambda *arguments: call(*[arguments[place] for place in order])


def _runs(callees: Iterable[Callee], task: Mapping[str, Any]) -> list[list[Any]]:
    end = time.process_time() + _RECORD_SECONDS
    runs: list[list[Any]] = []
    for callee in callees:
        if task["only"] not in ("", callee.path):
            continue
        for place, group in enumerate(task["groups"]):
            num_slow = 0  # Of this group: what is endless on others' inputs may be quick on these.
            for order in orders(callee, group["kinds"], may_reorder=task["reorder"]):
                if num_slow >= _MOST_SLOW or time.process_time() > end:
                    break
                seconds = task.get("call_seconds", CALL_SECONDS)
                results = _results(reordered(callee.call, order), group["probes"], _MOST_SLOW - num_slow, seconds)
                num_slow += results.count(False)
                named = [] if list(order) == sorted(order) else list(callee.parameters[: len(order)])
                runs.append([callee.path, place, list(order), named, results])
    return runs


def _calls(
    call: Callable[..., Any], parts: list[list[Any]], names: Mapping[str, Any], max_characters: int, end: float
) -> list[Any]:
    calls: list[Any] = []
    for most_failures, inputs in parts:
        num_failures = 0
        for text in inputs:
            if time.process_time() > end:
                return calls
            calls.append(call_function(call, text, names, max_characters))
            num_failures += calls[-1][0] != "v"
            if num_failures > most_failures:
                return calls
    return calls


def _results(
    call: Callable[..., Any], probes: Sequence[str], most_slow: int, seconds: float
) -> list[str | bool | None]:
    results: list[str | bool | None] = []
    num_misfits = 0
    has_returned = False
    try:
        with time_limit(seconds) as begin_anew:
            for text in probes:
                begin_anew()
                try:
                    results.append(_key(call, _maker(text)))
                    has_returned = True
                except MemoryError:
                    raise
                except TimeUpError:
                    results.append(False)
                    most_slow -= 1
                except BaseException as error:
                    results.append(None)
                    num_misfits += isinstance(error, _MISFITS)
                if most_slow <= 0 or (num_misfits >= _MOST_MISFITS and not has_returned):
                    break
    except TimeUpError:
        return results  # The clock rang between two calls.
    return results


def _key(call: Callable[..., Any], make: Callable[[], tuple[Any, ...]]) -> str:
    arguments = make()
    result = call(*arguments)
    return key_of(result) if result is not None else _changed(arguments, make())


def _changed(arguments: tuple[Any, ...], before: tuple[Any, ...]) -> str:
    """What a function that gives nothing back made of its arguments."""
    key = key_of(arguments)
    return "None" if key == key_of(before) else f"!{key}"


@lru_cache(maxsize=1 << 12)
def _maker(text: str) -> Callable[[], tuple[Any, ...]]:
    """Makes the arguments anew each time."""
    make: Callable[[], tuple[Any, ...]] = eval(f"lambda: ({text},)" if text else "lambda: ()", {})
    return make


@lru_cache(maxsize=1 << 14)
def takes(annotation: str, kind: str) -> bool:
    """Whether a parameter with this annotation, empty if it has none, may be given values of this kind.

    An annotation that names nothing known takes everything.
    """
    if not annotation or kind == "any":
        return True
    try:
        return _takes(ast.parse(annotation, mode="eval").body, ast.parse(kind, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return True


def _takes(annotation: ast.expr, kind: ast.expr) -> bool:
    match annotation:
        case ast.Constant(value=str(text)):
            return takes(text, ast.unparse(kind))
        case ast.Constant(value=None):
            return _name(kind) == "none"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _takes(left, kind) or _takes(right, kind)
        case ast.Subscript(value=outer, slice=inner):
            return _takes_subscript(_name(outer), inner.elts if isinstance(inner, ast.Tuple) else [inner], kind)
    return _takes_name(_name(annotation), _name(kind))


def _takes_subscript(name: str, inner: list[ast.expr], kind: ast.expr) -> bool:
    if name in ("optional", "union"):
        return any(_takes(one, kind) for one in inner)
    if name in ("annotated", "final"):
        return _takes(inner[0], kind)
    if not _takes_name(name, _name(kind)):
        return False
    if not isinstance(kind, ast.Subscript):
        return _name(kind) != "str" or any(_takes(one, kind) for one in inner)
    own = kind.slice.elts if isinstance(kind.slice, ast.Tuple) else [kind.slice]
    if name in _DICTS and len(inner) == len(own) == 2:
        return all(map(_takes, inner, own))
    if name in _ORDERED | _SETS | _ROWS | _GROUPS:
        return any(_takes(one, own[0]) for one in inner)
    return True


def _takes_name(name: str, kind: str) -> bool:
    if kind in ("any", ""):
        return True
    return kind in _KINDS_TAKEN[name] if name in _KINDS_TAKEN else name != "callable"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
        case ast.Subscript(value=outer):
            return _name(outer)
        case ast.Constant(value=None):
            return "none"
    return ""
