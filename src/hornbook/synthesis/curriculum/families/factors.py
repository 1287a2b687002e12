"""Number theory: prime numbers, factors, and divisors that numbers share."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, fold, whole

N, NS, T, F = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.FLAG
THEORY = Family.NUMBER_THEORY
_IS_PRIME = "all(p % d for d in range(2, p))"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_factors(), *_primes(), *_divisors(), *_shared())


def _factors() -> tuple[Operation, ...]:
    return (
        whole(
            "prime_factors",
            THEORY,
            N,
            NS,
            block=(
                "$out = []\nrest = $x\nd = 2\nwhile rest > 1:\n    while rest % d == 0:\n"
                "        $out.append(d)\n        rest //= d\n    d += 1",
                "$out = []\nrest = $x\nfor d in range(2, $x + 1):\n    while rest % d == 0:\n"
                "        $out.append(d)\n        rest //= d",
                "def split(m):\n    for d in range(2, m):\n        if m % d == 0:\n"
                "            return [d] + split(m // d)\n    return [m] if m > 1 else []\n\n$out = split($x)",
            ),
            noun="the prime factors of $x in ascending order",
            head=("prime factors", "of $x"),
            act="split $x into prime factors, in ascending order",
            frag=("prime_factors", "factorize"),
            result="factors",
            needs="positive",
            adds="nonneg positive sorted",
            group="divisors",
            note="A prime that divides several times is listed as often; 1 has no prime factors.",
            difficulty=3,
        ),
        whole(
            "smallest_factor",
            THEORY,
            N,
            N,
            code="next((d for d in range(2, $x + 1) if $x % d == 0), 1)",
            block=(
                "$out = 1\nfor d in range(2, $x + 1):\n    if $x % d == 0:\n        $out = d\n        break",
                "$out = min(2, $x)\nwhile $x % $out != 0:\n    $out += 1",
            ),
            noun="the smallest number greater than 1 that divides $x",
            act="find the smallest number greater than 1 that divides $x",
            frag=("smallest_factor", "least_divisor"),
            result="factor",
            needs="positive",
            adds="nonneg positive",
            group="divisors",
            note="For 1 the result is 1.",
        ),
        whole(
            "exponent_of",
            THEORY,
            N,
            N,
            code="sum(1 for e in range(1, $x.bit_length()) if $x % $k ** e == 0)",
            block=(
                "$out = 0\nrest = $x\nwhile rest % $k == 0:\n    rest //= $k\n    $out += 1",
                "$out = 0\npower = $k\nwhile $x % power == 0:\n    power *= $k\n    $out += 1",
            ),
            noun="the number of times that $x can be divided by $k without a remainder",
            act="count how often $x can be divided by $k without a remainder",
            frag=("exponent", "times_divisible", "multiplicity"),
            result="exponent",
            params=(count("k", 2, 3, 5, argument="divisor base"),),
            needs="positive",
            adds="nonneg small",
            group="divisors",
            difficulty=3,
        ),
    )


def _primes() -> tuple[Operation, ...]:
    return (
        whole(
            "primes_up_to",
            THEORY,
            N,
            NS,
            code=f"[p for p in range(2, $x + 1) if {_IS_PRIME}]",
            block=(
                "$out = []\nfor p in range(2, $x + 1):\n    if all(p % q for q in $out):\n        $out.append(p)",
                "crossed = set()\n$out = []\nfor p in range(2, $x + 1):\n    if p not in crossed:\n"
                "        $out.append(p)\n        crossed.update(range(p * p, $x + 1, p))",
            ),
            noun="the prime numbers up to $x",
            head=("prime numbers", "up to $x"),
            act="list the prime numbers up to $x",
            frag=("primes_up_to", "primes", "sieve"),
            result="primes",
            needs="positive",
            adds="nonneg positive sorted distinct",
            group="divisors",
            difficulty=3,
        ),
        whole(
            "count_primes",
            THEORY,
            N,
            N,
            code=f"sum(1 for p in range(2, $x + 1) if {_IS_PRIME})",
            block=(
                "$out = 0\nfor p in range(2, $x + 1):\n    if all(p % d for d in range(2, p)):\n        $out += 1",
                "primes = []\nfor p in range(2, $x + 1):\n    if all(p % q for q in primes):\n"
                "        primes.append(p)\n$out = len(primes)",
            ),
            noun="the number of prime numbers up to $x",
            act="count the prime numbers up to $x",
            frag=("prime_count", "count_primes", "num_primes"),
            result="count",
            needs="positive",
            adds="nonneg",
            group="divisors",
            difficulty=3,
        ),
        whole(
            "next_prime",
            THEORY,
            N,
            N,
            block=(
                "$out = max($x + 1, 2)\nwhile any($out % d == 0 for d in range(2, $out)):\n    $out += 1",
                "def is_prime(m):\n    return m > 1 and all(m % d for d in range(2, m))\n\n"
                "$out = $x + 1\nwhile not is_prime($out):\n    $out += 1",
            ),
            noun="the smallest prime number greater than $x",
            act="find the smallest prime number greater than $x",
            frag=("next_prime", "following_prime"),
            result="prime",
            needs="nonneg",
            adds="nonneg positive",
            difficulty=3,
        ),
    )


def _divisors() -> tuple[Operation, ...]:
    return (
        whole(
            "proper_divisor_sum",
            THEORY,
            N,
            N,
            code=("sum(d for d in range(1, $x) if $x % d == 0)", "sum([d for d in range(1, $x) if $x % d == 0])"),
            block="$out = 0\nfor d in range(1, $x):\n    if $x % d == 0:\n        $out += d",
            noun="the sum of the proper divisors of $x",
            act="add up the proper divisors of $x",
            frag=("proper_divisor_sum", "aliquot_sum"),
            result="total",
            needs="positive",
            adds="nonneg",
            group="divisors",
            note="The proper divisors of a number are those smaller than itself.",
        ),
        whole(
            "abundance_label",
            THEORY,
            N,
            T,
            block=(
                "total = sum(d for d in range(1, $x) if $x % d == 0)\nif total > $x:\n"
                '    $out = "abundant"\nelif total == $x:\n    $out = "perfect"\nelse:\n    $out = "deficient"',
                "total = 0\nfor d in range(1, $x):\n    if $x % d == 0:\n        total += d\n"
                '$out = "perfect"\nif total < $x:\n    $out = "deficient"\nif total > $x:\n    $out = "abundant"',
            ),
            noun=(
                "'abundant' if the proper divisors of $x add up to more than $x, 'perfect' if they add up to $x, and "
                "'deficient' otherwise"
            ),
            frag=("abundance", "classify_by_divisors"),
            result="label",
            needs="positive",
            group="abundant",
            note="The proper divisors of a number are those smaller than itself.",
            last=True,
            difficulty=3,
        ),
        whole(
            "totient",
            THEORY,
            N,
            N,
            block=(
                "$out = 0\nfor i in range(1, $x + 1):\n    a, b = $x, i\n    while b:\n        a, b = b, a % b\n"
                "    if a == 1:\n        $out += 1",
                "def gcd(a, b):\n    return a if b == 0 else gcd(b, a % b)\n\n"
                "$out = sum(1 for i in range(1, $x + 1) if gcd($x, i) == 1)",
                "$out = rest = $x\nd = 2\nwhile rest > 1:\n    if rest % d == 0:\n        $out -= $out // d\n"
                "    while rest % d == 0:\n        rest //= d\n    d += 1",
            ),
            noun=("the totient of $x", "Euler's totient of $x"),
            act="take the totient of $x",
            frag=("totient", "phi"),
            result="coprimes",
            needs="positive",
            adds="nonneg positive",
            group="divisors",
            note=(
                "The totient of n is how many of the integers from 1 to n have no divisor greater than 1 in common "
                "with n."
            ),
            difficulty=4,
        ),
    )


def _shared() -> tuple[Operation, ...]:
    return (
        whole(
            "common_multiple",
            THEORY,
            N,
            N,
            code="next(i for i in range($x, $x * $m + 1, $x) if i % $m == 0)",
            block=(
                "$out = $x\nwhile $out % $m != 0:\n    $out += $x",
                "a, b = $x, $m\nwhile b:\n    a, b = b, a % b\n$out = $x * $m // a",
            ),
            noun="the least common multiple of $x and $m",
            act="take the least common multiple of $x and $m",
            frag=("lcm", "common_multiple"),
            result="multiple",
            params=(count("m", 4, 6, 8, 9, 10, 12, 15, argument="m other"),),
            needs="positive",
            adds="nonneg positive",
        ),
        whole(
            "is_coprime",
            THEORY,
            N,
            F,
            code=(
                "all($x % d or $m % d for d in range(2, $m + 1))",
                "not any($x % d == 0 and $m % d == 0 for d in range(2, $m + 1))",
            ),
            block=(
                "a, b = $x, $m\nwhile b:\n    a, b = b, a % b\n$out = a == 1",
                "$out = True\nfor d in range(2, $m + 1):\n    if $x % d == 0 and $m % d == 0:\n        $out = False",
            ),
            noun="whether $x and $m have no divisor greater than 1 in common",
            frag=("is_coprime", "coprime"),
            result="coprime",
            params=(count("m", 6, 10, 12, 14, 15, 30, argument="m other"),),
            needs="positive",
            last=True,
        ),
        fold(
            "gcd_of_all",
            THEORY,
            NS,
            N,
            loop=(
                "$out = 0\n---\na, b = $out, $v\nwhile b:\n    a, b = b, a % b\n$out = a",
                "$out = 0\n---\nrest = $v\nwhile rest:\n    $out, rest = rest, $out % rest",
            ),
            noun="the greatest common divisor of all of $x",
            act="take the greatest common divisor of all of $x",
            frag=("gcd_of_all", "common_divisor"),
            result="divisor",
            needs="nonneg",
            adds="nonneg",
            group="total",
            empty=("0", "the greatest common divisor"),
            difficulty=3,
        ),
        fold(
            "lcm_of_all",
            THEORY,
            NS,
            N,
            loop=(
                "$out = 1\n---\nstep = $out\nwhile $out % $v != 0:\n    $out += step",
                "$out = 1\n---\na, b = $out, $v\nwhile b:\n    a, b = b, a % b\n$out = $out * $v // a",
            ),
            noun="the least common multiple of all of $x",
            act="take the least common multiple of all of $x",
            frag=("lcm_of_all", "common_multiple"),
            result="multiple",
            needs="positive",
            adds="nonneg positive",
            group="total",
            empty=("1", "the least common multiple"),
            difficulty=3,
        ),
    )
