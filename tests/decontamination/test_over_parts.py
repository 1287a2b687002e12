from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.decontamination.own_problems import NEAR_MISS, OWN, PROBLEM, PROSE, RETOLD, UNRELATED

from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.over_parts import (
    MOST_CHARACTERS,
    TOO_LONG,
    found_in,
    found_in_part,
    read_documents,
    search_documents,
    without_too_long,
)
from hornbook.decontamination.prepare import Prepared, make_ready, prepare
from hornbook.decontamination.search import SearchConfig
from hornbook.pipeline.parts import Parts
from hornbook.sandbox.jail import Jail
from hornbook.sources.documents import Document, Documents, LeftOut

CONFIG = SearchConfig()
TASK = "Collect the readings of the thermometer, throw away those above boiling, and give the median of what is left."
TEXTS = [text for number in range(6) for text in (UNRELATED + f"# {number}\n", NEAR_MISS, PROSE)] + [RETOLD]


def quiet(_note: str, _done: int, _total: int) -> None:
    pass


def documents(texts: list[str]) -> Documents:
    return lambda start: iter([Document(id=f"d{at}", text=text) for at, text in enumerate(texts)][start:])


def search(texts: list[str], folder: Path, prepared: list[Prepared], part_characters: int = 2**20) -> list[FoundRow]:
    folder.mkdir(exist_ok=True)
    for _ in read_documents(documents(texts), folder, report=quiet, part_characters=part_characters):
        pass
    return list(found_in(search_documents(documents(texts), folder, prepared, CONFIG, report=quiet)))


@pytest.fixture(scope="module")
def prepared(jail: Jail) -> list[Prepared]:
    return [prepare(OWN, jail)]


def test_what_is_found_does_not_depend_on_parts_processes_or_an_interruption(
    tmp_path: Path, prepared: list[Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = search(TEXTS, tmp_path / "whole", prepared)
    decisions = {row.row: row.decision for row in whole}
    assert decisions[len(TEXTS) - 1] is Decision.LEAK
    assert Decision.CLEARED in decisions.values()
    assert search(TEXTS, tmp_path / "parts", prepared, part_characters=500) == whole
    parts = Parts(tmp_path / "parts")
    assert parts.num_parts > 3
    for part in range(parts.num_parts):
        places = set(parts.read(part, "row").column("row").to_pylist())
        assert {row.row for row in found_in_part(parts, part)} <= places
    for path in (tmp_path / "parts").glob("found-0000[12].*"):
        path.unlink()
    kept = (tmp_path / "parts" / "found-00000.parquet").stat().st_mtime_ns
    monkeypatch.setattr("hornbook.parallel.num_cores", lambda: 2)
    assert search(TEXTS, tmp_path / "parts", prepared, part_characters=500) == whole
    assert (tmp_path / "parts" / "found-00000.parquet").stat().st_mtime_ns == kept


def test_how_often_a_phrase_occurs_is_counted_over_all_parts(tmp_path: Path) -> None:
    problem = replace(OWN.problems[0], prompt=f'def median_reading(items):\n    """{TASK}"""\n')
    without = [Prepared(benchmark=replace(OWN, problems=(problem,)), behaviour=None)]
    told = f'"""{TASK[: TASK.index("boiling")]}"""\n'

    def score(rows: list[FoundRow]) -> float:
        return max((row.score for row in rows if row.row == 0 and row.detector is Detector.NGRAM), default=0.0)

    alone = score(search([told], tmp_path / "alone", without))
    whole = score(search([told] * 400, tmp_path / "whole", without))
    assert whole < alone
    assert score(search([told] * 400, tmp_path / "parts", without, part_characters=4000)) == whole


def test_each_benchmark_is_looked_for_by_itself(tmp_path: Path, prepared: list[Prepared]) -> None:
    other = replace(OWN, name="other", title="other", problems=(replace(OWN.problems[0], task_id="other/0"),))
    rows = search([RETOLD, NEAR_MISS], tmp_path / "work", [*prepared, Prepared(benchmark=other, behaviour=None)])
    assert {row.benchmark for row in rows if row.decision is Decision.LEAK and row.row == 0} == {"own"}
    assert {row.decision for row in rows if row.row == 1 and row.benchmark == "own"} == {Decision.CLEARED}
    assert {row.decision for row in rows if row.row == 1 and row.benchmark == "other"} == {Decision.LEAK}


def test_no_documents_are_no_findings(tmp_path: Path, prepared: list[Prepared]) -> None:
    assert search([], tmp_path / "work", prepared) == []
    assert search([""], tmp_path / "empty", prepared) == []


def test_a_text_that_is_too_long_is_left_out_and_named() -> None:
    def given(start: int) -> Iterator[Document | LeftOut]:
        texts = ["a", "b" * MOST_CHARACTERS, "c" * (MOST_CHARACTERS + 1)]
        yield from [Document(id=text[0], text=text) for text in texts][start:]

    first, second, third = without_too_long(given)(0)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert isinstance(third, LeftOut)
    assert (third.place, third.reason) == ("c", TOO_LONG)
    assert list(without_too_long(given)(2)) == [third]


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
