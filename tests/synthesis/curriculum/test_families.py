"""Every way in which an operation is written agrees with another method: a library's, or a slow and plain one."""

import ast
import bisect
import calendar
import datetime
import functools
import itertools
import math
import operator
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy
import pytest

from hornbook.synthesis.curriculum.execution import compile_operation
from hornbook.synthesis.curriculum.formats import FORMATS
from hornbook.synthesis.curriculum.world import build_world

Ways = Callable[[str], list[Callable[..., Any]]]
Oracle = Callable[..., Any]
Matrix = list[list[int]]


@pytest.fixture(scope="module")
def ways() -> Ways:
    """Every way in which an operation is written, as functions of its value and its parameters."""
    operations = build_world().operations

    @functools.cache
    def all_of(name: str) -> list[Callable[..., Any]]:
        operation = operations[name]
        alone = [replace(operation, code=(code,), blocks=()) for code in operation.code]
        alone += [replace(operation, code=(), blocks=(block,)) for block in operation.blocks]
        return [compile_operation(item) for item in alone]

    return all_of


def agree(ways: Ways, oracles: dict[str, Oracle], values: Iterable[Any], *given: Any) -> None:
    for name, oracle in oracles.items():
        for run in ways(name):
            for value in values:
                before = repr(value)
                assert run(value, *given) == oracle(value, *given), (name, value, given)
                assert repr(value) == before, name


def lists(seed: int, count: int = 120, least: int = -6) -> list[list[int]]:
    rng = random.Random(seed)
    return [[], [3], *([rng.randint(least, 9) for _ in range(rng.randint(0, 8))] for _ in range(count))]


def drawn(name: str, count: int = 150) -> list[Any]:
    """Values in a form, its corner cases among them."""
    rng = random.Random(name)
    return [*FORMATS[name].corners, *(FORMATS[name].draw(rng) for _ in range(count))]


BIT_NUMBERS = (*range(300), 511, 512, 1000, 4095, 65536, 99999)


def _bits(n: int) -> str:
    return f"{n:b}"


def _runs(n: int) -> list[str]:
    return _bits(n).replace("0", " ").split()


BITS: dict[str, Oracle] = {
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

WITH_A_PLACE: dict[str, Oracle] = {
    "set_bit": lambda n, k: int(f"{n:020b}"[: 19 - k] + "1" + f"{n:020b}"[20 - k :], 2),
    "clear_bit": lambda n, k: int(f"{n:020b}"[: 19 - k] + "0" + f"{n:020b}"[20 - k :], 2),
    "bit_at": lambda n, k: int(f"{n:020b}"[19 - k]),
    "shift_left": lambda n, k: n * 2**k,
    "shift_right": lambda n, k: n // 2**k,
    "low_bits": lambda n, k: n % 2**k,
    "bit_and": operator.and_,
    "bit_or": operator.or_,
    "bit_xor": operator.xor,
}


def test_bits_are_those_of_the_digits_in_binary(ways: Ways) -> None:
    agree(ways, BITS, BIT_NUMBERS)
    for k in (2, 3, 4):
        agree(ways, WITH_A_PLACE, BIT_NUMBERS, k)
    for decode in ways("from_gray"):
        assert [decode(BITS["gray_code"](n)) for n in range(300)] == list(range(300))


DAYS = [
    datetime.date(year, month, day)
    for year in (1, 4, 100, 400, 1600, 1899, 1900, 1999, 2000, 2023, 2024)
    for month in range(1, 13)
    for day in (1, 2, 14, calendar.monthrange(year, month)[1] - 1, calendar.monthrange(year, month)[1])
]
DATES = [date.isoformat() for date in DAYS]
MINUTES = range(0, 1440, 7)


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _dated(oracle: Callable[[datetime.date], Any]) -> Oracle:
    return lambda text: oracle(datetime.date.fromisoformat(text))


def _timed(oracle: Callable[[int], Any]) -> Oracle:
    return lambda text: oracle(int(text[:2]) * 60 + int(text[3:]))


OF_DATES: dict[str, Callable[[datetime.date], Any]] = {
    "year_of": lambda date: date.year,
    "month_of": lambda date: date.month,
    "day_of": lambda date: date.day,
    "day_first": lambda date: date.strftime("%d.%m.") + f"{date.year:04d}",
    "first_of_month": lambda date: date.replace(day=1).isoformat(),
    "last_of_month": lambda date: date.replace(day=calendar.monthrange(date.year, date.month)[1]).isoformat(),
    "day_of_year": lambda date: date.timetuple().tm_yday,
    "days_left": lambda date: (datetime.date(date.year, 12, 31) - date).days,
    "day_number": lambda date: date.toordinal(),
    "weekday_of": lambda date: calendar.day_name[date.weekday()],
    "is_weekend": lambda date: date.weekday() >= 5,
    "next_day": lambda date: (date + datetime.timedelta(days=1)).isoformat(),
}
OF_YEARS: dict[str, Oracle] = {
    "is_leap_year": calendar.isleap,
    "days_in_year": lambda year: 366 if calendar.isleap(year) else 365,
    "century_of": lambda year: -(-year // 100),
    "next_leap_year": lambda year: next(later for later in range(year + 1, year + 9) if calendar.isleap(later)),
    "leap_years_up_to": lambda year: calendar.leapdays(1, year + 1),
}
OF_CLOCKS: dict[str, Callable[[int], Any]] = {
    "hour_of": lambda minutes: minutes // 60,
    "minute_of": lambda minutes: minutes % 60,
    "minutes_of_clock": lambda minutes: minutes,
    "is_morning": lambda minutes: minutes < 720,
    "hand_angle": lambda minutes: int(min(minutes * 5.5 % 360, -minutes * 5.5 % 360)),
    "twelve_hour": lambda minutes: datetime.time(minutes // 60, minutes % 60).strftime("%I:%M %p").removeprefix("0"),
}


def test_dates_and_times_are_those_of_the_library(ways: Ways) -> None:
    agree(ways, {name: _dated(oracle) for name, oracle in OF_DATES.items()}, DATES)
    agree(ways, {"previous_day": _dated(lambda date: date.fromordinal(date.toordinal() - 1).isoformat())}, DATES[1:])
    day_of = datetime.date.fromisoformat
    agree(ways, {"days_until": lambda one, other: (day_of(other) - day_of(one)).days}, DATES, "2000-02-29")
    agree(ways, OF_YEARS, (*range(1, 450), *range(1580, 2440)))
    agree(ways, {"month_name": lambda month: calendar.month_name[month]}, range(1, 13))
    agree(ways, {"quarter_of": lambda month: (month + 2) // 3}, range(1, 13))
    for year in (1900, 2000, 2023, 2024):
        agree(ways, {"days_in_month": lambda month, year: calendar.monthrange(year, month)[1]}, range(1, 13), year)
    clocks = [_clock(minutes) for minutes in MINUTES]
    agree(ways, {name: _timed(oracle) for name, oracle in OF_CLOCKS.items()}, clocks)
    for name, sign in (("minutes_later", 1), ("minutes_earlier", -1)):
        for step in (20, 45, 90, 150):
            shifted = _timed(lambda minutes, by=sign * step: _clock(minutes + by))  # type: ignore[misc]
            agree(ways, {name: lambda text, _step, shifted=shifted: shifted(text)}, clocks, step)
    seconds = {"duration_of_seconds": lambda seconds: str(datetime.timedelta(seconds=seconds))}
    agree(ways, seconds, range(0, 86_400, 613))
    agree(ways, {"clock_of_minutes": _clock}, range(-200, 3000, 7))


def test_a_text_is_a_date_or_a_time_exactly_if_the_library_can_read_it(ways: Ways) -> None:
    dates = [f"{year}-{month:02d}-{day:02d}" for year in (1900, 2000, 2023) for month in range(14) for day in range(33)]

    def exists(text: str) -> bool:
        try:
            return datetime.date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False

    agree(ways, {"is_date": exists}, [*dates, "", "2020-1-01", "20200101", "2020/01/01", "0000-01-01", "2020-01-0a"])
    times = ("", "24:00", "12:60", "9:30", "ab:cd", "12-30", "1230", "12:3", "12:30:00", "12:30 ", " 9:30", "23:59")
    agree(ways, {"is_clock": lambda text: text == "23:59"}, times)


def _matrices(seed: int, *, is_square: bool, count: int = 60) -> list[Matrix]:
    rng = random.Random(seed)
    drawn = []
    for _ in range(count):
        height = rng.randint(1, 4)
        width = height if is_square else rng.randint(1, 4)
        drawn.append([[rng.randint(-2, 6) for _ in range(width)] for _ in range(height)])
    return drawn


def _by_permutations(matrix: Matrix) -> int:
    total = 0
    for order in itertools.permutations(range(len(matrix))):
        swaps = sum(a > b for i, a in enumerate(order) for b in order[i + 1 :])
        total += (-1) ** swaps * math.prod(row[j] for row, j in zip(matrix, order, strict=True))
    return total


def _neighbours(matrix: Matrix) -> Matrix:
    padded = numpy.pad(numpy.array(matrix), 1)
    sums = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return [list(map(int, row)) for row in sums]


def _spiral(matrix: Matrix) -> list[int]:
    """Walk on until the next cell is outside or was there before, then turn right."""
    height, width = len(matrix), len(matrix[0])
    i, j, di, dj = 0, 0, 0, 1
    seen: list[tuple[int, int]] = []
    while len(seen) < height * width:
        seen.append((i, j))
        ahead = (i + di, j + dj)
        if not (0 <= ahead[0] < height and 0 <= ahead[1] < width) or ahead in seen:
            di, dj = dj, -di
        i, j = i + di, j + dj
    return [matrix[i][j] for i, j in seen]


def _border(matrix: Matrix) -> list[int]:
    inner = {(i, j) for i in range(1, len(matrix) - 1) for j in range(1, len(matrix[0]) - 1)}
    return [n for i, row in enumerate(matrix) for j, n in enumerate(row) if (i, j) not in inner]


def _zeroed(matrix: Matrix) -> Matrix:
    cells = numpy.array(matrix)
    kept = numpy.outer((cells != 0).all(axis=1), (cells != 0).all(axis=0))
    return [list(map(int, row)) for row in cells * kept]


def _array(matrix: Matrix) -> Any:
    return numpy.array(matrix)


OBLONG: dict[str, Callable[[Matrix], Any]] = {
    "transpose": lambda m: (_array(m).T).tolist(),
    "turn_clockwise": lambda m: (numpy.rot90(_array(m), -1)).tolist(),
    "turn_counterclockwise": lambda m: (numpy.rot90(_array(m))).tolist(),
    "turn_half": lambda m: (numpy.rot90(_array(m), 2)).tolist(),
    "shift_rows": lambda m: (numpy.roll(_array(m), 1, axis=1)).tolist(),
    "sort_each_row": lambda m: (numpy.sort(_array(m), axis=1)).tolist(),
    "column_maxima": lambda m: (_array(m).max(axis=0)).tolist(),
    "largest_row_sum": lambda m: int(_array(m).sum(axis=1).max()),
    "neighbour_sums": _neighbours,
    "spread_zeros": _zeroed,
    "spiral": _spiral,
    "border": _border,
    "border_sum": lambda m: sum(_border(m)),
}
SQUARE: dict[str, Callable[[Matrix], Any]] = {
    "diagonal": lambda m: (_array(m).diagonal()).tolist(),
    "anti_diagonal": lambda m: (numpy.fliplr(_array(m)).diagonal()).tolist(),
    "trace": lambda m: int(_array(m).trace()),
    "diagonal_difference": lambda m: abs(int(_array(m).trace() - numpy.fliplr(_array(m)).trace())),
    "determinant": _by_permutations,
    "matrix_square": lambda m: (_array(m) @ _array(m)).tolist(),
    "upper_triangle": lambda m: (numpy.triu(_array(m))).tolist(),
    "sum_above_diagonal": lambda m: int(numpy.triu(_array(m), 1).sum()),
    "is_symmetric": lambda m: bool((_array(m) == _array(m).T).all()),
    "is_identity": lambda m: bool((_array(m) == numpy.eye(len(m))).all()),
    "is_upper_triangular": lambda m: not numpy.tril(_array(m), -1).any(),
}


def test_matrices_are_treated_as_arrays_are(ways: Ways) -> None:
    patterns = [[[1, 2], [2, 1]], [[1, 0], [0, 1]], [[3, 4], [0, 5]], [[1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]]
    agree(ways, OBLONG, _matrices(1, is_square=False))
    agree(ways, SQUARE, [*_matrices(2, is_square=True), *patterns])
    for name in [*OBLONG, *SQUARE]:
        first, *others = [run([]) for run in ways(name)]
        assert all(other == first for other in others)
    squares = [[[2, 7, 6], [9, 5, 1], [4, 3, 8]], [[2, 7, 6], [9, 5, 1], [4, 3, 9]]]
    agree(ways, {"is_magic": lambda cells: cells == squares[0]}, squares)


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


NUMBERS: dict[str, Oracle] = {
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


WITH_A_NUMBER: dict[str, Oracle] = {
    "common_multiple": math.lcm,
    "is_coprime": lambda n, m: math.gcd(n, m) == 1,
    "in_base": lambda n, base: numpy.base_repr(n, base).lower(),
    "exponent_of": lambda n, k: max(e for e in range(9) if n % k**e == 0),
}


def test_numbers_are_computed_as_another_method_does(ways: Ways) -> None:
    agree(ways, NUMBERS, range(1, 200))
    for k in (2, 3, 6, 9):
        agree(ways, WITH_A_NUMBER, range(1, 200), k)
    agree(ways, {"gcd_of_all": lambda values: math.gcd(*values)}, lists(1, least=1))
    for run in ways("prime_factors"):
        for number in range(1, 200):
            factors = run(number)
            assert (math.prod(factors), sorted(factors)) == (number, factors)
            assert all(map(_is_prime, factors))


def _postfix_by_recursion(parts: list[str]) -> int:
    last = parts.pop()
    if last.isdigit():
        return int(last)
    right = _postfix_by_recursion(parts)
    left = _postfix_by_recursion(parts)
    return {"+": left + right, "-": left - right, "*": left * right}[last]


def _is_balanced_by_rule(text: str) -> bool:
    signs = re.sub(r"[^()]", "", text)
    depths = [signs[:end].count("(") - signs[:end].count(")") for end in range(len(signs) + 1)]
    return min(depths) == 0 and depths[-1] == 0


def _roman_by_table(text: str) -> int:
    digits = {"IV": 4, "IX": 9, "XL": 40, "XC": 90, "CD": 400, "CM": 900}
    digits |= {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    return sum(digits[part] for part in re.findall("IV|IX|XL|XC|CD|CM|[IVXLCDM]", text))


def _ranges_by_match(text: str) -> list[int]:
    found = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", text):
        found += list(range(int(first), int(last or first) + 1))
    return found


def _tally_by_counter(text: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, number in re.findall(r"(\w+):(\d+)", text):
        total[name] += int(number)
    return dict(total)


TEXTS: dict[str, tuple[str, Oracle]] = {
    "parse_entries": ("entries", lambda text: {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", text)}),
    "add_up_tallies": ("tallies", _tally_by_counter),
    "setting_names": ("query", lambda text: re.findall(r"(\w+)=", text)),
    "setting_values": ("query", lambda text: [int(number) for number in re.findall(r"=(\d+)", text)]),
    "parse_numbers": ("numlist", lambda text: list(ast.literal_eval(f"[{text}]"))),
    "expand_ranges": ("ranges", _ranges_by_match),
    "count_filled_fields": ("fields", lambda text: len(re.findall("[a-z]+", text))),
    "parse_rows": ("rowtext", lambda text: ast.literal_eval(f"[[{text.replace(' ', ',').replace('/', '],[')}]]")),
    "parse_points": ("pointtext", lambda text: ast.literal_eval(f"[({text.replace(' ', '),(')})]")),
    "file_of_path": ("path", lambda text: re.search("[^/]*$", text)[0]),  # type: ignore[index]
    "ending_of_path": ("path", lambda text: re.search(r"\w+$", text)[0]),  # type: ignore[index]
    "folders_of_path": ("path", lambda text: re.findall("([^/]+)/", text)),
    "colour_parts": ("colour", lambda text: list(bytes.fromhex(text[1:]))),
    "roman_value": ("roman", _roman_by_table),
    "snake_case": ("camel", lambda text: re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", text)),
    "camel_case": ("snake", lambda text: re.sub("_(.)", lambda match: match[1].upper(), text)),
    "strip_comment": ("commented", lambda text: re.sub(" *(#.*)?$", "", text, count=1)),
    "encode_runs": ("runs", lambda text: re.sub(r"(.)\1*", lambda match: f"{match[1]}{len(match[0])}", text)),
    "decode_runs": ("coded", lambda text: re.sub(r"(.)(\d)", lambda match: match[1] * int(match[2]), text)),
    "value_of_sum": ("terms", eval),
    "value_of_signed_terms": ("plusminus", eval),
    "value_with_precedence": ("arithmetic", eval),
    "value_of_postfix": ("postfix", lambda text: _postfix_by_recursion(text.split())),
    "tokens_of_expression": ("arithmetic", lambda text: re.findall(r"\d+|[+*-]", text)),
    "is_balanced": ("brackets", _is_balanced_by_rule),
}


def test_texts_are_parsed_as_another_method_does(ways: Ways) -> None:
    for name, (form, oracle) in TEXTS.items():
        agree(ways, {name: oracle}, drawn(form))
    for write in ways("to_roman"):
        assert [_roman_by_table(write(number)) for number in range(1, 400)] == list(range(1, 400))


SORTS = ("bubble_sort", "insertion_sort", "selection_sort", "merge_sort", "quick_sort", "shell_sort")


def _first_pair(values: list[int], total: int) -> list[int]:
    pairs = [(j, i) for i, j in itertools.combinations(range(len(values)), 2) if values[i] + values[j] == total]
    return list(reversed(min(pairs))) if pairs else []


def _increasing(values: list[int]) -> int:
    return max(
        length
        for length in range(len(values) + 1)
        if any(sorted(set(chosen)) == list(chosen) for chosen in itertools.combinations(values, length))
    )


def _rise(values: list[int]) -> int:
    parts = [values[i:j] for i, j in itertools.combinations(range(len(values) + 1), 2)]
    return max((len(part) for part in parts if sorted(set(part)) == part), default=0)


ON_ANY_LIST: dict[str, Oracle] = {
    "sort_by_last_digit": lambda v: sorted(v, key=lambda n: int(str(n)[-1])),
    "sort_by_frequency": lambda v: [n for n, times in Counter(v).most_common() for _ in range(times)],
    "even_first": lambda v: [n for n in v if n % 2 == 0] + [n for n in v if n % 2],
    "majority": lambda v: next((n for n, times in Counter(v).items() if times > len(v) / 2), 0),
    "missing_number": lambda v: min(set(range(len(v) + 1)) - set(v)),
    "smallest_gap": lambda v: min((abs(a - b) for a, b in itertools.combinations(v, 2)), default=0),
    "inversions": lambda v: sum(a > b for a, b in itertools.combinations(v, 2)),
    "ranks": lambda v: [bisect.bisect_left(sorted(v), n) for n in v],
    "smaller_behind": lambda v: [bisect.bisect_left(sorted(v[i:]), n) for i, n in enumerate(v)],
    "next_greater": lambda v: [([m for m in v[i:] if m > n] or [-1])[0] for i, n in enumerate(v)],
    "longest_rise": _rise,
    "longest_increasing": _increasing,
    "best_stretch": lambda v: max([0, *(sum(v[i:j]) for i, j in itertools.combinations(range(len(v) + 1), 2))]),
    "is_rotated_sorted": lambda v: sorted(v) in [v[i:] + v[:i] for i in range(len(v) + 1)],
    "peak_index": lambda v: ([i for i in range(1, len(v) - 1) if v[i] > max(v[i - 1], v[i + 1])] or [-1])[0],
}


ON_A_LIST_AND_A_NUMBER: dict[str, Oracle] = {
    "sort_by_remainder": lambda v, k: sorted(v, key=lambda n: (n % k + k) % k),
    "partition": lambda v, k: list(filter(lambda n: n < k, v)) + list(filter(lambda n: n >= k, v)),
    "first_above": lambda v, k: ([i for i, n in enumerate(v) if n > k] or [-1])[0],
    "last_index_of": lambda v, k: max((i for i, n in enumerate(v) if n == k), default=-1),
    "kth_smallest": lambda v, k: (sorted(v) + [0] * k)[k - 1] if len(v) >= k else 0,
    "top_numbers": lambda v, k: sorted(v)[::-1][:k],
    "closest_to": lambda v, k: sorted(v, key=lambda n: abs(n - k))[0] if v else 0,
    "has_pair_sum": lambda v, k: k in [a + b for a, b in itertools.combinations(v, 2)],
    "pair_places": _first_pair,
}


def test_lists_are_sorted_and_searched_as_the_library_does(ways: Ways) -> None:
    agree(ways, dict.fromkeys(SORTS, sorted), lists(1))
    agree(ways, {"counting_sort": sorted}, lists(2, least=0))
    agree(ways, ON_ANY_LIST, lists(3))
    for k in (2, 3, 5):
        agree(ways, ON_A_LIST_AND_A_NUMBER, lists(4), k)
    ordered = [sorted(values) for values in lists(5)]
    for k in range(-7, 11):
        agree(ways, {"insertion_point": bisect.bisect_left, "count_in_sorted": list.count}, ordered, k)
    agree(ways, {"merge_sorted": lambda one, other: sorted(one + other)}, ordered, [-3, 0, 0, 4])


def _leaves(part: Any, depth: int = 0) -> list[tuple[int, int]]:
    """The integers with their depths, found in the written form: a bracket opens or closes a level."""
    found, digits = [], ""
    for sign in repr(part):
        if sign.isdigit() or sign == "-":
            digits += sign
            continue
        if digits:
            found.append((int(digits), depth))
            digits = ""
        depth += (sign == "[") - (sign == "]")
    return found


def test_nested_lists_are_read_off_their_brackets_and_recursion_counts_what_listing_counts(ways: Ways) -> None:
    nested: list[Any] = [[], [[[]]], [1, [2, [3, -1], []], 4], [[[5]], 2, [2, [2]]]]
    agree(ways, {"integer_depths": lambda part: [depth for _, depth in _leaves(part)]}, nested)
    agree(ways, {"depth_weighted_sum": lambda part: sum(value * depth for value, depth in _leaves(part))}, nested)
    agree(ways, {"count_lists": lambda part: repr(part).count("[")}, nested)
    agree(ways, {"deep_contains": lambda part, wanted: wanted in [value for value, _ in _leaves(part)]}, nested, 2)
    agree(ways, {"hanoi_moves": lambda discs: 2**discs - 1}, range(8))
    agree(ways, {"grid_paths": lambda width, height: math.comb(width + height, width)}, range(5), 3)
    counts = itertools.product(range(8), repeat=3)
    sums = Counter(a + 2 * b + 5 * c for a, b, c in counts)
    agree(ways, {"coin_ways": lambda n: sums[n]}, range(8))
    agree(ways, {"alternating_sum": lambda values: sum(values[::2]) - sum(values[1::2])}, lists(7))


def _life_by_sets(board: list[list[int]]) -> list[list[int]]:
    living = {(i, j) for i, row in enumerate(board) for j, cell in enumerate(row) if cell}
    near = [(a, b) for a, b in itertools.product((-1, 0, 1), repeat=2) if (a, b) != (0, 0)]

    def is_living(i: int, j: int) -> bool:
        around = sum((i + a, j + b) in living for a, b in near)
        return around == 3 or (around == 2 and (i, j) in living)

    return [[int(is_living(i, j)) for j in range(len(row))] for i, row in enumerate(board)]


def test_sets_pairs_and_simulations_do_what_is_said_of_them(ways: Ways) -> None:
    sets = [set(values) for values in lists(8)]
    combined = {"set_union": set.union, "set_intersection": set.intersection, "set_difference": set.difference}
    agree(ways, {**combined, "symmetric_difference": set.symmetric_difference}, sets, {0, 2, 3})
    agree(ways, {"subset_count": lambda members: 2 ** len(members)}, sets)
    agree(ways, {"number_counts": lambda values: [(n, values.count(n)) for n in dict.fromkeys(values)]}, lists(9))
    agree(ways, {"cartesian_product": lambda one, other: list(itertools.product(one, other))}, lists(9), [1, 2, 2])
    agree(ways, {"life_step": _life_by_sets}, drawn("living", 300))
    step = {"U": 1j, "D": -1j, "L": -1, "R": 1}
    for route in drawn("moves"):
        places = list(itertools.accumulate((step[sign] for sign in route), initial=0j))
        assert {run(route) for run in ways("robot_place")} == {(places[-1].real, places[-1].imag)}
        assert {run(route) for run in ways("fields_visited")} == {len(set(places))}
    for run in ways("lamps_on"):
        assert run(50) == [1, 4, 9, 16, 25, 36, 49]
    for run in ways("coins_for_change"):
        for change in range(200):
            coins = run(change)
            assert (sum(coins), coins) == (change, sorted(coins, reverse=True))
            assert (coins.count(1) < 2, coins.count(2) < 3) == (True, True)
