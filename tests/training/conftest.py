from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.training.rank_server import RankServer

from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import pack
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

DOCUMENTS = [
    Document(id=f"d{number}", kind=DocumentKind.CODE, text=f"def add_{number}(value):\n    return value + {number}\n")
    for number in range(120)
]


def write_tokens(folder: Path) -> None:
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))
    pack(DOCUMENTS, tokenizer, folder, held_out_share=0.1, shard_tokens=10**6, progress=lambda *_: None)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for runs of `rank.py`, with the tokens that they read."""
    folder = tmp_path_factory.mktemp("runs")
    write_tokens(folder / "tokens")
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[RankServer]:
    with RankServer() as server:
        yield server
