"""Operations on one integer: arithmetic, divisors, sequences that a number starts."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, T, F = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.FLAG
INTEGERS = Family.INTEGERS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_arithmetic(), *_number_theory(), *_sequences(), *_questions())


def _arithmetic() -> tuple[Operation, ...]:
    small = (2, 3, 4, 5, 6, 7, 8, 9)
    return (
        whole("add", INTEGERS, N, N, code="$x + $k", block="$out = $x\n$out += $k",
              noun=("the sum of $x and $k", "$x plus $k"), act=("add $k to $x", "increase $x by $k"),
              frag=("plus", "add", "increased"), result="total", params=(count("k", *small, 10, 12, argument="extra step amount"),),
              keeps="nonneg positive", group="add"),
        whole("subtract", INTEGERS, N, N, code="$x - $k", block="$out = $x\n$out -= $k",
              noun=("the difference between $x and $k", "$x minus $k"), act=("subtract $k from $x", "decrease $x by $k"),
              frag=("minus", "less", "decreased"), result="rest", params=(count("k", *small, 10, argument="cost step amount"),),
              group="add", note="The difference is negative if the number subtracted is the larger one."),
        whole("multiply", INTEGERS, N, N, code="$x * $k", block="$out = $x\n$out *= $k",
              noun=("the product of $x and $k", "$x times $k"), act=("multiply $x by $k",),
              frag=("times", "multiplied", "scaled"), result="product", params=(count("k", 3, 4, 5, 6, 7, 8, 9, 10, argument="factor rate"),),
              keeps="nonneg positive"),
        whole("double", INTEGERS, N, N, code=("$x * 2", "2 * $x"), block="$out = $x + $x",
              noun=("twice $x", "the double of $x"), act=("double $x",), frag=("doubled", "double", "twice"), result="doubled",
              keeps="nonneg positive", adds="even"),
        whole("square", INTEGERS, N, N, code=("$x ** 2",), block="$out = $x * $x",
              noun="the square of $x", act=("square $x", "multiply $x by itself"), frag=("squared", "square"), result="squared",
              adds="nonneg", keeps="positive", group="power"),
        whole("cube", INTEGERS, N, N, code="$x ** 3", block="$out = $x * $x * $x",
              noun="the cube of $x", act="cube $x", frag=("cubed", "cube"), result="cubed", keeps="nonneg positive", group="power"),
        whole("negate", INTEGERS, N, N, code="-$x", block=("$out = 0 - $x", "$out = $x * -1"),
              noun="the negative of $x", act=("negate $x", "change the sign of $x"), frag=("negated", "negative"), result="negated"),
        whole("absolute", INTEGERS, N, N, code="abs($x)",
              block=("$out = $x\nif $out < 0:\n    $out = -$out", "$out = -$x if $x < 0 else $x"),
              noun="the absolute value of $x", act="take the absolute value of $x", frag=("absolute", "magnitude", "abs"),
              result="size", adds="nonneg", avoids="nonneg"),
        whole("halve", INTEGERS, N, N, code="$x // 2", block="$out = $x\n$out //= 2",
              noun="half of $x, rounded down", act=("halve $x, rounding down",),
              frag=("halved", "half"), result="half", keeps="nonneg"),
        whole("remainder", INTEGERS, N, N, code="$x % $k", block="$out = $x\n$out %= $k",
              noun=("the remainder of $x divided by $k", "$x modulo $k"),
              act=("take the remainder of $x when divided by $k",), frag=("remainder", "mod", "modulo"), result="remainder",
              params=(count("k", 3, 4, 5, 6, 7, 8, 9, 10, argument="divisor modulus"),), adds="nonneg",
              note="As in Python, the remainder is never negative."),
        whole("quotient", INTEGERS, N, N, code="$x // $k", block="$out = $x\n$out //= $k",
              noun=("$x divided by $k, rounded down",), act=("divide $x by $k, rounding down",),
              frag=("divided", "quotient"), result="quotient", params=(count("k", 3, 4, 5, 6, 7, 8, 9, 10, argument="divisor size"),), keeps="nonneg"),
        whole("distance", INTEGERS, N, N, code=("abs($x - $k)", "abs($k - $x)"),
              block=("$out = $x - $k\nif $out < 0:\n    $out = -$out", "if $x > $k:\n    $out = $x - $k\nelse:\n    $out = $k - $x"),
              noun=("the distance between $x and $k", "the absolute difference between $x and $k"),
              act=("take the distance between $x and $k",), frag=("distance", "gap"), result="gap",
              params=(count("k", *small, 10, 20, argument="target goal"),), adds="nonneg"),
        whole("larger_of", INTEGERS, N, N, code=("max($x, $k)", "max($k, $x)"),
              block=("if $x > $k:\n    $out = $x\nelse:\n    $out = $k", "$out = $x\nif $out < $k:\n    $out = $k"),
              noun=("the larger of $x and $k", "the maximum of $x and $k"), act=("take the larger of $x and $k",),
              frag=("larger", "at_least", "max"), result="larger", params=(count("k", *small, 10, argument="minimum low"),), adds="nonneg positive"),
        whole("smaller_of", INTEGERS, N, N, code=("min($x, $k)", "min($k, $x)"),
              block=("if $x < $k:\n    $out = $x\nelse:\n    $out = $k", "$out = $x\nif $out > $k:\n    $out = $k"),
              noun=("the smaller of $x and $k", "the minimum of $x and $k"), act=("take the smaller of $x and $k",),
              frag=("smaller", "at_most", "min"), result="smaller", params=(count("k", *small, 10, 20, argument="maximum high"),), keeps="nonneg positive"),
    )


def _number_theory() -> tuple[Operation, ...]:
    return (
        whole("multiple_above", INTEGERS, N, N, code="-(-$x // $k) * $k",
              block=("$out = $x\nwhile $out % $k != 0:\n    $out += 1",),
              noun="the smallest multiple of $k that is at least $x", act=("round $x up to a multiple of $k",),
              frag=("rounded_up", "multiple_above"), result="rounded", params=(count("k", 3, 4, 5, 6, 10, argument="unit size"),),
              group="rounding", keeps="nonneg positive"),
        whole("sum_up_to", INTEGERS, N, N, code=("$x * ($x + 1) // 2", "sum(range(1, $x + 1))"),
              block="$out = 0\nfor i in range(1, $x + 1):\n    $out += i",
              noun="the sum of the integers from 1 to $x", act="add up the integers from 1 to $x", frag=("sum_up_to", "triangle", "sum_to"),
              result="total", needs="nonneg small", adds="nonneg"),
        whole("factorial", INTEGERS, N, N, block=("$out = 1\nfor i in range(2, $x + 1):\n    $out *= i",
              "$out = 1\nfactor = $x\nwhile factor > 1:\n    $out *= factor\n    factor -= 1",
              "def factorial(m):\n    return 1 if m < 2 else m * factorial(m - 1)\n\n$out = factorial($x)"),
              noun="the factorial of $x", act="take the factorial of $x", frag=("factorial",), result="product", needs="nonneg small", adds="nonneg positive"),
        whole("fibonacci", INTEGERS, N, N, block=("$out, following = 0, 1\nfor _ in range($x):\n    $out, following = following, $out + following",
              "def fib(m):\n    return m if m < 2 else fib(m - 1) + fib(m - 2)\n\n$out = fib($x)",
              "sequence = [0, 1]\nwhile len(sequence) <= $x:\n    sequence.append(sequence[-1] + sequence[-2])\n$out = sequence[$x]"),
              noun="the Fibonacci number at index $x", act="take the Fibonacci number at index $x", frag=("fibonacci", "fib"), result="current",
              needs="nonneg small", adds="nonneg", note="The sequence starts 0, 1, 1, 2 and is indexed from 0."),
        whole("count_divisors", INTEGERS, N, N, code=("sum(1 for d in range(1, $x + 1) if $x % d == 0)", "len([d for d in range(1, $x + 1) if $x % d == 0])"),
              block="$out = 0\nfor d in range(1, $x + 1):\n    if $x % d == 0:\n        $out += 1",
              noun="the number of divisors of $x", act="count the divisors of $x", frag=("divisor_count", "count_divisors"), result="count",
              needs="positive", adds="nonneg positive small", group="divisors"),
        whole("divisors", INTEGERS, N, NS, code=("[d for d in range(1, $x + 1) if $x % d == 0]", "list(filter(lambda d: $x % d == 0, range(1, $x + 1)))"),
              block="$out = []\nfor d in range(1, $x + 1):\n    if $x % d == 0:\n        $out.append(d)",
              noun="the divisors of $x in ascending order", head=("divisors", "of $x"), act="list the divisors of $x in ascending order",
              frag=("divisors", "factors"), result="divisors", needs="positive", adds="nonneg positive sorted distinct", group="divisors"),
        whole("common_divisor", INTEGERS, N, N, block=("a, b = $x, $m\nwhile b:\n    a, b = b, a % b\n$out = a",
              "$out = min($x, $m)\nwhile $x % $out or $m % $out:\n    $out -= 1",
              "$out = 1\nfor d in range(2, $m + 1):\n    if $x % d == 0 and $m % d == 0:\n        $out = d"),
              noun="the greatest common divisor of $x and $m", act="take the greatest common divisor of $x and $m",
              frag=("gcd", "common_divisor"), result="divisor", params=(count("m", 6, 8, 10, 12, 18, 24, 30, argument="m other"),), needs="positive", adds="nonneg positive"),
    )


def _sequences() -> tuple[Operation, ...]:
    return (
        whole("count_up", INTEGERS, N, NS, code=("list(range(1, $x + 1))", "[i for i in range(1, $x + 1)]"),
              block="$out = []\nfor i in range(1, $x + 1):\n    $out.append(i)",
              noun="the integers from 1 to $x", head=("integers", "from 1 to $x"), act="list the integers from 1 to $x", frag=("up_to", "count_up", "range"), result="numbers",
              needs="nonneg small", adds="nonneg positive sorted distinct", group="sequence", note="For 0 there are none."),
        whole("count_down", INTEGERS, N, NS, code=("list(range($x, 0, -1))", "[i for i in range($x, 0, -1)]"),
              block=("$out = []\ni = $x\nwhile i > 0:\n    $out.append(i)\n    i -= 1",),
              noun="the integers from $x down to 1", act="list the integers from $x down to 1", frag=("countdown", "count_down"), result="numbers",
              needs="nonneg small", adds="nonneg positive distinct", group="sequence", note="For 0 there are none."),
    )


def _questions() -> tuple[Operation, ...]:
    return (
        whole("is_even", INTEGERS, N, F, code=("$x % 2 == 0", "not $x % 2"), block="if $x % 2 == 0:\n    $out = True\nelse:\n    $out = False",
              noun="whether $x is even", frag=("is_even", "even"), result="is_even", avoids="even", last=True),
        whole("is_multiple", INTEGERS, N, F, code=("$x % $k == 0", "not $x % $k"), block="if $x % $k == 0:\n    $out = True\nelse:\n    $out = False",
              noun=("whether $x is a multiple of $k", "whether $x is divisible by $k"), frag=("is_multiple", "divisible", "is_divisible"), result="divides",
              params=(count("k", 3, 4, 5, 6, 7, argument="k divisor"),), last=True),
        whole("is_above", INTEGERS, N, F, code=("$x > $k", "$k < $x"), block="if $x > $k:\n    $out = True\nelse:\n    $out = False",
              noun=("whether $x is greater than $k", "whether $x exceeds $k"), frag=("is_above", "exceeds"), result="is_above",
              params=(count("k", 3, 5, 8, 10, 12, 15, 20, argument="limit threshold"),), last=True),
        whole("is_between", INTEGERS, N, F, code=("$lo <= $x <= $hi", "$x >= $lo and $x <= $hi"), block="$out = False\nif $lo <= $x and $x <= $hi:\n    $out = True",
              noun="whether $x lies between $lo and $hi, both included", frag=("is_between", "in_range"), result="inside",
              params=(count("lo", 1, 2, 3, 5, argument="low"), count("hi", 9, 10, 12, 20, argument="high")), last=True),
        whole("is_prime", INTEGERS, N, F, code=("$x > 1 and all($x % d for d in range(2, $x))", "$x >= 2 and not any($x % d == 0 for d in range(2, $x))"),
              block="$out = $x > 1\nfor d in range(2, $x):\n    if $x % d == 0:\n        $out = False",
              noun=("whether $x is a prime number", "whether $x is prime"), frag=("is_prime", "prime"), result="is_prime", avoids="even", last=True),
        whole("is_square", INTEGERS, N, F, code=("any(i * i == $x for i in range($x + 1))", "$x in [i * i for i in range($x + 1)]"),
              block="root = 0\nwhile root * root < $x:\n    root += 1\n$out = root * root == $x",
              noun="whether $x is a perfect square", frag=("is_square", "perfect_square"), result="found", needs="nonneg", last=True),
    )
