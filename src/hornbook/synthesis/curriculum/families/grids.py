"""Operations on a list of lists of integers that keep it one."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, F, G, D = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.GRID, Kind.NESTED
NESTED, MATRICES = Family.NESTED, Family.MATRICES
CELLS = "nonneg positive even"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_grids(), *_rows())


def _each_cell(new: str) -> tuple[str, str]:
    return (
        f"$out = []\nfor row in $x:\n    $out.append([{new} for n in row])",
        f"$out = [[] for _ in $x]\nfor i, row in enumerate($x):\n    for n in row:\n        $out[i].append({new})",
    )


def _grids() -> tuple[Operation, ...]:
    return (
        whole(
            "transpose",
            MATRICES,
            G,
            G,
            code=("[list(column) for column in zip(*$x)]",),
            block=(
                "$out = []\nfor i in range(len($x[0]) if $x else 0):\n    $out.append([row[i] for row in $x])",
                "$out = list(map(list, zip(*$x)))",
            ),
            noun="the transpose of $x",
            act=("transpose $x",),
            frag=("transposed", "transpose"),
            result="turned",
            needs="rect",
            keeps=CELLS + " rect square",
            group="turn",
            note="Transposing turns rows into columns.",
        ),
        whole(
            "reverse_rows",
            NESTED,
            G,
            G,
            code=("[row[::-1] for row in $x]", "[list(reversed(row)) for row in $x]"),
            block="$out = []\nfor row in $x:\n    $out.append(row[::-1])",
            noun="$x with every row reversed",
            act=("reverse every row of $x",),
            frag=("mirrored", "rows_reversed"),
            result="mirrored",
            keeps=CELLS + " rect square",
            group="turn",
        ),
        whole(
            "flip_rows",
            NESTED,
            G,
            G,
            code=("$x[::-1]", "list(reversed($x))"),
            block="$out = []\nfor row in $x:\n    $out.insert(0, row)",
            noun="$x with the rows in reverse order",
            act=("reverse the order of the rows of $x",),
            frag=("flipped", "upside_down"),
            result="flipped",
            keeps=CELLS + " rect square",
            group="turn",
        ),
        whole(
            "add_to_cells",
            NESTED,
            G,
            G,
            code="[[n + $k for n in row] for row in $x]",
            block=_each_cell("n + $k"),
            noun="$x with every number increased by $k",
            act=("increase every number in $x by $k",),
            frag=("increased", "cells_plus"),
            result="raised",
            params=(count("k", 2, 3, 5, 10, argument="amount step"),),
            keeps="nonneg positive rect square",
            group="cells",
        ),
        whole(
            "multiply_cells",
            NESTED,
            G,
            G,
            code="[[n * $k for n in row] for row in $x]",
            block=_each_cell("n * $k"),
            noun="$x with every number multiplied by $k",
            act=("multiply every number in $x by $k",),
            frag=("scaled", "cells_times"),
            result="scaled",
            params=(count("k", 2, 3, 4, 10, argument="factor"),),
            keeps=CELLS + " rect square",
            group="cells",
        ),
    )


def _rows() -> tuple[Operation, ...]:
    stays = CELLS + " rect"
    return (
        whole(
            "rows_longer",
            NESTED,
            G,
            G,
            code=("[row for row in $x if len(row) > $k]", "list(filter(lambda row: len(row) > $k, $x))"),
            block="$out = []\nfor row in $x:\n    if len(row) > $k:\n        $out.append(row)",
            noun="the rows of $x with more than $k numbers",
            act=("keep only the rows of $x with more than $k numbers|keep only the rows with more than $k numbers",),
            frag=("long_rows",),
            result="long",
            params=(count("k", 2, 3, argument="limit"),),
            keeps=stays,
            avoids="rect",
            group="rows",
        ),
        whole(
            "rows_with_sum",
            NESTED,
            G,
            G,
            code=("[row for row in $x if sum(row) > $k]", "list(filter(lambda row: sum(row) > $k, $x))"),
            block="$out = []\nfor row in $x:\n    if sum(row) > $k:\n        $out.append(row)",
            noun="the rows of $x whose sum is greater than $k",
            act=(
                "keep only the rows of $x whose sum is greater than $k|keep only the rows whose sum is greater than $k",
            ),
            frag=("heavy_rows", "rows_above"),
            result="heavy",
            params=(count("k", 3, 4, 5, 6, 8, argument="limit threshold"),),
            keeps=stays,
            group="rows",
        ),
        whole(
            "sort_rows_by_sum",
            NESTED,
            G,
            G,
            code="sorted($x, key=sum)",
            block=("$out = list($x)\n$out.sort(key=sum)", "$out = sorted($x, key=lambda row: sum(row))"),
            noun="the rows of $x sorted by their sums, smallest first",
            act=("sort the rows of $x by their sums, smallest first",),
            frag=("by_row_sum", "rows_by_sum"),
            result="ordered",
            keeps=stays + " square",
            group="turn",
            note="Rows with equal sums keep their order.",
        ),
    )
