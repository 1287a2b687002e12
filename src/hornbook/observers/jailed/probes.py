"""Sees what every function of a record gives for inputs that many problems share, each result as a key."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

from hornbook.observers.jailed.clock import TimeUpError, no_waiting, time_limit
from hornbook.observers.jailed.keys import key_of
from hornbook.observers.jailed.kinds import takes
from hornbook.observers.jailed.record_modules import Callee, callees_of, run_modules

CALL_SECONDS = 0.02
_RECORD_SECONDS = 0.5
_MOST_SLOW = 2
_MOST_MISFITS = 2
_MOST_REORDERED = 3
_MISFITS = (TypeError, AttributeError)
"""What a function raises that was made for other types."""


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
    with no_waiting():
        names, trouble = run_modules(task["modules"])
        runs = _runs(callees_of(names), task)
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
        num_slow = 0
        for place, group in enumerate(task["groups"]):
            for order in orders(callee, group["kinds"], may_reorder=task["reorder"]):
                if num_slow >= _MOST_SLOW or time.process_time() > end:
                    break
                seconds = task.get("call_seconds", CALL_SECONDS)
                results = _results(reordered(callee.call, order), group["probes"], _MOST_SLOW - num_slow, seconds)
                num_slow += results.count(False)
                named = [] if list(order) == sorted(order) else list(callee.parameters[: len(order)])
                runs.append([callee.path, place, list(order), named, results])
    return runs


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
