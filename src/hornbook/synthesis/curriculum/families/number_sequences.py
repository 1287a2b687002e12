"""Number theory: sequences, powers, roots, binomials, digits in other bases, and numbers with a name."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, whole

N, NS, T, F = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.FLAG
THEORY = Family.NUMBER_THEORY


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_sequences(), *_combinations(), *_powers(), *_digits(), *_named())


def _sequences() -> tuple[Operation, ...]:
    rule = "A Collatz step halves an even number and turns an odd number n into 3 * n + 1."
    return (
        whole(
            "collatz_steps",
            THEORY,
            N,
            N,
            block=(
                "$out = 0\nn = $x\nwhile n != 1:\n    n = n // 2 if n % 2 == 0 else 3 * n + 1\n    $out += 1",
                "def steps(n):\n    if n == 1:\n        return 0\n"
                "    return 1 + steps(n // 2 if n % 2 == 0 else 3 * n + 1)\n\n$out = steps($x)",
            ),
            noun="the number of Collatz steps that lead from $x to 1",
            act="count the Collatz steps that lead from $x to 1",
            frag=("collatz_steps", "collatz_length"),
            result="steps",
            needs="positive",
            adds="nonneg",
            group="collatz",
            note=rule,
        ),
        whole(
            "collatz_path",
            THEORY,
            N,
            NS,
            block=(
                "$out = [$x]\nwhile $out[-1] != 1:\n    n = $out[-1]\n"
                "    $out.append(n // 2 if n % 2 == 0 else 3 * n + 1)",
                "$out = []\nn = $x\nwhile n > 1:\n    $out.append(n)\n    if n % 2 == 0:\n        n //= 2\n"
                "    else:\n        n = 3 * n + 1\n$out.append(1)",
            ),
            noun="the numbers that Collatz steps lead through from $x to 1",
            head=("numbers", "on the Collatz path from $x to 1"),
            act="list the numbers that Collatz steps lead through from $x to 1",
            frag=("collatz_path", "collatz"),
            result="path",
            needs="positive small",
            adds="nonneg positive nonempty distinct",
            group="sequence",
            note=f"{rule} The path includes both ends.",
        ),
        whole(
            "fibonacci_up_to",
            THEORY,
            N,
            NS,
            block=(
                "$out = []\na, b = 0, 1\nwhile a <= $x:\n    $out.append(a)\n    a, b = b, a + b",
                "$out = [0, 1]\nwhile $out[-1] <= $x:\n    $out.append($out[-1] + $out[-2])\n$out.pop()",
            ),
            noun="the Fibonacci numbers up to $x",
            head=("Fibonacci numbers", "up to $x"),
            act="list the Fibonacci numbers up to $x",
            frag=("fibonacci_up_to", "fibs"),
            result="sequence",
            needs="nonneg",
            adds="nonneg sorted nonempty",
            group="sequence",
            note="The sequence starts 0, 1, 1, 2.",
        ),
        whole(
            "fibonacci_above",
            THEORY,
            N,
            N,
            block=(
                "$out, following = 0, 1\nwhile $out <= $x:\n    $out, following = following, $out + following",
                "sequence = [0, 1]\nwhile sequence[-1] <= $x:\n    sequence.append(sequence[-2] + sequence[-1])\n"
                "$out = sequence[-1]",
            ),
            noun="the smallest Fibonacci number greater than $x",
            act="find the smallest Fibonacci number greater than $x",
            frag=("next_fibonacci", "fib_above"),
            result="found",
            needs="nonneg",
            adds="nonneg positive",
            note="The sequence starts 0, 1, 1, 2.",
        ),
    )


def _combinations() -> tuple[Operation, ...]:
    return (
        whole(
            "binomial",
            THEORY,
            N,
            N,
            block=(
                "$out = 1\nfor i in range($k):\n    $out = $out * ($x - i) // (i + 1)",
                "def choose(m, j):\n    if j == 0:\n        return 1\n    if m == 0:\n        return 0\n"
                "    return choose(m - 1, j - 1) + choose(m - 1, j)\n\n$out = choose($x, $k)",
                "row = [1]\nfor _ in range($x):\n    row = [a + b for a, b in zip([0, *row], [*row, 0])]\n"
                "$out = row[$k] if $k < len(row) else 0",
            ),
            noun="the number of ways to choose $k things out of $x",
            act="count the ways to choose $k things out of $x",
            frag=("binomial", "choose", "combinations"),
            result="ways",
            params=(count("k", 2, 3, 4, argument="size chosen"),),
            needs="nonneg small",
            adds="nonneg",
            note="The order of the chosen things does not count.",
            difficulty=3,
        ),
        whole(
            "pascal_row",
            THEORY,
            N,
            NS,
            block=(
                "$out = [1]\nfor _ in range($x):\n    $out = [a + b for a, b in zip([0, *$out], [*$out, 0])]",
                "$out = [1]\nfor i in range($x):\n    $out.append($out[-1] * ($x - i) // (i + 1))",
            ),
            noun="the numbers in row $x of Pascal's triangle|the numbers in that row of Pascal's triangle",
            head=("numbers", "in row $x of Pascal's triangle"),
            act="list the numbers in row $x of Pascal's triangle|list the numbers in that row of Pascal's triangle",
            frag=("pascal_row", "pascal"),
            result="row",
            needs="nonneg small",
            adds="nonneg positive nonempty",
            group="sequence",
            note="Row 0 is [1], row 2 is [1, 2, 1].",
            difficulty=3,
        ),
        whole(
            "factorial_zeros",
            THEORY,
            N,
            N,
            code="sum($x // 5 ** e for e in range(1, $x.bit_length() + 1))",
            block=(
                "$out = 0\nrest = $x // 5\nwhile rest:\n    $out += rest\n    rest //= 5",
                "$out = 0\npower = 5\nwhile power <= $x:\n    $out += $x // power\n    power *= 5",
            ),
            noun="the number of zeros at the end of the factorial of $x",
            act="count the zeros at the end of the factorial of $x",
            frag=("factorial_zeros", "trailing_zeros"),
            result="zeros",
            needs="nonneg",
            adds="nonneg",
            difficulty=4,
        ),
    )


def _powers() -> tuple[Operation, ...]:
    return (
        whole(
            "modular_power",
            THEORY,
            N,
            N,
            code=("pow($x, $k, $m)", "$x ** $k % $m"),
            block=(
                "$out = 1\nfor _ in range($k):\n    $out = $out * $x % $m",
                "$out = 1\nbase, left = $x, $k\nwhile left:\n    if left % 2:\n        $out = $out * base % $m\n"
                "    base = base * base % $m\n    left //= 2",
            ),
            noun="$x to the power of $k, modulo $m",
            act="raise $x to the power of $k, modulo $m",
            frag=("mod_power", "power_mod"),
            result="power",
            params=(
                count("k", 3, 4, 5, 7, 10, argument="exponent"),
                count("m", 7, 10, 11, 13, 100, argument="modulus"),
            ),
            needs="nonneg",
            adds="nonneg",
            group="power",
            difficulty=3,
        ),
        whole(
            "integer_root",
            THEORY,
            N,
            N,
            code="max(i for i in range($x + 1) if i * i <= $x)",
            block=(
                "$out = 0\nwhile ($out + 1) ** 2 <= $x:\n    $out += 1",
                "low, high = 0, $x + 1\nwhile high - low > 1:\n    middle = (low + high) // 2\n"
                "    if middle * middle <= $x:\n        low = middle\n    else:\n        high = middle\n$out = low",
            ),
            noun="the integer square root of $x",
            act="take the integer square root of $x",
            frag=("integer_root", "isqrt"),
            result="root",
            needs="nonneg",
            adds="nonneg",
            note="It is the largest integer whose square is not greater than the number.",
        ),
    )


def _digits() -> tuple[Operation, ...]:
    return (
        whole(
            "in_base",
            THEORY,
            N,
            T,
            block=(
                '$out = ""\nrest = $x\nwhile rest > 0:\n    $out = str(rest % $k) + $out\n    rest //= $k\n'
                '$out = $out or "0"',
                'def write(m):\n    return write(m // $k) + str(m % $k) if m else ""\n\n$out = write($x) or "0"',
                "digits = [$x % $k]\nrest = $x // $k\nwhile rest:\n    digits.append(rest % $k)\n    rest //= $k\n"
                '$out = "".join(map(str, reversed(digits)))',
            ),
            noun=("$x written in base $k",),
            act="write $x in base $k",
            frag=("in_base", "to_base"),
            result="text",
            params=(count("k", 3, 4, 5, 6, 7, 8, 9, argument="base"),),
            needs="nonneg",
            adds="digits nonempty",
            group="to_text",
            note="The result is a string of digits without a prefix.",
            difficulty=3,
        ),
        whole(
            "digital_root",
            THEORY,
            N,
            N,
            code=("1 + ($x - 1) % 9 if $x else 0", "$x % 9 or min($x, 9)"),
            block=(
                "$out = $x\nwhile $out > 9:\n    $out = sum(int(d) for d in str($out))",
                "def root(m):\n    return m if m < 10 else root(m // 10 + m % 10)\n\n$out = root($x)",
            ),
            noun="the digital root of $x",
            act="take the digital root of $x",
            frag=("digital_root", "repeated_digit_sum"),
            result="root",
            needs="nonneg",
            adds="nonneg small",
            group="digit_sum",
            note="To find the digital root, add up the digits again and again until a single digit is left.",
        ),
        whole(
            "digit_square_sum",
            THEORY,
            N,
            N,
            code=("sum(int(d) ** 2 for d in str($x))", "sum([int(d) * int(d) for d in str($x)])"),
            block="$out = 0\nrest = $x\nwhile rest:\n    $out += (rest % 10) ** 2\n    rest //= 10",
            noun="the sum of the squares of the digits of $x",
            act="add up the squares of the digits of $x",
            frag=("digit_square_sum", "squared_digits"),
            result="total",
            needs="nonneg",
            adds="nonneg",
            group="digit_sum",
        ),
    )


def _named() -> tuple[Operation, ...]:
    return (
        whole(
            "is_armstrong",
            THEORY,
            N,
            F,
            code=("$x == sum(int(d) ** len(str($x)) for d in str($x))",),
            block=(
                "digits = str($x)\n$out = sum(int(d) ** len(digits) for d in digits) == $x",
                "digits = [int(d) for d in str($x)]\ntotal = 0\nfor d in digits:\n    total += d ** len(digits)\n"
                "$out = total == $x",
            ),
            noun="whether $x is an Armstrong number",
            frag=("is_armstrong", "is_narcissistic"),
            result="equal",
            needs="nonneg",
            group="armstrong",
            note=(
                "An Armstrong number equals the sum of its digits, each raised to the power of the number of its "
                "digits, as 153 does."
            ),
            last=True,
            difficulty=3,
        ),
        whole(
            "is_triangular",
            THEORY,
            N,
            F,
            code="any(i * (i + 1) // 2 == $x for i in range($x + 1))",
            block=(
                "total = step = 0\nwhile total < $x:\n    step += 1\n    total += step\n$out = total == $x",
                "rest = $x\nstep = 1\nwhile rest >= step:\n    rest -= step\n    step += 1\n$out = rest == 0",
            ),
            noun="whether $x is a triangular number",
            frag=("is_triangular", "is_triangle_number"),
            result="found",
            needs="nonneg",
            group="triangular",
            note="The triangular numbers are 0, 1, 1 + 2, 1 + 2 + 3, and so on.",
            last=True,
        ),
        whole(
            "is_harshad",
            THEORY,
            N,
            F,
            code=("$x % sum(int(d) for d in str($x)) == 0", "not $x % sum(map(int, str($x)))"),
            block=(
                "total = 0\nrest = $x\nwhile rest:\n    total += rest % 10\n    rest //= 10\n$out = $x % total == 0",
            ),
            noun="whether $x is divisible by the sum of its own digits",
            frag=("is_harshad", "divisible_by_digit_sum"),
            result="divides",
            needs="positive",
            last=True,
        ),
        whole(
            "is_happy",
            THEORY,
            N,
            F,
            block=(
                "n = $x\nwhile n not in (1, 4):\n    n = sum(int(d) ** 2 for d in str(n))\n$out = n == 1",
                "seen = set()\nn = $x\nwhile n != 1 and n not in seen:\n    seen.add(n)\n"
                "    n = sum(int(d) ** 2 for d in str(n))\n$out = n == 1",
            ),
            noun="whether $x is a happy number",
            frag=("is_happy", "happy"),
            result="happy",
            needs="positive",
            group="happy",
            note=(
                "A happy number reaches 1 when it is replaced again and again by the sum of the squares of its digits; "
                "all others end in a cycle that contains 4."
            ),
            last=True,
            difficulty=4,
        ),
    )
