"""What can be counted in a list of strings, as a number or as a dictionary."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import fold, letter, other, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
WORDS = Family.WORDS
STAYS = "lower spaceless nonempty_words single distinct"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_measures(), *_tables())


def _measures() -> tuple[Operation, ...]:
    return (
        fold(
            "count_strings",
            WORDS,
            W,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            loop="$out = 0\n---\n$out += 1",
            noun="the number of $bare|how many there are",
            act=("count $x",),
            frag=("count", "number_of", "num"),
            result="count",
            adds="nonneg small",
        ),
        fold(
            "total_length",
            WORDS,
            W,
            N,
            code=("sum(len($v) for $v in $x)",),
            loop="$out = 0\n---\n$out += len($v)",
            noun=("the total length of $x", "the total number of characters in $x"),
            act=("add up the lengths of $x|add up their lengths",),
            frag=("total_length", "num_characters"),
            result="total",
            adds="nonneg",
            avoids="single",
            group="length",
        ),
        whole(
            "count_distinct_words",
            WORDS,
            W,
            N,
            code=("len(set($x))", "len(dict.fromkeys($x))"),
            block="seen = []\nfor item in $x:\n    if item not in seen:\n        seen.append(item)\n$out = len(seen)",
            noun="the number of different strings among $x",
            act=("count the different strings among $x",),
            frag=("num_distinct", "count_unique"),
            result="count",
            adds="nonneg small",
            avoids="distinct",
        ),
        whole(
            "count_word",
            WORDS,
            W,
            N,
            code=("$x.count($k)", "sum(1 for item in $x if item == $k)"),
            block="$out = 0\nfor item in $x:\n    if item == $k:\n        $out += 1",
            noun="the number of times that $k occurs among $x",
            act=("count how often $k occurs among $x",),
            frag=("occurrences", "count_of"),
            result="count",
            params=(other("k", T, "target word"),),
            adds="nonneg small",
            avoids="distinct digits single",
            group="drop",
        ),
        fold(
            "all_start_with",
            WORDS,
            W,
            F,
            code=("all($v.startswith($k) for $v in $x)", "not any($v[:1] != $k for $v in $x)"),
            loop="$out = True\n---\nif not $v.startswith($k):\n    $out = False",
            noun=("whether all of $x start with $k", "whether each of $x begins with $k"),
            frag=("all_start_with",),
            result="all_match",
            params=(letter("k", "abcmpst", argument="letter"),),
            avoids="digits",
            group="start",
            last=True,
            note="If there are no strings, the answer is True.",
        ),
        fold(
            "any_contains",
            WORDS,
            W,
            F,
            code=("any($k in $v for $v in $x)", "not all($k not in $v for $v in $x)"),
            loop="$out = False\n---\nif $k in $v:\n    $out = True",
            noun=("whether at least one of $x contains $k", "whether any of $x contains $k"),
            frag=("any_contains", "has_letter"),
            result="found",
            params=(letter("k", "aeiorst", argument="letter"),),
            avoids="digits",
            group="contain",
            last=True,
        ),
    )


def _tables() -> tuple[Operation, ...]:
    return (
        whole(
            "word_counts",
            WORDS,
            W,
            C,
            code="{item: $x.count(item) for item in $x}",
            block=(
                "$out = {}\nfor item in $x:\n    $out[item] = $out.get(item, 0) + 1",
                "$out = {}\nfor item in $x:\n    if item not in $out:\n        $out[item] = 0\n    $out[item] += 1",
            ),
            noun="a dictionary that counts how often each of $x occurs",
            act=("make a dictionary that counts how often each of $x occurs",),
            frag=("counts", "frequencies"),
            result="counts",
            adds="positive",
            avoids="distinct",
            keeps="lower",
        ),
        whole(
            "length_table",
            WORDS,
            W,
            C,
            code="{item: len(item) for item in $x}",
            block=("$out = {}\nfor item in $x:\n    $out[item] = len(item)", "$out = dict(zip($x, map(len, $x)))"),
            noun="a dictionary from each of $x to its length",
            act=("make a dictionary from each of $x to its length",),
            frag=("length_table", "lengths_by_word"),
            result="lengths",
            adds="nonneg",
            avoids="single",
            keeps="lower",
        ),
        whole(
            "initial_counts",
            WORDS,
            W,
            C,
            code="{item[:1]: sum(1 for w in $x if w[:1] == item[:1]) for item in $x}",
            block=(
                "$out = {}\nfor item in $x:\n    $out[item[:1]] = $out.get(item[:1], 0) + 1",
                "$out = {}\nfor item in $x:\n    initial = item[:1]\n    if initial not in $out:\n"
                "        $out[initial] = 0\n    $out[initial] += 1",
            ),
            noun="a dictionary that counts how many of $x start with each letter",
            act=("make a dictionary that counts how many of $x start with each letter",),
            frag=("initial_counts", "count_by_initial"),
            result="counts",
            adds="positive",
            avoids="single digits",
            keeps="lower",
        ),
    )
