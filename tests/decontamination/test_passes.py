from dataclasses import replace
from pathlib import Path

import pytest
from tests.decontamination.own_problems import NEAR_MISS, OWN, PROSE, RETOLD, UNRELATED

from hornbook.decontamination import passes
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.passes import MOST_CHARACTERS, is_too_long, search_documents
from hornbook.decontamination.prepare import Prepared, prepare, prepare_once
from hornbook.decontamination.rule import MATCH_RATE, Detector
from hornbook.pipeline.stage import Workspace
from hornbook.pipeline.table import Table, split_parts, write_table
from hornbook.records import Document, DocumentKind
from hornbook.sandbox.jail import Jail

TASK = "Collect the readings of the thermometer, throw away those above boiling, and give the median of what is left."
TEXTS = [text for number in range(6) for text in (UNRELATED + f"# {number}\n", NEAR_MISS, PROSE)] + [RETOLD]


def quiet(done: int, total: int, note: str = "") -> None:
    pass


def search(texts: list[str], folder: Path, prepared: list[Prepared], job_characters: int = 2**20) -> list[FoundRow]:
    if not folder.exists():
        documents = [Document(id=f"d{at}", kind=DocumentKind.CODE, text=text) for at, text in enumerate(texts)]
        write_table(folder / "in", Document, documents)
    parts = Table.of_folder(folder / "in", Document).parts
    workspace = Workspace(folder=folder, scratch=folder, seed=0, progress=quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "split_parts", lambda parts, _: split_parts(parts, job_characters))
        return [row for one in search_documents(parts, prepared, MATCH_RATE, workspace) for row in one.found()]


@pytest.fixture(scope="module")
def prepared(jail: Jail) -> list[Prepared]:
    return [prepare(OWN, jail)]


def test_what_is_found_does_not_depend_on_jobs_processes_or_an_interruption(
    tmp_path: Path, prepared: list[Prepared], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = search(TEXTS, tmp_path / "whole", prepared)
    decisions = {row.document_id: row.decision for row in whole}
    assert decisions[f"d{len(TEXTS) - 1}"] is Decision.LEAK
    assert Decision.CLEARED in decisions.values()
    assert search(TEXTS, tmp_path / "jobs", prepared, job_characters=500) == whole
    results = tmp_path / "jobs" / "searched"
    assert len(list(results.iterdir())) > 3
    for name in ("00001", "00002"):
        (results / name / "found.parquet").unlink()
        (results / name).rmdir()
    kept = (results / "00000" / "found.parquet").stat().st_mtime_ns
    monkeypatch.setattr("hornbook.parallel.num_cores", lambda: 2)
    assert search(TEXTS, tmp_path / "jobs", prepared, job_characters=500) == whole
    assert (results / "00000" / "found.parquet").stat().st_mtime_ns == kept


def test_jobs_hold_every_row_once(tmp_path: Path) -> None:
    documents = [Document(id=str(at), kind=DocumentKind.CODE, text="x" * (1 + at % 4)) for at in range(30)]
    write_table(tmp_path / "in", Document, documents)
    [part] = Table.of_folder(tmp_path / "in", Document).parts
    jobs = split_parts([part, part], 7)
    assert [(first, stop) for _, first, stop in jobs[:2]] == [(0, 4), (4, 8)]
    assert [row for _, first, stop in jobs for row in range(first, stop)] == [*range(30), *range(30)]


def test_how_often_a_phrase_occurs_is_counted_over_all_jobs(tmp_path: Path) -> None:
    problem = replace(OWN.problems[0], prompt=f'def median_reading(items):\n    """{TASK}"""\n')
    without = [Prepared(benchmark=replace(OWN, problems=(problem,)), behaviour=None)]
    told = f'"""{TASK[: TASK.index("boiling")]}"""\n'

    def score(rows: list[FoundRow]) -> float:
        of_first = [row for row in rows if row.document_id == "d0" and row.detector is Detector.NGRAM]
        return max((row.score for row in of_first), default=0.0)

    alone = score(search([told], tmp_path / "alone", without))
    whole = score(search([told] * 400, tmp_path / "whole", without))
    assert whole < alone
    assert score(search([told] * 400, tmp_path / "jobs", without, job_characters=4000)) == whole


def test_each_benchmark_is_looked_for_by_itself(tmp_path: Path, prepared: list[Prepared]) -> None:
    other = replace(OWN, name="other", title="other", problems=(replace(OWN.problems[0], task_id="other/0"),))
    rows = search([RETOLD, NEAR_MISS], tmp_path / "work", [*prepared, Prepared(benchmark=other, behaviour=None)])
    assert [row.document_id for row in rows] == sorted(row.document_id for row in rows)
    assert {row.benchmark for row in rows if row.decision is Decision.LEAK and row.document_id == "d0"} == {"own"}
    of_second = [row for row in rows if row.document_id == "d1"]
    assert {row.decision for row in of_second if row.benchmark == "own"} == {Decision.CLEARED}
    assert {row.decision for row in of_second if row.benchmark == "other"} == {Decision.LEAK}


def test_a_text_that_is_too_long_is_not_searched(tmp_path: Path, prepared: list[Prepared]) -> None:
    longest, longer = (Document(id="x", kind=DocumentKind.CODE, text="b" * (MOST_CHARACTERS + more)) for more in (0, 1))
    assert not is_too_long(longest)
    assert is_too_long(longer)
    assert search([], tmp_path / "nothing", prepared) == search([""], tmp_path / "empty", prepared) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passes, "MOST_CHARACTERS", len(RETOLD))
        rows = search([RETOLD, RETOLD + "\n"], tmp_path / "work", prepared)
    assert {row.document_id for row in rows} == {"d0"}


def test_an_interrupted_search_continues_with_its_own_inputs(jail: Jail, tmp_path: Path) -> None:
    told: list[str] = []

    def report(done: int, total: int, note: str = "") -> None:
        told.append(f"{note} {done}/{total}")

    [prepared] = prepare_once([OWN], jail, tmp_path, 0, report)
    assert prepared.behaviour is not None
    assert prepared.behaviour.num_telling == 1
    assert prepare_once([OWN], None, tmp_path, 0, report) == [prepared]
    assert told == ["preparing own 0/1"]
