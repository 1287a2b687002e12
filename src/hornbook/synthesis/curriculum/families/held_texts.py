"""Methods of small classes that hold a list of strings, a table of counts, or a text."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.shorthand import count, other
from hornbook.synthesis.curriculum.shorthand_of_shapes import change_held

N, T, W, C = Kind.NUMBER, Kind.TEXT, Kind.WORDS, Kind.COUNTS
NAME = other("w", T, "name word title entry")
KEY = other("w", T, "name key thing")
AMOUNT = count("k", 1, 2, 3, 5, argument="amount number")


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_lists(), *_tables(), *_texts())


def _lists() -> tuple[Operation, ...]:
    return (
        change_held("read_words", W, W, code="$x", state="$x", frag=("current", "get"), difficulty=1),
        change_held(
            "note_word",
            W,
            W,
            code=("[*$x, $w]", "$x + [$w]"),
            block="$x.append($w)",
            act=("append $w to $x", "add $w at the end of $x"),
            frag=("add", "note", "append"),
            params=(NAME,),
            adds="nonempty",
            difficulty=1,
        ),
        change_held(
            "note_word_once",
            W,
            W,
            code="$x if $w in $x else [*$x, $w]",
            block="if $w not in $x:\n    $x.append($w)",
            act=("append $w to $x if it is not there yet",),
            frag=("add_once", "invite", "add_new"),
            params=(NAME,),
            adds="nonempty",
        ),
        change_held(
            "forget_word",
            W,
            W,
            code="[other for other in $x if other != $w]",
            block=("while $w in $x:\n    $x.remove($w)", "for _ in range($x.count($w)):\n    $x.remove($w)"),
            act=("remove every $w from $x", "delete all members of $x that equal $w"),
            frag=("remove", "forget", "cancel"),
            params=(NAME,),
        ),
        change_held(
            "pop_word",
            W,
            T,
            code='$x[-1] if $x else ""',
            state="$x[:-1]",
            block=('$out = $x.pop() if $x else ""', '$out = ""\nif $x:\n    $out = $x.pop()'),
            act=("remove the last string from $x", "take the last string off $x"),
            noun="that string",
            frag=("pop", "take_last", "remove_last"),
            result="removed",
            empty=("an empty string", "the removed string"),
        ),
        change_held(
            "pop_first_word",
            W,
            T,
            code='$x[0] if $x else ""',
            state="$x[1:]",
            block=('$out = $x.pop(0) if $x else ""', '$out = ""\nif $x:\n    $out = $x.pop(0)'),
            act=("remove the first string from $x", "take the first string out of $x"),
            noun="that string",
            frag=("next_one", "take_first", "remove_first"),
            result="removed",
            empty=("an empty string", "the removed string"),
        ),
        change_held(
            "move_word_to_front",
            W,
            W,
            code="[$w] + [other for other in $x if other != $w]",
            block="while $w in $x:\n    $x.remove($w)\n$x.insert(0, $w)",
            act=("remove every $w from $x and put $w at the front",),
            frag=("to_front", "use", "prefer"),
            params=(NAME,),
            adds="nonempty",
            difficulty=3,
        ),
    )


def _tables() -> tuple[Operation, ...]:
    return (
        change_held("read_table", C, C, code="$x", state="$x", frag=("current", "get"), difficulty=1),
        change_held(
            "put_amount",
            C,
            C,
            code="{**$x, $w: $x.get($w, 0) + $k}",
            block=("$x[$w] = $x.get($w, 0) + $k", "if $w not in $x:\n    $x[$w] = 0\n$x[$w] += $k"),
            act=("add $k to the value of $w in $x",),
            frag=("put", "add", "deliver"),
            params=(KEY, AMOUNT),
            adds="nonempty",
            note="A key that is missing counts as 0.",
        ),
        change_held(
            "count_key",
            C,
            C,
            code="{**$x, $w: $x.get($w, 0) + 1}",
            block=("$x[$w] = $x.get($w, 0) + 1", "if $w in $x:\n    $x[$w] += 1\nelse:\n    $x[$w] = 1"),
            act=("add 1 to the value of $w in $x", "count $w once more in $x"),
            frag=("vote", "count", "note"),
            params=(KEY,),
            adds="nonempty",
            note="A key that is missing counts as 0.",
        ),
        change_held(
            "set_amount",
            C,
            C,
            code="{**$x, $w: $k}",
            block=("$x[$w] = $k", "$x.update({$w: $k})"),
            act=("set the value of $w in $x to $k", "store $k under the key $w in $x"),
            frag=("set", "store", "write"),
            params=(KEY, AMOUNT),
            adds="nonempty",
            difficulty=1,
        ),
        change_held(
            "take_amount",
            C,
            C,
            code="{**$x, $w: max($x[$w] - $k, 0)} if $w in $x else $x",
            block=(
                "if $w in $x:\n    $x[$w] = max($x[$w] - $k, 0)",
                "if $w in $x:\n    left = $x[$w] - $k\n    $x[$w] = max(left, 0)",
                "if $w in $x:\n    $x[$w] -= $k\n    if $x[$w] < 0:\n        $x[$w] = 0",
            ),
            act=("subtract $k from the value of $w in $x, but not below 0",),
            frag=("take", "sell", "use"),
            params=(KEY, AMOUNT),
            note="A key that is missing stays missing.",
            difficulty=3,
        ),
        change_held(
            "remove_entry",
            C,
            N,
            code="$x.get($w, 0)",
            state="{key: amount for key, amount in $x.items() if key != $w}",
            block=("$out = $x.pop($w, 0)", "$out = 0\nif $w in $x:\n    $out = $x[$w]\n    del $x[$w]"),
            act=("remove the entry $w from $x",),
            noun="the removed value",
            frag=("remove", "sell_out", "withdraw"),
            result="removed",
            params=(KEY,),
            note="The value of a missing key is 0.",
            difficulty=3,
        ),
        change_held(
            "double_entry",
            C,
            C,
            code="{**$x, $w: $x[$w] * 2} if $w in $x else $x",
            block=("if $w in $x:\n    $x[$w] *= 2", "if $w in $x:\n    $x[$w] = $x[$w] * 2"),
            act=("double the value of $w in $x",),
            frag=("double", "double_entry"),
            params=(KEY,),
            note="A key that is missing stays missing.",
        ),
    )


def _texts() -> tuple[Operation, ...]:
    return (
        change_held("read_text", T, T, code="$x", state="$x", frag=("current", "get"), difficulty=1),
        change_held(
            "write_more",
            T,
            T,
            code="$x + $w",
            block="$x += $w",
            act=("append $w to $x", "add $w at the end of $x"),
            frag=("write", "append", "extend"),
            params=(other("w", T, "word more part"),),
            difficulty=1,
        ),
        change_held(
            "write_word",
            T,
            T,
            code='($x + " " + $w).strip()',
            block=('$x = ($x + " " + $w).strip()', '$x += " " + $w\n$x = $x.strip()'),
            act=("append a space and $w to $x, then remove spaces at both ends of $x",),
            frag=("write_word", "add_word", "say"),
            params=(other("w", T, "word more part"),),
        ),
        change_held(
            "erase_end",
            T,
            T,
            code="$x[:-$k]",
            block=("$x = $x[:-$k]", "$x = $x[:max(len($x) - $k, 0)]"),
            act=("remove the last $k characters from $x", "erase the last $k characters of $x"),
            frag=("erase", "delete", "shorten"),
            params=(count("k", 2, 3, 4),),
        ),
        change_held(
            "replace_text",
            T,
            T,
            code="$x",
            state="$w",
            block="$out = $x\n$x = $w",
            act=("set $x to $w",),
            noun="the text that it held before",
            frag=("replace", "rewrite", "set_to"),
            result="before",
            params=(other("w", T, "word text_now fresh"),),
        ),
    )
