import functools
import operator
import random
from collections.abc import Callable
from typing import Any

import pytest

Ways = Callable[[str], list[Callable[..., Any]]]
NUMBERS = (*range(300), 511, 512, 1000, 4095, 65536, 99999)


def _bits(n: int) -> str:
    return f"{n:b}"


def _runs(n: int) -> list[str]:
    return _bits(n).replace("0", " ").split()


ORACLES: dict[str, Callable[[int], Any]] = {
    "count_ones": int.bit_count,
    "bit_parity": lambda n: n.bit_count() % 2,
    "bit_length": int.bit_length,
    "longest_ones": lambda n: max(map(len, _runs(n)), default=0),
    "lowest_one": lambda n: max((1 << i for i in range(20) if n and n % (1 << i) == 0), default=0),
    "clear_lowest_one": lambda n: int(_bits(n)[::-1].replace("1", "0", 1)[::-1], 2),
    "flip_all_bits": lambda n: int(_bits(n).translate(str.maketrans("01", "10")), 2) if n else 0,
    "reverse_byte": lambda n: int(f"{n:08b}"[-8:][::-1], 2),
    "swap_nibbles": lambda n: int(f"{n:02x}"[-2:][::-1], 16),
    "is_power_of_two": lambda n: n in [2**i for i in range(20)],
    "gray_code": lambda n: int("".join(str(int(a != b)) for a, b in zip("0" + _bits(n), _bits(n), strict=False)), 2),
    "padded_binary": lambda n: _bits(n).rjust(8, "0"),
    "binary": _bits,
    "bit_list": lambda n: list(map(int, _bits(n))),
    "one_places": lambda n: [i for i, bit in enumerate(reversed(_bits(n))) if bit == "1"],
}


@pytest.mark.parametrize("name", ORACLES)
def test_every_way_to_read_bits_agrees_with_the_digits_in_binary(ways: Ways, name: str) -> None:
    for run in ways(name):
        assert [run(n) for n in NUMBERS] == [ORACLES[name](n) for n in NUMBERS]


def test_positive_numbers_have_a_highest_power_and_zeros_at_their_end(ways: Ways) -> None:
    for n in NUMBERS[1:]:
        assert {run(n) for run in ways("highest_power")} == {2 ** (len(_bits(n)) - 1)}
        assert {run(n) for run in ways("trailing_zero_bits")} == {len(_bits(n)) - len(_bits(n).rstrip("0"))}


def test_gray_codes_of_neighbours_differ_in_one_bit_and_can_be_decoded(ways: Ways) -> None:
    encode = ways("gray_code")[0]
    assert all((encode(n) ^ encode(n + 1)).bit_count() == 1 for n in range(500))
    for decode in ways("from_gray"):
        assert [decode(encode(n)) for n in range(300)] == list(range(300))


def test_a_single_bit_is_read_and_changed_as_in_the_digits(ways: Ways) -> None:
    for n in NUMBERS:
        for k in range(5):
            digits = list(f"{n:020b}")
            place = len(digits) - 1 - k

            def with_digit(digit: str, digits: list[str] = digits, place: int = place) -> int:
                return int("".join([*digits[:place], digit, *digits[place + 1 :]]), 2)

            assert {run(n, k) for run in ways("set_bit")} == {with_digit("1")}
            assert {run(n, k) for run in ways("clear_bit")} == {with_digit("0")}
            assert {run(n, k) for run in ways("flip_bit")} == {with_digit("1" if digits[place] == "0" else "0")}
            assert {run(n, k) for run in ways("bit_at")} == {int(digits[place])}
            assert {run(n, k) for run in ways("has_bit")} == {digits[place] == "1"}


def test_shifts_and_masks_are_divisions_by_powers_of_two(ways: Ways) -> None:
    for n in NUMBERS:
        for k in (2, 3, 4):
            assert {run(n, k) for run in ways("shift_left")} == {n * 2**k}
            assert {run(n, k) for run in ways("shift_right")} == {n // 2**k}
            assert {run(n, k) for run in ways("low_bits")} == {n % 2**k}
    assert {run(-9, 2) for run in ways("shift_right")} == {-3}


def test_two_numbers_are_combined_bit_by_bit(ways: Ways) -> None:
    combine = {"bit_and": operator.and_, "bit_or": operator.or_, "bit_xor": operator.xor}
    for n in NUMBERS:
        for m in (5, 6, 12, 21):
            for name, oracle in combine.items():
                assert {run(n, m) for run in ways(name)} == {oracle(n, m)}
            differing = sum(a != b for a, b in zip(f"{n:020b}", f"{m:020b}", strict=True))
            assert {run(n, m) for run in ways("bit_distance")} == {differing}


def test_binary_texts_are_numbers_and_can_be_flipped(ways: Ways) -> None:
    for n in NUMBERS:
        assert {run(_bits(n)) for run in ways("binary_value")} == {n}
        flipped = _bits(n).translate(str.maketrans("01", "10"))
        assert {run(_bits(n)) for run in ways("flip_binary_digits")} == {flipped}


def test_bits_of_a_list_are_those_of_its_members(ways: Ways) -> None:
    rng = random.Random(1)
    for _ in range(100):
        values = [rng.randint(0, 40) for _ in range(rng.randint(0, 6))]
        ones = [value.bit_count() for value in values]
        assert all(run(values) == ones for run in ways("ones_of_each"))
        assert all(run(values) == sum(ones) for run in ways("total_ones"))
        assert all(run(values) == sorted(values, key=int.bit_count) for run in ways("sort_by_ones"))
        assert all(run(values) == functools.reduce(operator.xor, values, 0) for run in ways("xor_of_all"))
        assert all(run(values) == functools.reduce(operator.or_, values, 0) for run in ways("or_of_all"))
        assert all(run(values, 5) == [value ^ 5 for value in values] for run in ways("xor_each"))
        assert all(run(values, 2) == [v for v in values if f"{v:06b}"[-3] == "1"] for run in ways("keep_with_bit"))
        powers = [value for value in values if value in (1, 2, 4, 8, 16, 32)]
        assert all(run(values) == powers for run in ways("keep_powers_of_two"))
