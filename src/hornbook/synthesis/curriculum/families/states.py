"""Methods of small classes that hold a number or a list of numbers."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.shorthand import count
from hornbook.synthesis.curriculum.shorthand_of_shapes import change_held

N, NS = Kind.NUMBER, Kind.NUMBERS
AMOUNT = count("k", 1, 2, 3, 5, 10, argument="amount value change")
ITEM = count("k", 0, 1, 2, 3, 4, 5, argument="item value number")


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_of_a_number(), *_additions(), *_removals())


def _of_a_number() -> tuple[Operation, ...]:
    return (
        change_held("read_number", N, N, code="$x", state="$x", frag=("current", "get"), difficulty=1),
        change_held(
            "add_to_held",
            N,
            N,
            code="$x + $k",
            block="$x += $k",
            act=("add $k to $x", "increase $x by $k", "raise $x by $k"),
            frag=("add", "increase", "raise_by"),
            params=(AMOUNT,),
            difficulty=1,
        ),
        change_held(
            "count_one_more",
            N,
            N,
            code="$x + 1",
            block="$x += 1",
            act=("add 1 to $x", "count $x up by 1"),
            frag=("step", "tick", "count_up"),
            difficulty=1,
        ),
        change_held(
            "take_from_held",
            N,
            N,
            code="$x - $k if $k <= $x else $x",
            block="if $k <= $x:\n    $x -= $k",
            act=("take $k from $x if there is enough", "subtract $k from $x if it is at least that much"),
            frag=("take", "withdraw", "use_up"),
            params=(AMOUNT,),
            note="Without enough, nothing changes.",
        ),
        change_held(
            "add_up_to_limit",
            N,
            N,
            code="min($x + $k, $hi)",
            block=("$x = min($x + $k, $hi)", "$x += $k\nif $x > $hi:\n    $x = $hi"),
            act=("add $k to $x, but never let it go above $hi",),
            frag=("add_up_to", "fill", "raise_at_most"),
            params=(AMOUNT, count("hi", 10, 15, 20, 30)),
        ),
        change_held(
            "take_down_to_zero",
            N,
            N,
            code="max($x - $k, 0)",
            block=("$x = max($x - $k, 0)", "$x -= $k\nif $x < 0:\n    $x = 0"),
            act=("subtract $k from $x, but never let it go below 0",),
            frag=("take_down", "drain", "lower"),
            params=(AMOUNT,),
            adds="nonneg",
        ),
        change_held(
            "reset_held",
            N,
            N,
            code="$x",
            state="0",
            block="$out = $x\n$x = 0",
            act=("set $x to 0",),
            noun="the number that it held before",
            frag=("reset", "clear", "start_again"),
            result="before",
        ),
        change_held(
            "replace_held",
            N,
            N,
            code="$x",
            state="$k",
            block="$out = $x\n$x = $k",
            act=("set $x to $k",),
            noun="the number that it held before",
            frag=("replace", "set_to", "exchange"),
            result="before",
            params=(AMOUNT,),
        ),
    )


def _additions() -> tuple[Operation, ...]:
    return (
        change_held("read_numbers", NS, NS, code="$x", state="$x", frag=("current", "get"), difficulty=1),
        change_held(
            "push",
            NS,
            NS,
            code=("[*$x, $k]", "$x + [$k]"),
            block="$x.append($k)",
            act=("append $k to $x", "add $k at the end of $x"),
            frag=("push", "append", "add"),
            params=(ITEM,),
            adds="nonempty",
            difficulty=1,
        ),
        change_held(
            "push_front",
            NS,
            NS,
            code=("[$k, *$x]", "[$k] + $x"),
            block="$x.insert(0, $k)",
            act=("insert $k at the front of $x", "put $k in front of all others in $x"),
            frag=("push_front", "put_first", "jump_in"),
            params=(ITEM,),
            adds="nonempty",
        ),
        change_held(
            "push_if_new",
            NS,
            NS,
            code="$x if $k in $x else [*$x, $k]",
            block="if $k not in $x:\n    $x.append($k)",
            act=("append $k to $x if it is not there yet",),
            frag=("push_new", "add_once", "add_if_new"),
            params=(ITEM,),
            adds="nonempty",
        ),
        change_held(
            "push_bounded",
            NS,
            NS,
            code="[*$x, $k][-$hi:]",
            block=(
                "$x.append($k)\nif len($x) > $hi:\n    del $x[:-$hi]",
                "$x.append($k)\nwhile len($x) > $hi:\n    $x.pop(0)",
            ),
            act=("append $k to $x, then keep only the last $hi members of $x",),
            frag=("push_bounded", "add_recent", "remember"),
            params=(ITEM, count("hi", 2, 3, 4)),
            adds="nonempty",
            difficulty=3,
        ),
        change_held(
            "push_total",
            NS,
            NS,
            code="[*$x, sum($x) + $k]",
            block="$x.append(sum($x) + $k)",
            act=("append to $x the sum of all its members plus $k",),
            frag=("push_total", "append_total"),
            params=(ITEM,),
            adds="nonempty",
            difficulty=3,
        ),
    )


def _removals() -> tuple[Operation, ...]:
    return (
        change_held(
            "pop_last",
            NS,
            N,
            code="$x[-1] if $x else 0",
            state="$x[:-1]",
            block=("$out = $x.pop() if $x else 0", "$out = 0\nif $x:\n    $out = $x.pop()"),
            act=("remove the last number from $x", "take the last number off $x"),
            noun="that number",
            frag=("pop", "take_last", "remove_last"),
            result="removed",
            empty=("0", "the removed number"),
        ),
        change_held(
            "pop_first",
            NS,
            N,
            code="$x[0] if $x else 0",
            state="$x[1:]",
            block=("$out = $x.pop(0) if $x else 0", "$out = 0\nif $x:\n    $out = $x.pop(0)"),
            act=("remove the first number from $x", "take the first number out of $x"),
            noun="that number",
            frag=("serve", "take_first", "next_one"),
            result="removed",
            empty=("0", "the removed number"),
        ),
        change_held(
            "pop_all",
            NS,
            NS,
            code="$x",
            state="[]",
            block="$out = $x\n$x = []",
            act=("empty $x", "take all numbers out of $x, so that it is empty afterwards"),
            noun="the numbers that were in it",
            head=("numbers", "that were in it"),
            frag=("empty", "take_all", "clear"),
            result="taken",
        ),
        change_held(
            "drop_one",
            NS,
            NS,
            code="$x[:-1]",
            block=("if $x:\n    $x.pop()", "del $x[-1:]"),
            act=("remove the last number from $x, if there is one", "undo the last entry of $x, if there is one"),
            frag=("undo", "drop_last", "step_back"),
        ),
        change_held(
            "remove_value",
            NS,
            NS,
            code="[other for other in $x if other != $k]",
            block=("while $k in $x:\n    $x.remove($k)",),
            act=("remove every $k from $x", "delete all members of $x that equal $k"),
            frag=("remove", "remove_all", "delete"),
            params=(ITEM,),
        ),
        change_held(
            "keep_recent",
            NS,
            NS,
            code="$x[-$hi:]",
            block=("del $x[:-$hi]", "while len($x) > $hi:\n    $x.pop(0)"),
            act=("keep only the last $hi members of $x", "forget all members of $x but the last $hi"),
            frag=("keep_recent", "trim", "forget_old"),
            params=(count("hi", 2, 3, 4),),
        ),
        change_held(
            "move_to_end",
            NS,
            NS,
            code="$x[1:] + $x[:1]",
            block="if $x:\n    $x.append($x.pop(0))",
            act=("move the first member of $x to the end, if there is one",),
            frag=("rotate", "move_to_end", "next_turn"),
            difficulty=3,
        ),
    )
