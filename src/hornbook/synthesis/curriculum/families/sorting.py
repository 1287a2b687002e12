"""Sorting written out step by step, and sorting by a key."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, NS, W = Kind.NUMBER, Kind.NUMBERS, Kind.WORDS
SEARCHING = Family.SEARCHING
STAYS = "nonneg positive even odd distinct"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_simple_sorts(), *_fast_sorts(), *_partly(), *_by_key())


def _sort(name: str, method: str, blocks: tuple[str, ...], difficulty: int, needs: str = "") -> Operation:
    """A sort in ascending order by a named method."""
    short = method.replace(" ", "_")
    return whole(
        name,
        SEARCHING,
        NS,
        NS,
        block=blocks,
        noun=f"$x in ascending order, sorted with {method}",
        act=f"sort $x in ascending order with {method}",
        frag=(short, f"{short}ed"),
        result="ordered",
        needs=needs,
        keeps=STAYS,
        adds="sorted",
        avoids="sorted",
        group="order",
        difficulty=difficulty,
    )


def _simple_sorts() -> tuple[Operation, ...]:
    return (
        _sort(
            "bubble_sort",
            "bubble sort",
            (
                "$out = list($x)\nfor end in range(len($out) - 1, 0, -1):\n    for i in range(end):\n"
                "        if $out[i] > $out[i + 1]:\n            $out[i], $out[i + 1] = $out[i + 1], $out[i]",
                "$out = list($x)\nhas_swapped = True\nwhile has_swapped:\n    has_swapped = False\n"
                "    for i in range(1, len($out)):\n        if $out[i - 1] > $out[i]:\n"
                "            $out[i - 1], $out[i] = $out[i], $out[i - 1]\n            has_swapped = True",
            ),
            3,
        ),
        _sort(
            "insertion_sort",
            "insertion sort",
            (
                "$out = []\nfor item in $x:\n    i = len($out)\n    while i > 0 and $out[i - 1] > item:\n"
                "        i -= 1\n    $out.insert(i, item)",
                "$out = list($x)\nfor i in range(1, len($out)):\n    item = $out[i]\n    j = i\n"
                "    while j > 0 and $out[j - 1] > item:\n        $out[j] = $out[j - 1]\n        j -= 1\n"
                "    $out[j] = item",
            ),
            3,
        ),
        _sort(
            "selection_sort",
            "selection sort",
            (
                "$out = list($x)\nfor i in range(len($out)):\n    lowest = i\n"
                "    for j in range(i + 1, len($out)):\n        if $out[j] < $out[lowest]:\n            lowest = j\n"
                "    $out[i], $out[lowest] = $out[lowest], $out[i]",
                "rest = list($x)\n$out = []\nwhile rest:\n    lowest = min(rest)\n    rest.remove(lowest)\n"
                "    $out.append(lowest)",
            ),
            3,
        ),
        _sort(
            "counting_sort",
            "counting sort",
            (
                "counts = [0] * (max($x, default=0) + 1)\nfor item in $x:\n    counts[item] += 1\n$out = []\n"
                "for item, times in enumerate(counts):\n    $out += [item] * times",
                "$out = []\nfor item in range(max($x, default=-1) + 1):\n    for _ in range($x.count(item)):\n"
                "        $out.append(item)",
            ),
            3,
            needs="nonneg",
        ),
    )


def _fast_sorts() -> tuple[Operation, ...]:
    return (
        _sort(
            "merge_sort",
            "merge sort",
            (
                "def merge_sort(part):\n    if len(part) < 2:\n        return part\n    middle = len(part) // 2\n"
                "    a, b = merge_sort(part[:middle]), merge_sort(part[middle:])\n    merged = []\n"
                "    while a and b:\n        merged.append(a.pop(0) if a[0] <= b[0] else b.pop(0))\n"
                "    return merged + a + b\n\n$out = merge_sort($x[:])",
                "runs = [[item] for item in $x] or [[]]\nwhile len(runs) > 1:\n    a, b = runs.pop(0), runs.pop(0)\n"
                "    merged = []\n    while a and b:\n        smaller = a if a[0] <= b[0] else b\n"
                "        merged.append(smaller.pop(0))\n    runs.append(merged + a + b)\n$out = runs[0]",
            ),
            4,
        ),
        _sort(
            "quick_sort",
            "quicksort",
            (
                "def quicksort(part):\n    if len(part) < 2:\n        return part\n    pivot = part[0]\n"
                "    lower = [n for n in part[1:] if n < pivot]\n    upper = [n for n in part[1:] if n >= pivot]\n"
                "    return [*quicksort(lower), pivot, *quicksort(upper)]\n\n$out = quicksort($x[:])",
                "def quicksort(part):\n    if not part:\n        return []\n    pivot = part[len(part) // 2]\n"
                "    lower = [n for n in part if n < pivot]\n    equal = [n for n in part if n == pivot]\n"
                "    upper = [n for n in part if n > pivot]\n"
                "    return quicksort(lower) + equal + quicksort(upper)\n\n$out = quicksort($x)",
            ),
            4,
        ),
        _sort(
            "shell_sort",
            "Shell sort",
            (
                "$out = list($x)\ngap = len($out) // 2\nwhile gap > 0:\n    for i in range(gap, len($out)):\n"
                "        j = i\n        while j >= gap and $out[j - gap] > $out[j]:\n"
                "            $out[j - gap], $out[j] = $out[j], $out[j - gap]\n            j -= gap\n    gap //= 2",
                "$out = list($x)\nfor gap in (7, 3, 1):\n    for i in range(gap, len($out)):\n"
                "        item = $out[i]\n        while i >= gap and $out[i - gap] > item:\n"
                "            $out[i] = $out[i - gap]\n            i -= gap\n        $out[i] = item",
            ),
            4,
        ),
    )


def _partly() -> tuple[Operation, ...]:
    return (
        whole(
            "bubble_passes",
            SEARCHING,
            NS,
            NS,
            block=(
                "$out = list($x)\nfor _ in range($k):\n    for i in range(1, len($out)):\n"
                "        if $out[i - 1] > $out[i]:\n            $out[i - 1], $out[i] = $out[i], $out[i - 1]",
                "$out = $x[:]\nfor _ in range($k):\n    rest = $out\n    $out = []\n    for item in rest:\n"
                "        if $out and $out[-1] > item:\n            $out.insert(-1, item)\n        else:\n"
                "            $out.append(item)",
            ),
            noun="$x after $k passes of bubble sort",
            act="make $k passes of bubble sort over $x",
            frag=("bubble_passes", "partly_sorted"),
            result="settled",
            params=(count("k", 2, 3, argument="passes rounds"),),
            keeps=STAYS,
            avoids="sorted",
            group="order",
            note="A pass goes from left to right and swaps neighbours that are in the wrong order.",
            difficulty=3,
        ),
        whole(
            "selection_steps",
            SEARCHING,
            NS,
            NS,
            block=(
                "$out = list($x)\nfor i in range(min($k, len($out))):\n    lowest = $out.index(min($out[i:]), i)\n"
                "    $out[i], $out[lowest] = $out[lowest], $out[i]",
                "$out = list($x)\nfor i in range(len($out)):\n    if i == $k:\n        break\n    lowest = i\n"
                "    for j in range(i, len($out)):\n        if $out[j] < $out[lowest]:\n            lowest = j\n"
                "    $out[i], $out[lowest] = $out[lowest], $out[i]",
            ),
            noun="$x after $k steps of selection sort",
            act="make $k steps of selection sort on $x",
            frag=("selection_steps", "partly_selected"),
            result="settled",
            params=(count("k", 2, 3, argument="steps rounds"),),
            keeps=STAYS,
            avoids="sorted",
            group="order",
            note="Step i swaps the number at index i, counted from 0, with the first smallest one from there on.",
            difficulty=3,
        ),
        whole(
            "merge_sorted",
            SEARCHING,
            NS,
            NS,
            code="sorted([*$x, *$m])",
            block=(
                "$out = []\ni = j = 0\nwhile i < len($x) and j < len($m):\n    if $x[i] <= $m[j]:\n"
                "        $out.append($x[i])\n        i += 1\n    else:\n        $out.append($m[j])\n        j += 1\n"
                "$out += $x[i:] + $m[j:]",
                "a, b = list($x), list($m)\n$out = []\nwhile a or b:\n    if not b or (a and a[0] <= b[0]):\n"
                "        $out.append(a.pop(0))\n    else:\n        $out.append(b.pop(0))",
            ),
            noun="$x and the numbers in $m, merged into one ascending list",
            act="merge $x and the numbers in $m into one ascending list",
            frag=("merge", "merged"),
            result="merged",
            params=(other("m", NS, "others second more", needs="sorted"),),
            needs="sorted",
            adds="sorted",
            group="second",
            note="The numbers of both lists are in ascending order.",
            difficulty=3,
        ),
        whole(
            "partition",
            SEARCHING,
            NS,
            NS,
            code=(
                "[n for n in $x if n < $k] + [n for n in $x if n >= $k]",
                "sorted($x, key=lambda n: n >= $k)",
            ),
            block=(
                "lower, upper = [], []\nfor item in $x:\n    if item < $k:\n        lower.append(item)\n    else:\n"
                "        upper.append(item)\n$out = lower + upper",
            ),
            noun="$x, those less than $k first and the others after them",
            act="move those of $x that are less than $k to the front|move those that are less than $k to the front",
            frag=("partition", "lower_first"),
            result="parts",
            params=(count("k", 3, 4, 5, 6, argument="pivot limit"),),
            keeps=STAYS,
            avoids="sorted",
            group="order",
            note="Within both parts the order stays as it was.",
        ),
    )


def _by_key() -> tuple[Operation, ...]:
    return (
        whole(
            "sort_by_last_digit",
            SEARCHING,
            NS,
            NS,
            code="sorted($x, key=lambda n: abs(n) % 10)",
            block=(
                "$out = list($x)\n$out.sort(key=lambda n: abs(n) % 10)",
                "$out = []\nfor digit in range(10):\n    $out += [n for n in $x if abs(n) % 10 == digit]",
            ),
            noun="$x sorted by their last digits, smallest first",
            act="sort $x by their last digits, smallest first",
            frag=("by_last_digit", "sort_by_last_digit"),
            result="ordered",
            keeps=STAYS,
            group="order",
            note="Numbers with the same last digit keep their order.",
        ),
        whole(
            "sort_by_remainder",
            SEARCHING,
            NS,
            NS,
            code="sorted($x, key=lambda n: n % $k)",
            block=(
                "$out = list($x)\n$out.sort(key=lambda n: n % $k)",
                "$out = []\nfor r in range($k):\n    for n in $x:\n        if n % $k == r:\n            $out.append(n)",
            ),
            noun="$x sorted by the remainder when divided by $k, smallest first",
            act="sort $x by the remainder when divided by $k, smallest first",
            frag=("by_remainder", "sort_by_remainder"),
            result="ordered",
            params=(count("k", 3, 4, 5, argument="divisor modulus"),),
            keeps=STAYS,
            group="order",
            note="Numbers with the same remainder keep their order, and no remainder is negative.",
        ),
        whole(
            "sort_by_frequency",
            SEARCHING,
            NS,
            NS,
            code="sorted($x, key=lambda n: (-$x.count(n), $x.index(n)))",
            block=(
                "$out = []\nrest = list($x)\nwhile rest:\n    best = max(rest, key=$x.count)\n"
                "    $out += [best] * $x.count(best)\n    rest = [n for n in rest if n != best]",
                "counts = {}\nfor n in $x:\n    counts[n] = counts.get(n, 0) + 1\n$out = []\n"
                "for n in sorted(counts, key=counts.get, reverse=True):\n    $out += [n] * counts[n]",
            ),
            noun="$x sorted by how often they occur, most frequent first",
            act="sort $x by how often they occur, most frequent first",
            frag=("by_frequency", "frequent_first"),
            result="ordered",
            keeps="nonneg positive even odd",
            avoids="distinct",
            group="order",
            note="Equal numbers stand together; of equally frequent ones, those that occur first lead.",
            difficulty=3,
        ),
        whole(
            "even_first",
            SEARCHING,
            NS,
            NS,
            code=("sorted($x, key=lambda n: n % 2)", "[n for r in (0, 1) for n in $x if n % 2 == r]"),
            block=(
                "$out = []\nfor n in $x:\n    if n % 2 == 0:\n        $out.append(n)\nfor n in $x:\n"
                "    if n % 2 == 1:\n        $out.append(n)",
            ),
            noun="$x, the even ones first and the odd ones after them",
            act="move the even ones of $x in front of the odd ones|move the even ones in front of the odd ones",
            frag=("even_first", "odd_last"),
            result="parts",
            keeps=STAYS,
            avoids="even odd",
            group="order",
            note="Among the even and among the odd ones the order stays as it was.",
        ),
        whole(
            "sort_by_last_letter",
            SEARCHING,
            W,
            W,
            code="sorted($x, key=lambda w: w[-1:])",
            block=(
                "$out = list($x)\n$out.sort(key=lambda w: w[-1:])",
                'def last(w):\n    return w[len(w) - 1] if w else ""\n\n$out = sorted($x, key=last)',
            ),
            noun="$x sorted by their last characters",
            act="sort $x by their last characters",
            frag=("by_last_letter", "sort_by_ending"),
            result="ordered",
            keeps="lower",
            group="order",
            note="Strings with the same last character keep their order, and empty strings come first.",
        ),
    )
