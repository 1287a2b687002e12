import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.synthesis.curriculum.formats import FORMATS

Ways = Callable[[str], list[Callable[..., Any]]]


def _drawn(name: str, count: int = 150) -> list[Any]:
    rng = random.Random(name)
    return [*FORMATS[name].corners, *(FORMATS[name].draw(rng) for _ in range(count))]


def _lists(low: int, high: int, count: int = 150) -> list[list[int]]:
    rng = random.Random(f"{low}:{high}")
    return [[], *([rng.randint(low, high) for _ in range(rng.randint(1, 7))] for _ in range(count))]


def _life_by_sets(board: list[list[int]]) -> list[list[int]]:
    living = {(i, j) for i, row in enumerate(board) for j, cell in enumerate(row) if cell}
    near = [(a, b) for a, b in itertools.product((-1, 0, 1), repeat=2) if (a, b) != (0, 0)]

    def is_living(i: int, j: int) -> bool:
        around = sum((i + a, j + b) in living for a, b in near)
        return around == 3 or (around == 2 and (i, j) in living)

    return [[int(is_living(i, j)) for j in range(len(row))] for i, row in enumerate(board)]


def test_the_next_generation_of_living_cells_agrees_with_one_computed_on_sets(ways: Ways) -> None:
    for run in ways("life_step"):
        for board in _drawn("living", 300):
            assert run(board) == _life_by_sets(board)
        assert run([[0, 1, 0], [0, 1, 0], [0, 1, 0]]) == [[0, 0, 0], [1, 1, 1], [0, 0, 0]]


def test_fallen_grains_keep_their_columns(ways: Ways) -> None:
    for run in ways("fallen_grains"):
        for board in _drawn("living"):
            fallen = run(board)
            for before, after in zip(zip(*board, strict=True), zip(*fallen, strict=True), strict=True):
                assert list(after) == sorted(before)


def test_a_cell_follows_exactly_one_living_neighbour(ways: Ways) -> None:
    for run in ways("cell_step"):
        for cells in _drawn("zeroone"):
            living = {place for place, cell in enumerate(cells) if cell}
            assert run(cells) == [int(((i - 1) in living) != ((i + 1) in living)) for i in range(len(cells))]


def test_spreading_takes_as_long_as_the_farthest_cell_is_away(ways: Ways) -> None:
    for run in ways("infection_days"):
        for cells in _drawn("zeroone"):
            ones = [place for place, cell in enumerate(cells) if cell]
            away = [min(abs(i - place) for place in ones) for i in range(len(cells))] if ones else [0]
            assert run(cells) == max(away)


@pytest.mark.parametrize("step", [2, 3, 5])
def test_the_last_person_in_a_circle_is_the_one_that_counting_leaves(ways: Ways, step: int) -> None:
    for run in ways("last_in_circle"):
        for size in range(1, 30):
            circle = list(range(1, size + 1))
            while len(circle) > 1:
                turn = (step - 1) % len(circle)
                circle = circle[turn + 1 :] + circle[:turn]
            assert run(size, step) == circle[0]


def test_a_robot_walks_on_complex_numbers(ways: Ways) -> None:
    step = {"U": 1j, "D": -1j, "L": -1, "R": 1}
    for route in _drawn("moves"):
        places = list(itertools.accumulate((step[sign] for sign in route), initial=0j))
        for run in ways("robot_place"):
            assert run(route) == (places[-1].real, places[-1].imag)
        for run in ways("fields_visited"):
            assert run(route) == len(set(places))
        for run in ways("farthest_distance"):
            assert run(route) == max(abs(place.real) + abs(place.imag) for place in places)


def test_an_account_never_falls_below_zero_and_counts_its_refusals(ways: Ways) -> None:
    for bookings in _lists(-9, 9):
        balance, refused = 5, 0
        for booking in bookings:
            balance, refused = (balance, refused + 1) if balance + booking < 0 else (balance + booking, refused)
        assert {run(bookings, 5) for run in ways("account_balance")} == {balance}
        assert {run(bookings, 5) for run in ways("refused_bookings")} == {refused}


def test_what_a_tank_holds_and_spills_is_what_was_poured(ways: Ways) -> None:
    for amounts in _lists(0, 6):
        spilled = {run(amounts, 8) for run in ways("spilled_water")}
        held = {run(amounts, 8) for run in ways("tank_level")}
        assert (len(spilled), len(held)) == (1, 1)
        assert spilled.pop() + held.pop() == sum(amounts)


def test_two_counters_finish_with_the_later_one(ways: Ways) -> None:
    for times in _lists(0, 9):
        free = [0, 0]
        for time in times:
            free = sorted((free[0] + time, free[1]))
        assert {run(times) for run in ways("two_counters")} == {max(free)}


def test_boxes_are_filled_in_order(ways: Ways) -> None:
    for sizes in _lists(1, 14):
        loads: list[list[int]] = []
        for size in sizes:
            if not loads or sum(loads[-1]) + size > 10:
                loads.append([])
            loads[-1].append(size)
        assert {run(sizes, 10) for run in ways("boxes_needed")} == {len(loads)}


def test_lamps_that_stay_on_have_square_numbers(ways: Ways) -> None:
    for run in ways("lamps_on"):
        assert run(50) == [1, 4, 9, 16, 25, 36, 49]


def test_coins_add_up_to_the_change(ways: Ways) -> None:
    for run in ways("coins_for_change"):
        for change in range(200):
            coins = run(change)
            assert sum(coins) == change
            assert coins == sorted(coins, reverse=True)
            assert coins.count(1) < 2
            assert coins.count(2) < 3


def test_orders_take_from_the_stock_what_is_there(ways: Ways) -> None:
    rng = random.Random(1)
    for _ in range(150):
        stock = {name: rng.randint(0, 3) for name in "abc"}
        orders = [rng.choice("abcd") for _ in range(rng.randint(0, 7))]
        (left,) = {tuple(run(stock, orders).items()) for run in ways("stock_after_orders")}
        (missed,) = {tuple(run(stock, orders)) for run in ways("unserved_orders")}
        assert sum(stock.values()) - sum(number for _, number in left) == len(orders) - len(missed)
        assert all(stock.get(name, 0) <= orders.count(name) for name in missed)


def test_the_lead_changes_when_another_player_gets_ahead(ways: Ways) -> None:
    for points in _drawn("rallies", 300):
        leads = [points[:end].count("A") - points[:end].count("B") for end in range(len(points) + 1)]
        ahead = [lead > 0 for lead in leads if lead]
        changes = len(list(itertools.groupby(ahead))) - 1 if ahead else 0
        assert {run(points) for run in ways("lead_changes")} == {changes}


def test_alarms_and_heating_follow_their_limits(ways: Ways) -> None:
    for values in _lists(-2, 12):
        expected = [i for i, value in enumerate(values) if value > 5 and not (i and values[i - 1] > 5)]
        assert {tuple(run(values, 5)) for run in ways("alarm_times")} == {tuple(expected)}
        on = [False]
        for value in values:
            on.append(value < 3 or (on[-1] and not value > 6))
        assert {run(values, 3, 6) for run in ways("heating_steps")} == {sum(on)}
