"""Operations on a list of lists of integers, and on lists nested to any depth, where recursion is at home."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, F, G, D = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.GRID, Kind.NESTED
NESTED, RECURSION = Family.NESTED, Family.RECURSION
CELLS = "nonneg positive even"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_grids(), *_rows(), *_to_numbers(), *_measures(), *_from_lists(), *_any_depth())


def _each_cell(new: str) -> tuple[str, str]:
    return (
        f"$out = []\nfor row in $x:\n    $out.append([{new} for n in row])",
        f"$out = [[] for _ in $x]\nfor i, row in enumerate($x):\n    for n in row:\n        $out[i].append({new})",
    )


def _grids() -> tuple[Operation, ...]:
    return (
        whole(
            "transpose",
            NESTED,
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


def _to_numbers() -> tuple[Operation, ...]:
    return (
        whole(
            "flatten",
            NESTED,
            G,
            NS,
            code=("[n for row in $x for n in row]",),
            block=(
                "$out = []\nfor row in $x:\n    $out.extend(row)",
                "$out = []\nfor row in $x:\n    for n in row:\n        $out.append(n)",
            ),
            noun=("all numbers in $x, row by row", "the numbers of all rows of $x as one list"),
            head=("numbers", "in $x"),
            act=("collect all numbers in $x, row by row",),
            frag=("flattened", "flatten", "all"),
            result="flat",
            keeps=CELLS,
            group="flat",
        ),
        whole(
            "row_sums",
            NESTED,
            G,
            NS,
            code=("[sum(row) for row in $x]", "list(map(sum, $x))"),
            block="$out = []\nfor row in $x:\n    $out.append(sum(row))",
            noun="the sums of the rows of $x",
            head=("row sums", "of $x"),
            act=("take the sums of the rows of $x",),
            frag=("row_sums",),
            result="sums",
            keeps="nonneg even",
            group="flat",
        ),
        whole(
            "row_lengths",
            NESTED,
            G,
            NS,
            code=("[len(row) for row in $x]", "list(map(len, $x))"),
            block="$out = []\nfor row in $x:\n    $out.append(len(row))",
            noun="the lengths of the rows of $x",
            head=("row lengths", "of $x"),
            act=("take the length of each row of $x",),
            frag=("row_lengths",),
            result="lengths",
            adds="nonneg",
            avoids="rect",
            group="flat",
        ),
        whole(
            "row_maxima",
            NESTED,
            G,
            NS,
            code=("[max(row) for row in $x if row]",),
            block=(
                "$out = []\nfor row in $x:\n    if row:\n        $out.append(max(row))",
                "$out = [max(row) for row in $x if len(row) > 0]",
            ),
            noun="the largest numbers of the rows of $x",
            act=("take the largest number of each row of $x",),
            frag=("row_maxima", "largest_per_row"),
            result="maxima",
            keeps="nonneg even",
            group="flat",
            note="Empty rows are left out.",
        ),
        whole(
            "first_column",
            NESTED,
            G,
            NS,
            code=("[row[0] for row in $x if row]",),
            block=(
                "$out = []\nfor row in $x:\n    if row:\n        $out.append(row[0])",
                "$out = []\nfor row in $x:\n    $out += row[:1]",
            ),
            noun="the first numbers of the rows of $x",
            act=("take the first number of each row of $x",),
            frag=("first_column",),
            result="column",
            keeps=CELLS,
            group="flat",
            note="Empty rows are left out.",
        ),
        whole(
            "column_sums",
            NESTED,
            G,
            NS,
            code=("[sum(column) for column in zip(*$x)]", "list(map(sum, zip(*$x)))"),
            block="$out = []\nfor i in range(len($x[0]) if $x else 0):\n    $out.append(sum(row[i] for row in $x))",
            noun="the sums of the columns of $x",
            head=("column sums", "of $x"),
            act=("take the sums of the columns of $x",),
            frag=("column_sums",),
            result="sums",
            needs="rect",
            keeps="nonneg even",
            group="flat",
        ),
        whole(
            "diagonal",
            NESTED,
            G,
            NS,
            code=("[$x[i][i] for i in range(len($x))]", "[row[i] for i, row in enumerate($x)]"),
            block="$out = []\nfor i in range(len($x)):\n    $out.append($x[i][i])",
            noun="the diagonal of $x from the top left to the bottom right",
            act=("take the numbers on the diagonal of $x, from the top left to the bottom right",),
            frag=("diagonal",),
            result="diagonal",
            needs="square",
            keeps=CELLS,
            group="flat",
        ),
        whole(
            "heaviest_row",
            NESTED,
            G,
            NS,
            code="max($x, key=sum, default=[])",
            block=(
                "$out = $x[0] if $x else []\nfor row in $x:\n    if sum(row) > sum($out):\n        $out = row",
                "$out = sorted($x, key=sum, reverse=True)[0] if $x else []",
            ),
            noun="the row of $x with the largest sum",
            act=(
                "take the numbers of the row of $x with the largest sum|take the numbers of the row with "
                "the largest sum",
            ),
            frag=("heaviest_row", "best_row"),
            result="heaviest",
            keeps=CELLS,
            group="flat",
            empty=("an empty list", "the row with the largest sum"),
            note="Of rows with equal sums the first one counts.",
        ),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        whole(
            "grid_total",
            NESTED,
            G,
            N,
            code=("sum(sum(row) for row in $x)", "sum(map(sum, $x))"),
            block="$out = 0\nfor row in $x:\n    for n in row:\n        $out += n",
            noun=("the sum of all numbers in $x",),
            act=("add up all numbers in $x",),
            frag=("total", "grand_total"),
            result="total",
            keeps="nonneg even",
            group="flat",
        ),
        whole(
            "grid_largest",
            NESTED,
            G,
            N,
            code=("max((n for row in $x for n in row), default=0)",),
            block=(
                "$out = None\nfor row in $x:\n    for n in row:\n        if $out is None or n > $out:\n"
                "            $out = n\nif $out is None:\n    $out = 0",
                "flat = [n for row in $x for n in row]\n$out = max(flat, default=0)",
            ),
            noun="the largest number in $x",
            act=("find the largest number in $x",),
            frag=("largest", "grid_max"),
            result="largest",
            keeps="nonneg even",
            group="flat",
            note="If there are no numbers at all, it is 0.",
        ),
        whole(
            "grid_size",
            NESTED,
            G,
            N,
            code=("sum(len(row) for row in $x)", "sum(map(len, $x))"),
            block="$out = 0\nfor row in $x:\n    $out += len(row)",
            noun="the number of numbers in all rows of $x together",
            act=("count the numbers in all rows of $x",),
            frag=("num_cells", "size"),
            result="size",
            adds="nonneg small",
            group="flat",
        ),
        whole(
            "count_rows",
            NESTED,
            G,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            block="$out = 0\nfor _ in $x:\n    $out += 1",
            noun="the number of rows of $x",
            act=("count the rows of $x",),
            frag=("num_rows", "height"),
            result="count",
            adds="nonneg small",
            group="flat",
        ),
        whole(
            "grid_contains",
            NESTED,
            G,
            F,
            code=("any($k in row for row in $x)", "$k in [n for row in $x for n in row]"),
            block="$out = False\nfor row in $x:\n    if $k in row:\n        $out = True",
            noun=("whether $k occurs in one of the rows of $x", "whether a row of $x contains $k"),
            frag=("contains", "has"),
            result="found",
            params=(count("k", 1, 2, 3, 4, argument="target"),),
            last=True,
        ),
    )


def _from_lists() -> tuple[Operation, ...]:
    return (
        whole(
            "chunks",
            NESTED,
            NS,
            G,
            code="[$x[i:i + $k] for i in range(0, len($x), $k)]",
            block=(
                "$out = []\nfor i in range(0, len($x), $k):\n    $out.append($x[i:i + $k])",
                "$out = []\nrest = $x\nwhile rest:\n    $out.append(rest[:$k])\n    rest = rest[$k:]",
            ),
            noun="$x in rows of $k|them in rows of $k",
            act=("arrange $x in rows of $k",),
            frag=("in_rows", "chunks"),
            result="rows",
            params=(count("k", 2, 3, argument="size width"),),
            keeps=CELLS,
            note="The last row may be shorter.",
        ),
        whole(
            "neighbour_pairs",
            NESTED,
            NS,
            G,
            code=("[[a, b] for a, b in zip($x, $x[1:])]", "[$x[i:i + 2] for i in range(len($x) - 1)]"),
            block="$out = []\nfor i in range(1, len($x)):\n    $out.append([$x[i - 1], $x[i]])",
            noun="the pairs of neighbours among $x|the pairs of neighbours",
            act=("form the pairs of neighbours among $x|form the pairs of neighbours",),
            frag=("pairs", "neighbours"),
            result="pairs",
            adds="rect",
            keeps=CELLS,
            group="neighbours",
            note="Each pair is a list of a number and the one after it.",
        ),
        whole(
            "split_by_parity",
            NESTED,
            NS,
            G,
            code="[[n for n in $x if n % 2 == r] for r in (0, 1)]",
            block=(
                "$out = [[], []]\nfor item in $x:\n    $out[item % 2].append(item)",
                "even = [item for item in $x if item % 2 == 0]\n"
                "odd = [item for item in $x if item % 2 == 1]\n$out = [even, odd]",
            ),
            noun="two lists: the even ones among $x, and the odd ones",
            act=("split $x into two lists, the even ones and the odd ones",),
            frag=("split_by_parity",),
            result="parts",
            keeps="nonneg positive",
            avoids="even odd",
            group="parity",
        ),
    )


def _recursive(leaf: str, start: str, combine: str, name: str) -> str:
    return (
        f"def {name}(part):\n    total = {start}\n    for item in part:\n        if isinstance(item, list):\n"
        f"            {combine.replace('#', name + '(item)')}\n        else:\n"
        f"            {combine.replace('#', leaf)}\n    return total\n\n$out = {name}($x)"
    )


def _with_stack(start: str, update: str) -> str:
    return (
        f"$out = {start}\nstack = list($x)\nwhile stack:\n    item = stack.pop()\n"
        f"    if isinstance(item, list):\n        stack.extend(item)\n    else:\n        {update}"
    )


def _any_depth() -> tuple[Operation, ...]:
    flat = (
        "def walk(part):\n    for item in part:\n        if isinstance(item, list):\n"
        "            yield from walk(item)\n        else:\n            yield item\n\n"
    )
    return (
        whole(
            "deep_flatten",
            RECURSION,
            D,
            NS,
            block=(
                "def flatten(part):\n    flat = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            flat.extend(flatten(item))\n"
                "        else:\n            flat.append(item)\n    return flat\n\n$out = flatten($x)",
                flat + "$out = list(walk($x))",
                "$out = []\nstack = list($x)\nwhile stack:\n    item = stack.pop(0)\n"
                "    if isinstance(item, list):\n        stack = item + stack\n    else:\n"
                "        $out.append(item)",
            ),
            noun="all integers in $x, at any depth, from left to right",
            head=("integers", "at any depth of $x"),
            act=("collect all integers in $x, at any depth, from left to right",),
            frag=("deep_flatten", "flattened", "flatten"),
            result="flat",
            keeps="nonneg",
        ),
        whole(
            "deep_sum",
            RECURSION,
            D,
            N,
            block=(
                _recursive("item", "0", "total += #", "add_up"),
                flat + "$out = sum(walk($x))",
                _with_stack("0", "$out += item"),
            ),
            noun="the sum of all integers in $x, at any depth",
            act=("add up all integers in $x, at any depth",),
            frag=("deep_sum", "nested_sum"),
            result="total",
            keeps="nonneg",
        ),
        whole(
            "deep_count",
            RECURSION,
            D,
            N,
            block=(
                _recursive("1", "0", "total += #", "count"),
                flat + "$out = sum(1 for _ in walk($x))",
                _with_stack("0", "$out += 1"),
            ),
            noun="the number of integers in $x, at any depth",
            act=("count the integers in $x, at any depth",),
            frag=("deep_count", "nested_count"),
            result="count",
            adds="nonneg small",
        ),
        whole(
            "deep_largest",
            RECURSION,
            D,
            N,
            block=(
                flat + "$out = max(walk($x), default=0)",
                "def flatten(part):\n    flat = []\n    for item in part:\n"
                "        flat += flatten(item) if isinstance(item, list) else [item]\n    return flat\n\n"
                "$out = max(flatten($x), default=0)",
                "found = []\nstack = list($x)\nwhile stack:\n    item = stack.pop()\n"
                "    if isinstance(item, list):\n        stack.extend(item)\n    else:\n"
                "        found.append(item)\n$out = max(found, default=0)",
            ),
            noun="the largest integer in $x, at any depth",
            act=("find the largest integer in $x, at any depth",),
            frag=("deep_max", "nested_max"),
            result="largest",
            keeps="nonneg",
            note="If there are no integers at all, it is 0.",
        ),
        whole(
            "depth",
            RECURSION,
            D,
            N,
            block=(
                "def depth(part):\n    inner = [depth(item) for item in part if isinstance(item, list)]\n"
                "    return 1 + max(inner, default=0)\n\n$out = depth($x)",
                "def depth(part):\n    if not isinstance(part, list):\n        return 0\n"
                "    return 1 + max([depth(item) for item in part], default=0)\n\n$out = depth($x)",
                "$out = 0\nlevel = [$x]\nwhile level:\n    $out += 1\n"
                "    level = [item for part in level for item in part if isinstance(item, list)]",
            ),
            noun="the depth of $x",
            act=("measure the depth of $x",),
            frag=("depth", "nesting_depth"),
            result="levels",
            note="A list without inner lists has depth 1.",
            adds="nonneg small",
        ),
        whole(
            "deep_double",
            RECURSION,
            D,
            D,
            block=(
                "def double(part):\n    return [double(item) if isinstance(item, list) else item * 2 for "
                "item in part]\n\n$out = double($x)",
                "def double(item):\n    if isinstance(item, list):\n"
                "        return [double(inner) for inner in item]\n    return item * 2\n\n$out = double($x)",
                "def double(part):\n    doubled = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            doubled.append(double(item))\n"
                "        else:\n            doubled.append(item * 2)\n    return doubled\n\n"
                "$out = double($x)",
            ),
            noun="$x with every integer doubled, at any depth",
            act=("double every integer in $x, at any depth",),
            frag=("deep_double", "doubled"),
            result="doubled",
            keeps="nonneg",
            group="deep",
        ),
        whole(
            "deep_reverse",
            RECURSION,
            D,
            D,
            block=(
                "def mirror(part):\n    return [mirror(item) if isinstance(item, list) else item for item "
                "in part[::-1]]\n\n$out = mirror($x)",
                "def mirror(item):\n    if isinstance(item, list):\n"
                "        return [mirror(inner) for inner in reversed(item)]\n    return item\n\n"
                "$out = mirror($x)",
                "def mirror(part):\n    turned = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            item = mirror(item)\n"
                "        turned.insert(0, item)\n    return turned\n\n$out = mirror($x)",
            ),
            noun="$x with every list in it reversed, at every depth",
            act=("reverse $x and every list in it",),
            frag=("deep_reverse", "mirrored"),
            result="mirrored",
            keeps="nonneg",
            group="deep_order",
        ),
    )
