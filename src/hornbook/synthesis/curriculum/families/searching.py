"""Searching a list of integers: in a sorted one by halves, in any one for a place, a pair, or a number with a rank."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, F = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG
SEARCHING = Family.SEARCHING
COUNTED = "Indices start at 0."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_by_halves(), *_places(), *_chosen(), *_pairs())


def _by_halves() -> tuple[Operation, ...]:
    target = (count("k", 1, 2, 3, 4, 5, 6, argument="target wanted"),)
    halves = (
        "low, high = 0, len($x)\nwhile low < high:\n    middle = (low + high) // 2\n"
        "    if $x[middle] < $k:\n        low = middle + 1\n    else:\n        high = middle\n"
    )
    return (
        whole(
            "binary_search",
            SEARCHING,
            NS,
            N,
            code="$x.index($k) if $k in $x else -1",
            block=(
                f"{halves}$out = low if low < len($x) and $x[low] == $k else -1",
                "def search(low, high):\n    if low == high:\n        return low\n    middle = (low + high) // 2\n"
                "    if $x[middle] < $k:\n        return search(middle + 1, high)\n    return search(low, middle)\n\n"
                "$out = search(0, len($x))\nif $x[$out:$out + 1] != [$k]:\n    $out = -1",
            ),
            noun="the first index of $k among $x, found by binary search",
            act="find the first index of $k among $x by binary search",
            frag=("binary_search", "find_in_sorted"),
            result="place",
            params=target,
            needs="sorted",
            group="total",
            note="The numbers are in ascending order, and the result is -1 if that one does not occur.",
            difficulty=3,
        ),
        whole(
            "insertion_point",
            SEARCHING,
            NS,
            N,
            code="sum(1 for item in $x if item < $k)",
            block=(
                f"{halves}$out = low",
                "$out = 0\nwhile $out < len($x) and $x[$out] < $k:\n    $out += 1",
            ),
            noun="the first index at which $k could be inserted among $x without breaking the ascending order",
            act=("find the first index at which $k could be inserted among $x without breaking the ascending order",),
            frag=("insertion_point", "bisect"),
            result="place",
            params=target,
            needs="sorted",
            adds="nonneg small",
            group="total",
            note=COUNTED,
            difficulty=3,
        ),
        whole(
            "count_in_sorted",
            SEARCHING,
            NS,
            N,
            code="$x.count($k)",
            block=(
                "def place(limit):\n    low, high = 0, len($x)\n    while low < high:\n"
                "        middle = (low + high) // 2\n        if $x[middle] < limit:\n            low = middle + 1\n"
                "        else:\n            high = middle\n    return low\n\n$out = place($k + 1) - place($k)",
                "$out = 0\nfor item in $x:\n    if item > $k:\n        break\n    if item == $k:\n        $out += 1",
            ),
            noun="the number of times that $k occurs among $x, which are in ascending order",
            act="count how often $k occurs among $x, which are in ascending order",
            frag=("count_in_sorted", "occurrences"),
            result="count",
            params=target,
            needs="sorted",
            adds="nonneg small",
            avoids="distinct",
            group="total",
            difficulty=3,
        ),
    )


def _places() -> tuple[Operation, ...]:
    return (
        whole(
            "first_above",
            SEARCHING,
            NS,
            N,
            code="next((i for i, item in enumerate($x) if item > $k), -1)",
            block=(
                "$out = -1\nfor i, item in enumerate($x):\n    if item > $k:\n        $out = i\n        break",
                "$out = 0\nwhile $out < len($x) and $x[$out] <= $k:\n    $out += 1\nif $out == len($x):\n    $out = -1",
            ),
            noun="the index of the first of $x that is greater than $k",
            act="find the index of the first of $x that is greater than $k",
            frag=("first_above", "index_above"),
            result="place",
            params=(count("k", 3, 4, 5, 6, argument="limit threshold"),),
            group="total",
            note="The index is -1 if there is none.",
        ),
        whole(
            "last_index_of",
            SEARCHING,
            NS,
            N,
            code="len($x) - 1 - $x[::-1].index($k) if $k in $x else -1",
            block=(
                "$out = -1\nfor i, item in enumerate($x):\n    if item == $k:\n        $out = i",
                "$out = len($x) - 1\nwhile $out >= 0 and $x[$out] != $k:\n    $out -= 1",
            ),
            noun="the index of the last $k among $x",
            act="find the index of the last $k among $x",
            frag=("last_index_of", "last_position"),
            result="place",
            params=(count("k", 1, 2, 3, 4, 5, argument="target value"),),
            group="total",
            note="The index is -1 if that number does not occur.",
        ),
        whole(
            "peak_index",
            SEARCHING,
            NS,
            N,
            block=(
                "$out = -1\nfor i in range(1, len($x) - 1):\n    if $x[i] > $x[i - 1] and $x[i] > $x[i + 1]:\n"
                "        $out = i\n        break",
                "$out = -1\ni = len($x) - 2\nwhile i > 0:\n    if $x[i - 1] < $x[i] > $x[i + 1]:\n        $out = i\n"
                "    i -= 1",
            ),
            noun="the index of the first of $x that is greater than both of its neighbours",
            act="find the index of the first of $x that is greater than both of its neighbours",
            frag=("peak_index", "first_peak"),
            result="peak",
            avoids="sorted",
            group="total",
            note="The index is -1 if there is none; the first and the last number have one neighbour and do not count.",
        ),
        whole(
            "is_rotated_sorted",
            SEARCHING,
            NS,
            F,
            code="sum(1 for i in range(len($x)) if $x[i - 1] > $x[i]) < 2",
            block=(
                "drops = 0\nfor i in range(len($x)):\n    if $x[i - 1] > $x[i]:\n        drops += 1\n$out = drops <= 1",
                "$out = $x == sorted($x)\nfor i in range(len($x)):\n    if $x[i:] + $x[:i] == sorted($x):\n"
                "        $out = True",
            ),
            noun="whether $x can be brought into ascending order by moving some of them from the front to the end",
            frag=("is_rotated", "sorted_if_rotated"),
            result="is_rotated",
            avoids="sorted",
            group="rotated",
            note="They keep their order when they are moved, and it may be none at all.",
            last=True,
            difficulty=3,
        ),
    )


def _chosen() -> tuple[Operation, ...]:
    return (
        whole(
            "kth_smallest",
            SEARCHING,
            NS,
            N,
            code="sorted($x)[$k - 1] if len($x) >= $k else 0",
            block=(
                "def select(part, rank):\n    pivot = part[0]\n    lower = [n for n in part if n < pivot]\n"
                "    equal = part.count(pivot)\n    if rank < len(lower):\n        return select(lower, rank)\n"
                "    if rank < len(lower) + equal:\n        return pivot\n"
                "    return select([n for n in part if n > pivot], rank - len(lower) - equal)\n\n"
                "$out = select($x, $k - 1) if len($x) >= $k else 0",
                "$out = 0\nif len($x) >= $k:\n    rest = list($x)\n    for _ in range($k - 1):\n"
                "        rest.remove(min(rest))\n    $out = min(rest)",
            ),
            noun=(
                "the number at place $k when $x stand in ascending order|"
                "the number at place $k when they stand in ascending order"
            ),
            act=(
                "take the number at place $k when $x stand in ascending order|"
                "take the number at place $k when they stand in ascending order"
            ),
            frag=("kth_smallest", "order_statistic"),
            result="chosen",
            params=(count("k", 2, 3, argument="k rank"),),
            keeps="nonneg even",
            avoids="sorted",
            group="pick",
            note="Places are counted from 1, and the result is 0 if there are not as many numbers.",
            difficulty=3,
        ),
        whole(
            "top_numbers",
            SEARCHING,
            NS,
            NS,
            code="sorted($x, reverse=True)[:$k]",
            block=(
                "rest = list($x)\n$out = []\nwhile rest and len($out) < $k:\n    $out.append(max(rest))\n"
                "    rest.remove(max(rest))",
                "$out = sorted($x)\n$out.reverse()\n$out = $out[:$k]",
            ),
            noun="the $k largest of $x, largest first",
            act="keep only the $k largest of $x, largest first",
            frag=("top", "largest_few"),
            result="top",
            params=(count("k", 2, 3, argument="k size"),),
            keeps="nonneg positive even odd distinct",
            group="order",
            note="If there are fewer, all of them are kept.",
        ),
        whole(
            "majority",
            SEARCHING,
            NS,
            N,
            code="next((item for item in $x if $x.count(item) * 2 > len($x)), 0)",
            block=(
                "leader, votes = 0, 0\nfor item in $x:\n    if votes == 0:\n        leader = item\n"
                "    votes += 1 if item == leader else -1\n$out = leader if $x.count(leader) * 2 > len($x) else 0",
                "$out = 0\nfor item in set($x):\n    if $x.count(item) > len($x) // 2:\n        $out = item",
            ),
            noun="the number that makes up more than half of $x",
            act="find the number that makes up more than half of $x",
            frag=("majority", "majority_value"),
            result="winner",
            keeps="nonneg even",
            avoids="distinct",
            group="majority",
            note="If there is no such number, the result is 0.",
            difficulty=3,
        ),
        whole(
            "closest_to",
            SEARCHING,
            NS,
            N,
            code="min($x, key=lambda n: abs(n - $k), default=0)",
            block=(
                "$out = $x[0] if $x else 0\nfor item in $x:\n    if abs(item - $k) < abs($out - $k):\n"
                "        $out = item",
                "ordered = sorted($x, key=lambda n: abs(n - $k))\n$out = ordered[0] if ordered else 0",
            ),
            noun="the one of $x that is closest to $k",
            act="find the one of $x that is closest to $k",
            frag=("closest", "nearest_to"),
            result="nearest",
            params=(count("k", 4, 5, 6, 10, argument="target goal"),),
            keeps="nonneg even",
            group="pick",
            empty=("0", "the closest number"),
            note="If several are equally close, the first of them counts.",
        ),
        whole(
            "missing_number",
            SEARCHING,
            NS,
            N,
            code="next(n for n in range(len($x) + 1) if n not in $x)",
            block=(
                "$out = 0\nwhile $out in $x:\n    $out += 1",
                "$out = 0\nfor n in sorted($x):\n    if n == $out:\n        $out += 1",
            ),
            noun="the smallest non-negative integer that is not among $x",
            act="find the smallest non-negative integer that is not among $x",
            frag=("missing_number", "first_missing"),
            result="missing",
            adds="nonneg small",
            avoids="positive",
            group="pick",
        ),
    )


def _pairs() -> tuple[Operation, ...]:
    return (
        whole(
            "has_pair_sum",
            SEARCHING,
            NS,
            F,
            code="any($x[i] + $x[j] == $k for j in range(len($x)) for i in range(j))",
            block=(
                "seen = set()\n$out = False\nfor item in $x:\n    if $k - item in seen:\n        $out = True\n"
                "    seen.add(item)",
                "ordered = sorted($x)\ni, j = 0, len(ordered) - 1\n$out = False\nwhile i < j:\n"
                "    if ordered[i] + ordered[j] == $k:\n        $out = True\n        break\n"
                "    if ordered[i] + ordered[j] < $k:\n        i += 1\n    else:\n        j -= 1",
            ),
            noun="whether the sum of two of $x is $k",
            frag=("has_pair_sum", "two_sum"),
            result="found",
            params=(count("k", 5, 6, 7, 8, 9, 10, argument="target total"),),
            note="The two must stand at different positions.",
            last=True,
            difficulty=3,
        ),
        whole(
            "pair_places",
            SEARCHING,
            NS,
            NS,
            block=(
                "$out = []\nfor j in range(len($x)):\n    for i in range(j):\n"
                "        if not $out and $x[i] + $x[j] == $k:\n            $out = [i, j]",
                "$out = []\nfor j, item in enumerate($x):\n    if $k - item in $x[:j]:\n"
                "        $out = [$x.index($k - item), j]\n        break",
            ),
            noun="the indices of the first two of $x whose sum is $k",
            act="find the indices of the first two of $x whose sum is $k",
            frag=("pair_places", "two_sum_indices"),
            result="places",
            params=(count("k", 5, 6, 7, 8, 9, 10, argument="target total"),),
            adds="nonneg sorted distinct",
            group="index",
            note=(
                "The pair whose second number comes first counts, then the one whose first number does; without a "
                "pair the list is empty."
            ),
            difficulty=3,
        ),
        whole(
            "smallest_gap",
            SEARCHING,
            NS,
            N,
            code="min((abs(a - b) for i, a in enumerate($x) for b in $x[:i]), default=0)",
            block=(
                "ordered = sorted($x)\n$out = min((b - a for a, b in zip(ordered, ordered[1:])), default=0)",
                "ordered = sorted($x)\n$out = ordered[-1] - ordered[0] if ordered else 0\n"
                "for i in range(1, len(ordered)):\n    $out = min($out, ordered[i] - ordered[i - 1])",
            ),
            noun="the smallest difference between two of $x",
            act="find the smallest difference between two of $x",
            frag=("smallest_gap", "closest_pair"),
            result="gap",
            adds="nonneg",
            keeps="even",
            group="pick",
            note="With fewer than two numbers it is 0.",
            difficulty=3,
        ),
    )
