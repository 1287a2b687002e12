import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hornbook.errors import ConfigError, MissingInputError
from hornbook.tokens.batches import Rows, held_out_rows, num_rows, permuted, read_rows, row_starts
from hornbook.tokens.pack import TokenStream

GOLDEN_STARTS = [2239, 1855, 799, 671, 1503, 3679]
"""As the first version of `batches.py` gave them; a change would change every training."""


def stream_of(folder: Path, num_tokens: int) -> TokenStream:
    folder.mkdir(exist_ok=True)
    np.arange(num_tokens, dtype="<u2").tofile(folder / "train-00000.bin")
    description = {
        "dtype": "<u2",
        "vocab_size": 65536,
        "end_of_text": 0,
        "tokenizer_sha256": "0" * 64,
        "shards": {"train": [num_tokens]},
    }
    (folder / "tokens.json").write_text(json.dumps(description))
    return TokenStream(folder, "train")


def batch_rows(stream: TokenStream, sequence_length: int, **place: Any) -> Rows:
    return read_rows(stream, row_starts(stream, sequence_length=sequence_length, **place), sequence_length)


def test_the_permutation_visits_each_index_once_and_leaves_few_neighbours_together() -> None:
    for size in (1, 3, 64, 1000):
        order = [permuted(index, size, b"key") for index in range(size)]
        assert sorted(order) == list(range(size))
    assert sum(abs(a - b) == 1 for a, b in itertools.pairwise(order)) < 20


def test_rows_are_pieces_of_the_stream_and_epochs_differ(tmp_path: Path) -> None:
    stream = stream_of(tmp_path, 650)
    first = batch_rows(stream, seed=3, step=0, batch_size=40, sequence_length=16)
    second = batch_rows(stream, seed=3, step=1, batch_size=40, sequence_length=16)
    assert (np.diff(first, axis=1) % 650 == 1).all()
    assert not np.array_equal(first, second)
    assert set(first[:, 0].tolist()) != set(second[:, 0].tolist())
    rows = [batch_rows(stream_of(tmp_path, 640), seed=3, step=at, batch_size=4, sequence_length=16) for at in range(10)]
    assert sorted(np.concatenate(rows)[:, 1:].flatten().tolist()) == list(range(640)), "each token is predicted once"


@pytest.mark.parametrize("world_size", [2, 4])
def test_ranks_share_out_the_batch_of_a_single_process(tmp_path: Path, world_size: int) -> None:
    stream = stream_of(tmp_path, 5000)
    for step in (0, 7, 200):
        whole = batch_rows(stream, seed=1, step=step, batch_size=8, sequence_length=32)
        parts = [
            batch_rows(stream, seed=1, step=step, batch_size=8, sequence_length=32, rank=rank, world_size=world_size)
            for rank in range(world_size)
        ]
        assert np.array_equal(whole, np.concatenate(parts))


def test_rows_begin_where_those_of_the_first_version_begin(tmp_path: Path) -> None:
    stream = stream_of(tmp_path, 5000)
    starts = row_starts(stream, seed=1, step=50, batch_size=6, sequence_length=32)
    assert starts.tolist() == GOLDEN_STARTS
    assert np.array_equal(read_rows(stream, starts, 32), (starts[:, None] + np.arange(33)) % 5000)


def test_held_out_rows_do_not_overlap_and_are_limited(tmp_path: Path) -> None:
    stream = stream_of(tmp_path, 100)
    assert held_out_rows(stream, sequence_length=10, max_rows=4)[:, 0].tolist() == [0, 20, 50, 70]
    assert held_out_rows(stream, sequence_length=101, max_rows=4).shape == (0, 102)
    with pytest.raises(MissingInputError, match="100 tokens"):
        num_rows(stream, 101)
    with pytest.raises(ConfigError, match="`batch_size`"):
        row_starts(stream, seed=0, step=0, batch_size=3, sequence_length=2, world_size=2)
