"""What can be measured in a list of integers, and what can be asked of it."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, fold, whole

N, NS, F = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG
LISTS = Family.LISTS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_measures(), *_questions())


def _measures() -> tuple[Operation, ...]:
    return (
        whole(
            "spread",
            LISTS,
            NS,
            N,
            code="max($x) - min($x) if $x else 0",
            block=(
                "$out = 0\nif $x:\n    $out = max($x) - min($x)",
                "ordered = sorted($x)\n$out = ordered[-1] - ordered[0] if ordered else 0",
            ),
            noun=("the difference between the largest and the smallest of $x",),
            act=("take the difference between the largest and the smallest of $x",),
            frag=("spread", "range_of"),
            result="spread",
            adds="nonneg",
            keeps="even",
            group="total",
            empty=("0", "the difference"),
        ),
        whole(
            "count_distinct",
            LISTS,
            NS,
            N,
            code=("len(set($x))",),
            block=(
                "seen = []\nfor item in $x:\n    if item not in seen:\n        seen.append(item)\n$out = len(seen)",
                "$out = len(dict.fromkeys($x))",
            ),
            noun=("the number of different values among $x",),
            act=("count the different values among $x",),
            frag=("distinct_count", "num_distinct", "count_unique"),
            result="count",
            adds="nonneg small",
            avoids="distinct",
            group="total",
        ),
        whole(
            "count_value",
            LISTS,
            NS,
            N,
            code=("$x.count($k)", "sum(1 for item in $x if item == $k)"),
            block="$out = 0\nfor item in $x:\n    if item == $k:\n        $out += 1",
            noun=("the number of times that $k occurs among $x", "how often $k occurs among $x"),
            act=("count how often $k occurs among $x",),
            frag=("occurrences", "count_of"),
            result="count",
            params=(count("k", 0, 1, 2, 3, 4, 5, argument="target value"),),
            adds="nonneg small",
            avoids="distinct",
            group="total",
        ),
        whole(
            "index_of",
            LISTS,
            NS,
            N,
            code=("$x.index($k) if $k in $x else -1",),
            block=(
                "$out = -1\nfor i, item in enumerate($x):\n    if item == $k:\n        $out = i\n        break",
                "$out = -1\nif $k in $x:\n    $out = $x.index($k)",
            ),
            noun=("the index of the first $k among $x",),
            act=("find the index of the first $k among $x",),
            frag=("index_of", "position_of"),
            result="place",
            params=(count("k", 1, 2, 3, 4, 5, argument="target value"),),
            group="total",
            note="The index is -1 if that number does not occur.",
        ),
        whole(
            "index_of_largest",
            LISTS,
            NS,
            N,
            code="$x.index(max($x)) if $x else -1",
            block=(
                "$out = -1\nfor i, item in enumerate($x):\n    if $out == -1 or item > $x[$out]:\n        $out = i",
                "$out = -1\nif $x:\n    $out = $x.index(max($x))",
            ),
            noun="the index of the largest of $x",
            act=("find the index of the largest of $x",),
            frag=("index_of_largest", "argmax"),
            result="place",
            group="total",
            empty=("-1", "the index"),
            note="If the largest number occurs more than once, its first index counts.",
            avoids="sorted",
        ),
        whole(
            "count_rises",
            LISTS,
            NS,
            N,
            code=("sum(1 for a, b in zip($x, $x[1:]) if b > a)",),
            block=(
                "$out = 0\nfor i in range(1, len($x)):\n    if $x[i] > $x[i - 1]:\n        $out += 1",
                "$out = 0\nfor a, b in zip($x, $x[1:]):\n    if b > a:\n        $out += 1",
            ),
            noun="the number of times that one of $x is greater than the one before it",
            act=("count how often one of $x is greater than the one before it",),
            frag=("count_rises", "increases"),
            result="rises",
            adds="nonneg small",
            avoids="sorted",
            group="total",
        ),
        whole(
            "longest_run",
            LISTS,
            NS,
            N,
            block=(
                "$out = 0\nrun = 0\nfor i in range(len($x)):\n"
                "    run = run + 1 if i > 0 and $x[i] == $x[i - 1] else 1\n    $out = max($out, run)",
                "$out = 0\nrun = 0\nfor i in range(len($x)):\n    if i > 0 and $x[i] == $x[i - 1]:\n"
                "        run += 1\n    else:\n        run = 1\n    if run > $out:\n        $out = run",
                "$out = 0\nrun = []\nfor item in $x:\n"
                "    run = run + [item] if run and run[-1] == item else [item]\n"
                "    $out = max($out, len(run))",
            ),
            noun=(
                "the length of the longest run of equal neighbours among $x|the length of the longest run of "
                "equal neighbours"
            ),
            act=("measure the longest run of equal neighbours among $x|measure the longest run of equal neighbours",),
            frag=("longest_run", "longest_streak"),
            result="best",
            adds="nonneg small",
            avoids="distinct",
            group="total",
        ),
    )


def _questions() -> tuple[Operation, ...]:
    return (
        whole(
            "is_sorted",
            LISTS,
            NS,
            F,
            code=("all(a <= b for a, b in zip($x, $x[1:]))", "$x == sorted($x)"),
            block="$out = True\nfor i in range(1, len($x)):\n    if $x[i] < $x[i - 1]:\n        $out = False",
            noun="whether $x are in ascending order",
            frag=("is_sorted", "ascending"),
            result="ordered",
            avoids="sorted",
            last=True,
            note="Equal neighbours do not break the order.",
        ),
        whole(
            "all_distinct",
            LISTS,
            NS,
            F,
            code=("len(set($x)) == len($x)", "all($x.count(item) == 1 for item in $x)"),
            block="$out = True\nfor item in $x:\n    if $x.count(item) > 1:\n        $out = False",
            noun=("whether all of $x are different", "whether $x are all different"),
            frag=("all_distinct", "no_repeats"),
            result="distinct",
            avoids="distinct",
            last=True,
        ),
        whole(
            "contains",
            LISTS,
            NS,
            F,
            code=("$k in $x", "any(item == $k for item in $x)"),
            block=("$out = False\nfor item in $x:\n    if item == $k:\n        $out = True",),
            noun=("whether $k is one of $x", "whether $k occurs among $x"),
            frag=("contains", "has"),
            result="found",
            params=(count("k", 1, 2, 3, 4, 5, argument="target value"),),
            last=True,
        ),
        fold(
            "all_even",
            LISTS,
            NS,
            F,
            code=("all($v % 2 == 0 for $v in $x)", "not any($v % 2 for $v in $x)"),
            loop="$out = True\n---\nif $v % 2 == 1:\n    $out = False",
            noun=("whether all of $x are even",),
            frag=("all_even", "only_even"),
            result="all_even",
            avoids="even odd",
            last=True,
            note="If there are no numbers, the answer is True.",
        ),
        fold(
            "any_negative",
            LISTS,
            NS,
            F,
            code=("any($v < 0 for $v in $x)", "not all($v >= 0 for $v in $x)"),
            loop="$out = False\n---\nif $v < 0:\n    $out = True",
            noun=("whether at least one of $x is negative", "whether any of $x is negative"),
            frag=("any_negative", "has_negative"),
            result="found",
            avoids="nonneg",
            last=True,
        ),
        fold(
            "any_above",
            LISTS,
            NS,
            F,
            code=("any($v > $k for $v in $x)", "not all($v <= $k for $v in $x)"),
            loop="$out = False\n---\nif $v > $k:\n    $out = True",
            noun=("whether at least one of $x is greater than $k", "whether any of $x exceeds $k"),
            frag=("any_above", "has_large"),
            result="found",
            params=(count("k", 5, 6, 8, 10, 12, argument="limit threshold"),),
            last=True,
        ),
        whole(
            "is_mirrored",
            LISTS,
            NS,
            F,
            code=("$x == $x[::-1]", "all(a == b for a, b in zip($x, reversed($x)))"),
            block="$out = True\nfor i in range(len($x)):\n    if $x[i] != $x[-1 - i]:\n        $out = False",
            noun="whether $x read the same in both directions",
            frag=("is_mirrored", "is_palindrome"),
            result="same",
            avoids="distinct",
            group="mirror",
            last=True,
        ),
    )
