"""What can be read off a matrix: its diagonals, its border, the order of a walk through it, tests of its pattern."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, NS, F, G = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.GRID
MATRICES = Family.MATRICES
CELLS = "nonneg positive even"
MAIN = "The diagonal runs from the top left to the bottom right."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_diagonals(), *_walks(), *_measures(), *_patterns())


def _diagonals() -> tuple[Operation, ...]:
    return (
        whole(
            "anti_diagonal",
            MATRICES,
            G,
            NS,
            code=("[row[-1 - i] for i, row in enumerate($x)]", "[$x[i][len($x) - 1 - i] for i in range(len($x))]"),
            block="$out = []\nj = len($x) - 1\nfor row in $x:\n    $out.append(row[j])\n    j -= 1",
            noun="the diagonal of $x from the top right to the bottom left",
            act="take the numbers on the diagonal of $x, from the top right to the bottom left",
            frag=("anti_diagonal", "other_diagonal"),
            result="diagonal",
            needs="square",
            keeps=CELLS,
            group="flat",
        ),
        whole(
            "trace",
            MATRICES,
            G,
            N,
            code=("sum($x[i][i] for i in range(len($x)))", "sum(row[i] for i, row in enumerate($x))"),
            block="$out = 0\nfor i, row in enumerate($x):\n    $out += row[i]",
            noun="the sum of the diagonal of $x",
            act="add up the diagonal of $x",
            frag=("trace", "diagonal_sum"),
            result="total",
            needs="square",
            keeps="nonneg even",
            group="flat",
            note=MAIN,
        ),
        whole(
            "diagonal_difference",
            MATRICES,
            G,
            N,
            code="abs(sum(row[i] - row[-1 - i] for i, row in enumerate($x)))",
            block=(
                "falling = sum($x[i][i] for i in range(len($x)))\nrising = sum($x[i][-1 - i] for i in range(len($x)))\n"
                "$out = abs(falling - rising)",
                "$out = 0\nfor i, row in enumerate($x):\n    $out += row[i]\n    $out -= row[len(row) - 1 - i]\n"
                "if $out < 0:\n    $out = -$out",
            ),
            noun="the absolute difference between the sums of the two diagonals of $x",
            act="take the absolute difference between the sums of the two diagonals of $x",
            frag=("diagonal_difference", "diagonals_gap"),
            result="gap",
            needs="square",
            adds="nonneg",
            keeps="even",
            group="flat",
        ),
        whole(
            "determinant",
            MATRICES,
            G,
            N,
            block=(
                "def det(rows):\n    if not rows:\n        return 1\n    total = 0\n"
                "    for j, n in enumerate(rows[0]):\n        rest = [row[:j] + row[j + 1:] for row in rows[1:]]\n"
                "        total += (-1) ** j * n * det(rest)\n    return total\n\n$out = det($x)",
                "def det(rows):\n    if not rows:\n        return 1\n    return sum(\n"
                "        (-1) ** i * rows[i][0] * det([row[1:] for row in rows[:i] + rows[i + 1:]])\n"
                "        for i in range(len(rows))\n    )\n\n$out = det($x)",
            ),
            noun="the determinant of $x",
            act="take the determinant of $x",
            frag=("determinant", "det"),
            result="determinant",
            needs="square",
            group="flat",
            empty=("1", "the determinant"),
            longest=6,
            difficulty=4,
        ),
    )


def _walks() -> tuple[Operation, ...]:
    return (
        whole(
            "spiral",
            MATRICES,
            G,
            NS,
            block=(
                "$out = []\nrest = [list(row) for row in $x]\nwhile rest:\n    $out += rest.pop(0)\n"
                "    rest = [list(column) for column in zip(*rest)][::-1]",
                "$out = []\nrest = $x\nwhile rest and rest[0]:\n    $out.extend(rest[0])\n    rest = rest[1:]\n"
                "    $out.extend(row[-1] for row in rest)\n    rest = [row[:-1] for row in rest]\n"
                "    if rest and rest[0]:\n        $out.extend(reversed(rest[-1]))\n        rest = rest[:-1]\n"
                "        $out.extend(row[0] for row in reversed(rest))\n        rest = [row[1:] for row in rest]",
            ),
            noun="the numbers in $x in spiral order",
            head=("numbers", "in $x in spiral order"),
            act="list the numbers in $x in spiral order",
            frag=("spiral", "in_spiral"),
            result="walk",
            needs="rect",
            keeps=CELLS,
            group="flat",
            note="A spiral starts at the top left and runs clockwise, inwards.",
            difficulty=4,
        ),
        whole(
            "zigzag",
            MATRICES,
            G,
            NS,
            code="[n for i, row in enumerate($x) for n in (row[::-1] if i % 2 else row)]",
            block=(
                "$out = []\nfor i, row in enumerate($x):\n    if i % 2 == 0:\n        $out.extend(row)\n"
                "    else:\n        $out.extend(reversed(row))",
                "$out = []\nis_forward = True\nfor row in $x:\n    $out += row if is_forward else row[::-1]\n"
                "    is_forward = not is_forward",
            ),
            noun="the numbers in $x row by row, every second row backwards",
            act="list the numbers in $x row by row, every second row backwards",
            frag=("zigzag", "snake"),
            result="walk",
            keeps=CELLS,
            group="flat",
            note="The first row is read forwards.",
        ),
        whole(
            "border",
            MATRICES,
            G,
            NS,
            block=(
                "$out = []\nfor i, row in enumerate($x):\n    for j, n in enumerate(row):\n"
                "        if i in (0, len($x) - 1) or j in (0, len(row) - 1):\n            $out.append(n)",
                "$out = []\nfor i, row in enumerate($x):\n    if i == 0 or i == len($x) - 1 or len(row) < 3:\n"
                "        $out += row\n    else:\n        $out += [row[0], row[-1]]",
            ),
            noun="the numbers on the border of $x, row by row",
            head=("numbers", "on the border of $x"),
            act="list the numbers on the border of $x, row by row",
            frag=("border", "edge_numbers"),
            result="border",
            needs="rect",
            keeps=CELLS,
            group="flat",
            note="The border is the first and the last row and the first and the last column.",
            difficulty=3,
        ),
        whole(
            "column_maxima",
            MATRICES,
            G,
            NS,
            code=("[max(column) for column in zip(*$x)]", "list(map(max, zip(*$x)))"),
            block=(
                "$out = list($x[0]) if $x else []\nfor row in $x:\n    for j, n in enumerate(row):\n"
                "        if n > $out[j]:\n            $out[j] = n",
            ),
            noun="the largest numbers of the columns of $x",
            act="take the largest number of each column of $x",
            frag=("column_maxima", "largest_per_column"),
            result="maxima",
            needs="rect",
            keeps=CELLS,
            group="flat",
        ),
        whole(
            "saddle_points",
            MATRICES,
            G,
            NS,
            block=(
                "$out = []\nfor row in $x:\n    for j, n in enumerate(row):\n"
                "        if n == min(row) and n == max(line[j] for line in $x):\n            $out.append(n)",
                "highest = [max(column) for column in zip(*$x)]\n$out = []\nfor row in $x:\n"
                "    $out += [n for n, high in zip(row, highest) if min(row) == n == high]",
            ),
            noun="the numbers in $x that are the smallest of their row and the largest of their column",
            act="find the numbers in $x that are the smallest of their row and the largest of their column",
            frag=("saddle_points", "saddles"),
            result="saddles",
            needs="rect",
            keeps=CELLS,
            group="flat",
            difficulty=3,
        ),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        whole(
            "border_sum",
            MATRICES,
            G,
            N,
            code="sum(map(sum, $x)) - sum(sum(row[1:-1]) for row in $x[1:-1])",
            block=(
                "$out = 0\nfor i, row in enumerate($x):\n    for j, n in enumerate(row):\n"
                "        if i in (0, len($x) - 1) or j in (0, len(row) - 1):\n            $out += n",
            ),
            noun="the sum of the numbers on the border of $x",
            act="add up the numbers on the border of $x",
            frag=("border_sum", "edge_sum"),
            result="total",
            needs="rect",
            keeps="nonneg even",
            group="flat",
            note="The border is the first and the last row and the first and the last column.",
            difficulty=3,
        ),
        whole(
            "sum_above_diagonal",
            MATRICES,
            G,
            N,
            code="sum(sum(row[i + 1:]) for i, row in enumerate($x))",
            block=(
                "$out = 0\nfor i in range(len($x)):\n    for j in range(i + 1, len($x)):\n        $out += $x[i][j]",
                "$out = 0\nfor i, row in enumerate($x):\n    for j, n in enumerate(row):\n        if j > i:\n"
                "            $out += n",
            ),
            noun="the sum of the numbers above the diagonal of $x",
            act="add up the numbers above the diagonal of $x",
            frag=("sum_above_diagonal", "upper_sum"),
            result="total",
            needs="square",
            keeps="nonneg even",
            group="flat",
            note=f"{MAIN} Its own numbers do not count.",
        ),
        whole(
            "largest_row_sum",
            MATRICES,
            G,
            N,
            code=("max((sum(row) for row in $x), default=0)", "max(map(sum, $x), default=0)"),
            block="$out = sum($x[0]) if $x else 0\nfor row in $x:\n    if sum(row) > $out:\n        $out = sum(row)",
            noun="the largest of the row sums of $x",
            act="find the largest of the row sums of $x",
            frag=("largest_row_sum", "max_row_sum"),
            result="best",
            keeps="nonneg even",
            group="flat",
            empty=("0", "the largest row sum"),
        ),
    )


def _patterns() -> tuple[Operation, ...]:
    return (
        whole(
            "is_symmetric",
            MATRICES,
            G,
            F,
            code=("$x == [list(column) for column in zip(*$x)]",),
            block=(
                "$out = True\nfor i in range(len($x)):\n    for j in range(i):\n        if $x[i][j] != $x[j][i]:\n"
                "            $out = False",
            ),
            noun="whether $x is a symmetric matrix",
            frag=("is_symmetric", "symmetric"),
            result="symmetric",
            needs="square",
            group="pattern",
            note="A symmetric matrix stays the same when rows and columns change places.",
            last=True,
        ),
        whole(
            "is_identity",
            MATRICES,
            G,
            F,
            code="all(n == (i == j) for i, row in enumerate($x) for j, n in enumerate(row))",
            block=(
                "$out = True\nfor i, row in enumerate($x):\n    for j, n in enumerate(row):\n"
                "        if n != (1 if i == j else 0):\n            $out = False",
                "size = len($x)\n$out = $x == [[int(i == j) for j in range(size)] for i in range(size)]",
            ),
            noun="whether $x is an identity matrix",
            frag=("is_identity", "identity"),
            result="matches",
            needs="square",
            group="pattern",
            note="An identity matrix has 1 on the diagonal and 0 elsewhere; an empty one counts.",
            last=True,
        ),
        whole(
            "is_upper_triangular",
            MATRICES,
            G,
            F,
            code=(
                "all($x[i][j] == 0 for i in range(len($x)) for j in range(i))",
                "not any(n for i, row in enumerate($x) for n in row[:i])",
            ),
            block=(
                "$out = True\nfor i, row in enumerate($x):\n    if any(n != 0 for n in row[:i]):\n        $out = False",
            ),
            noun="whether all numbers below the diagonal of $x are 0",
            frag=("is_upper_triangular", "is_triangular_matrix"),
            result="is_upper",
            needs="square",
            group="pattern",
            note=MAIN,
            last=True,
        ),
        whole(
            "is_magic",
            MATRICES,
            G,
            F,
            block=(
                "sums = {sum(row) for row in $x} | {sum(column) for column in zip(*$x)}\n"
                "sums.add(sum($x[i][i] for i in range(len($x))))\n"
                "sums.add(sum($x[i][-1 - i] for i in range(len($x))))\n"
                "$out = len(sums) == 1",
                "lines = $x + [list(column) for column in zip(*$x)]\n"
                "lines.append([row[i] for i, row in enumerate($x)])\n"
                "lines.append([row[-1 - i] for i, row in enumerate($x)])\n"
                "$out = all(sum(line) == sum(lines[0]) for line in lines)",
            ),
            noun="whether all rows, all columns and both diagonals of $x have the same sum",
            frag=("is_magic", "is_magic_square"),
            result="magic",
            needs="square",
            group="pattern",
            last=True,
            difficulty=3,
        ),
    )
