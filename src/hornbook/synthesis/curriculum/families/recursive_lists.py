"""Recursion on lists: the first member and the rest, one half and the other, lists within lists."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, F, D = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.NESTED
RECURSION = Family.RECURSION


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_flat(), *_measured(), *_rebuilt())


def _flat() -> tuple[Operation, ...]:
    return (
        whole(
            "alternating_sum",
            RECURSION,
            NS,
            N,
            code=("sum($x[::2]) - sum($x[1::2])",),
            block=(
                "def alternate(items):\n    if not items:\n        return 0\n"
                "    return items[0] - alternate(items[1:])\n\n$out = alternate($x)",
                "$out = 0\nsign = 1\nfor item in $x:\n    $out += sign * item\n    sign = -sign",
            ),
            noun="the alternating sum of $x",
            act="take the alternating sum of $x",
            frag=("alternating_sum", "plus_minus"),
            result="alternating",
            keeps="even",
            group="total",
            note="The first number is added, the second subtracted, and so on.",
            difficulty=3,
        ),
        whole(
            "outside_in",
            RECURSION,
            NS,
            NS,
            block=(
                "def order(items):\n    if len(items) < 2:\n        return list(items)\n"
                "    return [items[0], items[-1]] + order(items[1:-1])\n\n$out = order($x)",
                "def order(items):\n    return items[:1] + order(items[1:][::-1]) if items else []\n\n$out = order($x)",
                "$out = []\nrest = list($x)\nwhile rest:\n    $out.append(rest.pop(0))\n"
                "    if rest:\n        $out.append(rest.pop())",
            ),
            noun="$x in the order first, last, second, second to last, and so on"
            "|them in the order first, last, second, second to last, and so on",
            act="put $x in the order first, last, second, second to last, and so on",
            frag=("outside_in", "from_both_ends"),
            result="arranged",
            keeps="nonneg positive even distinct",
            group="order",
            difficulty=3,
        ),
        whole(
            "selections_with_sum",
            RECURSION,
            NS,
            N,
            block=(
                "def selections(items, rest):\n    if not items:\n        return 1 if rest == 0 else 0\n"
                "    without = selections(items[1:], rest)\n"
                "    return without + selections(items[1:], rest - items[0])\n\n$out = selections($x, $k)",
                "sums = [0]\nfor item in $x:\n    sums += [total + item for total in sums]\n$out = sums.count($k)",
            ),
            noun="the number of ways to choose some of $x so that their sum is $k",
            act="count the ways to choose some of $x so that their sum is $k",
            frag=("selections_with_sum", "subset_sum_ways"),
            result="ways_found",
            params=(count("k", 3, 5, 6, 8, 10, argument="target wanted"),),
            adds="nonneg",
            note="Equal numbers at different places are different choices; the sum of no numbers is 0.",
            difficulty=4,
        ),
        whole(
            "largest_halving_sum",
            RECURSION,
            NS,
            N,
            block=(
                "def best(items):\n    if len(items) < 2:\n        return sum(items)\n    half = len(items) // 2\n"
                "    return max(best(items[:half]), best(items[half:]), sum(items))\n\n$out = best($x)",
                "$out = sum($x)\nparts = [$x]\nwhile parts:\n    part = parts.pop()\n    $out = max($out, sum(part))\n"
                "    if len(part) > 1:\n        half = len(part) // 2\n        parts += [part[:half], part[half:]]",
            ),
            noun="the largest sum that occurs while $x are halved again and again"
            "|the largest sum that occurs while they are halved again and again",
            act="find the largest sum that occurs while $x are halved again and again"
            "|find the largest sum that occurs while they are halved again and again",
            frag=("best_half_sum", "halving_maximum"),
            result="best_sum",
            avoids="nonneg",
            note="The list, both its halves, their halves and so on count; a second half may be longer by one.",
            difficulty=4,
        ),
    )


def _measured() -> tuple[Operation, ...]:
    return (
        whole(
            "depth_weighted_sum",
            RECURSION,
            D,
            N,
            block=(
                "def weigh(part, depth):\n    total = 0\n    for item in part:\n        if isinstance(item, list):\n"
                "            total += weigh(item, depth + 1)\n        else:\n            total += item * depth\n"
                "    return total\n\n$out = weigh($x, 1)",
                "$out = 0\nstack = [(1, $x)]\nwhile stack:\n    depth, part = stack.pop()\n    for item in part:\n"
                "        if isinstance(item, list):\n            stack.append((depth + 1, item))\n        else:\n"
                "            $out += depth * item",
            ),
            noun="the sum of all integers in $x, each multiplied by its depth",
            act="add up all integers in $x, each multiplied by its depth",
            frag=("depth_weighted_sum", "weighted_sum"),
            result="weight",
            keeps="nonneg",
            note="An integer directly in the list has depth 1, one in a list inside it depth 2, and so on.",
            difficulty=4,
        ),
        whole(
            "count_lists",
            RECURSION,
            D,
            N,
            block=(
                "def count(part):\n    return 1 + sum(count(item) for item in part if isinstance(item, list))\n\n"
                "$out = count($x)",
                "$out = 0\nstack = [$x]\nwhile stack:\n    part = stack.pop()\n    $out += 1\n"
                "    stack += [item for item in part if isinstance(item, list)]",
            ),
            noun="the number of lists in $x, itself included",
            act="count the lists in $x, itself included",
            frag=("count_lists", "num_lists"),
            result="lists",
            adds="nonneg positive small",
            difficulty=3,
        ),
        whole(
            "longest_inner_list",
            RECURSION,
            D,
            N,
            block=(
                "def longest(part):\n    inner = [longest(item) for item in part if isinstance(item, list)]\n"
                "    return max([len(part), *inner])\n\n$out = longest($x)",
                "$out = 0\nstack = [$x]\nwhile stack:\n    part = stack.pop()\n    $out = max($out, len(part))\n"
                "    stack += [item for item in part if isinstance(item, list)]",
            ),
            noun="the length of the longest of all lists in $x, itself included",
            act="find the length of the longest of all lists in $x, itself included",
            frag=("longest_list", "longest_inner"),
            result="longest_length",
            adds="nonneg small",
            note="An inner list counts as one member of the list around it.",
            difficulty=3,
        ),
        whole(
            "integer_depths",
            RECURSION,
            D,
            NS,
            block=(
                "def depths(part, depth):\n    found = []\n    for item in part:\n        if isinstance(item, list):\n"
                "            found += depths(item, depth + 1)\n        else:\n            found.append(depth)\n"
                "    return found\n\n$out = depths($x, 1)",
                "def depths(part):\n    for item in part:\n        if isinstance(item, list):\n"
                "            yield from (depth + 1 for depth in depths(item))\n        else:\n            yield 1\n\n"
                "$out = list(depths($x))",
            ),
            noun="the depths of the integers in $x, from left to right",
            act="list the depths of the integers in $x, from left to right",
            frag=("integer_depths", "depths"),
            result="levels",
            adds="nonneg positive",
            note="An integer directly in the list has depth 1, one in a list inside it depth 2, and so on.",
            difficulty=4,
        ),
        whole(
            "deep_contains",
            RECURSION,
            D,
            F,
            block=(
                "def contains(part):\n    for item in part:\n        if isinstance(item, list):\n"
                "            if contains(item):\n                return True\n        elif item == $k:\n"
                "            return True\n    return False\n\n$out = contains($x)",
                "$out = False\nstack = list($x)\nwhile stack:\n    item = stack.pop()\n"
                "    if isinstance(item, list):\n        stack.extend(item)\n    elif item == $k:\n        $out = True",
            ),
            noun=("whether $x contains $k at any depth", "whether $k occurs anywhere in $x"),
            frag=("deep_contains", "occurs_anywhere"),
            result="found",
            params=(count("k", 0, 1, 2, 3, 5, argument="wanted target"),),
            last=True,
            difficulty=3,
        ),
    )


def _rebuilt() -> tuple[Operation, ...]:
    return (
        whole(
            "flatten_levels",
            RECURSION,
            D,
            D,
            block=(
                "def flatten(part, levels):\n    flat = []\n    for item in part:\n"
                "        if isinstance(item, list) and levels > 0:\n"
                "            flat.extend(flatten(item, levels - 1))\n        else:\n            flat.append(item)\n"
                "    return flat\n\n$out = flatten($x, $k)",
                "$out = list($x)\nfor _ in range($k):\n    flat = []\n    for item in $out:\n"
                "        flat += item if isinstance(item, list) else [item]\n    $out = flat",
            ),
            noun="$x flattened by $k levels",
            act="flatten $x by $k levels",
            frag=("flatten_levels", "partly_flat"),
            result="flatter",
            params=(count("k", 1, 2, argument="levels rounds"),),
            keeps="nonneg",
            group="flat",
            note="One level of flattening puts the members of an inner list in its place.",
            difficulty=4,
        ),
        whole(
            "prune_small",
            RECURSION,
            D,
            D,
            block=(
                "def prune(part):\n    kept = []\n    for item in part:\n        if isinstance(item, list):\n"
                "            kept.append(prune(item))\n        elif item >= $k:\n            kept.append(item)\n"
                "    return kept\n\n$out = prune($x)",
                "def prune(part):\n    kept = [item for item in part if isinstance(item, list) or item >= $k]\n"
                "    return [prune(item) if isinstance(item, list) else item for item in kept]\n\n$out = prune($x)",
            ),
            noun="$x without the integers below $k, at any depth",
            act="remove all integers below $k, at any depth, from $x",
            frag=("pruned", "without_small"),
            result="pruned",
            params=(count("k", 1, 2, 3, 5, argument="least limit"),),
            keeps="nonneg",
            group="deep_select",
            note="Inner lists stay, even if they become empty.",
            difficulty=3,
        ),
        whole(
            "replace_lists_by_sums",
            RECURSION,
            D,
            NS,
            block=(
                "def total(item):\n    if not isinstance(item, list):\n        return item\n"
                "    return sum(total(inner) for inner in item)\n\n$out = [total(item) for item in $x]",
                "$out = []\nfor item in $x:\n    stack = [item]\n    total = 0\n    while stack:\n"
                "        part = stack.pop()\n        if isinstance(part, list):\n            stack.extend(part)\n"
                "        else:\n            total += part\n    $out.append(total)",
            ),
            noun="the members of $x, with each inner list replaced by the sum of all integers in it",
            act="replace each inner list of $x by the sum of all integers in it",
            frag=("inner_sums", "member_totals"),
            result="totals",
            keeps="nonneg",
            note="The sum counts the integers at every depth.",
            difficulty=3,
        ),
    )
