"""Generators over a list of numbers: they hand their results out one at a time."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.shorthand import count, other
from hornbook.synthesis.curriculum.shorthand_of_shapes import hand_out

NS, G, S, LS = Kind.NUMBERS, Kind.GRID, Kind.STREAM, Kind.LIST_STREAM


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_each(), *_running(), *_choosing(), *_parts())


def _each() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_each",
            NS,
            S,
            code="$x",
            loop="\n---\nyield $v",
            noun="$x",
            frag=("each", "one_by_one", "generate"),
            result="item",
            difficulty=1,
        ),
        hand_out(
            "yield_repeated",
            NS,
            S,
            code="(copy for original in $x for copy in [original] * $k)",
            loop=("\n---\nfor _ in range($k):\n    yield $v", "\n---\nyield from [$v] * $k"),
            noun="each of $x $k times in a row",
            frag=("repeated", "each_repeated"),
            result="item",
            params=(count("k", 2, 3, argument="times"),),
        ),
        hand_out(
            "yield_with_double",
            NS,
            S,
            code="(part for original in $x for part in (original, original * 2))",
            loop="\n---\nyield $v\nyield $v * 2",
            noun="each of $x, followed by its double",
            frag=("with_doubles", "and_doubles"),
            result="item",
        ),
        hand_out(
            "yield_alternating",
            NS,
            S,
            code="(part for pair in zip($x, $ys) for part in pair)",
            loop=(
                "for left, right in zip($x, $ys):\n    yield left\n    yield right",
                "for i in range(min(len($x), len($ys))):\n    yield $x[i]\n    yield $ys[i]",
            ),
            noun="$x and the members of $ys in turn, until one of the two lists ends",
            frag=("alternating", "interleaved", "in_turn"),
            result="item",
            params=(other("ys", NS, "others more second"),),
            difficulty=3,
        ),
        hand_out(
            "yield_then_reversed",
            NS,
            S,
            loop=(
                "yield from $x\nyield from reversed($x)",
                "yield from $x\nfor i in range(len($x)):\n    yield $x[-1 - i]",
                "for value in $x:\n    yield value\nfor value in $x[::-1]:\n    yield value",
            ),
            noun="$x, and then the same once more from last to first",
            frag=("there_and_back", "forth_and_back"),
            result="item",
        ),
        hand_out(
            "yield_cells",
            G,
            S,
            code="(cell for line in $x for cell in line)",
            loop=("\n---\nyield from $v", "\n---\nfor cell in $v:\n    yield cell"),
            noun="the numbers in $x, row by row",
            frag=("cells", "row_by_row"),
            result="cell",
        ),
    )


def _running() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_running_totals",
            NS,
            S,
            code="(sum($x[:i + 1]) for i in range(len($x)))",
            loop="$out = 0\n---\n$out += $v\nyield $out",
            noun="the running totals of $x",
            frag=("running_totals", "totals_so_far"),
            result="total",
            group="running",
        ),
        hand_out(
            "yield_running_largest",
            NS,
            S,
            code="(max($x[:i + 1]) for i in range(len($x)))",
            loop="$out = None\n---\nif $out is None or $v > $out:\n    $out = $v\nyield $out",
            noun="the largest so far for each of $x",
            frag=("running_largest", "largest_so_far"),
            result="largest",
            group="running",
            avoids="sorted",
        ),
        hand_out(
            "yield_running_counts",
            NS,
            S,
            loop=(
                "$out = 0\n---\nif $v > $k:\n    $out += 1\nyield $out",
                "$out = 0\n---\n$out += $v > $k\nyield $out",
            ),
            noun="for each of $x how many so far are greater than $k",
            frag=("counts_so_far", "running_count"),
            result="seen",
            params=(count("k", 0, 1, 2, 3, 5, argument="limit"),),
            group="running",
        ),
        hand_out(
            "yield_steps",
            NS,
            S,
            code="(after - before for before, after in zip($x, $x[1:]))",
            loop=(
                "before = None\n---\nif before is not None:\n    yield $v - before\nbefore = $v",
                "for before, after in zip($x, $x[1:]):\n    yield after - before",
                "for i in range(1, len($x)):\n    yield $x[i] - $x[i - 1]",
            ),
            noun="the step from each of $x to the next",
            frag=("steps", "changes", "step_sizes"),
            result="step",
            group="neighbours",
        ),
        hand_out(
            "yield_neighbour_sums",
            NS,
            S,
            code="(before + after for before, after in zip($x, $x[1:]))",
            loop=(
                "for before, after in zip($x, $x[1:]):\n    yield before + after",
                "for i in range(len($x) - 1):\n    yield $x[i] + $x[i + 1]",
            ),
            noun="the sum of each two neighbours among $bare",
            frag=("neighbour_sums", "sums_of_neighbours"),
            result="pair_sum",
            group="neighbours",
        ),
    )


def _choosing() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_until_above",
            NS,
            S,
            loop=(
                "\n---\nif $v > $k:\n    return\nyield $v",
                "\n---\nif $v > $k:\n    break\nyield $v",
            ),
            noun="$x up to, but without, the first that is greater than $k",
            frag=("until_above", "up_to_limit"),
            result="item",
            params=(count("k", 3, 4, 5, 6, 8, argument="limit"),),
            group="until",
        ),
        hand_out(
            "yield_from_above",
            NS,
            S,
            loop=(
                "has_begun = False\n---\nhas_begun = has_begun or $v > $k\nif has_begun:\n    yield $v",
                "has_begun = False\n---\nif $v > $k:\n    has_begun = True\nif has_begun:\n    yield $v",
            ),
            noun="$x from the first that is greater than $k on",
            frag=("from_above", "once_above"),
            result="item",
            params=(count("k", 2, 3, 4, 5, argument="limit"),),
            group="until",
            difficulty=3,
        ),
        hand_out(
            "yield_until_total",
            NS,
            S,
            loop="$out = 0\n---\n$out += $v\nif $out > $k:\n    return\nyield $v",
            noun="$x as long as their total so far is at most $k",
            frag=("until_total", "within_budget"),
            result="total",
            params=(count("k", 10, 12, 15, 20, argument="budget limit"),),
            group="until",
            difficulty=3,
        ),
        hand_out(
            "yield_new",
            NS,
            S,
            code="dict.fromkeys($x)",
            loop="seen = set()\n---\nif $v not in seen:\n    seen.add($v)\n    yield $v",
            noun="$x without repetitions|them without repetitions",
            frag=("new_ones", "distinct", "unseen"),
            result="item",
            avoids="distinct",
            group="distinct",
        ),
        hand_out(
            "yield_records",
            NS,
            S,
            loop="$out = None\n---\nif $out is None or $v > $out:\n    $out = $v\n    yield $v",
            noun="those of $x that are greater than all before",
            frag=("records", "new_records"),
            result="record",
            avoids="sorted",
            note="The first one counts too.",
            difficulty=3,
        ),
        hand_out(
            "yield_changes",
            NS,
            S,
            loop="before = None\n---\nif $v != before:\n    yield $v\nbefore = $v",
            noun="$x, but not those that equal the one directly before",
            frag=("changes_only", "without_stutter"),
            result="item",
            avoids="distinct",
            difficulty=3,
        ),
        hand_out(
            "yield_positions",
            NS,
            S,
            code="(i for i, value in enumerate($x) if value > $k)",
            loop=(
                "for i, value in enumerate($x):\n    if value > $k:\n        yield i",
                "for i in range(len($x)):\n    if $x[i] > $k:\n        yield i",
            ),
            noun="the positions, counted from 0, at which $x are greater than $k",
            frag=("positions_above", "places_above"),
            result="place",
            params=(count("k", 0, 2, 3, 4, 5, argument="limit"),),
        ),
        hand_out(
            "yield_in_circles",
            NS,
            S,
            loop=(
                "while $x:\n    yield from $x",
                "i = 0\nwhile $x:\n    yield $x[i % len($x)]\n    i += 1",
                "while $x:\n    for value in $x:\n        yield value",
            ),
            noun="$x in a circle without end: after the last comes the first again",
            frag=("in_circles", "cycle", "round_and_round"),
            result="item",
            note="Of an empty list nothing is yielded.",
            endless=True,
            difficulty=3,
        ),
    )


def _parts() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_windows",
            NS,
            LS,
            code="($x[i:i + $k] for i in range(len($x) - $k + 1))",
            loop=(
                "for i in range(len($x) - $k + 1):\n    yield $x[i:i + $k]",
                "i = 0\nwhile i + $k <= len($x):\n    yield $x[i:i + $k]\n    i += 1",
            ),
            noun="each $k neighbours among $bare as a list",
            frag=("windows", "neighbours"),
            result="window",
            params=(count("k", 2, 3, argument="size width"),),
            group="windows",
        ),
        hand_out(
            "yield_chunks",
            NS,
            LS,
            code="($x[i:i + $k] for i in range(0, len($x), $k))",
            loop=(
                "for i in range(0, len($x), $k):\n    yield $x[i:i + $k]",
                "chunk = []\n---\nchunk.append($v)\nif len(chunk) == $k:\n    yield chunk\n    chunk = []\n"
                "---\nif chunk:\n    yield chunk",
            ),
            noun="$x in lists of $k|them in lists of $k",
            frag=("chunks", "parts", "pieces"),
            result="chunk",
            params=(count("k", 2, 3, argument="size length"),),
            note="The last list may be shorter.",
            group="windows",
            difficulty=3,
        ),
        hand_out(
            "yield_beginnings",
            NS,
            LS,
            code="($x[:i] for i in range(1, len($x) + 1))",
            loop=(
                "for i in range(1, len($x) + 1):\n    yield $x[:i]",
                "begun = []\n---\nbegun = [*begun, $v]\nyield begun",
            ),
            noun="the first of $bare as a list, then the first two, and so on up to all of them",
            frag=("beginnings", "prefixes"),
            result="beginning",
            group="windows",
        ),
        hand_out(
            "yield_rises",
            NS,
            LS,
            loop=(
                "rise = []\n---\nif rise and $v <= rise[-1]:\n    yield rise\n    rise = []\nrise.append($v)\n"
                "---\nif rise:\n    yield rise",
            ),
            noun="$x as lists that each rise from member to member, as long as possible",
            frag=("rises", "rising_runs"),
            result="rise",
            avoids="sorted",
            group="windows",
            difficulty=4,
        ),
    )
