"""Generators that start from a number or a text: countdowns, sequences with and without end, words one by one."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.shorthand import count, letter
from hornbook.synthesis.curriculum.shorthand_of_shapes import hand_out

N, T, W, S, WS = Kind.NUMBER, Kind.TEXT, Kind.WORDS, Kind.STREAM, Kind.WORD_STREAM


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_with_an_end(), *_without_end(), *_texts())


def _with_an_end() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_countdown",
            N,
            S,
            code="range($x, 0, -1)",
            loop=(
                "$out = $x\nwhile $out > 0:\n    yield $out\n    $out -= 1",
                "for $out in range($x, 0, -1):\n    yield $out",
            ),
            noun="the numbers from $x down to 1",
            frag=("countdown", "count_down"),
            result="current",
            needs="nonneg small",
            difficulty=1,
        ),
        hand_out(
            "yield_count_up",
            N,
            S,
            code="range(1, $x + 1)",
            loop=(
                "$out = 1\nwhile $out <= $x:\n    yield $out\n    $out += 1",
                "for $out in range(1, $x + 1):\n    yield $out",
            ),
            noun="the numbers from 1 to $x",
            frag=("count_to", "numbers_up_to"),
            result="current",
            needs="nonneg small",
            difficulty=1,
        ),
        hand_out(
            "yield_halves",
            N,
            S,
            loop=("$out = $x\nwhile $out > 0:\n    yield $out\n    $out //= 2",),
            noun="$x, its half, the half of that, and so on, rounded down, as long as the number is not 0",
            frag=("halves", "halvings"),
            result="current",
            needs="nonneg",
        ),
        hand_out(
            "yield_hailstones",
            N,
            S,
            loop=(
                "$out = $x\nwhile $out != 1:\n    yield $out\n    if $out % 2 == 0:\n        $out //= 2\n"
                "    else:\n        $out = 3 * $out + 1\nyield 1",
            ),
            noun="$x and what follows from it, halving even numbers and replacing odd n by 3n + 1, until 1 is yielded",
            frag=("hailstones", "collatz"),
            result="current",
            needs="positive small",
            difficulty=3,
        ),
        hand_out(
            "yield_divisors",
            N,
            S,
            code="(d for d in range(1, $x + 1) if $x % d == 0)",
            loop=(
                "for $out in range(1, $x + 1):\n    if $x % $out == 0:\n        yield $out",
                "$out = 1\nwhile $out <= $x:\n    if $x % $out == 0:\n        yield $out\n    $out += 1",
            ),
            noun="the divisors of $x in ascending order",
            frag=("divisors", "divisors_of"),
            result="candidate",
            needs="positive",
        ),
        hand_out(
            "yield_digits",
            N,
            S,
            code="(int(digit) for digit in str($x)[::-1])",
            loop=(
                "if $x == 0:\n    yield 0\n$out = $x\nwhile $out > 0:\n    yield $out % 10\n    $out //= 10",
                "for digit in reversed(str($x)):\n    yield int(digit)",
            ),
            noun="the digits of $x, the last one first",
            frag=("digits_backwards", "digits"),
            result="rest",
            needs="nonneg",
        ),
        hand_out(
            "yield_fibonacci_below",
            N,
            S,
            loop=(
                "a, b = 0, 1\nwhile a < $x:\n    yield a\n    a, b = b, a + b",
                "$out, after = 0, 1\nwhile $out < $x:\n    yield $out\n    $out, after = after, $out + after",
                "a = 0\nb = 1\nwhile a < $x:\n    yield a\n    both = a + b\n    a = b\n    b = both",
            ),
            noun="the Fibonacci numbers less than $x: 0, 1, 1, 2, 3, and so on",
            frag=("fibonacci_below", "fibonacci"),
            result="current",
            needs="nonneg",
            difficulty=3,
        ),
    )


def _without_end() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_multiples",
            N,
            S,
            loop=(
                "$out = $x\nwhile True:\n    yield $out\n    $out += $x",
                "factor = 1\nwhile True:\n    yield factor * $x\n    factor += 1",
            ),
            noun="the multiples of $x without end, starting with $x itself",
            frag=("multiples", "multiples_of"),
            result="multiple",
            endless=True,
        ),
        hand_out(
            "yield_from_number",
            N,
            S,
            loop=("$out = $x\nwhile True:\n    yield $out\n    $out += $k",),
            noun="$x and then ever more numbers, each $k greater than the one before, without end",
            frag=("count_from", "steps_from"),
            result="current",
            params=(count("k", 1, 2, 3, 5, 10, argument="step"),),
            endless=True,
        ),
        hand_out(
            "yield_powers",
            N,
            S,
            loop=("$out = 1\nwhile True:\n    yield $out\n    $out *= $x",),
            noun="the powers of $x without end: 1, $x, and so on",
            frag=("powers", "powers_of"),
            result="power",
            needs="nonneg small",
            endless=True,
        ),
        hand_out(
            "yield_doublings",
            N,
            S,
            loop=(
                "$out = $x\nwhile True:\n    yield $out\n    $out *= 2",
                "$out = $x\nwhile True:\n    yield $out\n    $out += $out",
            ),
            noun="$x, its double, the double of that, and so on without end",
            frag=("doublings", "doubling"),
            result="current",
            endless=True,
        ),
        hand_out(
            "yield_swinging",
            N,
            S,
            loop=(
                "$out = $x\nwhile True:\n    yield $out\n    $out = -$out",
                "while True:\n    yield $x\n    yield -$x",
            ),
            noun="$x and its opposite in turn, without end",
            frag=("swinging", "alternating_signs"),
            result="current",
            endless=True,
        ),
        hand_out(
            "yield_squares_from",
            N,
            S,
            loop=("$out = $x\nwhile True:\n    yield $out * $out\n    $out += 1",),
            noun="the squares of $x, of the number after it, and so on without end",
            frag=("squares_from", "squares"),
            result="current",
            endless=True,
        ),
        hand_out(
            "yield_primes_after",
            N,
            S,
            loop=(
                "$out = max($x + 1, 2)\nwhile True:\n    if all($out % d != 0 for d in range(2, $out)):\n"
                "        yield $out\n    $out += 1",
            ),
            noun="the prime numbers greater than $x without end",
            frag=("primes_after", "primes_above"),
            result="candidate",
            endless=True,
            difficulty=4,
        ),
        hand_out(
            "yield_sums_of_two",
            N,
            S,
            loop=(
                "a, b = $x, $k\nwhile True:\n    yield a\n    a, b = b, a + b",
                "a, b = $x, $k\nwhile True:\n    yield a\n    following = a + b\n    a = b\n    b = following",
                "a = $x\nb = $k\nwhile True:\n    yield a\n    a, b = b, a + b",
            ),
            noun="$x, then $k, and then without end the sum of the two numbers before",
            frag=("sums_of_two", "like_fibonacci"),
            result="current",
            params=(count("k", 1, 2, 3, 5, argument="second"),),
            endless=True,
            difficulty=3,
        ),
    )


def _texts() -> tuple[Operation, ...]:
    return (
        hand_out(
            "yield_words",
            W,
            WS,
            code="$x",
            loop="\n---\nyield $v",
            noun="$x",
            frag=("each", "one_by_one", "generate"),
            result="word",
            difficulty=1,
        ),
        hand_out(
            "yield_numbered",
            W,
            WS,
            code='(f"{number}. {entry}" for number, entry in enumerate($x, 1))',
            loop=(
                'for number, entry in enumerate($x, 1):\n    yield f"{number}. {entry}"',
                '$out = 0\n---\n$out += 1\nyield str($out) + ". " + $v',
            ),
            noun="$x, each with its number in front, as in '1. tea'",
            frag=("numbered", "with_numbers"),
            result="number",
        ),
        hand_out(
            "yield_until_word",
            W,
            WS,
            loop=(
                "\n---\nif len($v) > $k:\n    return\nyield $v",
                "\n---\nif len($v) > $k:\n    break\nyield $v",
            ),
            noun="$x up to, but without, the first with more than $k characters",
            frag=("until_long", "before_long"),
            result="word",
            params=(count("k", 3, 4, 5, argument="limit"),),
        ),
        hand_out(
            "yield_growing",
            W,
            WS,
            loop=(
                '$out = ""\n---\n$out += $v\nyield $out',
                '$out = ""\n---\n$out = $out + $v\nyield $out',
            ),
            noun="$x joined to one string, after each string the part so far",
            frag=("growing", "joined_so_far"),
            result="joined",
        ),
        hand_out(
            "yield_text_beginnings",
            T,
            WS,
            code="($x[:i] for i in range(1, len($x) + 1))",
            loop=(
                "for i in range(1, len($x) + 1):\n    yield $x[:i]",
                '$out = ""\n---\n$out += $v\nyield $out',
            ),
            noun="the first character of $x, then the first two, and so on up to the whole string",
            frag=("text_beginnings", "prefixes"),
            result="beginning",
        ),
        hand_out(
            "yield_until_character",
            T,
            WS,
            loop=(
                "\n---\nif $v == $c:\n    return\nyield $v",
                "\n---\nif $v == $c:\n    break\nyield $v",
            ),
            noun="the characters of $x up to, but without, the first $c",
            frag=("until_character", "before_character"),
            result="character",
            params=(letter("c", "aeor", argument="stop end"),),
        ),
        hand_out(
            "yield_long_words",
            T,
            WS,
            code="(part for part in $x.split() if len(part) > $k)",
            loop=(
                "for part in $x.split():\n    if len(part) > $k:\n        yield part",
                "for part in $x.split():\n    if len(part) <= $k:\n        continue\n    yield part",
            ),
            noun="the words of $x with more than $k characters",
            frag=("long_words", "words_longer_than"),
            result="word",
            params=(count("k", 2, 3, 4, argument="limit"),),
        ),
    )
