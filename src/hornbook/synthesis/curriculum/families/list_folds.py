"""Totals of a list of integers, and members picked from it."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import fold, whole

N, NS, F = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG
LISTS = Family.LISTS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_totals(), *_picks())


def _totals() -> tuple[Operation, ...]:
    return (
        fold(
            "sum",
            LISTS,
            NS,
            N,
            code="sum($x)",
            loop="$out = 0\n---\n$out += $v",
            noun=("the sum of $x", "the total of $x"),
            act=("add up $x|add them up",),
            frag=("sum", "total"),
            result="total",
            keeps="nonneg even",
            group="total",
        ),
        fold(
            "product",
            LISTS,
            NS,
            N,
            code=(),
            loop=("$out = 1\n---\n$out *= $v", "$out = 1\n---\n$out = $out * $v"),
            noun="the product of $x",
            act=("multiply all of $x together",),
            frag=("product",),
            result="product",
            keeps="nonneg",
            group="total",
            empty=("1", "the product"),
        ),
        fold(
            "count",
            LISTS,
            NS,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            loop="$out = 0\n---\n$out += 1",
            noun=("the number of $bare|how many there are",),
            act=("count $x",),
            frag=("count", "number_of", "num"),
            result="count",
            adds="nonneg small",
            group="total",
        ),
        whole(
            "mean",
            LISTS,
            NS,
            N,
            code="sum($x) // len($x) if $x else 0",
            block=(
                "$out = 0\nif $x:\n    $out = sum($x) // len($x)",
                "if not $x:\n    $out = 0\nelse:\n    $out = sum($x) // len($x)",
            ),
            noun="the average of $x, rounded down",
            act=("take the average of $x, rounded down",),
            frag=("average", "mean"),
            result="average",
            keeps="nonneg",
            group="total",
            empty=("0", "the average"),
        ),
    )


def _picks() -> tuple[Operation, ...]:
    return (
        fold(
            "largest",
            LISTS,
            NS,
            N,
            code="max($x, default=0)",
            loop=(
                "$out = None\n---\nif $out is None or $v > $out:\n    $out = $v\n---\nif $out is None:\n    $out = 0",
            ),
            noun=("the largest of $x", "the maximum of $x"),
            act=("find the largest of $x",),
            frag=("largest", "max", "biggest"),
            result="largest",
            keeps="nonneg even",
            group="pick",
            empty=("0", "the largest number"),
        ),
        fold(
            "smallest",
            LISTS,
            NS,
            N,
            code="min($x, default=0)",
            loop=(
                "$out = None\n---\nif $out is None or $v < $out:\n    $out = $v\n---\nif $out is None:\n    $out = 0",
            ),
            noun=("the smallest of $x", "the minimum of $x"),
            act=("find the smallest of $x",),
            frag=("smallest", "min", "least"),
            result="smallest",
            keeps="nonneg even",
            group="pick",
            empty=("0", "the smallest number"),
        ),
        whole(
            "first",
            LISTS,
            NS,
            N,
            code=("$x[0] if $x else 0",),
            block=("$out = 0\nif $x:\n    $out = $x[0]", "$out = 0\nfor item in $x:\n    $out = item\n    break"),
            noun="the first of $x",
            act=("take the first of $x",),
            frag=("first", "head"),
            result="first",
            keeps="nonneg even",
            group="pick",
            empty=("0", "the first number"),
        ),
        whole(
            "last",
            LISTS,
            NS,
            N,
            code=("$x[-1] if $x else 0",),
            block=("$out = 0\nif $x:\n    $out = $x[-1]", "$out = 0\nfor item in $x:\n    $out = item"),
            noun="the last of $x",
            act=("take the last of $x",),
            frag=("last", "final"),
            result="last",
            keeps="nonneg even",
            group="pick",
            empty=("0", "the last number"),
        ),
        whole(
            "second_largest",
            LISTS,
            NS,
            N,
            code="sorted($x)[-2] if len($x) > 1 else 0",
            block=(
                "ordered = sorted($x, reverse=True)\n$out = ordered[1] if len(ordered) > 1 else 0",
                "$out = 0\nif len($x) > 1:\n    rest = list($x)\n    rest.remove(max(rest))\n    $out = max(rest)",
            ),
            noun="the second largest of $x",
            act=("find the second largest of $x",),
            frag=("second_largest", "runner_up"),
            result="second",
            keeps="nonneg even",
            group="pick",
            note="With fewer than two numbers it is 0; equal numbers count separately.",
        ),
        whole(
            "median",
            LISTS,
            NS,
            N,
            code="sorted($x)[len($x) // 2] if $x else 0",
            block=(
                "ordered = sorted($x)\n$out = ordered[len(ordered) // 2] if ordered else 0",
                "$out = 0\nif $x:\n    ordered = sorted($x)\n    $out = ordered[len(ordered) // 2]",
            ),
            noun="the median of $x",
            act=("take the median of $x",),
            frag=("median", "middle"),
            result="middle",
            keeps="nonneg even",
            group="pick",
            empty=("0", "the median"),
            note="If there are two middle numbers, the median is the larger one.",
        ),
        whole(
            "most_common",
            LISTS,
            NS,
            N,
            code="max(sorted($x), key=$x.count, default=0)",
            block=(
                "$out = 0\nbest = 0\nfor item in sorted($x):\n    if $x.count(item) > best:\n"
                "        $out = item\n        best = $x.count(item)",
                "ranked = sorted($x, key=lambda item: (-$x.count(item), item))\n$out = ranked[0] if ranked else 0",
            ),
            noun="the most frequent of $x",
            act=("find the most frequent of $x",),
            frag=("most_common", "mode"),
            result="mode",
            keeps="nonneg even",
            avoids="distinct",
            group="pick",
            empty=("0", "the most frequent number"),
            note="Of equally frequent numbers the smallest one counts.",
        ),
    )
