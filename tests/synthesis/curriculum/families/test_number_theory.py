import itertools
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

Ways = Callable[[str], list[Callable[..., Any]]]
NUMBERS = range(1, 200)


def _divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


def _is_prime(n: int) -> bool:
    return len(_divisors(n)) == 2


def _fibonacci(n: int) -> int:
    return round(((1 + math.sqrt(5)) / 2) ** n / math.sqrt(5))


def _digits(n: int) -> list[int]:
    return [int(digit) for digit in str(n)]


def _ends_happy(n: int) -> bool:
    for _ in range(100):
        n = sum(digit**2 for digit in _digits(n))
    return n == 1


def _label(n: int) -> str:
    proper = sum(_divisors(n)) - n
    return "perfect" if proper == n else "abundant" if proper > n else "deficient"


ORACLES: dict[str, Callable[[int], Any]] = {
    "smallest_factor": lambda n: next(iter(_divisors(n)[1:]), 1),
    "primes_up_to": lambda n: [p for p in range(n + 1) if _is_prime(p)],
    "count_primes": lambda n: sum(map(_is_prime, range(n + 1))),
    "next_prime": lambda n: next(p for p in range(n + 1, 2 * n + 3) if _is_prime(p)),
    "proper_divisor_sum": lambda n: sum(_divisors(n)) - n,
    "abundance_label": _label,
    "totient": lambda n: sum(math.gcd(i, n) == 1 for i in range(1, n + 1)),
    "factorial_zeros": lambda n: len(str(math.factorial(n))) - len(str(math.factorial(n)).rstrip("0")),
    "integer_root": math.isqrt,
    "digital_root": lambda n: n % 9 or 9,
    "digit_square_sum": lambda n: sum(digit * digit for digit in _digits(n)),
    "is_armstrong": lambda n: n == sum(digit ** len(str(n)) for digit in _digits(n)),
    "is_triangular": lambda n: math.isqrt(8 * n + 1) ** 2 == 8 * n + 1,
    "is_harshad": lambda n: n % sum(_digits(n)) == 0,
    "is_happy": _ends_happy,
    "fibonacci_up_to": lambda n: [_fibonacci(i) for i in range(30) if _fibonacci(i) <= n],
    "fibonacci_above": lambda n: min(_fibonacci(i) for i in range(30) if _fibonacci(i) > n),
    "pascal_row": lambda n: [math.comb(n, k) for k in range(n + 1)],
}


@pytest.mark.parametrize("name", ORACLES)
def test_every_way_to_compute_agrees_with_another_method(ways: Ways, name: str) -> None:
    for run in ways(name):
        assert [run(n) for n in NUMBERS] == [ORACLES[name](n) for n in NUMBERS]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("next_prime", 2),
        ("digital_root", 0),
        ("integer_root", 0),
        ("is_armstrong", True),
        ("is_triangular", True),
        ("in_base", "0"),
        ("fibonacci_up_to", [0]),
        ("fibonacci_above", 1),
        ("pascal_row", [1]),
        ("factorial_zeros", 0),
    ],
)
def test_zero_has_an_answer_too(ways: Ways, name: str, value: Any) -> None:
    extra = (7,) if name == "in_base" else ()
    assert all(run(0, *extra) == value for run in ways(name))


def test_prime_factors_are_prime_ascend_and_multiply_to_the_number(ways: Ways) -> None:
    for run in ways("prime_factors"):
        for n in NUMBERS:
            factors = run(n)
            assert math.prod(factors) == n
            assert factors == sorted(factors)
            assert all(map(_is_prime, factors))


def test_numbers_beside_each_other_are_compared_as_the_library_does(ways: Ways) -> None:
    for n in NUMBERS:
        for m in (4, 6, 10, 15, 30):
            assert {run(n, m) for run in ways("common_multiple")} == {math.lcm(n, m)}
            assert {run(n, m) for run in ways("is_coprime")} == {math.gcd(n, m) == 1}
            assert {run(n, 5, m) for run in ways("modular_power")} == {pow(n, 5, m)}
        for k in (2, 3, 5):
            assert {run(n, k) for run in ways("exponent_of")} == {max(e for e in range(9) if n % k**e == 0)}
            assert {run(n % 16, k) for run in ways("binomial")} == {math.comb(n % 16, k)}
        for base in (3, 7, 9):
            written = {run(n, base) for run in ways("in_base")}
            assert {int(text, base) for text in written} == {n}
            assert len(written) == 1


def test_divisors_and_multiples_of_a_list_are_those_of_the_library(ways: Ways) -> None:
    rng = random.Random(1)
    for _ in range(100):
        values = [rng.randint(1, 20) for _ in range(rng.randint(0, 5))]
        assert {run(values) for run in ways("gcd_of_all")} == {math.gcd(*values)}
        assert {run(values) for run in ways("lcm_of_all")} == {math.lcm(*values)}
        assert {run([0, *values]) for run in ways("gcd_of_all")} == {math.gcd(*values)}


def test_a_collatz_path_has_one_step_less_than_numbers_and_ends_at_1(ways: Ways) -> None:
    for n in range(1, 60):
        for walk in ways("collatz_path"):
            path = walk(n)
            assert (path[0], path[-1]) == (n, 1)
            assert all(b == (a // 2 if a % 2 == 0 else 3 * a + 1) for a, b in itertools.pairwise(path))
            assert {count(n) for count in ways("collatz_steps")} == {len(path) - 1}
