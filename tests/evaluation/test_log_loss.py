import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.log_loss import load_log_loss
from hornbook.export.huggingface import export_huggingface
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

TEXT = 'def first_word(text):\n    """Return the first word of the text."""\n    return text.split()[0]\n'
SHAPE = ModelConfig(vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=64)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "tiny"
    path.mkdir()
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    train_tokenizer([document] * 2, TokenizerConfig(vocab_size=300)).save(str(path / "tokenizer.json"))
    phi = Phi(SHAPE).initialize(torch.Generator().manual_seed(1))
    with torch.no_grad():
        for parameter in phi.parameters():
            parameter.mul_(6)
    save_model(phi, path)
    return path


def test_a_model_and_its_export_are_equally_surprised(folder: Path, tmp_path: Path) -> None:
    export_huggingface(folder, folder / "tokenizer.json", "", tmp_path / "exported")
    store = Store(tmp_path / "store")
    name, ours = load_log_loss(str(folder), store)
    exported_name, theirs = load_log_loss(str(tmp_path / "exported"), store)
    assert (name, exported_name) == ("tiny", "exported")
    num_tokens = len(Tokenizer.from_file(str(folder / "tokenizer.json")).encode(TEXT).ids)
    for text, expected in ((TEXT, min(num_tokens, 63)), ("x", 1), (TEXT * 9, 63), ("", 0)):
        loss, number = ours(text)
        assert number == theirs(text)[1] == expected
        assert loss == pytest.approx(theirs(text)[0], rel=1e-4)
        assert (loss > 0) == (number > 0)


def test_a_model_without_an_opinion_is_as_surprised_as_by_a_die(folder: Path, tmp_path: Path) -> None:
    phi = Phi(SHAPE).initialize(torch.Generator().manual_seed(1))
    with torch.no_grad():
        phi.lm_head.weight.zero_()
    save_model(phi, folder)
    loss, number = load_log_loss(str(folder), Store(tmp_path / "store"))[1](TEXT)
    assert loss / number == pytest.approx(math.log(320), rel=1e-5)


def test_an_endpoint_or_nothing_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is an endpoint's address"):
        load_log_loss("http://127.0.0.1:9", Store(tmp_path))
    with pytest.raises(MissingInputError, match=r"no model `\./nowhere`"):
        load_log_loss("./nowhere", Store(tmp_path))
