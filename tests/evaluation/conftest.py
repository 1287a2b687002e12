from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.evaluation.small import save_tiny_model


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make so small a model slower, much slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of ours with its tokenizer, untrained; not to be changed."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))
