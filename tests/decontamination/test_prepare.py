from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.decontamination.own_problems import OWN, PROBLEM

from hornbook.decontamination.calibration import RULE, WITHOUT_BEHAVIOUR
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.prepare import calibrate, make_ready, open_jail, open_unjailed, prepare
from hornbook.decontamination.search import SearchConfig
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.unjailed import Unjailed

CONFIG = SearchConfig()


@pytest.fixture(scope="module")
def quality(jail: Jail) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in calibrate(CONFIG, jail)["rows"]}


def test_a_benchmark_is_ready_once_its_solutions_have_run(jail: Jail) -> None:
    prepared = prepare(OWN, CONFIG.behaviour, jail)
    assert prepared.behaviour is not None
    compared = prepared.compared
    assert (compared.name, compared.title, compared.task_ids, compared.num_telling) == ("own", "own", ("own/0",), 1)


def test_a_problem_in_words_cannot_be_told_by_behaviour(jail: Jail) -> None:
    words = replace(PROBLEM, canonical_solution="", test="", entry_point="")
    prepared = prepare(replace(OWN, problems=(words, replace(PROBLEM, task_id="own/1"))), CONFIG.behaviour, jail)
    assert prepared.compared.num_telling == 1
    assert prepared.compared.task_ids == ("own/0", "own/1")


def test_where_nothing_runs_no_behaviour_can_tell() -> None:
    prepared = prepare(OWN, CONFIG.behaviour, None)
    assert prepared.behaviour is None
    assert prepared.compared.num_telling == 0


def test_who_goes_on_with_a_search_goes_on_with_its_inputs(jail: Jail, tmp_path: Path) -> None:
    told: list[str] = []

    def report(note: str, done: int, total: int) -> None:
        told.append(f"{note} {done}/{total}")

    prepared, calibration = make_ready([OWN], CONFIG, jail, tmp_path, measures=False, report=report)
    assert (told, calibration) == (["making own ready 0/1"], {})
    again, _ = make_ready([OWN], CONFIG, None, tmp_path, report=report)
    assert again == prepared
    assert len(told) == 1


def test_the_rule_finds_more_than_what_is_left_of_it_without_behaviour(quality: dict[str, dict[str, Any]]) -> None:
    assert quality[RULE]["recall"][0] > quality[WITHOUT_BEHAVIOUR]["recall"][0] + 0.3
    assert quality[RULE]["precision"][0] > quality[WITHOUT_BEHAVIOUR]["precision"][0]
    assert quality[RULE]["num_found"] == sum(quality[RULE]["found_by_kind"].values())


def test_every_detector_that_ran_is_measured_beside_the_papers(quality: dict[str, dict[str, Any]]) -> None:
    ran = [detector.value for detector in Detector if detector is not Detector.JUDGE]
    assert list(quality) == ["13-gram (the paper's)", *ran, RULE, WITHOUT_BEHAVIOUR]


def test_where_nothing_runs_the_rule_is_the_one_without_behaviour(quality: dict[str, dict[str, Any]]) -> None:
    without = {row["name"]: row for row in calibrate(CONFIG, None)["rows"]}
    assert WITHOUT_BEHAVIOUR not in without
    assert {**without[RULE], "name": WITHOUT_BEHAVIOUR} == quality[WITHOUT_BEHAVIOUR]
    assert Detector.BEHAVIOUR.value not in without


def test_a_jail_is_opened_unless_it_is_wished_away() -> None:
    jailed, unjailed = open_jail(num_workers=1), open_unjailed(num_workers=1)
    assert isinstance(jailed, Jail)
    assert isinstance(unjailed, Unjailed)
    assert jailed.limits == unjailed.limits
