"""Values that make a question interesting: chance alone hardly ever draws a perfect number or a symmetric matrix.

A table from the group of a task's first operation to values for which its answer is not the usual one.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.kinds import Kind


@dataclass(frozen=True)
class Telling:
    """How to draw a telling value, and for which kind of argument."""

    kind: Kind
    draw: Callable[[random.Random], Any]


def draw_telling(group: str, kind: Kind, properties: frozenset[str], rng: random.Random) -> Any | None:
    """A telling value for a task that starts with an operation of `group`; none if there is none that fits."""
    telling = TELLING.get(group)
    if telling is None or telling.kind is not kind or "small" in properties:
        return None
    value = telling.draw(rng)
    return value if _fits(value, properties) else None


def _fits(value: Any, properties: frozenset[str]) -> bool:
    """Whether a value's integers are as large and as ordered, and its rows as long, as later operations need them."""
    rows = [row for row in value if isinstance(row, list)] if isinstance(value, list) else []
    if "square" in properties and any(len(row) != len(value) for row in rows):
        return False
    members = [n for row in rows for n in row] if rows else value if isinstance(value, list) else [value]
    if "sorted" in properties and members != sorted(members):
        return False
    least = 1 if "positive" in properties else 0 if "nonneg" in properties else None
    return least is None or all(n >= least for n in members if isinstance(n, int))


def _one_of(*values: Any) -> Callable[[random.Random], Any]:
    def draw(rng: random.Random) -> Any:
        return rng.choice(values)

    return draw


def _pattern(rng: random.Random) -> list[list[int]]:
    """A square matrix that is symmetric, the identity, triangular, or magic, or nearly so."""
    size = rng.randint(2, 3)
    cells = [[rng.randint(0, 9) for _ in range(size)] for _ in range(size)]
    match rng.choice(("symmetric", "identity", "upper", "diagonal", "magic", "identity", "magic")):
        case "symmetric":
            cells = [[cells[min(i, j)][max(i, j)] for j in range(size)] for i in range(size)]
        case "identity":
            cells = [[int(i == j) for j in range(size)] for i in range(size)]
        case "upper":
            cells = [[cells[i][j] if i <= j else 0 for j in range(size)] for i in range(size)]
        case "diagonal":
            cells = [[cells[i][j] if i == j else 0 for j in range(size)] for i in range(size)]
        case _:
            step, start = rng.randint(1, 3), rng.randint(0, 5)
            cells = [[start + step * n for n in row] for row in ([2, 7, 6], [9, 5, 1], [4, 3, 8])]
            cells = cells[::-1] if rng.random() < 0.5 else cells
    if rng.random() < 0.25:
        cells[rng.randrange(len(cells))][-1] += 1
    return cells


def _with_zeros(rng: random.Random) -> list[list[int]]:
    height, width = rng.randint(2, 3), rng.randint(2, 3)
    cells = [[rng.randint(1, 9) for _ in range(width)] for _ in range(height)]
    cells[rng.randrange(height)][rng.randrange(width)] = 0
    return cells


def _with_majority(rng: random.Random) -> list[int]:
    most = rng.randint(1, 9)
    others = [rng.randint(1, 9) for _ in range(rng.randint(1, 3))]
    values = [most] * (len(others) + rng.randint(1, 2)) + others
    rng.shuffle(values)
    return values


def _rotated(rng: random.Random) -> list[int]:
    values = sorted(rng.randint(1, 20) for _ in range(rng.randint(3, 6)))
    start = rng.randrange(len(values))
    return values[start:] + values[:start]


def _no_integers(rng: random.Random) -> Any:
    return rng.choice((rng.randint(-9, 30), rng.randint(0, 99), str(rng.randint(1, 9)), [rng.randint(1, 9)], "seven"))


def _ascending(rng: random.Random) -> list[int]:
    values = sorted(rng.randint(-5, 15) for _ in range(rng.randint(3, 6)))
    return values if rng.random() < 0.7 else values[::-1]


def _all_different(rng: random.Random) -> list[int]:
    return rng.sample(range(-5, 12), rng.randint(3, 5))


def _mostly_numerals(rng: random.Random) -> list[str]:
    return [rng.choice(_NUMERALS + _NO_NUMERALS) for _ in range(rng.randint(2, 5))]


_NUMERALS = ("4", "12", "-7", "0", "305", "88", "-1", "9")
_NO_NUMERALS = ("x", "3a", "", "two", "1.5", "-", "tea", "7-2")

TELLING: Mapping[str, Telling] = {
    "refuse_no_integer": Telling(Kind.NUMBER, _no_integers),
    "refuse_unsorted": Telling(Kind.NUMBERS, _ascending),
    "refuse_repetitions": Telling(Kind.NUMBERS, _all_different),
    "refuse_negatives": Telling(Kind.NUMBERS, lambda rng: [rng.randint(0, 12) for _ in range(rng.randint(2, 6))]),
    "asnumber": Telling(Kind.TEXT, _one_of(*_NUMERALS, *_NUMERALS, *_NO_NUMERALS[:4])),
    "asnumbers": Telling(Kind.WORDS, _mostly_numerals),
    "abundant": Telling(Kind.NUMBER, _one_of(6, 12, 18, 20, 24, 28, 30, 36, 40)),
    "armstrong": Telling(Kind.NUMBER, _one_of(153, 370, 371, 407, 1634, 5, 8)),
    "triangular": Telling(Kind.NUMBER, _one_of(1, 3, 6, 10, 15, 21, 28, 36, 45, 55)),
    "happy": Telling(Kind.NUMBER, _one_of(1, 7, 10, 13, 19, 23, 28, 31, 44, 49)),
    "power_of_two": Telling(Kind.NUMBER, _one_of(1, 2, 4, 8, 16, 32, 64, 128)),
    "seconds": Telling(Kind.NUMBER, _one_of(59, 60, 3600, 3661, 7325, 5400, 36000, 86399)),
    "of_day": Telling(Kind.NUMBER, _one_of(59, 60, 90, 719, 720, 725, 1439, 1440, 1500)),
    "pattern": Telling(Kind.GRID, _pattern),
    "zeros": Telling(Kind.GRID, _with_zeros),
    "majority": Telling(Kind.NUMBERS, _with_majority),
    "rotated": Telling(Kind.NUMBERS, _rotated),
    "timecheck": Telling(
        Kind.TEXT,
        _one_of("09:30", "24:00", "12:60", "ab:cd", "23:59", "00:00", "12-30", "18:45", "9:30", "07:07", "12:00"),
    ),
    "datecheck": Telling(
        Kind.TEXT,
        _one_of(
            "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-13-01", "2024-04-31", "2024-00-10",
            "1999-12-31", "2020-06-15", "24-06-15", "2020/06/15", "2021-07-00", "2010-10-10", "2012-02-29",
            "1987-05-30", "2031-08-31",
        ),
    ),
}  # fmt: skip
