import pytest

from hornbook.decontamination.calibration import calibration_of, quality_of, record_id
from hornbook.decontamination.labelled_set import LabelledPair, PairKind
from hornbook.stats import wilson_interval

PAIRS = [LabelledPair(task_id=task, kind=kind, text=f"{task} {kind}") for task in ("a", "b") for kind in PairKind]
NUM_KINDS = len(PairKind)


def place_of(task: str, kind: PairKind) -> str:
    return record_id(next(at for at, pair in enumerate(PAIRS) if (pair.task_id, pair.kind) == (task, kind)))


def test_a_leak_is_found_only_for_its_own_problem() -> None:
    right = {(place_of("a", PairKind.RENAMED), "a"), (place_of("b", PairKind.RETOLD), "a")}
    quality = quality_of("x", 0.5, PAIRS, right)
    assert quality.found == {
        PairKind.RENAMED: 1,
        PairKind.PARAPHRASED: 0,
        PairKind.RESTRUCTURED: 0,
        PairKind.RETOLD: 0,
    }
    assert sum(quality.false.values()) == 0


def test_a_clean_record_is_a_false_alarm_for_any_problem_and_counts_once() -> None:
    near = place_of("a", PairKind.NEAR_MISS)
    quality = quality_of("x", None, PAIRS, {(near, "a"), (near, "b"), (place_of("b", PairKind.UNRELATED), "a")})
    assert quality.false[PairKind.NEAR_MISS] == 1
    assert quality.false[PairKind.UNRELATED] == 1
    assert sum(quality.found.values()) == 0


def test_shares_come_with_their_intervals() -> None:
    flagged = {(place_of(task, PairKind.RENAMED), task) for task in ("a", "b")}
    flagged |= {(place_of("a", PairKind.NEAR_MISS), "b")}
    said = quality_of("x", 0.5, PAIRS, flagged).to_json()
    assert (said["num_found"], said["num_false"]) == (2, 1)
    assert said["recall"] == pytest.approx([2 / 8, *wilson_interval(2, 8)], abs=1e-4)
    assert said["precision"] == pytest.approx([2 / 3, *wilson_interval(2, 3)], abs=1e-4)
    assert said["found_by_kind"]["renamed"] == 2
    assert said["false_by_kind"]["near miss"] == 1


def test_what_flags_nothing_has_no_precision_and_a_calibration_says_of_how_many_it_speaks() -> None:
    said = calibration_of(PAIRS, [quality_of("x", None, PAIRS, set())])
    assert (said["num_problems"], said["num_leaks"], said["num_clean"], said["num_of_kind"]) == (2, 8, 8, 2)
    [row] = said["rows"]
    assert (row["name"], row["precision"], row["recall"][0]) == ("x", None, 0)
