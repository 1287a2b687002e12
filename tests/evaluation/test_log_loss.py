import math
from pathlib import Path

import pytest
import torch
from tests.evaluation.small import SHAPE, TEXT, save_tiny_model
from tokenizers import Tokenizer

from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.log_loss import load_log_loss
from hornbook.export.huggingface import export_huggingface
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model


def test_a_model_and_its_export_are_equally_surprised(tiny_folder: Path, tmp_path: Path) -> None:
    export_huggingface(tiny_folder, tiny_folder / "tokenizer.json", "", tmp_path / "exported")
    store = Store(tmp_path / "store")
    name, ours = load_log_loss(str(tiny_folder), store)
    exported_name, theirs = load_log_loss(str(tmp_path / "exported"), store)
    assert (name, exported_name) == (tiny_folder.name, "exported")
    num_tokens = len(Tokenizer.from_file(str(tiny_folder / "tokenizer.json")).encode(TEXT).ids)
    for text, expected in ((TEXT, num_tokens), ("x", 1), (TEXT * 9, SHAPE.max_position - 1), ("", 0)):
        loss, number = ours(text)
        assert number == theirs(text)[1] == expected
        assert loss == pytest.approx(theirs(text)[0], rel=1e-4)
        assert (loss > 0) == (number > 0)


def test_a_model_without_an_opinion_is_as_surprised_as_by_a_die(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path / "tiny")
    phi = Phi(SHAPE).initialize(torch.Generator().manual_seed(1))
    with torch.no_grad():
        phi.lm_head.weight.zero_()
    save_model(phi, folder)
    loss, number = load_log_loss(str(folder), Store(tmp_path / "store"))[1](TEXT)
    assert loss / number == pytest.approx(math.log(320), rel=1e-5)


def test_an_endpoint_or_nothing_at_all_is_refused(tmp_path: Path) -> None:
    for name, error in (("http://127.0.0.1:9", ConfigError), ("./nowhere", MissingInputError)):
        with pytest.raises(error, match=name):
            load_log_loss(name, Store(tmp_path))
