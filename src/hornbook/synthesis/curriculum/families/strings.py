"""Operations on a string: its case, its parts, its characters, and what can be counted in it."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, letter, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
STRINGS = Family.STRINGS
VOWELS = "A vowel is one of a, e, i, o and u, in either case."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_shape(), *_parts(), *_character_filters(), *_measures(), *_pieces(), *_questions())


def _each_character(condition: str, written: str = "c") -> tuple[str, str]:
    return (
        f'$out = ""\nfor c in $x:\n    if {condition}:\n        $out += {written}',
        f'kept = []\nfor c in $x:\n    if {condition}:\n        kept.append({written})\n$out = "".join(kept)',
    )


def _counted(condition: str) -> tuple[str, str]:
    return (f"$out = 0\nfor c in $x:\n    if {condition}:\n        $out += 1", f"$out = len([c for c in $x if {condition}])")


def _shape() -> tuple[Operation, ...]:
    return (
        whole("lower", STRINGS, T, T, code="$x.lower()", block=('$out = ""\nfor c in $x:\n    $out += c.lower()', '$out = "".join(c.lower() for c in $x)'), noun="$x in lower case", act=("put $x in lower case", "convert $x to lower case"), frag=("lower", "lowercase"), result="lowered", adds="lower", avoids="lower digits", group="case", keeps="nonempty"),
        whole("upper", STRINGS, T, T, code="$x.upper()", block=('$out = ""\nfor c in $x:\n    $out += c.upper()', '$out = "".join(c.upper() for c in $x)'), noun="$x in upper case", act=("put $x in upper case", "convert $x to upper case"), frag=("upper", "uppercase", "shout"), result="raised", avoids="digits", group="case", keeps="nonempty"),
        whole("capitalize_first", STRINGS, T, T, code=("$x[:1].upper() + $x[1:]",), block=('$out = $x\nif $out:\n    $out = $out[0].upper() + $out[1:]', '$out = ""\nfor i, c in enumerate($x):\n    $out += c.upper() if i == 0 else c'), noun="$x with its first character in upper case", act=("put the first character of $x in upper case",), frag=("capitalized", "first_upper"), result="titled", avoids="digits", group="case", keeps="nonempty", note="All other characters stay as they are."),
        whole("reverse_text", STRINGS, T, T, code=("$x[::-1]", '"".join(reversed($x))'), block='$out = ""\nfor c in $x:\n    $out = c + $out', noun=("the reverse of $x", "$x spelled backwards"), act=("reverse $x",), frag=("reversed", "backwards", "reverse"), result="backwards", keeps="lower digits nonempty distinct", group="order"),
        whole("strip", STRINGS, T, T, code="$x.strip()", block=('$out = $x\nwhile $out.startswith(" "):\n    $out = $out[1:]\nwhile $out.endswith(" "):\n    $out = $out[:-1]', "$out = $x.lstrip()\n$out = $out.rstrip()"), noun="$x without spaces at either end", act=("strip the spaces from both ends of $x",), frag=("stripped", "trimmed", "strip"), result="trimmed", keeps="lower", group="spaces", avoids="digits spaceless"),
        whole("sort_characters", STRINGS, T, T, code=('"".join(sorted($x))',), block=("letters = list($x)\nletters.sort()\n$out = \"\".join(letters)", '$out = ""\nfor c in sorted($x):\n    $out += c'), noun="the characters of $x in sorted order, as one string", act=("sort the characters of $x",), frag=("sorted_letters", "sort_characters"), result="ordered", keeps="lower digits nonempty distinct", group="order"),
        whole("unique_characters", STRINGS, T, T, code=('"".join(dict.fromkeys($x))',), block=('$out = ""\nfor c in $x:\n    if c not in $out:\n        $out += c', '$out = "".join(c for i, c in enumerate($x) if c not in $x[:i])'), noun="$x without repeated characters", act=("remove repeated characters from $x",), frag=("unique_letters", "without_repeats"), result="unique", keeps="lower digits nonempty", adds="distinct", avoids="distinct", group="dedupe", note="Of equal characters the first one stays."),
        whole("double_characters", STRINGS, T, T, code=('"".join(c * 2 for c in $x)', '"".join(c + c for c in $x)'), block='$out = ""\nfor c in $x:\n    $out += c * 2', noun="$x with every character doubled", act=("double every character of $x",), frag=("doubled_letters", "stutter"), result="doubled", keeps="lower digits nonempty", group="dedupe"),
        whole("repeat_text", STRINGS, T, T, code="$x * $k", block=('$out = ""\nfor _ in range($k):\n    $out += $x', '$out = "".join($x for _ in range($k))'), noun="$x repeated $k times", act=("repeat $x $k times",), frag=("repeated", "repeat"), result="repeated", params=(count("k", 2, 3, argument="times"),), keeps="lower digits", group="dedupe"),
        whole("replace_character", STRINGS, T, T, code=('$x.replace($a, $b)', '"".join($b if c == $a else c for c in $x)'), block='$out = ""\nfor c in $x:\n    $out += $b if c == $a else c', noun="$x with every $a replaced by $b", act=("replace every $a in $x by $b",), frag=("replaced", "substituted"), result="replaced", params=(letter("a", "aeors", argument="old"), letter("b", "xz*_", argument="new")), keeps="lower nonempty", avoids="digits"),
        whole("mask_vowels", STRINGS, T, T, code=('"".join($k if c in "aeiouAEIOU" else c for c in $x)',), block=('$out = ""\nfor c in $x:\n    if c in "aeiouAEIOU":\n        $out += $k\n    else:\n        $out += c', '$out = $x\nfor c in "aeiouAEIOU":\n    $out = $out.replace(c, $k)'), noun="$x with every vowel replaced by $k", act=("replace every vowel in $x by $k",), frag=("masked_vowels", "mask_vowels"), result="masked", params=(letter("k", "*-#_"),), keeps="lower nonempty", avoids="digits", group="vowels", note=VOWELS),
        whole("spaces_to", STRINGS, T, T, code=('$x.replace(" ", $k)', '"".join($k if c == " " else c for c in $x)'), block='$out = ""\nfor c in $x:\n    $out += $k if c == " " else c', noun="$x with every space replaced by $k", act=("replace every space in $x by $k",), frag=("spaces_replaced", "replace_spaces"), result="joined", params=(letter("k", "-_+.", argument="mark"),), keeps="lower nonempty", adds="spaceless", avoids="digits spaceless", group="spaces"),
    )


def _parts() -> tuple[Operation, ...]:
    k = (count("k", 2, 3, 4, 5, argument="k size"),)
    stays = "lower digits spaceless distinct"
    return (
        whole("first_characters", STRINGS, T, T, code="$x[:$k]", block=('$out = ""\nfor c in $x:\n    if len($out) < $k:\n        $out += c', '$out = "".join(c for i, c in enumerate($x) if i < $k)'), noun="the first $k characters of $x", act=("keep only the first $k characters of $x",), frag=("first", "prefix", "start"), result="start", params=k, keeps=stays, group="part", note="A shorter string stays whole."),
        whole("last_characters", STRINGS, T, T, code="$x[-$k:]", block=("start = max(0, len($x) - $k)\n$out = $x[start:]", '$out = "".join(c for i, c in enumerate($x) if i >= len($x) - $k)'), noun="the last $k characters of $x", act=("keep only the last $k characters of $x",), frag=("last", "suffix", "ending"), result="end", params=k, keeps=stays, group="part", note="A shorter string stays whole."),
        whole("drop_first_characters", STRINGS, T, T, code="$x[$k:]", block=('$out = ""\nfor i, c in enumerate($x):\n    if i >= $k:\n        $out += c', '$out = "".join(c for i, c in enumerate($x) if i >= $k)'), noun="$x without its first $k characters", act=("remove the first $k characters of $x",), frag=("without_start", "skip_first"), result="rest", params=(count("k", 2, 3, 4),), keeps=stays, group="part"),
        whole("every_second_character", STRINGS, T, T, code="$x[::2]", block=('$out = ""\nfor i in range(0, len($x), 2):\n    $out += $x[i]', '$out = "".join(c for i, c in enumerate($x) if i % 2 == 0)'), noun="every second character of $x, starting with the first", act=("keep every second character of $x, starting with the first",), frag=("every_second", "alternate"), result="chosen", keeps=stays, group="part"),
        whole("first_word", STRINGS, T, T, code=('($x.split() or [""])[0]',), block=('parts = $x.split()\n$out = parts[0] if parts else ""', '$out = ""\nfor word in $x.split():\n    $out = word\n    break'), noun="the first word of $x", act=("take the first word of $x",), frag=("first_word",), result="first", keeps=stays, adds="spaceless", avoids="spaceless digits", group="part", empty=("an empty string", "the first word")),
        whole("last_word", STRINGS, T, T, code=('($x.split() or [""])[-1]',), block=('parts = $x.split()\n$out = parts[-1] if parts else ""', '$out = ""\nfor word in $x.split():\n    $out = word'), noun="the last word of $x", act=("take the last word of $x",), frag=("last_word",), result="last", keeps=stays, adds="spaceless", avoids="spaceless digits", group="part", empty=("an empty string", "the last word")),
    )


def _character_filters() -> tuple[Operation, ...]:
    stays = "lower digits spaceless distinct"
    vowel = 'c in "aeiouAEIOU"'
    consonant = 'c not in "aeiouAEIOU"'
    return (
        whole("remove_vowels", STRINGS, T, T, code=(f'"".join(c for c in $x if {consonant})',), block=_each_character(consonant), noun="$x without its vowels", act=("remove the vowels from $x",), frag=("without_vowels", "no_vowels"), result="kept", keeps=stays, avoids="digits", group="vowels", note=VOWELS),
        whole("remove_spaces", STRINGS, T, T, code=('$x.replace(" ", "")', '"".join(c for c in $x if c != " ")'), block=_each_character('c != " "'), noun="$x without spaces", act=("remove the spaces from $x",), frag=("without_spaces", "no_spaces"), result="kept", keeps=stays, adds="spaceless", avoids="spaceless digits", group="spaces"),
        whole("remove_character", STRINGS, T, T, code=('$x.replace($k, "")', '"".join(c for c in $x if c != $k)'), block=_each_character("c != $k"), noun="$x without the letter $k", act=("remove every $k from $x",), frag=("without_letter", "remove_letter"), result="kept", params=(letter("k", "aeiorst", argument="letter"),), keeps=stays, avoids="digits"),
        whole("keep_letters", STRINGS, T, T, code=('"".join(c for c in $x if c.isalpha())', '"".join(filter(str.isalpha, $x))'), block=_each_character("c.isalpha()"), noun="the letters of $x, in order, as one string", act=("keep only the letters of $x",), frag=("only_letters", "letters"), result="letters", keeps=stays, adds="spaceless letters", avoids="digits letters", group="classes"),
        whole("keep_digits", STRINGS, T, T, code=('"".join(c for c in $x if c.isdigit())', '"".join(filter(str.isdigit, $x))'), block=_each_character("c.isdigit()"), noun="the digits of $x, in order, as one string", act=("keep only the digits of $x",), frag=("only_digits", "digits"), result="digits", adds="spaceless digits", avoids="digits letters", group="classes"),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        whole("length", STRINGS, T, N, code=("len($x)", "sum(1 for _ in $x)"), block="$out = 0\nfor _ in $x:\n    $out += 1", noun=("the length of $x", "the number of characters of $x"), act=("count the characters of $x",), frag=("length", "size", "num_characters"), result="length", adds="nonneg small"),
        whole("count_vowels", STRINGS, T, N, code=('sum(1 for c in $x if c in "aeiouAEIOU")', 'sum(c in "aeiouAEIOU" for c in $x)'), block=_counted('c in "aeiouAEIOU"'), noun=("the number of vowels in $x|the number of vowels in it",), act=("count the vowels in $x",), frag=("vowel_count", "count_vowels", "num_vowels"), result="count", adds="nonneg small", avoids="digits", group="vowels", note=VOWELS),
        whole("count_character", STRINGS, T, N, code=("$x.count($k)", "sum(1 for c in $x if c == $k)"), block=_counted("c == $k"), noun=("the number of times that $k occurs in $x", "how often $k occurs in $x"), act=("count how often $k occurs in $x",), frag=("count_letter", "letter_count", "occurrences"), result="count", params=(letter("k", "aeiorst", argument="letter"),), adds="nonneg small", avoids="digits distinct"),
        whole("count_upper", STRINGS, T, N, code=("sum(1 for c in $x if c.isupper())", "sum(map(str.isupper, $x))"), block=_counted("c.isupper()"), noun=("the number of upper-case letters in $x",), act=("count the upper-case letters in $x",), frag=("count_upper", "num_capitals"), result="count", adds="nonneg small", avoids="lower digits", group="case"),
        whole("count_digits", STRINGS, T, N, code=("sum(1 for c in $x if c.isdigit())", "sum(map(str.isdigit, $x))"), block=_counted("c.isdigit()"), noun=("the number of digits in $x",), act=("count the digits in $x",), frag=("count_digits", "num_digits"), result="count", adds="nonneg small", avoids="digits letters", group="classes"),
        whole("count_different", STRINGS, T, N, code=("len(set($x))", "len({c for c in $x})"), block='seen = ""\nfor c in $x:\n    if c not in seen:\n        seen += c\n$out = len(seen)', noun=("the number of different characters in $x",), act=("count the different characters in $x",), frag=("num_different", "distinct_count"), result="count", adds="nonneg small", avoids="distinct"),
        whole("count_words", STRINGS, T, N, code=("len($x.split())", "sum(1 for _ in $x.split())"), block="$out = 0\nfor _ in $x.split():\n    $out += 1", noun=("the number of words in $x",), act=("count the words in $x",), frag=("word_count", "count_words", "num_words"), result="count", adds="nonneg small", avoids="spaceless digits", note="Words are separated by spaces."),
        whole("find_character", STRINGS, T, N, code="$x.find($k)", block=("$out = -1\nfor i, c in enumerate($x):\n    if c == $k:\n        $out = i\n        break", "$out = $x.index($k) if $k in $x else -1"), noun=("the index of the first $k in $x",), act=("find the index of the first $k in $x",), frag=("index_of", "first_index", "find"), result="place", params=(letter("k", "aeiorst", argument="letter"),), avoids="digits", note="The index is -1 if there is none."),
        whole("digit_total", STRINGS, T, N, code=("sum(int(c) for c in $x if c.isdigit())",), block=("$out = 0\nfor c in $x:\n    if c.isdigit():\n        $out += int(c)", "digits = [int(c) for c in $x if c.isdigit()]\n$out = sum(digits)"), noun=("the sum of the digits in $x",), act=("add up the digits in $x",), frag=("digit_total", "sum_digits"), result="total", adds="nonneg", avoids="letters", group="classes"),
        whole("longest_letter_run", STRINGS, T, N, block=("$out = 0\nrun = 0\nfor i in range(len($x)):\n    run = run + 1 if i > 0 and $x[i] == $x[i - 1] else 1\n    $out = max($out, run)", '$out = 0\nrun = ""\nfor c in $x:\n    run = run + c if run.endswith(c) else c\n    $out = max($out, len(run))', "$out = 0\nrun = 0\nlast = None\nfor c in $x:\n    run = run + 1 if c == last else 1\n    last = c\n    $out = max($out, run)"), noun=("the length of the longest run of equal characters in $x",), act=("measure the longest run of equal characters in $x",), frag=("longest_run", "longest_streak"), result="best", adds="nonneg small", avoids="distinct"),
    )


def _pieces() -> tuple[Operation, ...]:
    return (
        whole("split_words", STRINGS, T, W, code="$x.split()", block=('$out = []\nfor part in $x.split(" "):\n    if part:\n        $out.append(part)', '$out = [part for part in $x.split(" ") if part]'), noun="the words of $x", head=("words", "of $x"), act=("split $x into words",), frag=("words", "split_words"), result="words", keeps="lower", avoids="spaceless digits", adds="nonempty_words spaceless", note="Words are separated by spaces."),
        whole("characters", STRINGS, T, W, code=("list($x)", "[c for c in $x]"), block="$out = []\nfor c in $x:\n    $out.append(c)", noun="a list of the characters of $x", act=("split $x into a list of its characters",), frag=("characters", "letters"), result="letters", keeps="lower distinct", adds="nonempty_words single", note="The list keeps the order of the characters."),
        whole("word_lengths_of_text", STRINGS, T, NS, code=("[len(word) for word in $x.split()]", "list(map(len, $x.split()))"), block="$out = []\nfor word in $x.split():\n    $out.append(len(word))", noun="the lengths of the words of $x", head=("word lengths", "of $x"), act=("take the lengths of the words of $x",), frag=("word_lengths",), result="lengths", adds="nonneg positive", avoids="spaceless digits", note="Words are separated by spaces."),
        whole("character_counts", STRINGS, T, C, code=("{c: $x.count(c) for c in $x}",), block=("$out = {}\nfor c in $x:\n    $out[c] = $out.get(c, 0) + 1", "$out = {}\nfor c in $x:\n    if c not in $out:\n        $out[c] = 0\n    $out[c] += 1"), noun="a dictionary from each character of $x to the number of its occurrences", act=("count how often each character of $x occurs",), frag=("letter_counts", "frequencies"), result="counts", adds="positive", avoids="distinct"),
        whole("character_places", STRINGS, T, NS, code=("[i for i, c in enumerate($x) if c == $k]", "[i for i in range(len($x)) if $x[i] == $k]"), block="$out = []\nfor i, c in enumerate($x):\n    if c == $k:\n        $out.append(i)", noun="the indices at which $k occurs in $x", act=("find the indices at which $k occurs in $x",), frag=("places_of", "indices_of"), result="places", params=(letter("k", "aeiorst", argument="letter"),), adds="nonneg sorted distinct", avoids="digits distinct", note="Indices start at 0 and come in ascending order."),
    )


def _questions() -> tuple[Operation, ...]:
    return (
        whole("is_palindrome", STRINGS, T, F, code=("$x == $x[::-1]", 'list($x) == list(reversed($x))'), block="$out = True\nfor i in range(len($x)):\n    if $x[i] != $x[-1 - i]:\n        $out = False", noun=("whether $x reads the same in both directions", "whether $x is a palindrome"), frag=("is_palindrome", "reads_same"), result="same", avoids="distinct", last=True),
        whole("has_character", STRINGS, T, F, code=("$k in $x", "any(c == $k for c in $x)"), block="$out = False\nfor c in $x:\n    if c == $k:\n        $out = True", noun=("whether $k occurs in $x", "whether $x contains $k"), frag=("contains", "has_letter"), result="found", params=(letter("k", "aeiorst", argument="letter"),), avoids="digits", last=True),
        whole("starts_with", STRINGS, T, F, code=("$x.startswith($k)", "$x[:1] == $k"), block="$out = False\nif $x and $x[0] == $k:\n    $out = True", noun=("whether $x starts with $k", "whether $x begins with $k"), frag=("starts_with", "begins_with"), result="starts", params=(letter("k", "abcmpst", argument="letter"),), avoids="digits", last=True),
        whole("all_different", STRINGS, T, F, code=("len(set($x)) == len($x)", "all($x.count(c) == 1 for c in $x)"), block="$out = True\nfor c in $x:\n    if $x.count(c) > 1:\n        $out = False", noun=("whether all characters of $x are different", "whether no character occurs twice in $x"), frag=("all_different", "no_repeats"), result="different", avoids="distinct", last=True),
    )
