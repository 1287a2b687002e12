"""Operations on lists nested to any depth, where recursion is at home."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, NS, F, G, D = Kind.NUMBER, Kind.NUMBERS, Kind.FLAG, Kind.GRID, Kind.NESTED
NESTED, RECURSION = Family.NESTED, Family.RECURSION
CELLS = "nonneg positive even"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return _any_depth()


def _recursive(leaf: str, start: str, combine: str, name: str) -> str:
    return (
        f"def {name}(part):\n    total = {start}\n    for item in part:\n        if isinstance(item, list):\n"
        f"            {combine.replace('#', name + '(item)')}\n        else:\n"
        f"            {combine.replace('#', leaf)}\n    return total\n\n$out = {name}($x)"
    )


def _with_stack(start: str, update: str) -> str:
    return (
        f"$out = {start}\nstack = list($x)\nwhile stack:\n    item = stack.pop()\n"
        f"    if isinstance(item, list):\n        stack.extend(item)\n    else:\n        {update}"
    )


def _any_depth() -> tuple[Operation, ...]:
    flat = (
        "def walk(part):\n    for item in part:\n        if isinstance(item, list):\n"
        "            yield from walk(item)\n        else:\n            yield item\n\n"
    )
    return (
        whole(
            "deep_flatten",
            RECURSION,
            D,
            NS,
            block=(
                "def flatten(part):\n    flat = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            flat.extend(flatten(item))\n"
                "        else:\n            flat.append(item)\n    return flat\n\n$out = flatten($x)",
                flat + "$out = list(walk($x))",
                "$out = []\nstack = list($x)\nwhile stack:\n    item = stack.pop(0)\n"
                "    if isinstance(item, list):\n        stack = item + stack\n    else:\n"
                "        $out.append(item)",
            ),
            noun="all integers in $x, at any depth, from left to right",
            head=("integers", "at any depth of $x"),
            act=("collect all integers in $x, at any depth, from left to right",),
            frag=("deep_flatten", "flattened", "flatten"),
            result="flat",
            keeps="nonneg",
        ),
        whole(
            "deep_sum",
            RECURSION,
            D,
            N,
            block=(
                _recursive("item", "0", "total += #", "add_up"),
                flat + "$out = sum(walk($x))",
                _with_stack("0", "$out += item"),
            ),
            noun="the sum of all integers in $x, at any depth",
            act=("add up all integers in $x, at any depth",),
            frag=("deep_sum", "nested_sum"),
            result="total",
            keeps="nonneg",
        ),
        whole(
            "deep_count",
            RECURSION,
            D,
            N,
            block=(
                _recursive("1", "0", "total += #", "count"),
                flat + "$out = sum(1 for _ in walk($x))",
                _with_stack("0", "$out += 1"),
            ),
            noun="the number of integers in $x, at any depth",
            act=("count the integers in $x, at any depth",),
            frag=("deep_count", "nested_count"),
            result="count",
            adds="nonneg small",
        ),
        whole(
            "deep_largest",
            RECURSION,
            D,
            N,
            block=(
                flat + "$out = max(walk($x), default=0)",
                "def flatten(part):\n    flat = []\n    for item in part:\n"
                "        flat += flatten(item) if isinstance(item, list) else [item]\n    return flat\n\n"
                "$out = max(flatten($x), default=0)",
                "found = []\nstack = list($x)\nwhile stack:\n    item = stack.pop()\n"
                "    if isinstance(item, list):\n        stack.extend(item)\n    else:\n"
                "        found.append(item)\n$out = max(found, default=0)",
            ),
            noun="the largest integer in $x, at any depth",
            act=("find the largest integer in $x, at any depth",),
            frag=("deep_max", "nested_max"),
            result="largest",
            keeps="nonneg",
            note="If there are no integers at all, it is 0.",
        ),
        whole(
            "depth",
            RECURSION,
            D,
            N,
            block=(
                "def depth(part):\n    inner = [depth(item) for item in part if isinstance(item, list)]\n"
                "    return 1 + max(inner, default=0)\n\n$out = depth($x)",
                "def depth(part):\n    if not isinstance(part, list):\n        return 0\n"
                "    return 1 + max([depth(item) for item in part], default=0)\n\n$out = depth($x)",
                "$out = 0\nlevel = [$x]\nwhile level:\n    $out += 1\n"
                "    level = [item for part in level for item in part if isinstance(item, list)]",
            ),
            noun="the depth of $x",
            act=("measure the depth of $x",),
            frag=("depth", "nesting_depth"),
            result="levels",
            note="A list without inner lists has depth 1.",
            adds="nonneg small",
        ),
        whole(
            "deep_double",
            RECURSION,
            D,
            D,
            block=(
                "def double(part):\n    return [double(item) if isinstance(item, list) else item * 2 for "
                "item in part]\n\n$out = double($x)",
                "def double(item):\n    if isinstance(item, list):\n"
                "        return [double(inner) for inner in item]\n    return item * 2\n\n$out = double($x)",
                "def double(part):\n    doubled = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            doubled.append(double(item))\n"
                "        else:\n            doubled.append(item * 2)\n    return doubled\n\n"
                "$out = double($x)",
            ),
            noun="$x with every integer doubled, at any depth",
            act=("double every integer in $x, at any depth",),
            frag=("deep_double", "doubled"),
            result="doubled",
            keeps="nonneg",
            group="deep",
        ),
        whole(
            "deep_reverse",
            RECURSION,
            D,
            D,
            block=(
                "def mirror(part):\n    return [mirror(item) if isinstance(item, list) else item for item "
                "in part[::-1]]\n\n$out = mirror($x)",
                "def mirror(item):\n    if isinstance(item, list):\n"
                "        return [mirror(inner) for inner in reversed(item)]\n    return item\n\n"
                "$out = mirror($x)",
                "def mirror(part):\n    turned = []\n    for item in part:\n"
                "        if isinstance(item, list):\n            item = mirror(item)\n"
                "        turned.insert(0, item)\n    return turned\n\n$out = mirror($x)",
            ),
            noun="$x with every list in it reversed, at every depth",
            act=("reverse $x and every list in it",),
            frag=("deep_reverse", "mirrored"),
            result="mirrored",
            keeps="nonneg",
            group="deep_order",
        ),
    )
