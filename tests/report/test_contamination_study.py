import itertools
import random
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binomtest

from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem, Verdict
from hornbook.report.contamination_study import Group, StudyCell, study_cells
from hornbook.stats import mcnemar


def problems(number: int) -> list[Problem]:
    return [
        Problem(task_id=f"t/{at}", prompt="", entry_point="f", canonical_solution="", test="", category="")
        for at in range(number)
    ]


def verdicts(marks: Sequence[str]) -> list[Verdict]:
    """One string per problem, a 1 for each sample that passed and a 0 for each other."""
    return [
        Verdict(
            task_id=f"t/{at}",
            sample_index=index,
            outcome=Outcome.PASSED if mark == "1" else Outcome.WRONG,
            detail="",
            stderr="",
        )
        for at, of_problem in enumerate(marks)
        for index, mark in enumerate(of_problem)
    ]


def cells_of(before: Sequence[str], after: Sequence[str], similar: Sequence[int]) -> dict[Group, StudyCell]:
    task_ids = frozenset(f"t/{at}" for at in similar)
    cells = study_cells("0.9", problems(len(before)), task_ids, verdicts(before), verdicts(after), 7)
    assert [cell.label for cell in cells] == ["0.9"] * len(cells)
    return {cell.group: cell for cell in cells}


def drawn(number: int, seed: int, num_samples: int = 1) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choice("01") for _ in range(num_samples)) for _ in range(number)]


def test_counts_intervals_and_tests_are_those_of_each_group_alone() -> None:
    before, after, similar = drawn(40, 1), drawn(40, 2), list(range(0, 40, 3))
    cells = cells_of(before, after, similar)
    members = {
        Group.SIMILAR: similar,
        Group.OTHER: [at for at in range(40) if at not in similar],
        Group.TOTAL: list(range(40)),
    }
    for group, places in members.items():
        cell = cells[group]
        passed = [sum(marks[at] == "1" for at in places) for marks in (before, after)]
        assert cell.num_problems == len(places)
        assert (cell.as_trained, cell.retrained) == pytest.approx([one / len(places) for one in passed])
        for count, ends in zip(
            passed,
            ((cell.as_trained_low, cell.as_trained_high), (cell.retrained_low, cell.retrained_high)),
            strict=True,
        ):
            wilson = binomtest(count, len(places)).proportion_ci(0.95, method="wilson")
            assert ends == pytest.approx((wilson.low, wilson.high))
        only_before = sum(before[at] > after[at] for at in places)
        only_after = sum(before[at] < after[at] for at in places)
        assert (cell.only_as_trained, cell.only_retrained) == (only_before, only_after)
        assert cell.difference == pytest.approx((only_after - only_before) / len(places))
        assert cell.difference_low <= cell.difference <= cell.difference_high
        assert cell.p_value == pytest.approx(mcnemar(only_before, only_after).exact_p)


@pytest.mark.parametrize("num_samples", [1, 2])
def test_the_gaps_test_counts_all_exchanges_of_the_two_models(num_samples: int) -> None:
    before, after, similar = drawn(9, 3, num_samples), drawn(9, 4, num_samples), [0, 2, 5]
    gap = cells_of(before, after, similar)[Group.GAP]
    shares = [[marks.count("1") / num_samples for marks in of_model] for of_model in (before, after)]

    def gap_of(values: Sequence[float]) -> float:
        others = [at for at in range(9) if at not in similar]
        return sum(values[at] for at in similar) / 3 - sum(values[at] for at in others) / 6

    assert (gap.as_trained, gap.retrained) == pytest.approx([gap_of(values) for values in shares])
    differences = [second - first for first, second in zip(*shares, strict=True)]
    observed = abs(gap_of(differences))
    exchanged = [
        abs(gap_of([sign * value for sign, value in zip(signs, differences, strict=True)]))
        for signs in itertools.product((1, -1), repeat=9)
    ]
    assert gap.difference == pytest.approx(gap_of(differences))
    assert gap.p_value == pytest.approx(sum(one >= observed - 1e-9 for one in exchanged) / len(exchanged))


def test_the_gaps_interval_holds_what_a_normal_sum_of_both_groups_would() -> None:
    before, after = drawn(300, 5), drawn(300, 6)
    gap = cells_of(before, after, list(range(120)))[Group.GAP]
    passed = np.array([mark == "1" for mark in before], dtype=float)
    spread = np.sqrt(passed[:120].var() / 120 + passed[120:].var() / 180)
    middle = passed[:120].mean() - passed[120:].mean()
    ends = (gap.as_trained_low, gap.as_trained_high)
    assert ends == pytest.approx((middle - 1.96 * spread, middle + 1.96 * spread), abs=0.01)


def test_a_gap_that_closes_is_seen() -> None:
    before = ["1"] * 12 + ["0"] * 12
    gap = cells_of(before, ["0"] * 24, list(range(12)))[Group.GAP]
    assert (gap.as_trained, gap.retrained, gap.difference) == (1.0, 0.0, -1.0)
    assert gap.p_value == pytest.approx(2 / 2**12)
    assert (gap.difference_low, gap.difference_high) == (-1.0, -1.0)


def test_a_group_without_problems_has_no_cell_and_there_is_no_gap() -> None:
    assert list(cells_of(drawn(5, 1), drawn(5, 2), [])) == [Group.OTHER, Group.TOTAL]
    assert list(cells_of(drawn(5, 1), drawn(5, 2), range(5))) == [Group.SIMILAR, Group.TOTAL]


def test_equal_seeds_give_equal_cells() -> None:
    before, after = drawn(20, 1), drawn(20, 2)
    assert cells_of(before, after, [1, 2, 3]) == cells_of(before, after, [1, 2, 3])


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(MissingInputError, match=r"`t/9`, similar by `0\.9`, is none of the problems"):
        cells_of(drawn(5, 1), drawn(5, 2), [9])
    with pytest.raises(MissingInputError, match="cannot be scored"):
        study_cells("0.9", problems(3), frozenset(), verdicts(["1", "1"]), verdicts(["1"] * 3), 0)
