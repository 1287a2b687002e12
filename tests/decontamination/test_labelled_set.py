"""The labelled set is what it says, and the rule holds on it what every run promises."""

import ast
import contextlib
import copy
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.decontamination.labelled_once import LABELLED, PAIRS, calibrate_once

from hornbook.decontamination.benchmark_inputs import MAX_VALUE_CHARACTERS, Behaviour, output_of
from hornbook.decontamination.calibration import RULE, WITHOUT_BEHAVIOUR, quality_of
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import LabelledPair, LabelledProblem, PairKind
from hornbook.decontamination.prepare import Prepared
from hornbook.decontamination.rule import MATCH_RATE, Detector
from hornbook.python_code.values import values_agree
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.jail_tasks import run_tasks
from hornbook.stats import wilson_interval

BY_ID = {one.problem.task_id: one for one in LABELLED}


def last_function(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, names)  # Ours.
    name = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]
    function: Callable[..., Any] = names[name]
    return function


def outputs_of(source: str, inputs: tuple[str, ...]) -> list[str]:
    function, seen = last_function(source), []
    for arguments in map(ast.literal_eval, inputs):
        try:
            seen.append(repr(function(*copy.deepcopy(arguments))))
        except Exception as error:
            seen.append(f"raises {type(error).__name__}")
    return seen


def answers(labelled: LabelledProblem) -> list[str]:
    return outputs_of(labelled.problem.prompt + labelled.problem.canonical_solution, labelled.inputs)


def is_as_labelled(pair: LabelledPair) -> bool:
    """Whether a leak computes what its problem asks for, and a clean record does not."""
    one = BY_ID[pair.task_id]
    wanted, found = answers(one), outputs_of(pair.text, one.inputs)
    different = sum(output != other for output, other in zip(found, wanted, strict=True))
    if pair.kind.is_leak:
        return not different
    return different >= (len(wanted) / 3 if pair.kind is PairKind.NEAR_MISS else 1)


@pytest.mark.parametrize("kind", PairKind)
def test_of_each_kind_the_rule_decides_what_the_label_says(kind: PairKind, calibration: dict[str, Any]) -> None:
    some = [pair for pair in PAIRS if pair.kind is kind]
    assert len({pair.text for pair in some}) == len(some) == len(LABELLED) == 40
    assert not [pair.task_id for pair in some if not is_as_labelled(pair)]
    for row in calibration["rows"]:
        if row["name"] in (RULE, Detector.BEHAVIOUR):
            assert row["found_by_kind"][kind] >= 39 if kind.is_leak else row["false_by_kind"][kind] == 0


def test_recall_and_precision_are_as_promised_and_every_problem_tells(
    labelled: Prepared, calibration: dict[str, Any]
) -> None:
    for one in LABELLED:
        found = answers(one)
        assert 8 <= len(found) <= 12
        assert len(set(found)) >= 3
        assert not any(output.startswith("raises") for output in found)
    assert labelled.behaviour is not None
    assert labelled.behaviour.num_telling == 40
    assert all(one.num_made >= 8 and one.information >= 40 for one in labelled.behaviour.behaviours)
    assert sum(len(one.wide_inputs) >= 6 for one in labelled.behaviour.behaviours) > 35
    assert (calibration["num_leaks"], calibration["num_clean"], calibration["num_of_kind"]) == (160, 160, 40)
    quality = {row["name"]: row for row in calibration["rows"]}
    assert quality[RULE]["recall"][0] >= 0.98
    assert quality[RULE]["precision"][0] >= 0.98
    papers = quality["13-gram (the paper's)"]
    assert papers["found_by_kind"] == {"renamed": 23, "paraphrased": 0, "restructured": 1, "retold": 0}
    assert papers["false_by_kind"] == {"same topic": 0, "near miss": 37, "stock phrase": 16, "unrelated": 0}
    assert quality["syntax tree"]["found_by_kind"]["renamed"] == 40
    alone = quality[WITHOUT_BEHAVIOUR]
    assert alone["found_by_kind"]["renamed"] == 40
    assert alone["false_by_kind"] == {"same topic": 0, "near miss": 20, "stock phrase": 0, "unrelated": 0}


FEW = [LabelledPair(task_id=task, kind=kind, text=f"{task} {kind}") for task in ("a", "b") for kind in PairKind]


def place_of(task: str, kind: PairKind) -> str:
    return str(next(at for at, pair in enumerate(FEW) if (pair.task_id, pair.kind) == (task, kind)))


def test_a_leak_counts_for_its_own_problem_and_a_false_alarm_for_any_once_with_shares_and_intervals() -> None:
    flagged = {(place_of(task, PairKind.RENAMED), task) for task in ("a", "b")}
    flagged |= {(place_of("b", PairKind.RETOLD), "a"), (place_of("b", PairKind.UNRELATED), "a")}
    flagged |= {(place_of("a", PairKind.NEAR_MISS), task) for task in ("a", "b")}
    said = quality_of("x", 0.5, FEW, flagged)
    assert {kind: count for kind, count in said["found_by_kind"].items() if count} == {"renamed": 2}
    assert {kind: count for kind, count in said["false_by_kind"].items() if count} == {"near miss": 1, "unrelated": 1}
    assert (said["num_found"], said["num_false"], said["found_by_kind"]["renamed"]) == (2, 2, 2)
    assert said["recall"] == pytest.approx([2 / 8, *wilson_interval(2, 8)], abs=1e-4)
    assert said["precision"] == pytest.approx([2 / 4, *wilson_interval(2, 4)], abs=1e-4)
    nothing = quality_of("x", None, FEW, set())
    assert (nothing["precision"], nothing["recall"][0]) == (None, 0)


def matches_by_brute_force(jail: Jail, known: Sequence[Behaviour], records: list[str]) -> set[tuple[int, int]]:
    """Run every function on all own inputs of all problems."""
    named = [[one.name for one in read_text(record).functions] for record in records]
    tasks = [
        {
            "modules": [record],
            "runs": [[name, [], [[0, one.inputs[: one.num_own]]]] for name in names for one in known],
            "max_characters": MAX_VALUE_CHARACTERS,
        }
        for record, names in zip(records, named, strict=True)
    ]
    pairs = set()
    answers = run_tasks("behaviours", tasks, jail, batch_size=1)
    for place, answer in enumerate(answers):
        for number, calls in enumerate(answer["runs"]):
            problem = known[number % len(known)]
            seen = [output_of(call) for call in calls or []]
            if len(seen) == problem.num_own and all(map(values_agree, seen, problem.outputs)):
                pairs.add((place, number % len(known)))
    return pairs


def test_the_index_finds_what_running_everything_on_everything_finds(jail: Jail, labelled: Prepared) -> None:
    kinds = (PairKind.RESTRUCTURED, PairKind.NEAR_MISS)
    records = [pair.text for pair in PAIRS if pair.kind in kinds][:16]
    assert labelled.behaviour is not None
    found = labelled.behaviour.search(list(map(read_text, records)), jail).matches
    result = {(match.text, match.problem) for match in found}
    assert result == matches_by_brute_force(jail, labelled.behaviour.behaviours, records)
    assert len(result) == 8


def test_where_nothing_runs_no_behaviour_can_tell_and_the_rule_is_the_one_without(calibration: dict[str, Any]) -> None:
    quality = {row["name"]: row for row in calibration["rows"]}
    without = {row["name"]: row for row in calibrate_once(MATCH_RATE, None)["rows"]}
    words = [detector.value for detector in Detector if detector not in (Detector.JUDGE, Detector.BEHAVIOUR)]
    assert list(without) == ["13-gram (the paper's)", *words, RULE]
    assert list(quality) == ["13-gram (the paper's)", *words, "behaviour", RULE, WITHOUT_BEHAVIOUR]
    assert {**without[RULE], "name": WITHOUT_BEHAVIOUR} == quality[WITHOUT_BEHAVIOUR]
    assert [quality[name]["threshold"] for name in words] == [0.8, 0.95]
    assert quality[RULE]["threshold"] is None
