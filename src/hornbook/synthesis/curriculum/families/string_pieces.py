"""A string cut into pieces, and questions about a string."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import letter, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
STRINGS = Family.STRINGS
VOWELS = "A vowel is one of a, e, i, o and u, in either case."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_pieces(), *_questions())


def _pieces() -> tuple[Operation, ...]:
    return (
        whole(
            "split_words",
            STRINGS,
            T,
            W,
            code="$x.split()",
            block=(
                '$out = []\nfor part in $x.split(" "):\n    if part:\n        $out.append(part)',
                '$out = [part for part in $x.split(" ") if part]',
            ),
            noun="the words of $x",
            head=("words", "of $x"),
            act=("split $x into words",),
            frag=("words", "split_words"),
            result="words",
            keeps="lower",
            avoids="spaceless digits",
            adds="nonempty_words spaceless",
            note="Words are separated by spaces.",
        ),
        whole(
            "characters",
            STRINGS,
            T,
            W,
            code=("list($x)", "[c for c in $x]"),
            block="$out = []\nfor c in $x:\n    $out.append(c)",
            noun="a list of the characters of $x",
            act=("split $x into a list of its characters",),
            frag=("characters", "letters"),
            result="letters",
            keeps="lower distinct",
            adds="nonempty_words single",
            note="The list keeps the order of the characters.",
        ),
        whole(
            "word_lengths_of_text",
            STRINGS,
            T,
            NS,
            code=("[len(word) for word in $x.split()]", "list(map(len, $x.split()))"),
            block="$out = []\nfor word in $x.split():\n    $out.append(len(word))",
            noun="the lengths of the words of $x",
            head=("word lengths", "of $x"),
            act=("take the lengths of the words of $x",),
            frag=("word_lengths",),
            result="lengths",
            adds="nonneg positive",
            avoids="spaceless digits",
            note="Words are separated by spaces.",
        ),
        whole(
            "character_counts",
            STRINGS,
            T,
            C,
            code=("{c: $x.count(c) for c in $x}",),
            block=(
                "$out = {}\nfor c in $x:\n    $out[c] = $out.get(c, 0) + 1",
                "$out = {}\nfor c in $x:\n    if c not in $out:\n        $out[c] = 0\n    $out[c] += 1",
            ),
            noun="a dictionary from each character of $x to the number of its occurrences",
            act=("make a dictionary that counts how often each character of $x occurs",),
            frag=("letter_counts", "frequencies"),
            result="counts",
            adds="positive",
            avoids="distinct",
        ),
        whole(
            "character_places",
            STRINGS,
            T,
            NS,
            code=("[i for i, c in enumerate($x) if c == $k]", "[i for i in range(len($x)) if $x[i] == $k]"),
            block="$out = []\nfor i, c in enumerate($x):\n    if c == $k:\n        $out.append(i)",
            noun="the indices at which $k occurs in $x",
            act=("find the indices at which $k occurs in $x",),
            frag=("places_of", "indices_of"),
            result="places",
            params=(letter("k", "aeiorst", argument="letter"),),
            adds="nonneg sorted distinct",
            avoids="digits distinct",
            note="Indices start at 0 and come in ascending order.",
        ),
    )


def _questions() -> tuple[Operation, ...]:
    return (
        whole(
            "is_palindrome",
            STRINGS,
            T,
            F,
            code=("$x == $x[::-1]", "list($x) == list(reversed($x))"),
            block="$out = True\nfor i in range(len($x)):\n    if $x[i] != $x[-1 - i]:\n        $out = False",
            noun=("whether $x reads the same in both directions", "whether $x is a palindrome"),
            frag=("is_palindrome", "reads_same"),
            result="same",
            avoids="distinct",
            last=True,
        ),
        whole(
            "has_character",
            STRINGS,
            T,
            F,
            code=("$k in $x", "any(c == $k for c in $x)"),
            block="$out = False\nfor c in $x:\n    if c == $k:\n        $out = True",
            noun=("whether $k occurs in $x", "whether $x contains $k"),
            frag=("contains", "has_letter"),
            result="found",
            params=(letter("k", "aeiorst", argument="letter"),),
            avoids="digits",
            last=True,
        ),
        whole(
            "starts_with",
            STRINGS,
            T,
            F,
            code=("$x.startswith($k)", "$x[:1] == $k"),
            block="$out = False\nif $x and $x[0] == $k:\n    $out = True",
            noun=("whether $x starts with $k", "whether $x begins with $k"),
            frag=("starts_with", "begins_with"),
            result="starts",
            params=(letter("k", "abcmpst", argument="letter"),),
            avoids="digits",
            last=True,
        ),
        whole(
            "all_different",
            STRINGS,
            T,
            F,
            code=("len(set($x)) == len($x)", "all($x.count(c) == 1 for c in $x)"),
            block="$out = True\nfor c in $x:\n    if $x.count(c) > 1:\n        $out = False",
            noun=("whether all characters of $x are different", "whether no character occurs twice in $x"),
            frag=("all_different", "no_repeats"),
            result="different",
            avoids="distinct",
            last=True,
        ),
    )
