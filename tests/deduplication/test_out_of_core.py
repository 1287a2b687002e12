import itertools
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.deduplication.sets import first_members, jaccard, runs_of

from hornbook.deduplication import out_of_core
from hornbook.deduplication.minhash import NearConfig
from hornbook.deduplication.out_of_core import Repeated, find_repeated
from hornbook.errors import MissingInputError
from hornbook.pipeline.parts import Parts
from hornbook.sources.documents import NO_ID, NO_TEXT, Fields
from hornbook.sources.input_files import find_files
from hornbook.sources.rows import NOT_JSON, NOT_UTF8

CONFIG = NearConfig(threshold=0.7)


def edited_texts(num_originals: int, seed: int) -> list[str]:
    """Texts of 80 words in lines, each with copies: some of another layout, some with a few words changed."""
    chance = random.Random(seed)
    texts = []
    for _ in range(num_originals):
        words = [f"w{chance.randrange(400)}" for _ in range(80)]
        for rate in (0, 0, 0.01, 0.02, 0.05):
            copy = [f"w{chance.randrange(400)}" if chance.random() < rate else word for word in words]
            lines = [" ".join(copy[start : start + 10]) for start in range(0, 80, 10)]
            texts.append(chance.choice(("\n", "\n\n", "  \n")).join(lines))
    chance.shuffle(texts)
    return texts


def write(folder: Path, texts: list[str], num_files: int = 3) -> Path:
    folder.mkdir()
    for number in range(num_files):
        lines = (json.dumps({"id": place, "text": texts[place]}) for place in range(number, len(texts), num_files))
        (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def found(source: Path, work: Path, fields: Fields | None = None, **named: Any) -> Repeated:
    work.mkdir(exist_ok=True)
    report: Callable[[str, int, int], None] = lambda note, done, total: None  # noqa: E731
    files = find_files([source], pattern="*.py")
    return find_repeated(files, work, fields or Fields(), CONFIG, report=report, **named)


def in_order(texts: list[str], num_files: int = 3) -> list[str]:
    return [text for number in range(num_files) for text in texts[number::num_files]]


def test_clusters_are_those_of_comparing_all_pairs(tmp_path: Path) -> None:
    texts = edited_texts(40, seed=1)
    sets = [runs_of(text.split(), 5) for text in in_order(texts)]
    similarity = {(a, b): jaccard(sets[a], sets[b]) for a, b in itertools.combinations(range(len(sets)), 2)}
    near = [pair for pair, value in similarity.items() if value >= CONFIG.threshold]
    expected = first_members(len(sets), near)
    result = found(write(tmp_path / "source", texts), tmp_path / "work")
    kept = {duplicate.row: duplicate.kept for duplicate in result.duplicates}
    assert len(near) > 100
    assert [kept.get(row, row) for row in range(len(sets))] == expected
    assert result.num_documents == len(texts)
    for duplicate in result.duplicates:
        assert duplicate.jaccard == pytest.approx(similarity[duplicate.first, duplicate.row])
        assert duplicate.is_exact == (duplicate.jaccard == 1.0)
        assert duplicate.first == duplicate.kept or duplicate.is_exact


def test_the_size_of_the_parts_changes_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "source", edited_texts(12, seed=2))
    whole = found(source, tmp_path / "whole")
    assert Parts(tmp_path / "whole").num_parts == 1
    assert len(whole.duplicates) > 24
    for characters in (3000, 9000):
        work = tmp_path / str(characters)
        assert found(source, work, part_characters=characters) == whole
        assert Parts(work).num_parts > 2


def test_what_an_exact_duplicate_repeats_may_itself_repeat_something(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(100)]
    changed = [*words[:50], "other", *words[51:]]
    texts = [" ".join(words), " ".join(changed), " ".join(changed) + "\n\n", "quite another text"]
    duplicates = found(write(tmp_path / "source", texts, num_files=1), tmp_path / "work").duplicates
    assert [(one.row, one.first, one.kept, one.is_exact) for one in duplicates] == [(1, 0, 0, False), (2, 1, 0, True)]
    assert duplicates[0].jaccard == pytest.approx(91 / 101)


def test_killed_at_file_operations_it_ends_with_the_same_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    source = write(tmp_path / "source", edited_texts(6, seed=3))
    named = {"part_characters": 3000}
    counted = itertools.count()
    alive = float("inf")
    rename, memmap = Path.rename, np.memmap

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(counted) >= alive:
                raise KilledError
            return real(*arguments, **options)

        return call

    monkeypatch.setattr(Path, "rename", dying(rename))
    monkeypatch.setattr(out_of_core.np, "memmap", dying(memmap))
    whole = found(source, tmp_path / "whole", **named)
    num_operations = next(counted)
    assert num_operations > 10
    for alive in sorted(random.Random(0).sample(range(num_operations), 2)):
        counted = itertools.count()
        with pytest.raises(KilledError):
            found(source, tmp_path / str(alive), **named)
        counted, work = itertools.count(), tmp_path / str(alive)
        alive = float("inf")
        assert found(source, work, **named) == whole


def test_rows_that_are_no_documents_are_left_out_with_their_reason(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    rows = [
        b'{"id": "a", "text": "one"}',
        b"{",
        b"\xff",
        b'{"id": "b"}',
        b'{"text": "two"}',
        b'{"id": 7, "text": "one"}',
    ]
    source.write_bytes(b"\n".join([*rows, rb'{"id": "c", "text": "\ud800"}', b'{"id": 1.5, "text": "x"}']))
    result = found(source, tmp_path / "work", Fields(id="id"))
    assert [(one.row, one.first) for one in result.duplicates] == [(5, 0)]
    assert result.num_documents == 2
    parts = Parts(tmp_path / "work")
    assert parts.num_rows == 8
    reasons = {2: NOT_JSON, 3: NOT_UTF8, 4: NO_TEXT, 5: NO_ID, 7: NOT_UTF8, 8: NO_ID}
    left_out = [(one.place, one.reason) for one in parts.left_out()]
    assert left_out == [(f"a.jsonl:{number}", reason) for number, reason in reasons.items()]


def test_where_no_row_is_a_document_the_first_reason_is_told(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text('{"content": "x"}\n' * 3)
    with pytest.raises(MissingInputError, match=r"`a.jsonl:1` has no text, .*--text-f"):
        found(source, tmp_path / "work")
    source.write_text("")
    with pytest.raises(MissingInputError, match="no document"):
        found(source, tmp_path / "empty")
