"""Errors caught: `try` and `except` around what may fail, with a default, by skipping, or with None."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, NS, T, W, C, M = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.COUNTS, Kind.MAYBE
ERRORS = Family.ERRORS
DEFAULT = count("k", 0, 1, -1, 100, argument="default fallback")


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_with_default(), *_by_skipping(), *_with_none())


def _rescued(attempt: str, error: str, default: str) -> tuple[str, str]:
    return (
        f"try:\n    $out = {attempt}\nexcept {error}:\n    $out = {default}",
        f"$out = {default}\ntry:\n    $out = {attempt}\nexcept {error}:\n    pass",
    )


def _skipping(start: str, attempt: str, error: str) -> tuple[str, str]:
    return (
        f"$out = {start}\nfor entry in $x:\n    try:\n        {attempt}\n    except {error}:\n        continue",
        f"$out = {start}\nfor entry in $x:\n    try:\n        {attempt}\n    except {error}:\n        pass",
    )


def _with_default() -> tuple[Operation, ...]:
    return (
        whole(
            "integer_or",
            ERRORS,
            T,
            N,
            block=_rescued("int($x)", "ValueError", "$k"),
            noun="$x as an integer, or $k if it is none",
            act=("convert $x to an integer, or take $k if it is none",),
            frag=("to_int_or", "int_or_default", "parse_int"),
            result="number",
            params=(DEFAULT,),
            group="asnumber",
        ),
        whole(
            "item_or",
            ERRORS,
            NS,
            N,
            block=_rescued("$x[$i]", "IndexError", "$k"),
            noun="the member with index $i of $bare, or $k if there is none",
            act=("take the member with index $i of $x, or $k if there is none",),
            frag=("item_or", "member_or_default"),
            result="item",
            params=(count("i", 1, 2, 3, 4, argument="index place"), DEFAULT),
            group="pick",
        ),
        whole(
            "place_or",
            ERRORS,
            NS,
            N,
            block=_rescued("$x.index($v)", "ValueError", "$k"),
            noun="the index of the first $v among $bare, or $k if there is none",
            act=("find the index of the first $v among $bare, or take $k if there is none",),
            frag=("place_or", "index_or_default"),
            result="place",
            params=(count("v", 0, 1, 2, 3, 5, argument="wanted target"), count("k", -1, 100)),
            group="pick",
        ),
        whole(
            "divided_or",
            ERRORS,
            N,
            N,
            block=_rescued("$x // $d", "ZeroDivisionError", "$k"),
            noun="$x divided by $d, rounded down, or $k if $d is 0",
            act=("divide $x by $d, rounding down, or take $k if $d is 0",),
            frag=("divided_or", "safe_quotient"),
            result="share",
            params=(other("d", N, "divisor parts people"), count("k", 0, -1, 100)),
        ),
        whole(
            "share_of",
            ERRORS,
            N,
            N,
            block=_rescued("$k // $x", "ZeroDivisionError", "0"),
            noun="$k divided by $x, rounded down, or 0 if $x is 0",
            act=("divide $k by $x, rounding down, or take 0 if $x is 0",),
            frag=("share_of", "safe_share"),
            result="share",
            params=(count("k", 60, 100, 120, 360, argument="total amount"),),
        ),
        whole(
            "value_or",
            ERRORS,
            C,
            N,
            block=_rescued("$x[$w]", "KeyError", "$k"),
            noun="the value of the key $w in $x, or $k if there is no such key",
            act=("look up the key $w in $x, or take $k if there is no such key",),
            frag=("value_or", "look_up_or"),
            result="amount",
            params=(other("w", T, "name key wanted"), DEFAULT),
        ),
    )


def _by_skipping() -> tuple[Operation, ...]:
    return (
        whole(
            "integers_among",
            ERRORS,
            W,
            NS,
            block=_skipping("[]", "$out.append(int(entry))", "ValueError"),
            noun="the strings in $bare that are integers, converted",
            act=("convert to integers those of $x that are integers, skipping all others",),
            frag=("integers_among", "parse_ints", "valid_numbers"),
            result="numbers",
            group="asnumbers",
        ),
        whole(
            "integers_or_zero",
            ERRORS,
            W,
            NS,
            block=(
                "$out = []\nfor entry in $x:\n    try:\n        $out.append(int(entry))\n    except ValueError:\n"
                "        $out.append(0)",
                "$out = []\nfor entry in $x:\n    converted = 0\n    try:\n        converted = int(entry)\n"
                "    except ValueError:\n        pass\n    $out.append(converted)",
            ),
            noun="each of $x as an integer, with 0 for those that are none",
            act=("convert each of $x to an integer, with 0 for those that are none",),
            frag=("ints_or_zero", "parse_all"),
            result="numbers",
            group="asnumbers",
        ),
        whole(
            "sum_of_integers",
            ERRORS,
            W,
            N,
            block=_skipping("0", "$out += int(entry)", "ValueError"),
            noun="the sum of those of $x that are integers",
            act=("add up those of $x that are integers, skipping all others",),
            frag=("sum_of_integers", "add_valid"),
            result="total",
            group="asnumbers",
        ),
        whole(
            "count_no_integers",
            ERRORS,
            W,
            N,
            block=(
                "$out = 0\nfor entry in $x:\n    try:\n        int(entry)\n    except ValueError:\n        $out += 1",
                "$out = len($x)\nfor entry in $x:\n    try:\n        int(entry)\n        $out -= 1\n"
                "    except ValueError:\n        pass",
            ),
            noun="how many of $x are no integers",
            act=("count those of $x that are no integers",),
            frag=("count_invalid", "how_many_bad"),
            result="bad",
            group="asnumbers",
        ),
        whole(
            "shares_of",
            ERRORS,
            NS,
            NS,
            block=_skipping("[]", "$out.append($k // entry)", "ZeroDivisionError"),
            noun="$k divided by each of $x, rounded down, without those that are 0",
            act=("divide $k by each of $x, rounding down and skipping zeros",),
            frag=("shares_of", "safe_shares"),
            result="shares",
            params=(count("k", 60, 100, 120, argument="total amount"),),
        ),
        whole(
            "known_values",
            ERRORS,
            C,
            NS,
            block=(
                "$out = []\nfor entry in $ws:\n    try:\n        $out.append($x[entry])\n    except KeyError:\n"
                "        continue",
                "$out = []\nfor entry in $ws:\n    try:\n        $out.append($x[entry])\n    except KeyError:\n"
                "        pass",
            ),
            noun="the values in $x of those keys in $ws that it has",
            act=("look up the keys $ws in $x, skipping those that are missing",),
            frag=("known_values", "values_of_known"),
            result="amounts",
            params=(other("ws", W, "names wanted chosen"),),
            note="The values come in the order of $ws.",
            difficulty=3,
        ),
    )


def _with_none() -> tuple[Operation, ...]:
    return (
        whole(
            "integer_or_none",
            ERRORS,
            T,
            M,
            block=(
                "try:\n    $out = int($x)\nexcept ValueError:\n    $out = None",
                "$out = None\ntry:\n    $out = int($x)\nexcept ValueError:\n    pass",
            ),
            noun="$x as an integer, or None if it is none",
            act=("convert $x to an integer, or take None if it is none",),
            frag=("int_or_none", "parse_or_none"),
            result="number",
            group="asnumber",
            last=True,
        ),
        whole(
            "place_or_none",
            ERRORS,
            NS,
            M,
            block=_rescued("$x.index($k)", "ValueError", "None"),
            noun="the index of the first $k among $bare, or None if there is none",
            act=("find the index of the first $k among $bare, or take None",),
            frag=("index_or_none", "place_or_none"),
            result="place",
            params=(count("k", 0, 1, 2, 3, 5, argument="wanted target"),),
            group="pick",
            last=True,
        ),
        whole(
            "value_or_none",
            ERRORS,
            C,
            M,
            block=_rescued("$x[$w]", "KeyError", "None"),
            noun="the value of the key $w in $x, or None if there is no such key",
            act=("look up the key $w in $x, or take None if there is no such key",),
            frag=("value_or_none", "find_or_none"),
            result="amount",
            params=(other("w", T, "name key wanted"),),
            last=True,
        ),
        whole(
            "first_above_or_none",
            ERRORS,
            NS,
            M,
            code="next((entry for entry in $x if entry > $k), None)",
            block=(
                "$out = None\nfor entry in $x:\n    if entry > $k:\n        $out = entry\n        break",
                "try:\n    $out = [entry for entry in $x if entry > $k][0]\nexcept IndexError:\n    $out = None",
            ),
            noun="the first of $x that is greater than $k, or None if there is none",
            act=("find the first of $x that is greater than $k, or take None",),
            frag=("first_above_or_none", "find_above"),
            result="found",
            params=(count("k", 2, 3, 4, 5, 8, argument="limit"),),
            group="pick",
            last=True,
        ),
    )
