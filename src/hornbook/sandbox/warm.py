"""Prepares the jail's interpreter for many forks.

The modules that programs are likely to import are imported, and what Python builds on first use is built. The child
copies few pages of memory: where it writes beside objects in use, the kernel has to copy a page; where it writes to
fresh memory, it does not. Imports the standard library alone.
"""

import gc
import os
import sys
from collections.abc import Callable

_MODULES = (
    "abc array bisect cmath collections collections.abc copy datetime enum functools heapq io itertools json math "
    "numbers operator random re string struct time typing"
)
"""Small ones that programs use often. Each page of a module costs every program; other modules are read from disk."""
_REFUSED_EVENTS = frozenset(
    ["sys.settrace", "sys.setprofile", "gc.get_objects", "gc.get_referrers", "gc.get_referents"]
)
"""Names in Python's table of audit events."""
_REHEARSAL = '''
from typing import Dict, List, Optional, Tuple
import math

def check(candidate):
    """Return nothing."""
    assert candidate([1.5, 2.0], "ab") == {"a": 1, "b": 0}, "message"
    assert abs(math.sqrt(candidate([], "") == {}) - 1) < 1e-6

def count(numbers: List[float], text: str = "", *rest, **named) -> Optional[Dict[str, int]]:
    total = sum(number ** 2 for number in numbers if number > 1 and not number % 2)
    try:
        pairs = sorted(((letter, index) for index, letter in enumerate(text)), key=lambda pair: pair[0])
    except (ValueError, TypeError) as error:
        raise error
    while total > 100:
        total -= 1
    result = {letter: len(text) - 1 - index for letter, index in pairs}
    return result if f"{total:.2f}".split(".")[0] != "x" else None

class Point:
    x: int = 0

check(count)
'''
_POOL_BYTES, _POOL_HEADER_BYTES, _SMALLEST_BYTES, _LARGEST_BYTES, _STEP_BYTES = 16384, 48, 32, 512, 16
_MOST_BLOCKS = 4096


def warm_up() -> list[object]:
    """Import, rehearse, and freeze the objects made so far, so that the garbage collector leaves them alone.

    Returns:
        Objects that fill holes in the heap; they must be kept.
    """
    _import_modules()
    _refuse_to_be_taken_apart()
    for _ in range(2):
        exec(compile(_REHEARSAL, "<rehearsal>", "exec", dont_inherit=True), {"__name__": "rehearsal"})
    gc.collect()
    gc.freeze()
    return _fill_holes()


def _import_modules() -> None:
    """Import them; `random` without its habit of drawing a new seed after each fork, and with seed 0."""
    register = os.register_at_fork
    os.register_at_fork = lambda **_: None
    try:
        for name in _MODULES.split():
            __import__(name)
    finally:
        os.register_at_fork = register
    sys.modules["random"].seed(0)


def _refuse_to_be_taken_apart() -> None:
    """Refuse what lets a program jump over lines of the tests that call it, or walk through all objects.

    `sys.settrace(None)` ends tracing, which never began; `doctest` calls it.
    """

    def end_tracing(function: object, /) -> None:
        if function is not None:
            raise PermissionError("a program in the jail cannot trace or profile")

    def refuse(event: str, _arguments: tuple[object, ...]) -> None:
        if event in _REFUSED_EVENTS:
            raise PermissionError(f"a program in the jail cannot call {event}")

    sys.settrace = sys.setprofile = end_tracing
    sys.addaudithook(refuse)


def _fill_holes() -> list[object]:
    """Occupy the free blocks between used ones, so that what a child allocates lies in fresh memory.

    Python serves small objects from pools, one size in each; where three blocks in a row are the first ones of a
    pool, the pools that were in use are full.
    """
    fillers: list[object] = []
    for size in range(_SMALLEST_BYTES, _LARGEST_BYTES + 1, _STEP_BYTES):
        make = _maker(size)
        first = [_POOL_HEADER_BYTES + number * size for number in range(3)]
        last: list[int] = []
        for number in range(_MOST_BLOCKS):
            block = make(number)
            fillers.append(block)
            last = [*last[-2:], id(block) % _POOL_BYTES]
            if last == first:
                break
    return fillers


def _maker(size: int) -> Callable[[int], object]:
    """Makes objects of one size that the garbage collector does not track."""
    if size == _SMALLEST_BYTES:
        return float
    return lambda _: bytes(size - sys.getsizeof(b""))
