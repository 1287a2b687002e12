from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.decontamination.labelled_once import calibrate_once
from tests.decontamination.own_problems import OWN, PROBLEM

from hornbook.decontamination.calibration import RULE, WITHOUT_BEHAVIOUR
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.prepare import make_ready, prepare
from hornbook.decontamination.search import SearchConfig
from hornbook.sandbox.jail import Jail

CONFIG = SearchConfig()


def test_who_goes_on_with_a_search_goes_on_with_its_inputs(jail: Jail, tmp_path: Path) -> None:
    told: list[str] = []

    def report(note: str, done: int, total: int) -> None:
        told.append(f"{note} {done}/{total}")

    words = replace(PROBLEM, task_id="own/1", canonical_solution="", test="", entry_point="")
    benchmark = replace(OWN, problems=(*OWN.problems, words))
    [prepared], calibration = make_ready([benchmark], CONFIG, jail, tmp_path, measures=False, report=report)
    assert (told, calibration) == (["making own ready 0/1"], {})
    compared = prepared.compared
    assert (compared.name, compared.task_ids, compared.num_telling) == ("own", ("own/0", "own/1"), 1)
    assert compared.ran_code
    again, _ = make_ready([benchmark], CONFIG, None, tmp_path, report=report)
    assert again == [prepared]
    assert len(told) == 1


def test_where_nothing_runs_no_behaviour_can_tell_and_the_rule_is_the_one_without(calibration: dict[str, Any]) -> None:
    compared = prepare(OWN, None).compared
    assert (compared.num_telling, compared.ran_code) == (0, False)
    quality = {row["name"]: row for row in calibration["rows"]}
    without = {row["name"]: row for row in calibrate_once(CONFIG, None)["rows"]}
    words = [detector.value for detector in Detector if detector not in (Detector.JUDGE, Detector.BEHAVIOUR)]
    assert list(without) == ["13-gram (the paper's)", *words, RULE]
    assert list(quality) == ["13-gram (the paper's)", *words, "behaviour", RULE, WITHOUT_BEHAVIOUR]
    assert {**without[RULE], "name": WITHOUT_BEHAVIOUR} == quality[WITHOUT_BEHAVIOUR]
    assert [quality[name]["threshold"] for name in words] == [0.8, 0.95, 0.95]
    assert quality[RULE]["threshold"] is None
