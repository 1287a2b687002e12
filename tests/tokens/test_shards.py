import json
import random
from pathlib import Path

import pytest
from tests.tokens.codegen_like import CODE, codegen_like
from tests.tokens.packing import documents_of, pack

from hornbook.pipeline.manifest import hash_file
from hornbook.tokens import shards
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.shards import DESCRIPTION, SPLITS


def test_the_folder_says_what_it_holds(tmp_path: Path) -> None:
    chance = random.Random(3)
    pieces = [CODE[(begin := chance.randrange(len(CODE))) : begin + chance.randrange(300)] for _ in range(700)]
    documents = documents_of(*(f"{piece} {number}" * bool(number % 50) for number, piece in enumerate(pieces)))
    counts = pack(documents, codegen_like(), tmp_path, shard_tokens=4000)
    said = json.loads((tmp_path / DESCRIPTION).read_text())
    assert len(said["shards"]["train"]) > 3
    assert sum(counts.num_documents.values()) == 700 - 14, "documents without a character are left out"
    assert counts.num_bytes == sum(len(one.text.encode()) for one in documents)
    for split, lengths in said["shards"].items():
        assert sum(lengths) == counts.num_tokens[split] == len(TokenStream(tmp_path, split))
    assert said["files"] == {path.name: hash_file(path) for path in tmp_path.iterdir() if path.name != DESCRIPTION}


@pytest.mark.parametrize(("num_texts", "held_out"), [(8, ["d1"]), (1, [])])
def test_the_first_document_with_text_is_held_out_where_chance_holds_out_none(
    tmp_path: Path, num_texts: int, held_out: list[str]
) -> None:
    documents = documents_of("", *["x = 1\n"] * num_texts)
    counts = pack(documents, codegen_like(), tmp_path, held_out_share=1e-9)
    assert counts.num_documents == {"train": num_texts - len(held_out), "held-out": len(held_out)}
    stream = TokenStream(tmp_path, "held-out")
    assert (stream.documents_of(0, len(stream)) if held_out else []) == held_out


def test_row_groups_of_the_table_of_documents_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = documents_of(*(f"x = {number}\n" for number in range(100)))
    streams = []
    for rows, name in ((2**16, "one"), (7, "many")):
        monkeypatch.setattr(shards, "_ROWS_PER_GROUP", rows)
        pack(documents, codegen_like(), tmp_path / name, shard_tokens=150)
        streams.append([TokenStream(tmp_path / name, split) for split in SPLITS])
    for one, many in zip(*streams, strict=True):
        for start in range(0, len(one), 40):
            assert one.documents_of(start, 90) == many.documents_of(start, 90)
