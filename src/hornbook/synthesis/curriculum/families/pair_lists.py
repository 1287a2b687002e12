"""Lists of pairs: built from lists of integers, sorted, filtered, added up; and dictionaries built from two lists."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import change_each, count, fold, keep, other, whole

N, NS, W, C, P, PS = Kind.NUMBER, Kind.NUMBERS, Kind.WORDS, Kind.COUNTS, Kind.PAIR, Kind.PAIRS
SETS = Family.SETS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_built(), *_changed(), *_kept(), *_read())


def _built() -> tuple[Operation, ...]:
    return (
        whole(
            "number_places",
            SETS,
            NS,
            PS,
            code=("list(enumerate($x))", "[(i, item) for i, item in enumerate($x)]"),
            block="$out = []\nfor i in range(len($x)):\n    $out.append((i, $x[i]))",
            noun="$x as pairs of index and number",
            act="pair each of $x with its index, the index first",
            frag=("with_index", "enumerated", "numbered"),
            result="numbered",
            keeps="nonneg",
            group="to_pairs",
            note="Indices start at 0.",
        ),
        whole(
            "zip_lists",
            SETS,
            NS,
            PS,
            code=("list(zip($x, $k))", "[(a, b) for a, b in zip($x, $k)]"),
            block=(
                "$out = []\nfor i in range(min(len($x), len($k))):\n    $out.append(($x[i], $k[i]))",
                "$out = []\nfor a, b in zip($x, $k):\n    $out.append((a, b))",
            ),
            noun="$x, each paired with the number at the same place in $k",
            act="pair each of $x with the number at the same place in $k",
            frag=("zipped", "paired_with", "matched"),
            result="matched",
            params=(other("k", NS, "others second partners"),),
            group="to_pairs",
            note="What is left over of the longer list is dropped.",
        ),
        whole(
            "group_in_twos",
            SETS,
            NS,
            PS,
            code=("[($x[i], $x[i + 1]) for i in range(0, len($x) - 1, 2)]", "list(zip($x[::2], $x[1::2]))"),
            block=(
                "$out = []\nfor i in range(0, len($x) - 1, 2):\n    $out.append(($x[i], $x[i + 1]))",
                "$out = []\nrest = list($x)\nwhile len(rest) > 1:\n    $out.append((rest[0], rest[1]))\n"
                "    rest = rest[2:]",
            ),
            noun="$x, two at a time, as pairs",
            act="group $x two at a time into pairs",
            frag=("in_twos", "grouped_in_pairs", "paired"),
            result="twos",
            keeps="nonneg positive even",
            group="to_pairs",
            note="A single number left over at the end is dropped.",
        ),
        whole(
            "all_later_pairs",
            SETS,
            NS,
            PS,
            code=(
                "[(a, b) for i, a in enumerate($x) for b in $x[i + 1:]]",
                "[($x[i], $x[j]) for i in range(len($x)) for j in range(i + 1, len($x))]",
            ),
            block=(
                "$out = []\nfor i, a in enumerate($x):\n    for b in $x[i + 1:]:\n        $out.append((a, b))",
                "$out = []\nfor j in range(len($x)):\n    for i in range(j + 1, len($x)):\n"
                "        $out.append(($x[j], $x[i]))",
            ),
            noun="all pairs of one of $x and one that stands behind it",
            act="form all pairs of one of $x and one that stands behind it",
            frag=("all_pairs", "combinations", "every_two"),
            result="combinations",
            keeps="nonneg positive even",
            group="to_pairs",
            difficulty=3,
        ),
        whole(
            "cartesian_product",
            SETS,
            NS,
            PS,
            code=("[(a, b) for a in $x for b in $k]",),
            block=(
                "$out = []\nfor a in $x:\n    for b in $k:\n        $out.append((a, b))",
                "$out = []\nfor a in $x:\n    $out.extend((a, b) for b in $k)",
            ),
            noun="all pairs of one of $x and one number in $k",
            act="form all pairs of one of $x and one number in $k",
            frag=("product_pairs", "cartesian", "grid_of_pairs"),
            result="combined",
            params=(other("k", NS, "others second choices"),),
            group="to_pairs",
            note="The pairs are ordered by the place of their first number, then of their second.",
            difficulty=3,
        ),
        whole(
            "number_counts",
            SETS,
            NS,
            PS,
            code=(
                "[(item, $x.count(item)) for item in dict.fromkeys($x)]",
                "[(item, $x.count(item)) for i, item in enumerate($x) if item not in $x[:i]]",
            ),
            block=(
                "counts = {}\nfor item in $x:\n    counts[item] = counts.get(item, 0) + 1\n$out = list(counts.items())",
                "$out = []\nseen = set()\nfor item in $x:\n    if item not in seen:\n        seen.add(item)\n"
                "        $out.append((item, $x.count(item)))",
            ),
            noun="a list of pairs: each different number among $x, with how often it occurs",
            act="pair each different number among $x with how often it occurs",
            frag=("number_counts", "frequencies", "tally"),
            result="tally",
            keeps="nonneg",
            avoids="distinct",
            group="to_pairs",
            note="The pairs are in the order in which the numbers occur first.",
            difficulty=3,
        ),
        whole(
            "number_runs",
            SETS,
            NS,
            PS,
            block=(
                "$out = []\nfor item in $x:\n    if $out and $out[-1][0] == item:\n"
                "        $out[-1] = (item, $out[-1][1] + 1)\n    else:\n        $out.append((item, 1))",
                "$out = []\ni = 0\nwhile i < len($x):\n    j = i\n    while j < len($x) and $x[j] == $x[i]:\n"
                "        j += 1\n    $out.append(($x[i], j - i))\n    i = j",
            ),
            noun="a list of pairs: for each run of equal neighbours among $x, the number and the length of the run",
            act="turn each run of equal neighbours among $x into a pair of the number and the length of the run",
            frag=("runs", "run_lengths", "run_pairs"),
            result="runs",
            keeps="nonneg",
            avoids="distinct",
            group="to_pairs",
            difficulty=3,
        ),
        whole(
            "dictionary_of_two_lists",
            SETS,
            W,
            C,
            code=("dict(zip($x, $k))", "{name: number for name, number in zip($x, $k)}"),
            block=(
                "$out = {}\nfor name, number in zip($x, $k):\n    $out[name] = number",
                "$out = {}\nfor i in range(min(len($x), len($k))):\n    $out[$x[i]] = $k[i]",
            ),
            noun="a dictionary from each of $x to the number at the same place in $k",
            act="make a dictionary from each of $x to the number at the same place in $k",
            frag=("dict_of_lists", "named_values", "zipped_dict"),
            result="named",
            params=(other("k", NS, "numbers amounts results"),),
            keeps="lower",
            note="What is left over of the longer list is dropped; of equal strings the last one counts.",
        ),
    )


def _changed() -> tuple[Operation, ...]:
    return (
        change_each(
            "first_of_each",
            SETS,
            PS,
            NS,
            code=("$v[0]",),
            noun="the first numbers of $x",
            act=("take the first number of each of $x",),
            frag=("firsts", "first_of_each"),
            result="firsts",
            keeps="nonneg positive even",
            difficulty=1,
        ),
        change_each(
            "second_of_each",
            SETS,
            PS,
            NS,
            code=("$v[1]", "$v[-1]"),
            noun="the second numbers of $x",
            act=("take the second number of each of $x",),
            frag=("seconds", "second_of_each"),
            result="seconds",
            keeps="nonneg positive even",
            difficulty=1,
        ),
        change_each(
            "sum_of_each",
            SETS,
            PS,
            NS,
            code=("sum($v)", "$v[0] + $v[1]"),
            noun="the sums of $x",
            act=("add up the two numbers of each of $x",),
            frag=("pair_sums", "sum_of_each"),
            result="sums",
            keeps="nonneg positive even",
        ),
        change_each(
            "gap_of_each",
            SETS,
            PS,
            NS,
            code=("abs($v[0] - $v[1])", "max($v) - min($v)"),
            noun="the distances between the two numbers of each of $x",
            act=("take the distance between the two numbers of each of $x",),
            frag=("gaps", "distances", "gap_of_each"),
            result="gaps",
            adds="nonneg",
            keeps="even",
        ),
        change_each(
            "swap_each",
            SETS,
            PS,
            PS,
            code=("$v[::-1]", "($v[1], $v[0])"),
            noun=("$x with the numbers of each swapped|them with the numbers of each swapped",),
            act=("swap the two numbers of each of $x",),
            frag=("swapped_pairs", "swap_each"),
            result="swapped",
            keeps="nonneg positive even",
        ),
        whole(
            "sort_by_second",
            SETS,
            PS,
            PS,
            code=("sorted($x, key=lambda item: item[1])",),
            block=(
                "$out = list($x)\n$out.sort(key=lambda item: item[1])",
                "def second(item):\n    return item[1]\n\n$out = sorted($x, key=second)",
            ),
            noun="$x in ascending order of their second numbers",
            act=("sort $x by their second numbers, the smallest first",),
            frag=("sorted_by_second", "by_second"),
            result="ordered",
            keeps="nonneg positive even",
            group="order",
            note="Pairs with equal second numbers keep their order.",
        ),
    )


def _kept() -> tuple[Operation, ...]:
    return (
        keep(
            "rising_pairs",
            SETS,
            PS,
            code=("$v[0] < $v[1]", "$v[1] > $v[0]"),
            clause=("whose first number is less than the second",),
            frag=("rising_pairs", "rising"),
            result="rising",
        ),
        keep(
            "pairs_with_sum_above",
            SETS,
            PS,
            code=("sum($v) > $k", "$v[0] + $v[1] > $k"),
            clause=("whose sum is greater than $k",),
            drop=("whose sum is at most $k",),
            frag=("sum_above", "heavy_pairs"),
            result="heavy",
            params=(count("k", 2, 5, 8, 10, argument="limit least"),),
        ),
        keep(
            "pairs_with_member",
            SETS,
            PS,
            code=("$k in $v",),
            clause=("that contain the number $k", "of which one number is $k"),
            drop=("that do not contain the number $k",),
            frag=("pairs_with", "containing"),
            result="containing",
            params=(count("k", 0, 1, 2, 3, 5, argument="wanted member"),),
        ),
    )


def _read() -> tuple[Operation, ...]:
    return (
        fold(
            "count_pairs",
            SETS,
            PS,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            loop="$out = 0\n---\n$out += 1",
            noun="the number of $bare|how many there are",
            act=("count $x",),
            frag=("num_pairs", "count_pairs"),
            result="count",
            adds="nonneg small",
            difficulty=1,
        ),
        whole(
            "add_up_pairs",
            SETS,
            PS,
            P,
            code=("(sum(a for a, _ in $x), sum(b for _, b in $x))",),
            block=(
                "left = 0\nright = 0\nfor a, b in $x:\n    left += a\n    right += b\n$out = (left, right)",
                "$out = (0, 0)\nfor a, b in $x:\n    $out = ($out[0] + a, $out[1] + b)",
            ),
            noun="the sums of the first and of the second numbers of $x, as a pair"
            "|the sums of their first and of their second numbers, as a pair",
            act=(
                "add up the first numbers and the second numbers of $x, as a pair"
                "|add up their first and their second numbers, as a pair",
            ),
            frag=("column_totals", "summed_pair", "add_up_pairs"),
            result="totals",
            keeps="nonneg even",
        ),
        whole(
            "pair_with_largest_sum",
            SETS,
            PS,
            P,
            code=("max($x, key=sum, default=(0, 0))", "max($x, key=lambda item: item[0] + item[1], default=(0, 0))"),
            block=(
                "$out = None\nfor item in $x:\n    if $out is None or sum(item) > sum($out):\n        $out = item\n"
                "if $out is None:\n    $out = (0, 0)",
            ),
            noun="the one with the largest sum among $x",
            act=("find the one with the largest sum among $x",),
            frag=("largest_pair", "pair_of_largest_sum"),
            result="best",
            keeps="nonneg even",
            empty=("(0, 0)", "the pair"),
            note="Of pairs with equal sums the first one counts.",
        ),
        whole(
            "path_length",
            SETS,
            PS,
            N,
            code=("sum(abs(a - c) + abs(b - d) for (a, b), (c, d) in zip($x, $x[1:]))",),
            block=(
                "$out = 0\nfor i in range(1, len($x)):\n    $out += abs($x[i][0] - $x[i - 1][0])\n"
                "    $out += abs($x[i][1] - $x[i - 1][1])",
                "$out = 0\nfor (a, b), (c, d) in zip($x, $x[1:]):\n    $out += abs(a - c) + abs(b - d)",
            ),
            noun="the length of the way along a grid that visits $x in order",
            act=("measure the way along a grid that visits $x in order",),
            frag=("path_length", "way_length"),
            result="length",
            adds="nonneg",
            note="From one point to the next the way is as long as the two coordinates together change.",
            difficulty=3,
        ),
    )
