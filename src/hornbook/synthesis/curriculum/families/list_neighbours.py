"""A list of integers by position: neighbours, indices, a second list beside it."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

NS = Kind.NUMBERS
LISTS = Family.LISTS
MEMBERS = "nonneg positive even odd"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_neighbours(), *_second_list())


def _neighbours() -> tuple[Operation, ...]:
    return (
        whole(
            "running_totals",
            LISTS,
            NS,
            NS,
            code="[sum($x[:i + 1]) for i in range(len($x))]",
            block=(
                "$out = []\ntotal = 0\nfor item in $x:\n    total += item\n    $out.append(total)",
                "$out = []\nfor item in $x:\n    $out.append(item + $out[-1] if $out else item)",
            ),
            noun="the running totals of $x",
            act=("replace each of $x by the sum of all up to and including it",),
            frag=("running_totals", "cumulative_sums"),
            result="totals",
            keeps="nonneg positive even",
            group="running",
        ),
        whole(
            "running_maxima",
            LISTS,
            NS,
            NS,
            code="[max($x[:i + 1]) for i in range(len($x))]",
            block=(
                "$out = []\nfor item in $x:\n    $out.append(max(item, $out[-1]) if $out else item)",
                "$out = []\nfor item in $x:\n    if $out and $out[-1] > item:\n        item = $out[-1]\n"
                "    $out.append(item)",
            ),
            noun="the running maxima of $x",
            act=("replace each of $x by the largest of all up to and including it",),
            frag=("running_maxima", "records"),
            result="records",
            keeps=MEMBERS,
            adds="sorted",
            avoids="sorted",
            group="running",
            note="A running maximum is the largest number seen so far.",
        ),
        whole(
            "differences",
            LISTS,
            NS,
            NS,
            code=("[b - a for a, b in zip($x, $x[1:])]", "[$x[i + 1] - $x[i] for i in range(len($x) - 1)]"),
            block="$out = []\nfor i in range(1, len($x)):\n    $out.append($x[i] - $x[i - 1])",
            noun="the differences between neighbours among $x|the differences between neighbours",
            act=("take the differences between neighbours among $x|take the differences between neighbours",),
            frag=("differences", "steps"),
            result="steps",
            keeps="even",
            group="neighbours",
            note="Each difference is the later number minus the one before it.",
        ),
        whole(
            "times_position",
            LISTS,
            NS,
            NS,
            code=("[i * item for i, item in enumerate($x)]", "[i * $x[i] for i in range(len($x))]"),
            block="$out = []\nfor i, item in enumerate($x):\n    $out.append(item * i)",
            noun="$x, each multiplied by its index",
            act=("multiply each of $x by its index",),
            frag=("times_index", "weighted"),
            result="weighted",
            keeps="nonneg even",
            group="index",
            note="Indices start at 0.",
        ),
        whole(
            "even_indices",
            LISTS,
            NS,
            NS,
            code=("[i for i, item in enumerate($x) if item % 2 == 0]", "[i for i in range(len($x)) if $x[i] % 2 == 0]"),
            block="$out = []\nfor i, item in enumerate($x):\n    if item % 2 == 0:\n        $out.append(i)",
            noun="the indices of the even ones among $x",
            act=("find the indices of the even ones among $x",),
            frag=("even_indices", "where_even"),
            result="places",
            adds="nonneg sorted distinct",
            avoids="even odd",
            group="index",
            note="Indices start at 0.",
        ),
        whole(
            "append",
            LISTS,
            NS,
            NS,
            code=("$x + [$k]", "[*$x, $k]"),
            block=("$out = list($x)\n$out.append($k)",),
            noun="$x followed by $k",
            act=("put $k behind the last of $x",),
            frag=("followed_by", "append"),
            result="longer",
            params=(count("k", 0, 1, 5, 10, argument="last extra"),),
            adds="nonempty",
            group="extend",
        ),
    )


def _second_list() -> tuple[Operation, ...]:
    m = (other("m", NS, "others extra second"),)
    stays = MEMBERS + " sorted distinct"
    fewer = "Positions that only one of the lists has are left out."
    return (
        whole(
            "concatenate",
            LISTS,
            NS,
            NS,
            code=("$x + $m", "[*$x, *$m]"),
            block="$out = list($x)\nfor item in $m:\n    $out.append(item)",
            noun="$x followed by the numbers in $m",
            act=("append the numbers in $m to $x",),
            frag=("joined", "concatenated"),
            result="joined",
            params=m,
            group="second",
        ),
        whole(
            "add_pairwise",
            LISTS,
            NS,
            NS,
            code=("[a + b for a, b in zip($x, $m)]",),
            block=(
                "$out = []\nfor a, b in zip($x, $m):\n    $out.append(a + b)",
                "$out = [$x[i] + $m[i] for i in range(min(len($x), len($m)))]",
            ),
            noun=(
                "the position-by-position sums of $x and the numbers in $m|the position-by-position sums of "
                "them and the numbers in $m"
            ),
            act=("add to each of $x the number at the same position in $m",),
            frag=("pairwise_sums", "added_pairwise"),
            result="sums",
            params=m,
            group="second",
            note=fewer,
        ),
        whole(
            "keep_common",
            LISTS,
            NS,
            NS,
            code=("[item for item in $x if item in $m]", "list(filter(lambda item: item in $m, $x))"),
            block="$out = []\nfor item in $x:\n    if item in $m:\n        $out.append(item)",
            noun="those of $x that also occur in $m|those that also occur in $m",
            act=("keep only those of $x that also occur in $m|keep only those that also occur in $m",),
            frag=("common", "shared"),
            result="shared",
            params=m,
            keeps=stays,
            group="second",
        ),
        whole(
            "drop_common",
            LISTS,
            NS,
            NS,
            code=("[item for item in $x if item not in $m]", "list(filter(lambda item: item not in $m, $x))"),
            block="$out = []\nfor item in $x:\n    if item not in $m:\n        $out.append(item)",
            noun="those of $x that do not occur in $m|those that do not occur in $m",
            act=("remove those of $x that occur in $m|remove those that occur in $m",),
            frag=("not_in", "missing_from"),
            result="others",
            params=m,
            keeps=stays,
            group="second",
        ),
    )
