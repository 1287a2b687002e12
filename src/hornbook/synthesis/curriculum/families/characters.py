"""The characters of a string: which to keep, and how many there are."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import letter, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
STRINGS = Family.STRINGS
VOWELS = "A vowel is one of a, e, i, o and u, in either case."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_character_filters(), *_measures())


def _each_character(condition: str, written: str = "c") -> tuple[str, str]:
    return (
        f'$out = ""\nfor c in $x:\n    if {condition}:\n        $out += {written}',
        f'kept = []\nfor c in $x:\n    if {condition}:\n        kept.append({written})\n$out = "".join(kept)',
    )


def _counted(condition: str) -> tuple[str, str]:
    return (
        f"$out = 0\nfor c in $x:\n    if {condition}:\n        $out += 1",
        f"$out = len([c for c in $x if {condition}])",
    )


def _character_filters() -> tuple[Operation, ...]:
    stays = "lower digits spaceless distinct"
    consonant = 'c not in "aeiouAEIOU"'
    return (
        whole(
            "remove_vowels",
            STRINGS,
            T,
            T,
            code=(f'"".join(c for c in $x if {consonant})',),
            block=_each_character(consonant),
            noun="$x without its vowels",
            act=("remove the vowels from $x",),
            frag=("without_vowels", "no_vowels"),
            result="kept",
            keeps=stays,
            avoids="digits",
            group="vowels",
            note=VOWELS,
        ),
        whole(
            "remove_spaces",
            STRINGS,
            T,
            T,
            code=('$x.replace(" ", "")', '"".join(c for c in $x if c != " ")'),
            block=_each_character('c != " "'),
            noun="$x without spaces",
            act=("remove the spaces from $x",),
            frag=("without_spaces", "no_spaces"),
            result="kept",
            keeps=stays,
            adds="spaceless",
            avoids="spaceless digits",
            group="spaces",
        ),
        whole(
            "remove_character",
            STRINGS,
            T,
            T,
            code=('$x.replace($k, "")', '"".join(c for c in $x if c != $k)'),
            block=_each_character("c != $k"),
            noun="$x without any $k",
            act=("remove every $k from $x",),
            frag=("without_letter", "remove_letter"),
            result="kept",
            params=(letter("k", "aeiorst", argument="letter"),),
            keeps=stays,
            avoids="digits",
        ),
        whole(
            "keep_letters",
            STRINGS,
            T,
            T,
            code=('"".join(c for c in $x if c.isalpha())', '"".join(filter(str.isalpha, $x))'),
            block=_each_character("c.isalpha()"),
            noun="the letters of $x, in order, as one string",
            act=("keep only the letters of $x",),
            frag=("only_letters", "letters"),
            result="letters",
            keeps=stays,
            adds="spaceless letters",
            avoids="digits letters",
            group="classes",
        ),
        whole(
            "keep_digits",
            STRINGS,
            T,
            T,
            code=('"".join(c for c in $x if c.isdigit())', '"".join(filter(str.isdigit, $x))'),
            block=_each_character("c.isdigit()"),
            noun="the digits of $x, in order, as one string",
            act=("keep only the digits of $x",),
            frag=("only_digits", "digits"),
            result="digits",
            adds="spaceless digits",
            avoids="digits letters",
            group="classes",
        ),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        whole(
            "length",
            STRINGS,
            T,
            N,
            code=("len($x)", "sum(1 for _ in $x)"),
            block="$out = 0\nfor _ in $x:\n    $out += 1",
            noun=("the length of $x", "the number of characters of $x"),
            act=("count the characters of $x",),
            frag=("length", "size", "num_characters"),
            result="length",
            adds="nonneg small",
        ),
        whole(
            "count_vowels",
            STRINGS,
            T,
            N,
            code=('sum(1 for c in $x if c in "aeiouAEIOU")', 'sum(c in "aeiouAEIOU" for c in $x)'),
            block=_counted('c in "aeiouAEIOU"'),
            noun=("the number of vowels in $x|the number of vowels in it",),
            act=("count the vowels in $x",),
            frag=("vowel_count", "count_vowels", "num_vowels"),
            result="count",
            adds="nonneg small",
            avoids="digits",
            group="vowels",
            note=VOWELS,
        ),
        whole(
            "count_character",
            STRINGS,
            T,
            N,
            code=("$x.count($k)", "sum(1 for c in $x if c == $k)"),
            block=_counted("c == $k"),
            noun=("the number of times that $k occurs in $x", "how often $k occurs in $x"),
            act=("count how often $k occurs in $x",),
            frag=("count_letter", "letter_count", "occurrences"),
            result="count",
            params=(letter("k", "aeiorst", argument="letter"),),
            adds="nonneg small",
            avoids="digits distinct",
        ),
        whole(
            "count_upper",
            STRINGS,
            T,
            N,
            code=("sum(1 for c in $x if c.isupper())", "sum(map(str.isupper, $x))"),
            block=_counted("c.isupper()"),
            noun=("the number of upper-case letters in $x",),
            act=("count the upper-case letters in $x",),
            frag=("count_upper", "num_capitals"),
            result="count",
            adds="nonneg small",
            avoids="lower digits",
            group="case",
        ),
        whole(
            "count_digits",
            STRINGS,
            T,
            N,
            code=("sum(1 for c in $x if c.isdigit())", "sum(map(str.isdigit, $x))"),
            block=_counted("c.isdigit()"),
            noun=("the number of digits in $x",),
            act=("count the digits in $x",),
            frag=("count_digits", "num_digits"),
            result="count",
            adds="nonneg small",
            avoids="digits letters",
            group="classes",
        ),
        whole(
            "count_different",
            STRINGS,
            T,
            N,
            code=("len(set($x))", "len({c for c in $x})"),
            block='seen = ""\nfor c in $x:\n    if c not in seen:\n        seen += c\n$out = len(seen)',
            noun=("the number of different characters in $x",),
            act=("count the different characters in $x",),
            frag=("num_different", "distinct_count"),
            result="count",
            adds="nonneg small",
            avoids="distinct",
        ),
        whole(
            "count_words",
            STRINGS,
            T,
            N,
            code=("len($x.split())", "sum(1 for _ in $x.split())"),
            block="$out = 0\nfor _ in $x.split():\n    $out += 1",
            noun=("the number of words in $x",),
            act=("count the words in $x",),
            frag=("word_count", "count_words", "num_words"),
            result="count",
            adds="nonneg small",
            avoids="spaceless digits",
            note="Words are separated by spaces.",
        ),
        whole(
            "find_character",
            STRINGS,
            T,
            N,
            code="$x.find($k)",
            block=(
                "$out = -1\nfor i, c in enumerate($x):\n    if c == $k:\n        $out = i\n        break",
                "$out = $x.index($k) if $k in $x else -1",
            ),
            noun=("the index of the first $k in $x",),
            act=("find the index of the first $k in $x",),
            frag=("index_of", "first_index", "find"),
            result="place",
            params=(letter("k", "aeiorst", argument="letter"),),
            avoids="digits",
            note="The index is -1 if there is none.",
        ),
        whole(
            "digit_total",
            STRINGS,
            T,
            N,
            code=("sum(int(c) for c in $x if c.isdigit())",),
            block=(
                "$out = 0\nfor c in $x:\n    if c.isdigit():\n        $out += int(c)",
                "digits = [int(c) for c in $x if c.isdigit()]\n$out = sum(digits)",
            ),
            noun=("the sum of the digits in $x",),
            act=("add up the digits in $x",),
            frag=("digit_total", "sum_digits"),
            result="total",
            adds="nonneg",
            avoids="letters",
            group="classes",
        ),
        whole(
            "longest_letter_run",
            STRINGS,
            T,
            N,
            block=(
                "$out = 0\nrun = 0\nfor i in range(len($x)):\n"
                "    run = run + 1 if i > 0 and $x[i] == $x[i - 1] else 1\n    $out = max($out, run)",
                '$out = 0\nrun = ""\nfor c in $x:\n    run = run + c if run.endswith(c) else c\n'
                "    $out = max($out, len(run))",
                "$out = 0\nrun = 0\nlast = None\nfor c in $x:\n    run = run + 1 if c == last else 1\n"
                "    last = c\n    $out = max($out, run)",
            ),
            noun=("the length of the longest run of equal characters in $x",),
            act=("measure the longest run of equal characters in $x",),
            frag=("longest_run", "longest_streak"),
            result="best",
            adds="nonneg small",
            avoids="distinct",
        ),
    )
