from collections import Counter
from pathlib import Path

import pytest
from tests.pipeline.conftest import SilentObserver
from tests.sources.real_formats import MIT, answer, question, write_posts

from hornbook.curation.collect import CollectConfig, collect
from hornbook.errors import ConfigError, MissingInputError
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store
from hornbook.records import Document, Dropped

KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def add(number: int, more: str = "") -> str:
    return f'def add_{number}(x):\n    """Add a number to another one, {number}."""\n    return x + {number}\n{more}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "LICENSE").write_text(MIT)
    for number in range(6):
        (root / f"good_{number}.py").write_text(add(number))
    (root / "masked.py").write_text(add(7, "# Write to somebody@corporation.com about this function, please.\n"))
    (root / "python_2.py").write_text(add(8, "print 'x'\n"))
    (root / "latin.py").write_bytes(b"x = '\xe9'\n")
    return root


def made(given: Path, store: Path, config: FiltersConfig | None = None) -> tuple[Artifact, Artifact]:
    """What is collected, and what of it passes the filters."""
    opened = Store(store)
    opened.open_for_writing()
    collected = collect(CollectConfig(inputs=(str(given),)))
    outcomes = run(Pipeline.ending_in("test", filters(collected, config)), opened, SilentObserver())
    return outcomes["collect"].artifact, outcomes["filters"].artifact


def test_documents_stay_or_are_dropped_each_with_its_reason(project: Path, tmp_path: Path) -> None:
    read, passed = made(project, tmp_path / "store")
    assert [(one.id, one.reason) for one in read.records("dropped", Dropped)] == [("project/latin.py", "not UTF-8")]
    before = {one.id: one for one in read.table("documents", Document)}
    after = passed.records("documents", Document)
    (dropped,) = passed.records("dropped", Dropped)
    assert "print 'x'" in before[dropped.id].text
    assert dropped.reason in ("does not parse", "Python 2")
    assert [one.id for one in after] == [one for one in before if one != dropped.id]
    (masked,) = [one for one in after if one.text != before[one.id].text]
    assert "somebody@corporation.com" in before[masked.id].text
    assert "somebody@corporation.com" not in masked.text
    assert passed.manifest.metrics["masked"] == {"email": 1}


def test_the_size_of_pieces_changes_no_document(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, passed = made(project, tmp_path / "large")
    monkeypatch.setattr("hornbook.sources.source.PIECE_BYTES", 300)
    parted, passed_in_parts = made(project, tmp_path / "small")
    assert len(parted.table("documents", Document).parts) > 1
    assert parted.records("documents", Document) == whole.records("documents", Document)
    assert passed_in_parts.records("documents", Document) == passed.records("documents", Document)
    assert parted.manifest.fingerprint == whole.manifest.fingerprint


def test_the_fingerprint_knows_names_and_content_and_no_paths_or_times(project: Path, tmp_path: Path) -> None:
    read, _ = made(project, tmp_path / "store")
    elsewhere = tmp_path / "deep" / "project"
    elsewhere.parent.mkdir()
    project.rename(elsewhere)
    (elsewhere / "good_1.py").touch()
    assert made(elsewhere, tmp_path / "store")[0].manifest.fingerprint == read.manifest.fingerprint
    (elsewhere / "good_1.py").write_text(add(2))
    changed, _ = made(elsewhere, tmp_path / "store")
    assert changed.manifest.fingerprint != read.manifest.fingerprint


def test_inputs_without_a_document_and_repeated_ids_are_told(project: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"content": "x"}\n{"content": "y"}\n')
    with pytest.raises(MissingInputError, match=r"no document .*`rows.jsonl:1`, no text: `text` is None"):
        made(rows, tmp_path / "store")
    rows.write_text('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n{"id": "a", "text": "z"}\n')
    with pytest.raises(ConfigError, match=r"2 documents have the id 'a'.*--id-field ROW"):
        made(rows, tmp_path / "store")
    (project / "LICENSE").unlink()
    with pytest.raises(MissingInputError, match=r"8 licence unknown.*--no-check-licenses"):
        made(project, tmp_path / "store")


def test_posts_are_judged_as_prose(tmp_path: Path) -> None:
    body = "<p>" + "I have a long sentence about lists, which goes on in one paragraph. " * 20 + "</p>"
    path = write_posts(tmp_path / "Posts.xml", question(1, Body=body), answer(3, 1, Body=body + "call me@mine.org"))
    _, passed = made(path, tmp_path / "store")
    assert (passed.manifest.kept, passed.manifest.dropped) == (1, {})
    assert passed.manifest.metrics["masked"] == {"email": 1}


def test_a_license_that_is_not_allowed_drops_a_document(project: Path, tmp_path: Path) -> None:
    (project / "LICENSE").write_text("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n")
    (project / "good_0.py").write_text("# SPDX-License-Identifier: (GPL-3.0-only OR MIT)\n" + add(0))
    _, passed = made(project, tmp_path / "store")
    assert ["GPL-3.0-only OR MIT" in one.text for one in passed.table("documents", Document)] == [True]
    assert Counter(one.reason for one in passed.table("dropped", Dropped)) == {"licence not allowed": 7}
    _, allowed = made(project, tmp_path / "store", FiltersConfig(allow_license=("GPL-3.0-only",)))
    assert allowed.manifest.kept == 7
