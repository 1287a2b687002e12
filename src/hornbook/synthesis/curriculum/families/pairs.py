"""Pairs, which are tuples of two integers: made from numbers and lists, changed, and read."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, F, P = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.PAIR
SETS = Family.SETS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_made(), *_changed(), *_measured(), *_unpacked())


def _made() -> tuple[Operation, ...]:
    return (
        whole(
            "smallest_and_largest",
            SETS,
            NS,
            P,
            code=("(min($x), max($x)) if $x else (0, 0)",),
            block=(
                "$out = (0, 0)\nif $x:\n    ordered = sorted($x)\n    $out = (ordered[0], ordered[-1])",
                "low = high = $x[0] if $x else 0\nfor item in $x:\n    low = min(low, item)\n"
                "    high = max(high, item)\n$out = (low, high)",
            ),
            noun="the smallest and the largest of $x as a pair",
            act="take the smallest and the largest of $x as a pair",
            frag=("min_max", "smallest_and_largest", "limits"),
            result="limits",
            keeps="nonneg even",
            group="to_pair",
            empty=("(0, 0)", "the pair"),
        ),
        whole(
            "sum_and_count",
            SETS,
            NS,
            P,
            code=("(sum($x), len($x))",),
            block=(
                "total = 0\nnumber = 0\nfor item in $x:\n    total += item\n    number += 1\n$out = (total, number)",
                "total = sum($x)\n$out = (total, len($x))",
            ),
            noun="the sum of $x and how many there are, as a pair",
            act="take the sum of $x and how many there are, as a pair",
            frag=("sum_and_count", "total_and_count"),
            result="sums",
            keeps="nonneg",
            group="to_pair",
            difficulty=1,
        ),
        whole(
            "even_odd_counts",
            SETS,
            NS,
            P,
            code=(
                "(sum(item % 2 == 0 for item in $x), sum(item % 2 for item in $x))",
                "(len($x) - sum(item % 2 for item in $x), sum(item % 2 for item in $x))",
            ),
            block=(
                "even = 0\nodd = 0\nfor item in $x:\n    if item % 2 == 0:\n        even += 1\n    else:\n"
                "        odd += 1\n$out = (even, odd)",
                "even = len([item for item in $x if item % 2 == 0])\n$out = (even, len($x) - even)",
            ),
            noun="a pair of two counts: how many of $x are even and how many are odd",
            act="count the even and the odd ones among $x and put the two counts into a pair",
            frag=("even_odd_counts", "parity_counts"),
            result="counted",
            adds="nonneg",
            avoids="even",
            group="to_pair",
        ),
        whole(
            "quotient_and_remainder",
            SETS,
            N,
            P,
            code=("divmod($x, $k)", "($x // $k, $x % $k)"),
            block="quotient = $x // $k\nremainder = $x % $k\n$out = (quotient, remainder)",
            noun="the quotient and the remainder of $x divided by $k, as a pair",
            act="divide $x by $k and take the quotient and the remainder as a pair",
            frag=("divmod", "quotient_and_remainder", "divided"),
            result="divided",
            params=(count("k", 3, 4, 5, 7, 10, 12, argument="divisor size"),),
            keeps="nonneg",
            group="to_pair",
            note="The quotient is rounded down.",
        ),
        whole(
            "multiples_around",
            SETS,
            N,
            P,
            code=("($x - $x % $k, $x - $x % $k + $k)", "($x // $k * $k, ($x // $k + 1) * $k)"),
            block="low = $x // $k * $k\n$out = (low, low + $k)",
            noun="the largest multiple of $k that is at most $x and the multiple after it, as a pair",
            act="take the largest multiple of $k that is at most $x and the multiple after it as a pair",
            frag=("enclosing_multiples", "multiples_around"),
            result="around",
            params=(count("k", 3, 4, 5, 10, argument="size unit"),),
            keeps="nonneg",
            group="to_pair",
        ),
    )


def _changed() -> tuple[Operation, ...]:
    return (
        whole(
            "swap_pair",
            SETS,
            P,
            P,
            code=("($x[1], $x[0])", "$x[::-1]"),
            block=(
                "first, second = $x\n$out = (second, first)",
                "$out = tuple(reversed($x))",
            ),
            noun="$x with its two numbers swapped",
            act="swap the two numbers of $x",
            frag=("swapped", "swap", "exchanged"),
            result="swapped",
            keeps="nonneg positive even",
            group="pair_order",
            difficulty=1,
        ),
        whole(
            "order_pair",
            SETS,
            P,
            P,
            code=("(min($x), max($x))", "tuple(sorted($x))"),
            block=(
                "first, second = $x\nif first > second:\n    first, second = second, first\n$out = (first, second)",
                "$out = $x\nif $x[0] > $x[1]:\n    $out = ($x[1], $x[0])",
            ),
            noun="the two numbers of $x as a pair, the smaller one first",
            act="put the smaller number of $x first",
            frag=("ordered_pair", "smaller_first"),
            result="in_order",
            keeps="nonneg positive even",
            group="pair_order",
        ),
        whole(
            "move_pair",
            SETS,
            P,
            P,
            code=("($x[0] + $k, $x[1] + $m)",),
            block=(
                "first, second = $x\n$out = (first + $k, second + $m)",
                "$out = tuple(a + b for a, b in zip($x, ($k, $m)))",
            ),
            noun="the pair of the first number of $x plus $k and the second number of $x plus $m",
            act="add $k to the first and $m to the second number of $x",
            frag=("moved", "shifted_pair", "translated"),
            result="moved",
            params=(count("k", 1, 2, 3, argument="right dx"), count("m", 1, 4, 5, argument="up dy")),
            keeps="nonneg positive",
            group="pair_move",
        ),
        whole(
            "scale_pair",
            SETS,
            P,
            P,
            code=("($x[0] * $k, $x[1] * $k)", "tuple(part * $k for part in $x)"),
            block="first, second = $x\n$out = (first * $k, second * $k)",
            noun="$x with both numbers multiplied by $k",
            act="multiply both numbers of $x by $k",
            frag=("scaled", "scale_pair", "multiplied_pair"),
            result="scaled",
            params=(count("k", 2, 3, 5, 10, argument="factor scale"),),
            keeps="nonneg positive even",
            group="pair_scale",
        ),
        whole(
            "sum_and_difference",
            SETS,
            P,
            P,
            code=("($x[0] + $x[1], $x[0] - $x[1])",),
            block=(
                "first, second = $x\n$out = (first + second, first - second)",
                "total = sum($x)\n$out = (total, total - 2 * $x[1])",
            ),
            noun="the sum and the difference of the two numbers of $x as a pair",
            act="take the sum and the difference of the two numbers of $x as a pair",
            frag=("sum_and_difference", "plus_and_minus"),
            result="combined",
            note="The difference is the first number minus the second.",
        ),
    )


def _measured() -> tuple[Operation, ...]:
    return (
        whole(
            "pair_sum",
            SETS,
            P,
            N,
            code=("$x[0] + $x[1]", "sum($x)"),
            block="first, second = $x\n$out = first + second",
            noun="the sum of the two numbers of $x",
            act="add the two numbers of $x",
            frag=("pair_sum", "sum_of_both"),
            result="total",
            keeps="nonneg even",
            group="pair_measure",
            difficulty=1,
        ),
        whole(
            "pair_product",
            SETS,
            P,
            N,
            code=("$x[0] * $x[1]",),
            block=("first, second = $x\n$out = first * second", "$out = 1\nfor part in $x:\n    $out *= part"),
            noun="the product of the two numbers of $x",
            act="multiply the two numbers of $x",
            frag=("pair_product", "area"),
            result="product",
            keeps="nonneg even",
            group="pair_measure",
            difficulty=1,
        ),
        whole(
            "pair_gap",
            SETS,
            P,
            N,
            code=("abs($x[0] - $x[1])", "max($x) - min($x)"),
            block=(
                "first, second = $x\n$out = first - second\nif $out < 0:\n    $out = -$out",
                "low, high = sorted($x)\n$out = high - low",
            ),
            noun="the distance between the two numbers of $x",
            act="take the distance between the two numbers of $x",
            frag=("gap", "pair_gap", "distance"),
            result="gap",
            adds="nonneg",
            group="pair_measure",
        ),
        whole(
            "steps_from_origin",
            SETS,
            P,
            N,
            code=("abs($x[0]) + abs($x[1])", "sum(abs(part) for part in $x)"),
            block=(
                "first, second = $x\n$out = abs(first) + abs(second)",
                "$out = 0\nfor part in $x:\n    $out += abs(part)",
            ),
            noun="the number of steps from (0, 0) to $x on a grid",
            act="count the steps from (0, 0) to $x on a grid",
            frag=("steps_from_origin", "manhattan", "grid_distance"),
            result="steps",
            adds="nonneg",
            avoids="nonneg",
            group="pair_measure",
            note="A step changes one of the two numbers by 1.",
        ),
    )


def _unpacked() -> tuple[Operation, ...]:
    return (
        whole(
            "integers_between",
            SETS,
            P,
            NS,
            code=("list(range($x[0], $x[1] + 1))", "[i for i in range($x[0], $x[1] + 1)]"),
            block=(
                "first, last = $x\n$out = list(range(first, last + 1))",
                "$out = []\ni = $x[0]\nwhile i <= $x[1]:\n    $out.append(i)\n    i += 1",
            ),
            noun="the integers from the first to the second number of $x",
            act="list the integers from the first to the second number of $x",
            frag=("integers_between", "span", "range_of_pair"),
            result="between",
            adds="sorted distinct",
            keeps="nonneg positive",
            note="If the first number of the pair is greater than the second, there are no integers.",
        ),
        whole(
            "is_rising_pair",
            SETS,
            P,
            F,
            code=("$x[0] < $x[1]", "$x[1] > $x[0]"),
            block="first, second = $x\n$out = first < second",
            noun="whether the first number of $x is less than the second",
            frag=("is_rising", "first_is_less"),
            result="is_rising",
            group="pair_order",
            last=True,
            difficulty=1,
        ),
    )
