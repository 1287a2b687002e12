import pytest

from hornbook.sandbox.probes.record_modules import FILE, callees_of, run_modules

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
    functions = ["plain", "needs_keyword", "short", "cached"]
    assert found == [*functions, "Made.method", "Made.still", "Needy.method", "Needy.of"]


def test_parameters_are_counted_without_those_that_are_bound(names: dict[str, object]) -> None:
    found = {one.path: one for one in callees_of(names)}
    assert (found["plain"].fewest, found["plain"].most) == (1, -1)
    assert found["plain"].annotations == ("", "int")
    assert found["Made.method"].parameters == ("x",)
    assert found["Made.method"].annotations == (repr(str),)
    assert found["Needy.of"].takes_number(1)
    assert not found["needs_keyword"].takes_number(1)


def test_a_class_that_needs_arguments_is_made_of_the_first_ones() -> None:
    source = (
        "class Scaled:\n    def __init__(self, rows: list, factor=2):\n        self.rows, self.factor = rows, factor\n"
        "    def plus(self, more: int):\n        return [self.factor * row + more for row in self.rows]\n"
        "    def all(self):\n        return self.rows\n"
    )
    names, _ = run_modules([source])
    found = {callee.path: callee for callee in callees_of(names)}
    plus = found["Scaled.plus"]
    assert (plus.fewest, plus.most, plus.parameters, plus.annotations) == (2, 2, ("rows", "more"), ("list", "int"))
    assert plus.call([1, 2], 3) == [5, 7]
    assert found["Scaled.all"].call([4]) == [4]
    assert found["Scaled.all"].takes_number(1)


def test_functions_inside_a_main_are_taken_out_of_it_unless_their_names_are_taken() -> None:
    source = (
        "def outer(x):\n    def hidden(y): return y\n    return hidden(x)\n\n"
        "def main() -> None:\n    def solve(rows): return len(rows)\n    def outer(z): return z\n    solve([1])\n"
    )
    names, trouble = run_modules([source])
    assert trouble is None
    assert [callee.path for callee in callees_of(names)] == ["outer", "main", "solve"]
    assert names["outer"].__code__.co_varnames[0] == "x"
