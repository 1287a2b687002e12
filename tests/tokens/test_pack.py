import itertools
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tokenizers import Tokenizer

from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import TokenStream, pack
from hornbook.tokens.tokenizer import TokenizerConfig, tokenizer_hash, train_tokenizer

DOCUMENTS = [
    Document(id=f"d{number}", kind=DocumentKind.EXERCISE, text=f"def f{number}(x):\n    return x + {number}\n")
    for number in range(200)
]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))


def packed(folder: Path, tokenizer: Tokenizer, shard_tokens: int = 500) -> None:
    pack(DOCUMENTS, tokenizer, folder, held_out_share=0.1, shard_tokens=shard_tokens, progress=lambda *_: None)


def test_the_stream_is_the_documents_with_end_of_text_behind_each(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path, tokenizer)
    seen: list[str] = []
    for split in ("train", "held-out"):
        stream = TokenStream(tmp_path, split)
        pieces = tokenizer.decode(stream.read(0, len(stream)).tolist(), skip_special_tokens=False)
        texts = pieces.split("<|endoftext|>")
        assert texts.pop() == ""
        assert texts == [document.text for document in DOCUMENTS if document.text in set(texts)]
        seen += texts
    assert sorted(seen) == sorted(document.text for document in DOCUMENTS)


def test_the_index_finds_each_document(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path, tokenizer)
    text_of = {document.id: document.text for document in DOCUMENTS}
    rows = pq.read_table(tmp_path / "train-documents.parquet").to_pylist()
    assert max(row["shard"] for row in rows) > 0
    stream = TokenStream(tmp_path, "train")
    position = 0
    for row in rows:
        tokens = stream.read(position, row["length"]).tolist()
        assert tokenizer.decode(tokens) == text_of[row["document_id"]]
        position += row["length"]


def test_the_size_of_shards_changes_no_token(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path / "small", tokenizer, shard_tokens=100)
    packed(tmp_path / "large", tokenizer, shard_tokens=10**6)
    small, large = TokenStream(tmp_path / "small", "train"), TokenStream(tmp_path / "large", "train")
    assert len(small) == len(large)
    for start in (0, 95, len(small) - 30):
        assert small.read(start, 150).tolist() == large.read(start, 150).tolist()


def test_reading_runs_over_the_end_to_the_begin(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path, tokenizer)
    stream = TokenStream(tmp_path, "train")
    whole = stream.read(0, len(stream)).tolist()
    assert stream.read(len(stream) - 3, 10).tolist() == whole[-3:] + whole[:7]


def test_the_documents_of_any_piece_are_those_that_a_walk_over_all_tokens_finds(
    tmp_path: Path, tokenizer: Tokenizer
) -> None:
    packed(tmp_path, tokenizer)
    rows = pq.read_table(tmp_path / "train-documents.parquet").to_pylist()
    owners = [number for number, row in enumerate(rows) for _ in range(row["length"])]
    stream = TokenStream(tmp_path, "train")
    assert pq.ParquetFile(tmp_path / "train-documents.parquet").num_row_groups > 2
    for start in [*range(0, len(stream), 97), len(stream) - 1, 3 * len(stream) + 5]:
        for length in (0, 1, 2, 60, 700, len(stream) + 100):
            walked = [owners[position % len(stream)] for position in range(start, start + length)]
            expected = [rows[owner]["document_id"] for owner, _ in itertools.groupby(walked)]
            assert stream.documents_of(start, length) == expected


def test_a_stream_names_its_tokenizer(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path, tokenizer)
    stream = TokenStream(tmp_path, "train")
    assert stream.end_of_text == tokenizer.token_to_id("<|endoftext|>")
    assert stream.tokenizer_sha256 == tokenizer_hash(tokenizer)


def test_a_truncated_shard_is_named(tmp_path: Path, tokenizer: Tokenizer) -> None:
    packed(tmp_path, tokenizer)
    shard = tmp_path / "train-00000.bin"
    shard.write_bytes(shard.read_bytes()[:-2])
    with pytest.raises(DamagedArtifactError, match=r"train-00000\.bin"):
        TokenStream(tmp_path, "train")


def test_a_folder_without_shards_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"tokens\.json"):
        TokenStream(tmp_path, "train")
