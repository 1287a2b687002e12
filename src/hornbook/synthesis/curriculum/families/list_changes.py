"""Operations that change or keep the members of a list of integers, one at a time."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import change_each, count, keep

N, NS, W = Kind.NUMBER, Kind.NUMBERS, Kind.WORDS
LISTS = Family.LISTS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_changes(), *_filters())


def _changes() -> tuple[Operation, ...]:
    return (
        change_each("add_to_each", LISTS, NS, NS, code=("$v + $k", "$k + $v"), noun="$x, each increased by $k", act=("add $k to each of $x", "increase each of $x by $k"), frag=("increased", "plus", "shifted"), result="raised", params=(count("k", 2, 3, 4, 5, 6, 7, 10, argument="amount step"),), keeps="nonneg positive sorted distinct", group="add"),
        change_each("subtract_from_each", LISTS, NS, NS, code="$v - $k", noun="$x, each decreased by $k", act=("subtract $k from each of $x", "decrease each of $x by $k"), frag=("decreased", "minus", "lowered"), result="lowered", params=(count("k", 2, 3, 4, 5, 6, 10, argument="amount step"),), keeps="sorted distinct", group="add"),
        change_each("multiply_each", LISTS, NS, NS, code=("$v * $k", "$k * $v"), noun="$x, each multiplied by $k", act=("multiply each of $x by $k",), frag=("multiplied", "times", "scaled"), result="scaled", params=(count("k", 3, 4, 5, 6, 7, 10, argument="factor rate"),), keeps="nonneg positive sorted distinct", group="multiply"),
        change_each("double_each", LISTS, NS, NS, code=("$v * 2", "2 * $v", "$v + $v"), noun="the doubles of $x", act=("double each of $x",), frag=("doubled", "doubles", "double"), result="doubled", keeps="nonneg positive sorted distinct", adds="even", group="multiply"),
        change_each("square_each", LISTS, NS, NS, code=("$v * $v", "$v ** 2"), noun="the squares of $x", act=("square each of $x",), frag=("squares", "squared", "square"), result="squares", adds="nonneg", keeps="positive even odd", group="power"),
        change_each("negate_each", LISTS, NS, NS, code=("-$v", "0 - $v"), noun="the negatives of $x", act=("negate each of $x", "change the sign of each of $x"), frag=("negated", "negatives"), result="negated", keeps="even odd distinct"),
        change_each("absolute_each", LISTS, NS, NS, code=("abs($v)", "$v if $v >= 0 else -$v"), noun="the absolute values of $x", act=("take the absolute value of each of $x",), frag=("absolute", "magnitudes", "abs"), result="sizes", adds="nonneg", keeps="even odd", avoids="nonneg"),
        change_each("halve_each", LISTS, NS, NS, code="$v // 2", noun="the halves of $x, rounded down", act=("halve each of $x, rounding down",), frag=("halves", "halved"), result="halves", keeps="nonneg sorted"),
        change_each("remainder_each", LISTS, NS, NS, code="$v % $k", noun="the remainders of $x divided by $k|their remainders when divided by $k", act=("replace each of $x by its remainder when divided by $k",), frag=("remainders", "mod"), result="remainders", params=(count("k", 3, 4, 5, 6, 7, argument="divisor modulus"),), adds="nonneg", note="As in Python, a remainder is never negative."),
        change_each("decimal_each", LISTS, NS, W, code=("str($v)",), noun="$x as strings", act=("turn each of $x into a string",), frag=("as_strings", "to_strings"), result="texts", adds="digits nonempty", keeps="distinct"),
    )


def _filters() -> tuple[Operation, ...]:
    small = (1, 2, 3, 4, 5, 6, 8, 10)
    return (
        keep("keep_even", LISTS, NS, code=("$v % 2 == 0",), adjective="even", clause="that are even", drop="that are odd", frag=("even", "evens"), result="evens", adds="even", avoids="even odd", group="parity"),
        keep("keep_odd", LISTS, NS, code=("$v % 2 == 1", "$v % 2 != 0"), adjective="odd", clause="that are odd", drop="that are even", frag=("odd", "odds"), result="odds", adds="odd", avoids="even odd", group="parity"),
        keep("keep_positive", LISTS, NS, code=("$v > 0",), adjective="positive", clause=("that are positive", "greater than 0"), drop="that are not positive", frag=("positive", "positives"), result="positives", adds="nonneg positive", avoids="positive", group="sign"),
        keep("keep_negative", LISTS, NS, code=("$v < 0",), adjective="negative", clause=("that are negative", "less than 0"), drop="that are not negative", frag=("negative", "negatives"), result="negatives", avoids="nonneg", group="sign"),
        keep("keep_greater", LISTS, NS, code=("$v > $k",), clause=("greater than $k", "above $k"), drop="that are $k or less", frag=("above", "greater", "over"), result="large", params=(count("k", *small, argument="limit threshold minimum"),), group="above"),
        keep("keep_less", LISTS, NS, code=("$v < $k",), clause=("less than $k", "below $k"), drop="that are $k or more", frag=("below", "less", "under"), result="small", params=(count("k", *small, argument="limit threshold maximum"),), group="below"),
        keep("keep_multiples", LISTS, NS, code=("$v % $k == 0",), clause=("that are multiples of $k", "divisible by $k"), drop="that are not multiples of $k", frag=("multiples", "divisible"), result="multiples", params=(count("k", 3, 4, 5, 6, 7, argument="divisor factor"),), group="divisible"),
        keep("drop_value", LISTS, NS, code=("$v != $k",), clause=("different from $k", "not equal to $k"), drop="equal to $k", frag=("without", "except", "not_equal"), result="others", params=(count("k", 0, 1, 2, 3, 4, 5, argument="target unwanted"),)),
        keep("keep_between", LISTS, NS, code=("$lo <= $v <= $hi", "$v >= $lo and $v <= $hi"), clause=("that lie between $lo and $hi inclusive", "from $lo to $hi inclusive"), drop="less than $lo or greater than $hi", frag=("between", "in_range"), result="inside", params=(count("lo", 1, 2, 3, argument="low"), count("hi", 7, 8, 9, 12, argument="high")), group="above"),
        keep("keep_prime", LISTS, NS, code=("$v > 1 and all($v % d for d in range(2, $v))", "$v > 1 and not any($v % d == 0 for d in range(2, $v))"), adjective="prime", clause="that are prime", drop="that are not prime", frag=("primes", "prime"), result="primes", adds="nonneg positive", avoids="even", group="parity"),
    )
