"""Whole numbers: ranges, divisors, digits, sequences."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Measure, Natural, Predicate, Size


def sum_up_to(n: Natural, p: Predicate[int], f: Measure[int]) -> int:
    """Return the sum of {f:each number} from 1 to {n}, both included, that {p}.
    For every integer from 1 up to {n} that {p}, add {f:it} to a total, and return the total.
    names: sum_{f}_up_to total_of_{p} sum_of_{p}_to_n
    """
    total = 0
    for x in range(1, n + 1):
        if p(x):
            total += f(x)
    return total


def next_number(n: Natural, p: Predicate[int], limit: Choice = (50, 100, 500)) -> int:
    """Return the smallest integer greater than {n} that {p}, or -1 if the next {limit} numbers have none.
    Go up from {n} plus 1, one by one, and return the first number that {p}. Give up after {limit} numbers and return
        -1.
    names: next_{p} first_{p}_after following_{p}
    """
    for x in range(n + 1, n + limit + 1):
        if p(x):
            return x
    return -1


def divisors_where(n: Natural, p: Predicate[int]) -> list[int]:
    """Return the list of all divisors of {n} that {p:s}, in increasing order.
    Find every number from 1 to {n} that divides {n} without remainder and {p}. Return them, the smallest first.
    names: {p}_divisors divisors_that_are_{p} find_divisors
    """
    divisors = []
    for x in range(1, n + 1):
        if n % x == 0 and p(x):
            divisors.append(x)
    return divisors


def digit_total(n: Natural, p: Predicate[int], f: Measure[int]) -> int:
    """Return the sum of {f:each digit} of {n} that {p}.
    Go through the decimal digits of {n}. For each digit that {p}, add {f:it} to the result.
    names: sum_{f}_of_{p}_digits digit_{f}_sum {p}_digits_total
    """
    total = 0
    while n > 0:
        digit = n % 10
        if p(digit):
            total += f(digit)
        n //= 10
    return total


def digits_in_base(n: Natural, base: Choice = (2, 3, 4, 5, 7, 8)) -> str:
    """Return {n} written in base {base}, as a string of digits.
    Convert {n} to base {base}: divide by {base} again and again, and collect the remainders from last to first. For 0
        return '0'.
    names: to_base_{base} in_base_{base} convert_to_base_{base}
    """
    if n == 0:
        return "0"
    digits = ""
    while n > 0:
        digits = str(n % base) + digits
        n //= base
    return digits


def steps_to_end(n: Natural, p: Predicate[int], k: Choice = (1, 3, 5), most: Choice = (20, 50)) -> int:
    """Start from {n} and take steps: a number that {p} becomes half of itself, rounded down; any other grows by {k}.
        Return how many steps it takes to get to 1 or less, or -1 if {most} steps are not enough.
    names: steps_to_one count_steps halving_steps
    """
    steps = 0
    while n > 1:
        if steps == most:
            return -1
        if p(n):
            n //= 2
        else:
            n += k
        steps += 1
    return steps


def sequence_of(n: Size, a: Choice = (0, 1, 2, 3), b: Choice = (1, 2, 5), k: Choice = (1, 2, 3)) -> list[int]:
    """A sequence starts with {a} and {b}; each further number is {k} times the one before it plus the one before that.
        Return its beginning, as many numbers as {n} says.
    names: sequence_{a}_{b} first_terms generalized_fibonacci
    """
    result: list[int] = []
    x, y = a, b
    while len(result) < n:
        result.append(x)
        x, y = y, k * y + x
    return result


def greatest_common(a: Natural, b: Natural, f: Measure[int]) -> int:
    """Compute the greatest common divisor of {a} and {b}, and return {f:it}.
    Find the largest integer that divides both {a} and {b}, by Euclid's algorithm, and return {f:it}.
    names: gcd {f}_of_gcd greatest_common_divisor
    """
    while b:
        a, b = b, a % b
    return f(a)


def factorize(n: Natural, between: Choice = ("*", " ", "x")) -> Any:
    """Return the prime factors of {n} in increasing order, each as often as it divides {n}, as one string with
        {between} between them. For numbers below 2 return an empty string.
    names: prime_factors factorize factor_string
    """
    factors = []
    divisor = 2
    while divisor <= n:
        if n % divisor == 0:
            factors.append(str(divisor))
            n //= divisor
        else:
            divisor += 1
    return between.join(factors)


def clamp(n: int, f: Measure[int], low: Choice = (0, -5, 1), high: Choice = (10, 20, 100)) -> Any:
    """Force {n} into the range from {low} to {high}: a smaller number becomes {low}, a larger one {high}. Return {f:the
        result}.
    names: clamp_{low}_{high} limit_to_{high} {f}_of_clamped
    """
    if n < low:
        return f(low)
    if n > high:
        return f(high)
    return f(n)


def bank_account(xs: list[int], start: Choice = (0, 10, 50, 100), limit: Choice = (0, -20)) -> int:
    """An account holds {start} at first. The amounts in {xs} are booked in order; one that would take the balance below
        {limit} is refused. Return the final balance.
    Begin with {start} and add each {x} of {xs}, but skip one that would make the sum less than {limit}. Return the sum.
    names: final_balance book_all balance_after
    """
    balance: int = start
    for x in xs:
        if balance + x < limit:
            continue
        balance += x
    return balance
