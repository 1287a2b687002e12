"""Operations on the decimal digits of an integer that is not negative."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, T, F = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.FLAG
INTEGERS = Family.INTEGERS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (
        whole("digit_sum", INTEGERS, N, N, code=("sum(int(d) for d in str($x))", "sum(map(int, str($x)))"),
              block=("$out = 0\nrest = $x\nwhile rest > 0:\n    $out += rest % 10\n    rest //= 10", "$out = 0\nfor d in str($x):\n    $out += int(d)"),
              noun=("the sum of the digits of $x", "the digit sum of $x"), act="add up the digits of $x", frag=("digit_sum", "sum_of_digits"),
              result="total", needs="nonneg", adds="nonneg", group="digit_sum"),
        whole("digit_count", INTEGERS, N, N, code=("len(str($x))", "sum(1 for _ in str($x))"), block="$out = 1\nrest = $x\nwhile rest > 9:\n    rest //= 10\n    $out += 1",
              noun=("the number of digits of $x",), act="count the digits of $x", frag=("digit_count", "count_digits", "num_digits"), result="count",
              needs="nonneg", adds="nonneg positive small"),
        whole("reverse_digits", INTEGERS, N, N, code=("int(str($x)[::-1])", "int(\"\".join(reversed(str($x))))"),
              block="$out = 0\nrest = $x\nwhile rest > 0:\n    $out = $out * 10 + rest % 10\n    rest //= 10",
              noun=("the number formed by the digits of $x in reverse order",), act="reverse the digits of $x", frag=("reversed_digits", "reverse_digits"),
              result="mirrored", needs="nonneg", adds="nonneg", note="Leading zeros vanish, so 120 becomes 21."),
        whole("largest_digit", INTEGERS, N, N, code=("max(int(d) for d in str($x))", "max(map(int, str($x)))", "int(max(str($x)))"),
              block="$out = 0\nfor d in str($x):\n    if int(d) > $out:\n        $out = int(d)",
              noun="the largest digit of $x", act="take the largest digit of $x", frag=("largest_digit", "max_digit"), result="best", needs="nonneg", adds="nonneg small", group="digit"),
        whole("first_digit", INTEGERS, N, N, code=("int(str($x)[0])",), block=("$out = $x\nwhile $out > 9:\n    $out //= 10", "digits = str($x)\n$out = int(digits[0])"),
              noun="the first digit of $x", act="take the first digit of $x", frag=("first_digit", "leading_digit"), result="first", needs="nonneg", adds="nonneg small", group="digit"),
        whole("last_digit", INTEGERS, N, N, code=("$x % 10", "int(str($x)[-1])"), block="digits = str($x)\n$out = int(digits[-1])",
              noun=("the last digit of $x",), act="take the last digit of $x", frag=("last_digit", "final_digit"), result="last", needs="nonneg", adds="nonneg small", group="digit"),
        whole("digits", INTEGERS, N, NS, code=("[int(d) for d in str($x)]", "list(map(int, str($x)))"), block="$out = []\nfor d in str($x):\n    $out.append(int(d))",
              noun="the digits of $x from left to right", head=("digits", "of $x"), act="split $x into digits, from left to right", frag=("digits", "digit_list"), result="digits",
              needs="nonneg", adds="nonneg nonempty"),
        whole("count_digit", INTEGERS, N, N, code=("str($x).count(str($k))", "sum(1 for d in str($x) if int(d) == $k)"),
              block="$out = 0\nfor d in str($x):\n    if int(d) == $k:\n        $out += 1",
              noun=("the number of times that the digit $k occurs in $x", "how often the digit $k occurs in $x"), act="count how often the digit $k occurs in $x",
              frag=("count_digit", "digit_occurrences"), result="count", params=(count("k", 1, 2, 3, 5, 7, argument="digit d"),), needs="nonneg", adds="nonneg"),
        whole("binary", INTEGERS, N, T, code=("bin($x)[2:]", "format($x, \"b\")"), block="$out = \"\"\nrest = $x\nwhile rest > 1:\n    $out = str(rest % 2) + $out\n    rest //= 2\n$out = str(rest) + $out",
              noun=("the binary digits of $x as a string", "$x written in binary"), act="write $x in binary", frag=("binary", "to_binary", "bits"), result="bits",
              needs="nonneg", adds="digits nonempty", group="to_text", note="There is no prefix: 5 becomes '101'."),
        whole("decimal", INTEGERS, N, T, code=("str($x)", "format($x, \"d\")"), block="$out = \"\"\nfor digit in str($x):\n    $out += digit",
              noun=("$x written as a string", "$x as a string"), act="turn $x into a string", frag=("as_text", "to_string", "str"), result="text", adds="digits nonempty", group="to_text"),
        whole("is_palindrome_number", INTEGERS, N, F, code=("str($x) == str($x)[::-1]", "list(str($x)) == list(reversed(str($x)))"),
              block="mirrored = 0\nrest = $x\nwhile rest > 0:\n    mirrored = mirrored * 10 + rest % 10\n    rest //= 10\n$out = mirrored == $x",
              noun=("whether the digits of $x read the same in both directions",), frag=("is_palindrome", "reads_same"), result="same", needs="nonneg", last=True),
    )
