from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tokens.packing import documents_of, pack
from tests.training.rank_server import RankServer

from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

DOCUMENTS = documents_of(*(f"def add_{number}(value):\n    return value + {number}\n" for number in range(120)))


def write_tokens(folder: Path) -> Path:
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))
    pack(DOCUMENTS, tokenizer, folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tokens(tmp_path_factory.mktemp("shards") / "tokens")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory, tokens: Path) -> Path:
    """A folder for runs of `rank.py`, with the tokens that they read."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "tokens").symlink_to(tokens)
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[RankServer]:
    with RankServer() as server:
        yield server
