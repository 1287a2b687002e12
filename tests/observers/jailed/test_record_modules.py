import pytest

from hornbook.observers.jailed.record_modules import FILE, callees_of

SOURCE = """
import functools
from math import sqrt

def plain(a, b: "int" = 1, *rest, k=2): ...
def needs_keyword(a, *, k): ...
async def waits(a): ...
short = lambda x: x

@functools.lru_cache
def cached(n): ...

class Made:
    def method(self, x: str): ...
    def _hidden(self, x): ...
    @staticmethod
    def still(x): ...

class Needy:
    def __init__(self, x): ...
    def method(self, x): ...
    @classmethod
    def of(cls, x): ...
"""


@pytest.fixture(scope="module")
def names() -> dict[str, object]:
    names: dict[str, object] = {"__name__": "record"}
    exec(compile(SOURCE, FILE, "exec"), names)
    return names


def test_functions_and_methods_of_what_can_be_made_are_called(names: dict[str, object]) -> None:
    found = [one.path for one in callees_of(names)]
    assert found == ["plain", "needs_keyword", "short", "cached", "Made.method", "Made.still", "Needy.of"]


def test_parameters_are_counted_without_those_that_are_bound(names: dict[str, object]) -> None:
    found = {one.path: one for one in callees_of(names)}
    assert (found["plain"].fewest, found["plain"].most) == (1, -1)
    assert found["plain"].annotations == ("", "int")
    assert found["Made.method"].parameters == ("x",)
    assert found["Made.method"].annotations == (repr(str),)
    assert found["Needy.of"].takes_number(1)
    assert not found["needs_keyword"].takes_number(1)
