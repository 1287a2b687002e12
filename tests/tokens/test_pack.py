import itertools
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.tokens.packing import documents_of, pack
from tokenizers import Tokenizer

from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, tokenizer_hash, train_tokenizer

DOCUMENTS = documents_of(*(f"def f{number}(x):\n    return x + {number}\n" for number in range(200)))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))


@pytest.fixture(scope="module")
def folder(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In small shards."""
    folder = tmp_path_factory.mktemp("packed")
    pack(DOCUMENTS, tokenizer, folder, shard_tokens=500)
    return folder


def rows_of(folder: Path, split: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(folder / f"{split}-documents.parquet").to_pylist()
    return rows


def test_the_stream_is_the_plain_encoding_of_each_document_with_end_of_text_behind_it(
    folder: Path, tokenizer: Tokenizer
) -> None:
    text_of = {document.id: document.text for document in DOCUMENTS}
    end, seen = tokenizer.token_to_id(END_OF_TEXT), list[str]()
    for split in ("train", "held-out"):
        stream, rows = TokenStream(folder, split), rows_of(folder, split)
        names = [str(row["document_id"]) for row in rows]
        plain = [[*tokenizer.encode(text_of[name]).ids, end] for name in names]
        assert stream.read(0, len(stream)).tolist() == list(itertools.chain(*plain))
        assert [row["length"] for row in rows] == [len(tokens) for tokens in plain]
        assert names == [one.id for one in DOCUMENTS if one.id in set(names)]
        assert (stream.end_of_text, stream.vocab_size) == (end, tokenizer.get_vocab_size())
        assert stream.tokenizer_sha256 == tokenizer_hash(tokenizer)
        seen += names
    assert sorted(seen) == sorted(text_of)
    assert len(json.loads((folder / "tokens.json").read_text())["shards"]["train"]) > 3


def test_reading_runs_over_shards_and_over_the_end_to_the_begin(
    folder: Path, tmp_path: Path, tokenizer: Tokenizer
) -> None:
    pack(DOCUMENTS, tokenizer, tmp_path)
    small, large = TokenStream(folder, "train"), TokenStream(tmp_path, "train")
    whole = large.read(0, len(large)).tolist()
    for start, length in ((0, 600), (495, 1100), (len(whole) - 3, 10), (5 * len(whole) + 1, 2 * len(whole))):
        expected = [whole[(start + number) % len(whole)] for number in range(length)]
        assert small.read(start, length).tolist() == large.read(start, length).tolist() == expected


def test_the_documents_of_any_piece_are_those_that_a_walk_over_all_tokens_finds(folder: Path) -> None:
    rows = rows_of(folder, "train")
    owners = [number for number, row in enumerate(rows) for _ in range(int(str(row["length"])))]
    stream = TokenStream(folder, "train")
    assert pq.ParquetFile(folder / "train-documents.parquet").num_row_groups > 2
    for start in [*range(0, len(stream), 197), len(stream) - 1, 3 * len(stream) + 5]:
        for length in (0, 1, 60, 700, len(stream) + 100):
            walked = [owners[position % len(stream)] for position in range(start, start + length)]
            expected = [rows[owner]["document_id"] for owner, _ in itertools.groupby(walked)]
            assert stream.documents_of(start, length) == expected


def test_a_truncated_shard_and_a_folder_without_shards_are_named(tmp_path: Path, tokenizer: Tokenizer) -> None:
    with pytest.raises(MissingInputError, match=r"tokens\.json"):
        TokenStream(tmp_path, "train")
    pack(DOCUMENTS, tokenizer, tmp_path)
    shard = tmp_path / "train-00000.bin"
    shard.write_bytes(shard.read_bytes()[:-2])
    with pytest.raises(DamagedArtifactError, match=r"train-00000\.bin"):
        TokenStream(tmp_path, "train")
    shard.unlink()
    with pytest.raises(DamagedArtifactError, match=r"train-00000\.bin"):
        TokenStream(tmp_path, "train")
