"""Operations on a list of strings."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import change_each, count, fold, keep, letter, other, whole

N, NS, T, W, F, C = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.FLAG, Kind.COUNTS
WORDS = Family.WORDS
STAYS = "lower spaceless nonempty_words single distinct"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_changes(), *_filters(), *_order(), *_picks(), *_measures(), *_tables())


def _changes() -> tuple[Operation, ...]:
    return (
        change_each("upper_each", WORDS, W, W, code="$v.upper()", noun="$x in upper case", act=("put each of $x in upper case", "convert each of $x to upper case"), frag=("upper", "uppercase"), result="raised", keeps="spaceless nonempty_words single", avoids="digits", group="case"),
        change_each("lower_each", WORDS, W, W, code="$v.lower()", noun="$x in lower case", act=("put each of $x in lower case", "convert each of $x to lower case"), frag=("lower", "lowercase"), result="lowered", adds="lower", keeps="spaceless nonempty_words single", avoids="lower digits", group="case"),
        change_each("capitalize_each", WORDS, W, W, code=("$v.capitalize()", "$v[:1].upper() + $v[1:].lower()"), noun="$x capitalized", act=("capitalize each of $x",), frag=("capitalized", "capitalize"), result="titles", keeps="spaceless nonempty_words", avoids="digits single", group="case", note="A capitalized word has its first letter in upper case and the others in lower case."),
        change_each("reverse_each", WORDS, W, W, code=("$v[::-1]", '"".join(reversed($v))'), noun="$x, each spelled backwards", act=("spell each of $x backwards", "reverse each of $x"), frag=("reversed", "mirrored"), result="mirrored", keeps=STAYS, avoids="single", group="reverse_each"),
        change_each("first_letters", WORDS, W, W, code="$v[:1]", noun="the first letters of $x", act=("replace each of $x by its first letter",), frag=("first_letters", "initials"), result="initials", keeps="lower nonempty_words", adds="single spaceless", avoids="single digits", group="letter_of"),
        change_each("suffix_each", WORDS, W, W, code=("$v + $k",), noun="$x, each followed by $k", act=("append $k to each of $x",), frag=("with_suffix", "add_suffix"), result="marked", params=(letter("k", "!?s.", argument="suffix ending"),), keeps="spaceless", adds="nonempty_words", group="affix"),
        change_each("lengths", WORDS, W, NS, code="len($v)", noun="the lengths of $x", act=("take the length of each of $x",), frag=("lengths", "sizes"), result="lengths", adds="nonneg", avoids="single"),
        change_each("vowels_of_each", WORDS, W, NS, code=('sum(1 for c in $v if c in "aeiou")', 'len([c for c in $v if c in "aeiou"])'), noun="the numbers of lower-case vowels in each of $x", act=("count the lower-case vowels in each of $x",), frag=("vowel_counts", "count_vowels"), result="vowels", adds="nonneg", avoids="digits", note="The vowels are a, e, i, o and u."),
    )


def _filters() -> tuple[Operation, ...]:
    letters = "abcmpst"
    return (
        keep("keep_longer", WORDS, W, code=("len($v) > $k",), clause=("longer than $k characters", "with more than $k characters"), drop="with $k or fewer characters", frag=("longer_than", "long"), result="long", params=(count("k", 2, 3, 4, 5, argument="limit length"),), avoids="single", group="length"),
        keep("keep_shorter", WORDS, W, code=("len($v) < $k",), clause=("shorter than $k characters", "with fewer than $k characters"), drop="with $k or more characters", frag=("shorter_than", "short"), result="short", params=(count("k", 4, 5, 6, argument="limit length"),), avoids="single", group="length"),
        keep("keep_starting", WORDS, W, code=("$v.startswith($k)", "$v[:1] == $k"), clause=("that start with $k", "that begin with $k"), drop="that start with $k", frag=("starting_with", "beginning_with"), result="matching", params=(letter("k", letters, argument="letter initial"),), avoids="digits", group="start"),
        keep("keep_ending", WORDS, W, code=("$v.endswith($k)", "$v[-1:] == $k"), clause=("that end with $k", "ending in $k"), frag=("ending_with", "ending"), result="matching", params=(letter("k", "edrstn", argument="letter ending"),), avoids="single digits", group="end"),
        keep("keep_containing", WORDS, W, code=("$k in $v", "$v.count($k) > 0"), clause=("that contain $k", "in which $k occurs"), frag=("containing", "with_letter"), result="matching", params=(letter("k", "aeiorst", argument="letter"),), avoids="single digits", group="contain"),
        keep("drop_word", WORDS, W, code=("$v != $k",), clause=("different from $k", "not equal to $k"), drop="equal to $k", frag=("without", "except"), result="others", params=(other("k", T, "unwanted target"),), avoids="digits", group="drop"),
    )


def _order() -> tuple[Operation, ...]:
    k = (count("k", 2, 3, argument="k size"),)
    return (
        whole("sort_words", WORDS, W, W, code="sorted($x)", block=("$out = list($x)\n$out.sort()", "$out = []\nrest = list($x)\nwhile rest:\n    $out.append(min(rest))\n    rest.remove(min(rest))"), noun=("$x in alphabetical order", "$x sorted alphabetically"), act=("sort $x alphabetically",), frag=("sorted", "alphabetical"), result="ordered", keeps=STAYS, group="order", note="Upper-case letters come before lower-case ones."),
        whole("sort_by_length", WORDS, W, W, code="sorted($x, key=len)", block=("$out = list($x)\n$out.sort(key=len)", "$out = sorted($x, key=lambda item: len(item))"), noun=("$x sorted by length, shortest first",), act=("sort $x by length, shortest first",), frag=("by_length", "sorted_by_length"), result="ordered", keeps=STAYS, avoids="single", group="order", note="Strings of equal length keep their order."),
        whole("reverse_words", WORDS, W, W, code=("$x[::-1]", "list(reversed($x))"), block=("$out = []\nfor item in $x:\n    $out.insert(0, item)", "$out = list($x)\n$out.reverse()"), noun="$x in reverse order", act=("reverse the order of $x|reverse their order",), frag=("in_reverse", "last_to_first"), result="backwards", keeps=STAYS, group="order"),
        whole("unique_words", WORDS, W, W, code="list(dict.fromkeys($x))", block=("$out = []\nfor item in $x:\n    if item not in $out:\n        $out.append(item)", "seen = set()\n$out = []\nfor item in $x:\n    if item not in seen:\n        seen.add(item)\n        $out.append(item)"), noun="$x without repetitions", act=("remove repetitions from $x|remove repetitions",), frag=("unique", "distinct"), result="unique", keeps="lower spaceless nonempty_words single", adds="distinct", avoids="distinct", group="dedupe", note="Of equal strings, the first one stays."),
        whole("first_words", WORDS, W, W, code="$x[:$k]", block=("$out = []\nfor item in $x:\n    if len($out) < $k:\n        $out.append(item)", "$out = [item for i, item in enumerate($x) if i < $k]"), noun="the first $k of $x", act=("keep only the first $k of $x",), frag=("first", "take_first"), result="front", params=k, keeps=STAYS, group="part", note="If there are fewer, all of them are kept."),
        whole("add_numbers", WORDS, W, W, code=('[f"{i}{item}" for i, item in enumerate($x)]', "[str(i) + $x[i] for i in range(len($x))]"), block="$out = []\nfor i, item in enumerate($x):\n    $out.append(str(i) + item)", noun="$x, each preceded by its index", act=("put in front of each of $x its index",), frag=("numbered", "with_index"), result="numbered", keeps="lower spaceless", adds="nonempty_words distinct", group="affix", note="Indices start at 0."),
        whole("keep_listed", WORDS, W, W, code=("[item for item in $x if item in $m]", "list(filter(lambda item: item in $m, $x))"), block="$out = []\nfor item in $x:\n    if item in $m:\n        $out.append(item)", noun="those of $x that also occur in $m|those that also occur in $m", act=("keep only those of $x that also occur in $m|keep only those that also occur in $m",), frag=("common", "shared"), result="shared", params=(other("m", W, "others allowed"),), keeps=STAYS, avoids="digits single", group="drop"),
    )


def _picks() -> tuple[Operation, ...]:
    return (
        fold("join_words", WORDS, W, T, code="$k.join($x)", noun="$x joined by $k|them joined by $k", act=("join $x with $k between them",), frag=("joined", "join"), result="joined", params=(letter("k", "-+,/_", argument="separator"),), keeps="lower", group="pick"),
        fold("join_with_spaces", WORDS, W, T, code='" ".join($x)', noun="$x joined by single spaces|them joined by single spaces", act=("join $x by single spaces",), frag=("sentence", "joined"), result="sentence", keeps="lower", group="pick"),
        whole("acronym", WORDS, W, T, code=('"".join(item[:1] for item in $x)',), block=('$out = ""\nfor item in $x:\n    $out += item[:1]', '$out = "".join([item[:1] for item in $x])'), noun="the first letters of $x as one string", act=("write the first letters of $x as one string|write their first letters as one string",), frag=("acronym", "initials"), result="initials", keeps="lower", adds="spaceless", avoids="single digits", group="pick"),
        whole("longest_word", WORDS, W, T, code='max($x, key=len, default="")', block=('$out = ""\nfor item in $x:\n    if len(item) > len($out):\n        $out = item', '$out = sorted($x, key=len, reverse=True)[0] if $x else ""'), noun="the longest of $x", act=("find the longest of $x",), frag=("longest",), result="longest", keeps="lower spaceless", avoids="single", group="pick", empty=("an empty string", "the longest string"), note="Of strings equally long the first one counts."),
        whole("shortest_word", WORDS, W, T, code='min($x, key=len, default="")', block=('$out = $x[0] if $x else ""\nfor item in $x:\n    if len(item) < len($out):\n        $out = item', '$out = sorted($x, key=len)[0] if $x else ""'), noun="the shortest of $x", act=("find the shortest of $x",), frag=("shortest",), result="shortest", keeps="lower spaceless", avoids="single", group="pick", empty=("an empty string", "the shortest string"), note="Of strings equally short the first one counts."),
        whole("first_word_of_list", WORDS, W, T, code='$x[0] if $x else ""', block=('$out = ""\nif $x:\n    $out = $x[0]', '$out = ""\nfor item in $x:\n    $out = item\n    break'), noun="the first of $x", act=("take the first of $x",), frag=("first",), result="first", keeps="lower spaceless", group="pick", empty=("an empty string", "the first string")),
        whole("alphabetically_first", WORDS, W, T, code='min($x, default="")', block=('$out = sorted($x)[0] if $x else ""', '$out = ""\nfor i, item in enumerate($x):\n    if i == 0 or item < $out:\n        $out = item'), noun="the one of $x that comes first in alphabetical order", act=("find the one of $x that comes first in alphabetical order",), frag=("alphabetically_first", "earliest"), result="earliest", keeps="lower spaceless", group="pick", empty=("an empty string", "that string"), note="Upper-case letters come before lower-case ones."),
        whole("most_frequent_word", WORDS, W, T, code='max($x, key=$x.count, default="")', block=('$out = ""\nbest = 0\nfor item in $x:\n    if $x.count(item) > best:\n        $out = item\n        best = $x.count(item)', 'ranked = sorted($x, key=lambda item: -$x.count(item))\n$out = ranked[0] if ranked else ""'), noun="the most frequent of $x", act=("find the most frequent of $x",), frag=("most_frequent", "commonest"), result="commonest", keeps="lower spaceless", avoids="distinct", group="pick", empty=("an empty string", "the most frequent string"), note="Of strings equally frequent the one that occurs first counts."),
    )


def _measures() -> tuple[Operation, ...]:
    return (
        fold("count_strings", WORDS, W, N, code=("len($x)", "sum(1 for _ in $x)"), loop="$out = 0\n---\n$out += 1", noun="the number of $bare|how many there are", act=("count $x",), frag=("count", "number_of", "num"), result="count", adds="nonneg small"),
        fold("total_length", WORDS, W, N, code=("sum(len($v) for $v in $x)",), loop="$out = 0\n---\n$out += len($v)", noun=("the total length of $x", "the total number of characters in $x"), act=("add up the lengths of $x|add up their lengths",), frag=("total_length", "num_characters"), result="total", adds="nonneg", avoids="single", group="length"),
        whole("count_distinct_words", WORDS, W, N, code=("len(set($x))", "len(dict.fromkeys($x))"), block="seen = []\nfor item in $x:\n    if item not in seen:\n        seen.append(item)\n$out = len(seen)", noun="the number of different strings among $x", act=("count the different strings among $x",), frag=("num_distinct", "count_unique"), result="count", adds="nonneg small", avoids="distinct"),
        whole("count_word", WORDS, W, N, code=("$x.count($k)", "sum(1 for item in $x if item == $k)"), block="$out = 0\nfor item in $x:\n    if item == $k:\n        $out += 1", noun="the number of times that $k occurs among $x", act=("count how often $k occurs among $x",), frag=("occurrences", "count_of"), result="count", params=(other("k", T, "target word"),), adds="nonneg small", avoids="distinct digits single", group="drop"),
        fold("all_start_with", WORDS, W, F, code=("all($v.startswith($k) for $v in $x)", "not any($v[:1] != $k for $v in $x)"), loop="$out = True\n---\nif not $v.startswith($k):\n    $out = False", noun=("whether all of $x start with $k", "whether each of $x begins with $k"), frag=("all_start_with",), result="all_match", params=(letter("k", "abcmpst", argument="letter"),), avoids="digits", group="start", last=True, note="If there are no strings, the answer is True."),
        fold("any_contains", WORDS, W, F, code=("any($k in $v for $v in $x)", "not all($k not in $v for $v in $x)"), loop="$out = False\n---\nif $k in $v:\n    $out = True", noun=("whether at least one of $x contains $k", "whether any of $x contains $k"), frag=("any_contains", "has_letter"), result="found", params=(letter("k", "aeiorst", argument="letter"),), avoids="digits", group="contain", last=True),
    )


def _tables() -> tuple[Operation, ...]:
    return (
        whole("word_counts", WORDS, W, C, code="{item: $x.count(item) for item in $x}", block=("$out = {}\nfor item in $x:\n    $out[item] = $out.get(item, 0) + 1", "$out = {}\nfor item in $x:\n    if item not in $out:\n        $out[item] = 0\n    $out[item] += 1"), noun="a dictionary that counts how often each of $x occurs", act=("count how often each of $x occurs",), frag=("counts", "frequencies"), result="counts", adds="positive", avoids="distinct", keeps="lower"),
        whole("length_table", WORDS, W, C, code="{item: len(item) for item in $x}", block=("$out = {}\nfor item in $x:\n    $out[item] = len(item)", "$out = dict(zip($x, map(len, $x)))"), noun="a dictionary from each of $x to its length", act=("make a dictionary from each of $x to its length",), frag=("length_table", "lengths_by_word"), result="lengths", adds="nonneg", avoids="single", keeps="lower"),
        whole("initial_counts", WORDS, W, C, code="{item[:1]: sum(1 for w in $x if w[:1] == item[:1]) for item in $x}", block=("$out = {}\nfor item in $x:\n    $out[item[:1]] = $out.get(item[:1], 0) + 1", "$out = {}\nfor item in $x:\n    initial = item[:1]\n    if initial not in $out:\n        $out[initial] = 0\n    $out[initial] += 1"), noun="a dictionary that counts how many of $x start with each letter", act=("count how many of $x start with each letter|count how many of them start with each letter",), frag=("initial_counts", "count_by_initial"), result="counts", adds="positive", avoids="single digits", keeps="lower"),
    )
