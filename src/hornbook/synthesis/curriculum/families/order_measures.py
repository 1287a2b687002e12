"""What the order of a list tells: inversions, ranks, rising runs, the next greater number, the best stretch."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, NS = Kind.NUMBER, Kind.NUMBERS
SEARCHING = Family.SEARCHING


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_order(), *_runs())


def _order() -> tuple[Operation, ...]:
    return (
        whole(
            "inversions",
            SEARCHING,
            NS,
            N,
            code="sum(1 for i, a in enumerate($x) for b in $x[i + 1:] if a > b)",
            block=(
                "$out = 0\nfor j in range(len($x)):\n    for i in range(j):\n        if $x[i] > $x[j]:\n"
                "            $out += 1",
                "$out = 0\nordered = []\nfor item in $x:\n    place = len(ordered)\n"
                "    while place > 0 and ordered[place - 1] > item:\n        place -= 1\n        $out += 1\n"
                "    ordered.insert(place, item)",
            ),
            noun="the number of inversions among $x",
            act="count the inversions among $x",
            frag=("inversions", "count_inversions"),
            result="inversions",
            adds="nonneg",
            avoids="sorted",
            group="total",
            note="An inversion is a pair of numbers of which the earlier one is greater.",
            difficulty=3,
        ),
        whole(
            "ranks",
            SEARCHING,
            NS,
            NS,
            code=("[sum(1 for b in $x if b < a) for a in $x]", "[sorted($x).index(a) for a in $x]"),
            block=(
                "$out = []\nfor item in $x:\n    rank = 0\n    for rival in $x:\n        if rival < item:\n"
                "            rank += 1\n    $out.append(rank)",
            ),
            noun="the ranks of $x",
            act="replace each of $x by its rank",
            frag=("ranks", "ranking"),
            result="ranks",
            adds="nonneg",
            group="ranks",
            note="The rank of a number is how many of all the numbers are smaller.",
        ),
        whole(
            "smaller_behind",
            SEARCHING,
            NS,
            NS,
            code="[sum(1 for b in $x[i + 1:] if b < a) for i, a in enumerate($x)]",
            block=(
                "$out = []\nfor i, item in enumerate($x):\n    smaller = 0\n    for rival in $x[i + 1:]:\n"
                "        if rival < item:\n            smaller += 1\n    $out.append(smaller)",
                "$out = []\nordered = []\nfor item in reversed($x):\n"
                "    place = sum(1 for rival in ordered if rival < item)\n    ordered.insert(place, item)\n"
                "    $out.insert(0, place)",
            ),
            noun="the number of smaller ones behind each of $x",
            act="replace each of $x by the number of smaller ones behind it",
            frag=("smaller_behind", "smaller_after"),
            result="behind",
            adds="nonneg",
            avoids="sorted",
            group="ranks",
            difficulty=3,
        ),
        whole(
            "next_greater",
            SEARCHING,
            NS,
            NS,
            code="[([b for b in $x[i:] if b > a] or [-1])[0] for i, a in enumerate($x)]",
            block=(
                "$out = [-1] * len($x)\nwaiting = []\nfor i, item in enumerate($x):\n"
                "    while waiting and $x[waiting[-1]] < item:\n        $out[waiting.pop()] = item\n"
                "    waiting.append(i)",
                "$out = []\nfor i in range(len($x)):\n    found = -1\n    for item in reversed($x[i + 1:]):\n"
                "        if item > $x[i]:\n            found = item\n    $out.append(found)",
            ),
            noun="the first greater one behind each of $x",
            act="replace each of $x by the first greater one behind it",
            frag=("next_greater", "greater_behind"),
            result="greater",
            avoids="sorted",
            group="ranks",
            note="Where there is none behind it, -1 takes its place.",
            difficulty=4,
        ),
    )


def _runs() -> tuple[Operation, ...]:
    return (
        whole(
            "longest_rise",
            SEARCHING,
            NS,
            N,
            block=(
                "$out = run = 0\nfor i in range(len($x)):\n    if i > 0 and $x[i] > $x[i - 1]:\n        run += 1\n"
                "    else:\n        run = 1\n    $out = max($out, run)",
                "$out = 0\nrun = []\nfor item in $x:\n    if run and item <= run[-1]:\n        run = []\n"
                "    run.append(item)\n    $out = max($out, len(run))",
            ),
            noun="the length of the longest stretch of neighbours among $x that rises all the way",
            act="measure the longest stretch of neighbours among $x that rises all the way",
            frag=("longest_rise", "rising_run"),
            result="longest",
            adds="nonneg small",
            avoids="sorted",
            group="total",
            difficulty=3,
        ),
        whole(
            "longest_increasing",
            SEARCHING,
            NS,
            N,
            block=(
                "ends = []\nfor i, item in enumerate($x):\n"
                "    shorter = [ends[j] for j in range(i) if $x[j] < item]\n"
                "    ends.append(1 + max(shorter, default=0))\n$out = max(ends, default=0)",
                "tails = []\nfor item in $x:\n    place = sum(1 for tail in tails if tail < item)\n"
                "    tails[place:place + 1] = [item]\n$out = len(tails)",
            ),
            noun="the length of the longest strictly increasing sequence that can be picked from $x in their order",
            act="measure the longest strictly increasing sequence that can be picked from $x in their order",
            frag=("longest_increasing", "lis"),
            result="longest",
            adds="nonneg small",
            avoids="sorted",
            group="total",
            note="The picked numbers need not be neighbours.",
            difficulty=4,
        ),
        whole(
            "best_stretch",
            SEARCHING,
            NS,
            N,
            block=(
                "$out = running = 0\nfor item in $x:\n    running = max(0, running + item)\n"
                "    $out = max($out, running)",
                "$out = 0\nfor i in range(len($x)):\n    for j in range(i, len($x)):\n"
                "        $out = max($out, sum($x[i:j + 1]))",
            ),
            noun="the largest sum that a stretch of neighbours among $x has",
            act="find the largest sum that a stretch of neighbours among $x has",
            frag=("best_stretch", "max_subarray"),
            result="best",
            adds="nonneg",
            keeps="even",
            avoids="nonneg",
            group="total",
            note="The stretch may be empty and then has the sum 0.",
            difficulty=4,
        ),
        whole(
            "swaps_to_sort",
            SEARCHING,
            NS,
            N,
            block=(
                "rest = list($x)\n$out = 0\nfor i in range(len(rest)):\n    lowest = rest.index(min(rest[i:]), i)\n"
                "    if lowest != i:\n        rest[i], rest[lowest] = rest[lowest], rest[i]\n        $out += 1",
                "rest = list($x)\n$out = 0\nfor i in range(len(rest)):\n    lowest = i\n"
                "    for j in range(i + 1, len(rest)):\n        if rest[j] < rest[lowest]:\n            lowest = j\n"
                "    if i < lowest:\n        rest[i], rest[lowest] = rest[lowest], rest[i]\n        $out += 1",
            ),
            noun="the number of swaps that selection sort makes to bring $x into ascending order",
            act="count the swaps that selection sort makes to bring $x into ascending order",
            frag=("selection_swaps", "count_swaps"),
            result="swaps",
            adds="nonneg small",
            avoids="sorted",
            group="total",
            note="It swaps a number with the first smallest one from there on, unless that is the number itself.",
            difficulty=3,
        ),
    )
