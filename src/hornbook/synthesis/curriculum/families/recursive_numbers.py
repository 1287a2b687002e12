"""Recursion on numbers and strings: functions that call themselves with something smaller."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, T, W = Kind.NUMBER, Kind.TEXT, Kind.WORDS
RECURSION = Family.RECURSION


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_counted(), *_reduced(), *_texts())


def _counted() -> tuple[Operation, ...]:
    return (
        whole(
            "hanoi_moves",
            RECURSION,
            N,
            N,
            code=("2 ** $x - 1",),
            block=(
                "def moves(discs):\n    if discs <= 0:\n        return 0\n    return 2 * moves(discs - 1) + 1\n\n"
                "$out = moves($x)",
                "def moves(discs):\n    return moves(discs - 1) + 1 + moves(discs - 1) if discs > 0 else 0\n\n"
                "$out = moves($x)",
                "$out = 0\nfor _ in range($x):\n    $out = 2 * $out + 1",
            ),
            noun="the number of moves that a tower of Hanoi with $x discs takes"
            "|the number of moves that a tower of Hanoi with that many discs takes",
            act="count the moves that a tower of Hanoi with $x discs takes"
            "|count the moves that a tower of Hanoi with that many discs takes",
            frag=("hanoi_moves", "tower_moves"),
            result="needed",
            needs="nonneg small",
            adds="nonneg",
            note="One disc moves at a time and never lies on a smaller one; the fewest moves count.",
            difficulty=4,
        ),
        whole(
            "stair_ways",
            RECURSION,
            N,
            N,
            block=(
                "def ways(steps):\n    if steps < 0:\n        return 0\n    if steps == 0:\n        return 1\n"
                "    return ways(steps - 1) + ways(steps - 2) + ways(steps - 3)\n\n$out = ways($x)",
                "counts = [1]\nfor i in range(1, $x + 1):\n    counts.append(sum(counts[max(0, i - 3):i]))\n"
                "$out = counts[$x]",
                "$out, before, earlier = 1, 0, 0\nfor _ in range($x):\n"
                "    $out, before, earlier = $out + before + earlier, $out, before",
            ),
            noun="the number of ways to climb $x stairs|the number of ways to climb that many stairs",
            act="count the ways to climb $x stairs|count the ways to climb that many stairs",
            frag=("stair_ways", "ways_to_climb"),
            result="ways_up",
            needs="nonneg small",
            adds="nonneg positive",
            group="ways",
            note="A step takes one, two or three stairs at a time, and there is one way to climb none.",
            difficulty=4,
        ),
        whole(
            "coin_ways",
            RECURSION,
            N,
            N,
            block=(
                "def ways(amount, coins):\n    if amount == 0:\n        return 1\n    if amount < 0 or not coins:\n"
                "        return 0\n    return ways(amount - coins[0], coins) + ways(amount, coins[1:])\n\n"
                "$out = ways($x, (1, 2, 5))",
                "counts = [1] + [0] * $x\nfor coin in (1, 2, 5):\n    for amount in range(coin, $x + 1):\n"
                "        counts[amount] += counts[amount - coin]\n$out = counts[$x]",
            ),
            noun="the number of ways to pay $x with coins of 1, 2 and 5"
            "|the number of ways to pay that with coins of 1, 2 and 5",
            act="count the ways to pay $x with coins of 1, 2 and 5|count the ways to pay that with coins of 1, 2 and 5",
            frag=("coin_ways", "ways_to_pay"),
            result="ways_to_pay",
            needs="nonneg small",
            adds="nonneg positive small",
            group="ways",
            note="The order of the coins does not matter, and there is one way to pay nothing.",
            difficulty=4,
        ),
        whole(
            "grid_paths",
            RECURSION,
            N,
            N,
            block=(
                "def paths(right, up):\n    if right <= 0 or up <= 0:\n        return 1\n"
                "    return paths(right - 1, up) + paths(right, up - 1)\n\n$out = paths($x, $k)",
                "counts = [1] * ($k + 1)\nfor _ in range($x):\n    for i in range(1, $k + 1):\n"
                "        counts[i] += counts[i - 1]\n$out = counts[$k]",
            ),
            noun="the number of paths that take $x steps to the right and $k steps up"
            "|the number of paths that take that many steps to the right and $k steps up",
            act="count the paths that take $x steps to the right and $k steps up"
            "|count the paths that take that many steps to the right and $k steps up",
            frag=("grid_paths", "num_paths"),
            result="paths_there",
            params=(count("k", 1, 2, 3, 4, argument="height rows"),),
            needs="nonneg small",
            adds="nonneg positive",
            group="ways",
            note="Two paths differ if their steps come in a different order.",
            difficulty=4,
        ),
    )


def _reduced() -> tuple[Operation, ...]:
    return (
        whole(
            "steps_down_to_zero",
            RECURSION,
            N,
            N,
            block=(
                "def steps(m):\n    if m <= 0:\n        return 0\n"
                "    return 1 + steps(m // 2 if m % 2 == 0 else m - 1)\n\n"
                "$out = steps($x)",
                "def steps(m, done):\n    if m <= 0:\n        return done\n    if m % 2 == 1:\n"
                "        return steps(m - 1, done + 1)\n    return steps(m // 2, done + 1)\n\n$out = steps($x, 0)",
                "$out = 0\nrest = $x\nwhile rest > 0:\n    rest = rest - 1 if rest % 2 else rest // 2\n    $out += 1",
            ),
            noun="the number of steps that lead from $x to 0",
            act="count the steps that lead from $x to 0",
            frag=("steps_to_zero", "num_steps"),
            result="steps_taken",
            needs="nonneg",
            adds="nonneg small",
            note="A step halves an even number and takes 1 from an odd one.",
            difficulty=3,
        ),
        whole(
            "power_of_base",
            RECURSION,
            N,
            N,
            code=("$k ** $x", "pow($k, $x)"),
            block=(
                "def power(exponent):\n    if exponent <= 0:\n        return 1\n    return $k * power(exponent - 1)\n\n"
                "$out = power($x)",
                "def power(exponent):\n    if exponent <= 0:\n        return 1\n    half = power(exponent // 2)\n"
                "    return half * half * ($k if exponent % 2 else 1)\n\n$out = power($x)",
                "$out = 1\nfor _ in range($x):\n    $out *= $k",
            ),
            noun="the power of $k whose exponent is $x",
            act="raise $k to the power $x|raise $k to that power",
            frag=("power", "raised", "power_of_base"),
            result="raised",
            params=(count("k", 2, 3, 4, 5, argument="base"),),
            needs="nonneg small",
            adds="nonneg positive",
            group="power",
            difficulty=3,
        ),
        whole(
            "alternating_digit_sum",
            RECURSION,
            N,
            N,
            block=(
                "def alternate(m):\n    if m < 10:\n        return m\n    return m % 10 - alternate(m // 10)\n\n"
                "$out = alternate($x)",
                "$out = 0\nsign = 1\nfor d in reversed(str($x)):\n    $out += sign * int(d)\n    sign = -sign",
                "digits = [int(d) for d in str($x)][::-1]\n$out = sum(digits[::2]) - sum(digits[1::2])",
            ),
            noun="the alternating sum of the digits of $x",
            act="take the alternating sum of the digits of $x",
            frag=("alternating_digit_sum", "alternating_sum"),
            result="alternating",
            needs="nonneg",
            note="The last digit is added, the one before it subtracted, and so on to the left.",
            difficulty=3,
        ),
    )


def _texts() -> tuple[Operation, ...]:
    return (
        whole(
            "weave_texts",
            RECURSION,
            T,
            T,
            block=(
                'def weave(a, b):\n    if a == "" or b == "":\n        return a + b\n'
                "    return a[0] + b[0] + weave(a[1:], b[1:])\n\n$out = weave($x, $k)",
                "def weave(a, b):\n    return a[0] + weave(b, a[1:]) if a else b\n\n$out = weave($x, $k)",
                'size = min(len($x), len($k))\n$out = "".join(a + b for a, b in zip($x, $k))\n'
                "$out += $x[size:] + $k[size:]",
            ),
            noun="the string that takes characters from $x and $k in turn",
            act="take characters from $x and $k in turn",
            frag=("woven", "interleaved", "weave"),
            result="woven",
            params=(other("k", T, "second partner"),),
            group="weave",
            note="It starts with the first of the two; when one of them ends, the rest of the other follows.",
            difficulty=4,
        ),
        whole(
            "beginnings_of_text",
            RECURSION,
            T,
            W,
            block=(
                'def prefixes(part):\n    if part == "":\n        return []\n'
                "    return prefixes(part[:-1]) + [part]\n\n$out = prefixes($x)",
                "$out = [$x[:i] for i in range(1, len($x) + 1)]",
                '$out = []\nbeginning = ""\nfor c in $x:\n    beginning += c\n    $out.append(beginning)',
            ),
            noun="all beginnings of $x, from its first character to the whole",
            act="list all beginnings of $x, from its first character to the whole",
            frag=("prefixes", "beginnings"),
            result="beginnings",
            adds="nonempty_words distinct",
            keeps="lower spaceless digits",
            difficulty=3,
        ),
    )
