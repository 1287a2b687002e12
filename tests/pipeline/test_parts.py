from collections.abc import Iterator
from pathlib import Path

import pytest

from hornbook.pipeline import parts as module
from hornbook.pipeline.parts import Parts, digests_of, text_digest, write_parts
from hornbook.sources.documents import Document, Documents, LeftOut

ROWS = [
    Document(id="a", text="one", about='{"license": "MIT"}'),
    LeftOut(place="b", reason="too old", detail="é \ud800"),
    Document(id="c", text="two"),
    Document(id="d", text="one"),
    LeftOut(place="e", reason="too old", detail="2001"),
]


def rows_from(asked: list[int]) -> Documents:
    def read(start: int) -> Iterator[Document | LeftOut]:
        asked.append(start)
        yield from ROWS[start:]

    return read


def write(folder: Path, asked: list[int], part_characters: int) -> Iterator[int]:
    folder.mkdir(exist_ok=True)
    return write_parts(rows_from(asked), folder, part_characters=part_characters, report=lambda *_: None)


def documents_in(parts: Parts) -> list[dict[str, object]]:
    return [
        row for part in range(parts.num_parts) for row in parts.read(part, "row", "id", "text", "about").to_pylist()
    ]


@pytest.mark.parametrize("part_characters", [1, 24, 1000])
def test_parts_hold_every_document_with_its_number_and_what_is_known_of_it(
    tmp_path: Path, part_characters: int
) -> None:
    assert len(list(write(tmp_path, [], part_characters))) == {1: 4, 24: 2, 1000: 1}[part_characters]
    parts = Parts(tmp_path)
    assert documents_in(parts) == [
        {"row": 0, "id": "a", "text": "one", "about": '{"license": "MIT"}'},
        {"row": 2, "id": "c", "text": "two", "about": "{}"},
        {"row": 3, "id": "d", "text": "one", "about": "{}"},
    ]
    assert list(parts.left_out()) == [ROWS[1], ROWS[4]]
    assert parts.num_rows == 5
    numbers, digests = digests_of(parts)
    assert numbers.tolist() == [0, 2, 3]
    assert digests.tobytes() == b"".join(text_digest(text) for text in ("one", "two", "one"))


def test_what_was_interrupted_is_asked_for_behind_the_last_whole_part(tmp_path: Path) -> None:
    asked: list[int] = []
    writing = write(tmp_path, asked, 1)
    assert [next(writing), next(writing)] == [0, 1]
    writing.close()
    assert list(write(tmp_path, asked, 1)) == [0, 1, 2, 3]
    assert list(write(tmp_path, asked, 1)) == [0, 1, 2, 3]
    assert asked == [0, 3]
    assert [(row["row"], row["id"]) for row in documents_in(Parts(tmp_path))] == [(0, "a"), (2, "c"), (3, "d")]


def test_rows_that_are_no_documents_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_ROWS", 2)
    assert list(write(tmp_path, [], 10_000)) == [0, 1, 2]
    assert list(Parts(tmp_path).left_out()) == [ROWS[1], ROWS[4]]
