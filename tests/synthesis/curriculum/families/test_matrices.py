import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import numpy
import pytest

Ways = Callable[[str], list[Callable[..., Any]]]
Matrix = list[list[int]]


def _matrices(seed: int, *, is_square: bool, count: int = 60) -> list[Matrix]:
    rng = random.Random(seed)
    drawn = []
    for _ in range(count):
        height = rng.randint(1, 4)
        width = height if is_square else rng.randint(1, 4)
        drawn.append([[rng.randint(-2, 6) for _ in range(width)] for _ in range(height)])
    return drawn


def _by_permutations(matrix: Matrix) -> int:
    total = 0
    for order in itertools.permutations(range(len(matrix))):
        swaps = sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])
        total += (-1) ** swaps * math.prod(row[j] for row, j in zip(matrix, order, strict=True))
    return total


def _neighbours(matrix: Matrix) -> Matrix:
    padded = numpy.pad(numpy.array(matrix), 1)
    sums = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return [list(map(int, row)) for row in sums]


def _spiral(matrix: Matrix) -> list[int]:
    """Walk on until the next cell is outside or was there before, then turn right."""
    height, width = len(matrix), len(matrix[0])
    i, j, di, dj = 0, 0, 0, 1
    seen: list[tuple[int, int]] = []
    while len(seen) < height * width:
        seen.append((i, j))
        ahead = (i + di, j + dj)
        if not (0 <= ahead[0] < height and 0 <= ahead[1] < width) or ahead in seen:
            di, dj = dj, -di
        i, j = i + di, j + dj
    return [matrix[i][j] for i, j in seen]


def _border(matrix: Matrix) -> list[int]:
    inner = {(i, j) for i in range(1, len(matrix) - 1) for j in range(1, len(matrix[0]) - 1)}
    return [n for i, row in enumerate(matrix) for j, n in enumerate(row) if (i, j) not in inner]


def _zeroed(matrix: Matrix) -> Matrix:
    cells = numpy.array(matrix)
    kept = numpy.outer((cells != 0).all(axis=1), (cells != 0).all(axis=0))
    return [list(map(int, row)) for row in cells * kept]


def _listed(cells: Any) -> Any:
    return cells.tolist()


def _array(matrix: Matrix) -> Any:
    return numpy.array(matrix)


OBLONG: dict[str, Callable[[Matrix], Any]] = {
    "transpose": lambda m: _listed(_array(m).T),
    "turn_clockwise": lambda m: _listed(numpy.rot90(_array(m), -1)),
    "turn_counterclockwise": lambda m: _listed(numpy.rot90(_array(m))),
    "turn_half": lambda m: _listed(numpy.rot90(_array(m), 2)),
    "shift_rows": lambda m: _listed(numpy.roll(_array(m), 1, axis=1)),
    "sort_each_row": lambda m: _listed(numpy.sort(_array(m), axis=1)),
    "column_maxima": lambda m: _listed(_array(m).max(axis=0)),
    "largest_row_sum": lambda m: int(_array(m).sum(axis=1).max()),
    "neighbour_sums": _neighbours,
    "spread_zeros": _zeroed,
    "spiral": _spiral,
    "border": _border,
    "border_sum": lambda m: sum(_border(m)),
}
SQUARE: dict[str, Callable[[Matrix], Any]] = {
    "diagonal": lambda m: _listed(_array(m).diagonal()),
    "anti_diagonal": lambda m: _listed(numpy.fliplr(_array(m)).diagonal()),
    "trace": lambda m: int(_array(m).trace()),
    "diagonal_difference": lambda m: abs(int(_array(m).trace() - numpy.fliplr(_array(m)).trace())),
    "determinant": _by_permutations,
    "matrix_square": lambda m: _listed(_array(m) @ _array(m)),
    "upper_triangle": lambda m: _listed(numpy.triu(_array(m))),
    "sum_above_diagonal": lambda m: int(numpy.triu(_array(m), 1).sum()),
    "is_symmetric": lambda m: bool((_array(m) == _array(m).T).all()),
    "is_identity": lambda m: bool((_array(m) == numpy.eye(len(m))).all()),
    "is_upper_triangular": lambda m: not numpy.tril(_array(m), -1).any(),
}


@pytest.mark.parametrize("name", OBLONG)
def test_every_way_with_a_matrix_agrees_with_arrays(ways: Ways, name: str) -> None:
    for run in ways(name):
        for matrix in _matrices(1, is_square=False):
            assert run(matrix) == OBLONG[name](matrix), matrix


@pytest.mark.parametrize("name", SQUARE)
def test_every_way_with_a_square_matrix_agrees_with_arrays(ways: Ways, name: str) -> None:
    patterns = [[[1, 2], [2, 1]], [[1, 0], [0, 1]], [[3, 4], [0, 5]], [[1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]]
    for run in ways(name):
        for matrix in [*_matrices(2, is_square=True), *patterns]:
            assert run(matrix) == SQUARE[name](matrix), matrix


@pytest.mark.parametrize("name", [*OBLONG, *SQUARE])
def test_all_ways_agree_on_the_empty_matrix(ways: Ways, name: str) -> None:
    first, *others = [run([]) for run in ways(name)]
    assert all(other == first for other in others)


def test_products_and_sums_with_a_second_value_agree_with_arrays(ways: Ways) -> None:
    rng = random.Random(3)
    for matrix in _matrices(3, is_square=False):
        vector = [rng.randint(-3, 5) for _ in matrix[0]]
        assert all(run(matrix, vector) == _listed(_array(matrix) @ _array([vector])[0]) for run in ways("times_vector"))
        other = [[rng.randint(-3, 5) for _ in row] for row in matrix]
        assert all(run(matrix, other) == _listed(_array(matrix) + _array(other)) for run in ways("matrix_sum"))
        table = _listed(numpy.add.outer(_array([matrix[0]])[0], _array([vector])[0]))
        assert all(run(matrix[0], vector) == table for run in ways("sum_table"))


def test_tables_are_made_from_a_number(ways: Ways) -> None:
    for size in range(6):
        counted = numpy.arange(1, size + 1)
        assert all(run(size) == _listed(numpy.eye(size, dtype=int)) for run in ways("identity_matrix"))
        assert all(run(size) == _listed(numpy.outer(counted, counted)) for run in ways("times_table"))


def test_a_magic_square_has_one_sum_in_all_directions(ways: Ways) -> None:
    for run in ways("is_magic"):
        assert run([[2, 7, 6], [9, 5, 1], [4, 3, 8]])
        assert not run([[2, 7, 6], [9, 5, 1], [4, 3, 9]])
        assert not run([[1, 2], [2, 1]])
        assert run([[4]])


def test_a_saddle_is_lowest_in_its_row_and_highest_in_its_column(ways: Ways) -> None:
    for run in ways("saddle_points"):
        assert run([[1, 2, 3], [4, 5, 6]]) == [4]
        assert run([[1, 9], [9, 1]]) == []
        assert run([[5, 5], [5, 5]]) == [5, 5, 5, 5]
