"""Operations that decide: a case for each condition, on numbers, texts and the members of lists."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import change_each, count, whole

N, NS, T, W, F = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG
CONDITIONS = Family.CONDITIONS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_on_a_number(), *_labels(), *_on_each_number(), *_on_texts())


def _if_else(condition: str, then: str, otherwise: str) -> tuple[str, str]:
    return (
        f"if {condition}:\n    $out = {then}\nelse:\n    $out = {otherwise}",
        f"$out = {otherwise}\nif {condition}:\n    $out = {then}",
    )


def _on_a_number() -> tuple[Operation, ...]:
    return (
        whole(
            "halve_if_even",
            CONDITIONS,
            N,
            N,
            code="$x // 2 if $x % 2 == 0 else $x",
            block=_if_else("$x % 2 == 0", "$x // 2", "$x"),
            noun="half of $x if it is even, or else $x itself",
            act=("halve $x if it is even",),
            frag=("halve_if_even", "half_even"),
            result="number",
            keeps="nonneg positive",
            group="decide",
        ),
        whole(
            "double_if_odd",
            CONDITIONS,
            N,
            N,
            code="$x * 2 if $x % 2 == 1 else $x",
            block=_if_else("$x % 2 == 1", "$x * 2", "$x"),
            noun="twice $x if it is odd, or else $x itself",
            act=("double $x if it is odd",),
            frag=("double_if_odd", "double_odd"),
            result="number",
            keeps="nonneg positive",
            adds="even",
            avoids="even",
            group="decide",
        ),
        whole(
            "half_or_triple",
            CONDITIONS,
            N,
            N,
            code="$x // 2 if $x % 2 == 0 else 3 * $x + 1",
            block=_if_else("$x % 2 == 0", "$x // 2", "3 * $x + 1"),
            noun="half of $x if it is even, or else 3 times $x plus 1",
            act=("halve $x if it is even, or else triple it and add 1",),
            frag=("half_or_triple", "collatz_step"),
            result="following",
            keeps="nonneg positive",
            group="decide",
        ),
        whole(
            "add_if_below",
            CONDITIONS,
            N,
            N,
            code="$x + $k if $x < $b else $x",
            block=_if_else("$x < $b", "$x + $k", "$x"),
            noun="$x plus $k if $x is less than $b, or else $x itself",
            act=("add $k to $x if it is less than $b",),
            frag=("raise_if_below", "bonus_if_small"),
            result="number",
            params=(count("b", 5, 6, 8, 10, argument="limit"), count("k", 2, 3, 4, 5, argument="bonus")),
            keeps="nonneg positive",
            group="decide",
        ),
        whole(
            "clamp",
            CONDITIONS,
            N,
            N,
            code=("max($lo, min($x, $hi))", "min($hi, max($x, $lo))"),
            block=("if $x < $lo:\n    $out = $lo\nelif $x > $hi:\n    $out = $hi\nelse:\n    $out = $x",),
            noun="$x limited to the range from $lo to $hi",
            act=("limit $x to the range from $lo to $hi",),
            frag=("clamp", "clamped", "limited"),
            result="limited",
            params=(count("lo", 0, 1, 2, 3, argument="low"), count("hi", 9, 10, 12, 15, argument="high")),
            adds="nonneg",
            group="decide",
            note="A number outside the range becomes the nearer end of it.",
        ),
        whole(
            "sign",
            CONDITIONS,
            N,
            N,
            code=("($x > 0) - ($x < 0)", "0 if $x == 0 else 1 if $x > 0 else -1"),
            block=("if $x > 0:\n    $out = 1\nelif $x < 0:\n    $out = -1\nelse:\n    $out = 0",),
            noun="the sign of $x: 1 if it is positive, -1 if it is negative, and 0 for zero",
            act=("take the sign of $x",),
            frag=("sign", "sign_of"),
            result="sign",
            avoids="nonneg",
            last=True,
        ),
    )


def _labels() -> tuple[Operation, ...]:
    return (
        whole(
            "parity_label",
            CONDITIONS,
            N,
            T,
            code=('"even" if $x % 2 == 0 else "odd"', '"odd" if $x % 2 else "even"'),
            block=_if_else("$x % 2 == 0", '"even"', '"odd"'),
            noun="'even' if $x is even and 'odd' otherwise",
            frag=("parity", "parity_name"),
            result="label",
            avoids="even",
            last=True,
        ),
        whole(
            "sign_label",
            CONDITIONS,
            N,
            T,
            code='"positive" if $x > 0 else "negative" if $x < 0 else "zero"',
            block=(
                'if $x > 0:\n    $out = "positive"\nelif $x < 0:\n    $out = "negative"\nelse:\n    $out = "zero"',
                '$out = "zero"\nif $x > 0:\n    $out = "positive"\nif $x < 0:\n    $out = "negative"',
            ),
            noun="'positive', 'negative' or 'zero', according to the sign of $x",
            frag=("sign_name", "sign_label"),
            result="label",
            avoids="nonneg",
            last=True,
        ),
        whole(
            "size_label",
            CONDITIONS,
            N,
            T,
            code=('"high" if $x > $k else "low"', '"low" if $x <= $k else "high"'),
            block=_if_else("$x > $k", '"high"', '"low"'),
            noun="'high' if $x is greater than $k and 'low' otherwise",
            frag=("high_or_low", "level"),
            result="level",
            params=(count("k", 4, 5, 8, 10, 12, argument="limit threshold"),),
            last=True,
        ),
        whole(
            "three_way_label",
            CONDITIONS,
            N,
            T,
            code='"small" if $x < $lo else "medium" if $x < $hi else "large"',
            block=(
                'if $x < $lo:\n    $out = "small"\nelif $x < $hi:\n    $out = "medium"\nelse:\n    $out = "large"',
                '$out = "large"\nif $x < $hi:\n    $out = "medium"\nif $x < $lo:\n    $out = "small"',
            ),
            noun=(
                "'small' if $x is less than $lo, 'medium' if it is at least $lo but less than $hi, and 'large' "
                "otherwise"
            ),
            frag=("size_name", "size_class"),
            result="size",
            params=(count("lo", 3, 4, 5), count("hi", 8, 10, 12, 15)),
            last=True,
        ),
    )


def _on_each_number() -> tuple[Operation, ...]:
    return (
        change_each(
            "double_odd",
            CONDITIONS,
            NS,
            NS,
            code=("$v * 2 if $v % 2 == 1 else $v", "$v if $v % 2 == 0 else $v * 2"),
            noun="$x with every odd number doubled",
            act=("double every odd number among $x|double every odd number",),
            frag=("odds_doubled", "double_odds"),
            result="adjusted",
            adds="even",
            keeps="nonneg positive",
            avoids="even",
            group="decide",
        ),
        change_each(
            "halve_even",
            CONDITIONS,
            NS,
            NS,
            code=("$v // 2 if $v % 2 == 0 else $v", "$v if $v % 2 == 1 else $v // 2"),
            noun="$x with every even number halved",
            act=("halve every even number among $x|halve every even number",),
            frag=("evens_halved", "halve_evens"),
            result="adjusted",
            keeps="nonneg positive",
            avoids="odd",
            group="decide",
        ),
        change_each(
            "zero_negative",
            CONDITIONS,
            NS,
            NS,
            code=("$v if $v > 0 else 0", "max($v, 0)", "0 if $v < 0 else $v"),
            noun="$x with every negative number replaced by 0",
            act=("replace every negative number among $x by 0|replace every negative number by 0",),
            frag=("no_negatives", "negatives_to_zero"),
            result="adjusted",
            adds="nonneg",
            avoids="nonneg",
            group="decide",
        ),
        change_each(
            "cap",
            CONDITIONS,
            NS,
            NS,
            code=("min($v, $k)", "$v if $v < $k else $k", "$k if $v > $k else $v"),
            noun="$x with every number above $k replaced by $k",
            act=("replace every number above $k among $x by $k|replace every number above $k by $k",),
            frag=("capped", "cap"),
            result="capped",
            params=(count("k", 5, 6, 7, 8, 9, 10, argument="limit cap"),),
            keeps="nonneg positive sorted",
            group="decide",
        ),
    )


def _on_texts() -> tuple[Operation, ...]:
    return (
        whole(
            "shorten",
            CONDITIONS,
            T,
            T,
            code='$x if len($x) <= $k else $x[:$k] + "..."',
            block=_if_else("len($x) > $k", '$x[:$k] + "..."', "$x"),
            noun="$x with everything after its first $k characters replaced by '...'",
            act=("replace everything after the first $k characters of $x by '...'",),
            frag=("shortened", "abbreviate"),
            result="short",
            params=(count("k", 4, 5, 6, 8, 10, argument="width limit"),),
            group="take",
            note="A string that is not longer stays as it is.",
        ),
        whole(
            "ensure_stop",
            CONDITIONS,
            T,
            T,
            code=('$x if $x.endswith(".") else $x + "."', '$x + "." if not $x.endswith(".") else $x'),
            block=_if_else('$x.endswith(".")', "$x", '$x + "."'),
            noun="$x with a full stop at its end",
            act=("add a full stop to the end of $x unless there is one",),
            frag=("with_stop", "ensure_stop"),
            result="sentence",
            adds="nonempty",
            note="If there is a full stop at the end already, none is added.",
        ),
        change_each(
            "upper_long",
            family=CONDITIONS,
            takes=W,
            gives=W,
            code=("$v.upper() if len($v) > $k else $v", "$v if len($v) <= $k else $v.upper()"),
            noun="$x with every word longer than $k characters in upper case",
            act=(
                "put every word among $x that is longer than $k characters in upper case|put every word "
                "longer than $k characters in upper case",
            ),
            frag=("long_upper", "shout_long"),
            result="adjusted",
            params=(count("k", 3, 4, 5, argument="limit"),),
            group="case",
        ),
    )
