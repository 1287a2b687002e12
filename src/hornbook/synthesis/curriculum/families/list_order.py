"""The order of a list of integers, and its parts."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

NS = Kind.NUMBERS
LISTS = Family.LISTS
MEMBERS = "nonneg positive even odd"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_order(), *_parts())


def _order() -> tuple[Operation, ...]:
    stays = MEMBERS + " distinct"
    return (
        whole(
            "sort_ascending",
            LISTS,
            NS,
            NS,
            code=("sorted($x)",),
            block=(
                "$out = list($x)\n$out.sort()",
                "$out = []\nrest = list($x)\nwhile rest:\n    $out.append(min(rest))\n    rest.remove(min(rest))",
            ),
            noun=("$x in ascending order", "$x sorted from smallest to largest"),
            act=("sort $x in ascending order",),
            frag=("sorted", "ascending", "in_order"),
            result="ordered",
            keeps=stays,
            adds="sorted",
            avoids="sorted",
            group="order",
        ),
        whole(
            "sort_descending",
            LISTS,
            NS,
            NS,
            code=("sorted($x, reverse=True)", "sorted($x)[::-1]"),
            block="$out = list($x)\n$out.sort(reverse=True)",
            noun=("$x in descending order", "$x sorted from largest to smallest"),
            act=("sort $x in descending order",),
            frag=("descending", "largest_first"),
            result="ordered",
            keeps=stays,
            group="order",
        ),
        whole(
            "sort_by_size",
            LISTS,
            NS,
            NS,
            code="sorted($x, key=abs)",
            block=("$out = list($x)\n$out.sort(key=abs)", "$out = sorted($x, key=lambda item: abs(item))"),
            noun="$x sorted by absolute value",
            act=("sort $x by absolute value",),
            frag=("by_magnitude", "sorted_by_abs"),
            result="ordered",
            keeps=stays,
            avoids="nonneg",
            group="order",
            note="Numbers of equal absolute value keep their order.",
        ),
        whole(
            "reverse",
            LISTS,
            NS,
            NS,
            code=("$x[::-1]", "list(reversed($x))"),
            block=("$out = []\nfor item in $x:\n    $out.insert(0, item)", "$out = list($x)\n$out.reverse()"),
            noun=("$x in reverse order",),
            act=("reverse the order of $x|reverse their order",),
            frag=("reversed", "backwards"),
            result="backwards",
            keeps=stays,
            group="order",
        ),
        whole(
            "dedupe",
            LISTS,
            NS,
            NS,
            code="list(dict.fromkeys($x))",
            block=(
                "$out = []\nfor item in $x:\n    if item not in $out:\n        $out.append(item)",
                "seen = set()\n$out = []\nfor item in $x:\n    if item not in seen:\n"
                "        seen.add(item)\n        $out.append(item)",
            ),
            noun=("$x without repetitions",),
            act=("remove repetitions from $x|remove repetitions",),
            frag=("unique", "distinct", "without_repeats"),
            result="unique",
            keeps=MEMBERS + " sorted",
            adds="distinct",
            avoids="distinct",
            group="dedupe",
            note="Of equal numbers, the first one stays.",
        ),
        whole(
            "rotate_left",
            LISTS,
            NS,
            NS,
            code=("$x[1:] + $x[:1]",),
            block=(
                "$out = list($x)\nif $out:\n    $out.append($out.pop(0))",
                "$out = []\n$out.extend($x[1:])\n$out.extend($x[:1])",
            ),
            noun="$x with the first one moved to the end",
            act=("move the first of $x to the end",),
            frag=("rotated", "rotate_left"),
            result="rotated",
            keeps=stays,
            group="rotate",
        ),
        whole(
            "repeat_list",
            LISTS,
            NS,
            NS,
            code=("$x * $k",),
            block=(
                "$out = []\nfor _ in range($k):\n    $out.extend($x)",
                "$out = []\nfor _ in range($k):\n    $out += $x",
            ),
            noun="$x repeated $k times in a row",
            act=("repeat the whole sequence of $x $k times in a row|repeat the whole sequence $k times in a row",),
            frag=("repeated", "repeat"),
            result="repeated",
            keeps=MEMBERS,
            params=(count("k", 2, 3),),
            group="dedupe",
        ),
    )


def _parts() -> tuple[Operation, ...]:
    stays = MEMBERS + " sorted distinct"
    return (
        whole(
            "take_first",
            LISTS,
            NS,
            NS,
            code="$x[:$k]",
            block=(
                "$out = []\nfor item in $x:\n    if len($out) < $k:\n        $out.append(item)",
                "$out = [item for i, item in enumerate($x) if i < $k]",
            ),
            noun=("the first $k of $x",),
            act=("keep only the first $k of $x",),
            frag=("first", "take_first", "prefix"),
            result="front",
            keeps=stays,
            params=(count("k", 2, 3, 4, argument="k size"),),
            group="part",
            note="If there are fewer, all of them are kept.",
        ),
        whole(
            "take_last",
            LISTS,
            NS,
            NS,
            code=("$x[-$k:]",),
            block=(
                "start = max(0, len($x) - $k)\n$out = $x[start:]",
                "$out = [item for i, item in enumerate($x) if i >= len($x) - $k]",
            ),
            noun=("the last $k of $x",),
            act=("keep only the last $k of $x",),
            frag=("last", "take_last", "suffix"),
            result="tail",
            keeps=stays,
            params=(count("k", 2, 3, 4, argument="k size"),),
            group="part",
            note="If there are fewer, all of them are kept.",
        ),
        whole(
            "drop_first",
            LISTS,
            NS,
            NS,
            code="$x[$k:]",
            block=(
                "$out = []\nfor i, item in enumerate($x):\n    if i >= $k:\n        $out.append(item)",
                "$out = [item for i, item in enumerate($x) if i >= $k]",
            ),
            noun="$x after the first $k",
            act=("remove the first $k of $x",),
            frag=("without_first", "skip_first"),
            result="rest",
            keeps=stays,
            params=(count("k", 2, 3, 4),),
            group="part",
        ),
        whole(
            "every_second",
            LISTS,
            NS,
            NS,
            code="$x[::2]",
            block=(
                "$out = []\nfor i, item in enumerate($x):\n    if i % 2 == 0:\n        $out.append(item)",
                "$out = [$x[i] for i in range(0, len($x), 2)]",
            ),
            noun="every second one of $x, starting with the first",
            act=("keep every second one of $x, starting with the first",),
            frag=("every_second", "alternate"),
            result="chosen",
            keeps=stays,
            group="part",
        ),
        whole(
            "drop_smallest",
            LISTS,
            NS,
            NS,
            code="[item for item in $x if item != min($x)]",
            block=(
                "$out = []\nfor item in $x:\n    if item > min($x):\n        $out.append(item)",
                "$out = list($x)\nlowest = min($out, default=0)\nwhile lowest in $out:\n    $out.remove(lowest)",
            ),
            noun="$x without any occurrence of the smallest",
            act=("remove every occurrence of the smallest of $x",),
            frag=("without_smallest", "drop_min"),
            result="rest",
            keeps=stays,
            group="extreme",
        ),
        whole(
            "drop_largest",
            LISTS,
            NS,
            NS,
            code="[item for item in $x if item != max($x)]",
            block=(
                "$out = []\nfor item in $x:\n    if item < max($x):\n        $out.append(item)",
                "$out = list($x)\nhighest = max($out, default=0)\nwhile highest in $out:\n    $out.remove(highest)",
            ),
            noun="$x without any occurrence of the largest",
            act=("remove every occurrence of the largest of $x",),
            frag=("without_largest", "drop_max"),
            result="rest",
            keeps=stays,
            group="extreme",
        ),
    )
