"""Guards: functions that refuse what they cannot work with, by an exception with a message, or by returning None."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.shorthand import count, other
from hornbook.synthesis.curriculum.shorthand_of_shapes import refuse

N, NS, T, W, C, G = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS, Kind.COUNTS, Kind.GRID


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_of_numbers(), *_of_lists(), *_of_texts(), *_of_tables(), *_with_none())


def _of_numbers() -> tuple[Operation, ...]:
    return (
        refuse(
            "refuse_negative",
            N,
            when=("$x < 0", "not $x >= 0"),
            said=("$x is negative", "$x is less than 0"),
            frag=("checked", "nonnegative", "safe"),
            messages=("negative number", "must not be negative", "expected 0 or more"),
            adds="nonneg",
            difficulty=1,
        ),
        refuse(
            "refuse_nonpositive",
            N,
            when=("$x <= 0", "not $x > 0"),
            said=("$x is not positive", "$x is 0 or negative"),
            frag=("checked", "positive", "strict"),
            messages=("not a positive number", "must be positive", "too small"),
            adds="nonneg positive",
        ),
        refuse(
            "refuse_above",
            N,
            when=("$x > $hi", "not $x <= $hi"),
            said=("$x is greater than $hi",),
            frag=("limited", "checked", "at_most"),
            messages=("too large", "limit exceeded", "number out of range"),
            params=(count("hi", 10, 12, 15, 20, argument="limit"),),
        ),
        refuse(
            "refuse_outside",
            N,
            when=("not $lo <= $x <= $hi", "$x < $lo or $x > $hi"),
            said=("$x is less than $lo or greater than $hi", "$x does not lie between $lo and $hi, both included"),
            frag=("in_range", "checked", "within"),
            messages=("out of range", "outside the range"),
            params=(count("lo", 0, 1, 2), count("hi", 9, 10, 15)),
            adds="nonneg",
        ),
        refuse(
            "refuse_odd",
            N,
            when=("$x % 2 == 1", "$x % 2 != 0"),
            said=("$x is odd",),
            frag=("even_only", "checked"),
            messages=("odd number", "must be even"),
            adds="even",
        ),
        refuse(
            "refuse_no_integer",
            N,
            when=("not isinstance($x, int)", "type($x) is not int"),
            said=("$x is no integer",),
            frag=("typed", "checked", "integers_only"),
            messages=("not an integer", "expected an integer"),
            error="TypeError",
            difficulty=3,
        ),
    )


def _of_lists() -> tuple[Operation, ...]:
    return (
        refuse(
            "refuse_empty",
            NS,
            when=("not $x", "len($x) == 0"),
            said=("$x is empty", "$x has no members"),
            frag=("nonempty", "checked", "safe"),
            messages=("empty list", "no numbers given", "nothing to work with"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "refuse_negatives",
            NS,
            when=("any(value < 0 for value in $x)", "min($x, default=0) < 0"),
            said=("any of the numbers in $x is negative", "$x holds a negative number"),
            frag=("nonnegative", "checked"),
            messages=("negative number in the list", "all numbers must be 0 or more"),
            adds="nonneg",
        ),
        refuse(
            "refuse_repetitions",
            NS,
            when=("len(set($x)) < len($x)", "len($x) != len(set($x))"),
            said=("a number occurs in $x more than once", "$x holds a number twice"),
            frag=("distinct_only", "checked", "unique"),
            messages=("duplicate number", "numbers must differ"),
            adds="distinct",
        ),
        refuse(
            "refuse_long",
            NS,
            when=("len($x) > $hi", "not len($x) <= $hi"),
            said=("$x has more than $hi members",),
            frag=("short_only", "checked", "at_most"),
            messages=("list too long", "too many numbers"),
            params=(count("hi", 3, 4, 5, argument="limit size"),),
        ),
        refuse(
            "refuse_unsorted",
            NS,
            when=("$x != sorted($x)", "any(a > b for a, b in zip($x, $x[1:]))"),
            said=("$x is not in ascending order", "the numbers in $x do not ascend"),
            frag=("sorted_only", "ordered", "checked"),
            messages=("not sorted", "numbers must ascend"),
            adds="sorted",
            difficulty=3,
        ),
        refuse(
            "refuse_without",
            NS,
            when=("$k not in $x", "$x.count($k) == 0"),
            said=("$k does not occur in $x", "$x does not hold $k"),
            frag=("requiring", "checked"),
            messages=("number is missing", "required number not found"),
            params=(count("k", 0, 1, 2, 3, argument="wanted required"),),
            adds="nonempty",
        ),
    )


def _of_texts() -> tuple[Operation, ...]:
    return (
        refuse(
            "refuse_empty_text",
            T,
            when=("not $x", '$x == ""', "len($x) == 0"),
            said=("$x is empty", "$x has no characters"),
            frag=("nonempty", "checked", "safe"),
            messages=("empty string", "no text given"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "refuse_digits",
            T,
            when=("any(letter.isdigit() for letter in $x)",),
            said=("$x contains a digit", "there is a digit in $x"),
            frag=("no_digits", "checked"),
            messages=("digits are not allowed", "unexpected digit"),
        ),
        refuse(
            "refuse_spaces",
            T,
            when=('" " in $x', 'len($x.split(" ")) > 1'),
            said=("$x contains a space", "there is a space in $x"),
            frag=("one_word", "checked", "no_spaces"),
            messages=("spaces are not allowed", "expected a single word"),
        ),
        refuse(
            "refuse_long_text",
            T,
            when=("len($x) > $hi", "not len($x) <= $hi"),
            said=("$x has more than $hi characters",),
            frag=("short_only", "checked", "at_most"),
            messages=("text too long", "too many characters"),
            params=(count("hi", 5, 6, 8, 10, argument="limit size"),),
        ),
        refuse(
            "refuse_no_words",
            W,
            when=("not $x", "len($x) == 0"),
            said=("$x is empty", "there are no strings in $x"),
            frag=("nonempty", "checked", "safe"),
            messages=("empty list", "no words given"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "refuse_blank_words",
            W,
            when=('"" in $x', "any(not entry for entry in $x)", 'any(entry == "" for entry in $x)'),
            said=("one of the strings in $x is empty", "$x holds an empty string"),
            frag=("no_blanks", "checked"),
            messages=("empty string in the list", "blank entry"),
        ),
        refuse(
            "refuse_repeated_words",
            W,
            when=("len(set($x)) < len($x)", "len($x) != len(set($x))"),
            said=("a string occurs in $x more than once", "$x holds a string twice"),
            frag=("distinct_only", "checked", "unique"),
            messages=("duplicate string", "names must differ"),
            adds="distinct",
        ),
    )


def _of_tables() -> tuple[Operation, ...]:
    return (
        refuse(
            "refuse_empty_table",
            C,
            when=("not $x", "len($x) == 0"),
            said=("$x is empty", "$x has no entries"),
            frag=("nonempty", "checked", "safe"),
            messages=("empty dictionary", "no entries given"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "refuse_negative_values",
            C,
            when=("any(amount < 0 for amount in $x.values())", "min($x.values(), default=0) < 0"),
            said=("any value in $x is negative", "$x has a negative value"),
            frag=("nonnegative", "checked"),
            messages=("negative value", "values must be 0 or more"),
            adds="nonneg",
        ),
        refuse(
            "refuse_uneven_rows",
            G,
            when=("any(len(line) != len($x[0]) for line in $x)", "len({len(line) for line in $x}) > 1"),
            said=("the rows of $x are not all of the same length", "two rows of $x differ in length"),
            frag=("rectangular", "checked", "even_rows"),
            messages=("rows differ in length", "not a rectangle"),
            adds="rect",
            difficulty=3,
        ),
    )


def _with_none() -> tuple[Operation, ...]:
    return (
        refuse(
            "none_if_negative",
            N,
            when=("$x < 0", "not $x >= 0"),
            said=("$x is negative", "$x is less than 0"),
            frag=("or_none", "if_possible", "maybe"),
            adds="nonneg",
            difficulty=1,
        ),
        refuse(
            "none_if_empty",
            NS,
            when=("not $x", "len($x) == 0"),
            said=("$x is empty", "$x has no members"),
            frag=("or_none", "if_possible", "maybe"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "none_if_no_text",
            T,
            when=("not $x", '$x == ""'),
            said=("$x is empty", "$x has no characters"),
            frag=("or_none", "if_possible", "maybe"),
            adds="nonempty",
            difficulty=1,
        ),
        refuse(
            "none_if_no_words",
            W,
            when=("not $x", "len($x) == 0"),
            said=("$x is empty", "there are no strings in $x"),
            frag=("or_none", "if_possible", "maybe"),
            adds="nonempty",
        ),
        refuse(
            "none_if_missing",
            C,
            when=("$w not in $x", "$x.get($w) is None"),
            said=("$x has no key $w", "there is no $w among the keys of $x"),
            frag=("or_none", "if_possible", "if_known"),
            params=(other("w", T, "name key wanted"),),
            adds="nonempty",
        ),
    )
