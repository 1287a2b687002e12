"""Matrices that become other matrices: turned, multiplied, rearranged, summed cell by cell."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import other, whole

N, NS, G = Kind.NUMBER, Kind.NUMBERS, Kind.GRID
MATRICES = Family.MATRICES
CELLS = "nonneg positive even"
SHAPE = " rect square"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_turns(), *_products(), *_rows_and_columns(), *_cells(), *_makers())


def _turns() -> tuple[Operation, ...]:
    return (
        whole(
            "turn_clockwise",
            MATRICES,
            G,
            G,
            code="[list(column) for column in zip(*$x[::-1])]",
            block=(
                "$out = []\nfor j in range(len($x[0]) if $x else 0):\n"
                "    $out.append([row[j] for row in reversed($x)])",
                "$out = [list(column)[::-1] for column in zip(*$x)]",
            ),
            noun="$x turned clockwise by 90 degrees",
            act="turn $x clockwise by 90 degrees",
            frag=("clockwise", "turned_right"),
            result="turned",
            needs="rect",
            keeps=CELLS + SHAPE,
            group="turn",
        ),
        whole(
            "turn_counterclockwise",
            MATRICES,
            G,
            G,
            code="[list(column) for column in zip(*$x)][::-1]",
            block=(
                "$out = []\nfor j in range(len($x[0]) if $x else 0):\n    $out.insert(0, [row[j] for row in $x])",
                "$out = [list(column) for column in zip(*[row[::-1] for row in $x])]",
            ),
            noun="$x turned counterclockwise by 90 degrees",
            act="turn $x counterclockwise by 90 degrees",
            frag=("counterclockwise", "turned_left"),
            result="turned",
            needs="rect",
            keeps=CELLS + SHAPE,
            group="turn",
        ),
        whole(
            "turn_half",
            MATRICES,
            G,
            G,
            code="[row[::-1] for row in $x[::-1]]",
            block=(
                "$out = []\nfor row in $x:\n    $out.insert(0, row[::-1])",
                "$out = [list(reversed(row)) for row in reversed($x)]",
            ),
            noun="$x turned by 180 degrees",
            act="turn $x by 180 degrees",
            frag=("half_turn", "upside_down"),
            result="turned",
            keeps=CELLS + SHAPE,
            group="turn",
        ),
    )


def _products() -> tuple[Operation, ...]:
    product = (
        "$out = []\nfor row in $x:\n    line = []\n    for j in range(len($x)):\n"
        "        line.append(sum(row[i] * $x[i][j] for i in range(len($x))))\n    $out.append(line)"
    )
    return (
        whole(
            "times_vector",
            MATRICES,
            G,
            NS,
            code=("[sum(a * b for a, b in zip(row, $m)) for row in $x]",),
            block=(
                "$out = []\nfor row in $x:\n    total = 0\n    for a, b in zip(row, $m):\n        total += a * b\n"
                "    $out.append(total)",
            ),
            noun=(
                "the numbers in the product of the matrix $x and the vector $m|"
                "the numbers in the product of that matrix and the vector $m"
            ),
            act=(
                "take the numbers in the product of the matrix $x and the vector $m|"
                "take the numbers in the product of that matrix and the vector $m"
            ),
            frag=("times_vector", "matrix_vector"),
            result="product",
            params=(other("m", NS, "vector weights factors", needs="alike"),),
            needs="rect",
            group="flat",
            note=(
                "For each row, add up the products of its numbers with those at the same positions of $m; positions "
                "that only one of them has are left out."
            ),
            difficulty=3,
        ),
        whole(
            "matrix_square",
            MATRICES,
            G,
            G,
            block=(
                product,
                "columns = list(zip(*$x))\n$out = []\nfor row in $x:\n"
                "    $out.append([sum(a * b for a, b in zip(row, column)) for column in columns])",
            ),
            noun="the matrix product of $x with itself|the matrix product of that matrix with itself",
            act="multiply $x with itself as a matrix",
            frag=("matrix_square", "squared_matrix"),
            result="product",
            needs="square",
            keeps="nonneg positive even rect square",
            note="In a matrix product, row i meets column j: the products of their numbers are added up.",
            difficulty=4,
        ),
        whole(
            "matrix_sum",
            MATRICES,
            G,
            G,
            code="[[a + b for a, b in zip(row, other)] for row, other in zip($x, $m)]",
            block=(
                "$out = []\nfor row, other in zip($x, $m):\n    $out.append([a + b for a, b in zip(row, other)])",
                "$out = []\nfor i in range(min(len($x), len($m))):\n    width = min(len($x[i]), len($m[i]))\n"
                "    $out.append([$x[i][j] + $m[i][j] for j in range(width)])",
            ),
            noun="the sum of the matrices $x and $m|the sum of that matrix and $m",
            act="add to each number in $x the one at the same place in $m",
            frag=("matrix_sum", "add_matrices"),
            result="sums",
            params=(other("m", G, "second other_matrix extra", needs="alike"),),
            keeps="rect",
            group="cells",
            note="Places that only one of them has are left out.",
        ),
    )


def _rows_and_columns() -> tuple[Operation, ...]:
    return (
        whole(
            "swap_outer_rows",
            MATRICES,
            G,
            G,
            code="[$x[-1], *$x[1:-1], $x[0]] if len($x) > 1 else $x[:]",
            block=(
                "$out = list($x)\nif $out:\n    $out[0], $out[-1] = $out[-1], $out[0]",
                "middle = $x[1:-1]\n$out = $x[-1:] + middle + $x[:1] if len($x) > 1 else list($x)",
            ),
            noun="$x with the first and the last row swapped",
            act="swap the first and the last row of $x",
            frag=("rows_swapped", "swap_rows"),
            result="swapped",
            keeps=CELLS + SHAPE,
            group="row_moves",
        ),
        whole(
            "swap_outer_columns",
            MATRICES,
            G,
            G,
            block=(
                "$out = []\nfor row in $x:\n    line = list(row)\n    if line:\n"
                "        line[0], line[-1] = line[-1], line[0]\n    $out.append(line)",
                "$out = [list(row) for row in $x]\nfor row in $out:\n    if row:\n"
                "        row[0], row[-1] = row[-1], row[0]",
            ),
            noun="$x with the first and the last number of each row swapped",
            act="swap the first and the last number of each row of $x",
            frag=("columns_swapped", "swap_columns"),
            result="swapped",
            keeps=CELLS + SHAPE,
            group="row_moves",
        ),
        whole(
            "shift_rows",
            MATRICES,
            G,
            G,
            code="[row[-1:] + row[:-1] for row in $x]",
            block=(
                "$out = []\nfor row in $x:\n    $out.append(row[-1:] + row[:-1])",
                "$out = []\nfor row in $x:\n    line = list(row)\n    if line:\n        line.insert(0, line.pop())\n"
                "    $out.append(line)",
            ),
            noun="$x with each row shifted right by one place, the last number of a row coming first",
            act="shift each row of $x right by one place, so that its last number comes first",
            frag=("shifted_rows", "rows_rotated"),
            result="shifted",
            keeps=CELLS + SHAPE,
            group="row_moves",
        ),
        whole(
            "sort_each_row",
            MATRICES,
            G,
            G,
            code=("[sorted(row) for row in $x]", "list(map(sorted, $x))"),
            block="$out = []\nfor row in $x:\n    line = list(row)\n    line.sort()\n    $out.append(line)",
            noun="$x with each row in ascending order",
            act="sort each row of $x in ascending order",
            frag=("rows_sorted", "sort_rows"),
            result="ordered",
            keeps=CELLS + SHAPE,
            group="row_moves",
            difficulty=1,
        ),
        whole(
            "without_first_row_and_column",
            MATRICES,
            G,
            G,
            code="[row[1:] for row in $x[1:]]",
            block=(
                "$out = []\nfor i, row in enumerate($x):\n    if i > 0:\n        $out.append(row[1:])",
                "$out = []\nfor i in range(1, len($x)):\n    $out.append($x[i][1:])",
            ),
            noun="$x without the first row and the first column",
            act="remove the first row and the first column of $x",
            frag=("minor", "without_edges"),
            result="smaller",
            keeps=CELLS + SHAPE,
            group="rows",
        ),
    )


def _cells() -> tuple[Operation, ...]:
    return (
        whole(
            "upper_triangle",
            MATRICES,
            G,
            G,
            code=("[[n * (j >= i) for j, n in enumerate(row)] for i, row in enumerate($x)]",),
            block=(
                "$out = []\nfor i, row in enumerate($x):\n    $out.append([0] * min(i, len(row)) + row[i:])",
                "$out = [list(row) for row in $x]\nfor i in range(len($out)):\n    for j in range(i):\n"
                "        $out[i][j] = 0",
            ),
            noun="$x with every number below the diagonal replaced by 0",
            act="replace every number of $x below the diagonal by 0",
            frag=("upper_triangle", "triu"),
            result="upper",
            needs="square",
            keeps="nonneg even" + SHAPE,
            group="cells",
        ),
        whole(
            "neighbour_sums",
            MATRICES,
            G,
            G,
            block=(
                "height = len($x)\nwidth = len($x[0]) if $x else 0\n$out = [[0] * width for _ in $x]\n"
                "for i in range(height):\n    for j in range(width):\n"
                "        for a, b in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):\n"
                "            if 0 <= a < height and 0 <= b < width:\n                $out[i][j] += $x[a][b]",
                "width = len($x[0]) if $x else 0\nframed = [[0] * (width + 2)]\n"
                "framed += [[0, *row, 0] for row in $x]\nframed.append([0] * (width + 2))\n$out = []\n"
                "for i in range(1, len($x) + 1):\n    above, row, below = framed[i - 1], framed[i], framed[i + 1]\n"
                "    $out.append([\n        above[j] + below[j] + row[j - 1] + row[j + 1]\n"
                "        for j in range(1, width + 1)\n    ])",
            ),
            noun="$x with every number replaced by the sum of its neighbours above, below, left and right",
            act="replace every number in $x by the sum of its neighbours above, below, left and right",
            frag=("neighbour_sums", "cross_sums"),
            result="sums",
            needs="rect",
            keeps="nonneg even" + SHAPE,
            group="cells",
            note="A number at the edge has fewer neighbours.",
            difficulty=4,
        ),
        whole(
            "spread_zeros",
            MATRICES,
            G,
            G,
            block=(
                "columns = [j for row in $x for j, n in enumerate(row) if n == 0]\n$out = []\nfor row in $x:\n"
                "    $out.append([0 if 0 in row or j in columns else n for j, n in enumerate(row)])",
                "$out = [list(row) for row in $x]\nfor i, row in enumerate($x):\n    for j, n in enumerate(row):\n"
                "        if n == 0:\n            $out[i] = [0] * len(row)\n            for line in $out:\n"
                "                line[j] = 0",
            ),
            noun="$x with every row and every column that contains a 0 filled with zeros",
            act="fill every row and every column of $x that contains a 0 with zeros",
            frag=("spread_zeros", "zeroed"),
            result="cleared",
            needs="rect",
            keeps="nonneg even" + SHAPE,
            group="zeros",
            note="Only the zeros that are there at the start count.",
            difficulty=4,
        ),
    )


def _makers() -> tuple[Operation, ...]:
    return (
        whole(
            "identity_matrix",
            MATRICES,
            N,
            G,
            code="[[int(i == j) for j in range($x)] for i in range($x)]",
            block=(
                "$out = [[0] * $x for _ in range($x)]\nfor i in range($x):\n    $out[i][i] = 1",
                "$out = []\nfor i in range($x):\n    row = [0] * $x\n    row[i] = 1\n    $out.append(row)",
            ),
            noun="the identity matrix with as many rows as $x says|the identity matrix with that many rows",
            act="make the identity matrix with as many rows as $x says|make the identity matrix with that many rows",
            frag=("identity", "unit_matrix"),
            result="identity",
            needs="nonneg small",
            adds="nonneg rect square",
            group="made",
            note="It has 1 on the diagonal and 0 elsewhere.",
        ),
        whole(
            "times_table",
            MATRICES,
            N,
            G,
            code="[[i * j for j in range(1, $x + 1)] for i in range(1, $x + 1)]",
            block=(
                "$out = []\nfor i in range(1, $x + 1):\n    $out.append([i * j for j in range(1, $x + 1)])",
                "$out = []\nfor i in range(1, $x + 1):\n    row = []\n    for j in range(1, $x + 1):\n"
                "        row.append(i * j)\n    $out.append(row)",
            ),
            noun="the multiplication table of the numbers from 1 to $x",
            act="make the multiplication table of the numbers from 1 to $x",
            frag=("times_table", "multiplication_table"),
            result="products",
            needs="nonneg small",
            adds="nonneg positive rect square",
            group="made",
            note="Its first row holds the products with 1.",
        ),
        whole(
            "sum_table",
            MATRICES,
            NS,
            G,
            code=("[[a + b for b in $m] for a in $x]",),
            block=(
                "$out = []\nfor a in $x:\n    $out.append([a + b for b in $m])",
                "$out = []\nfor a in $x:\n    row = []\n    for b in $m:\n        row.append(a + b)\n"
                "    $out.append(row)",
            ),
            noun="a table of the sums of each of $x with each number in $m",
            act="make a table of the sums of each of $x with each number in $m",
            frag=("sum_table", "addition_table"),
            result="sums",
            params=(other("m", NS, "others columns seconds"),),
            adds="rect",
            group="made",
            note="It has one row for each number of the first list.",
        ),
    )
