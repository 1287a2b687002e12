"""A training in a folder of its own is the same after a kill at any moment between the folder's first and last file."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.training.conftest import DOCUMENTS
from tests.training.rank import config_of
from tests.training.test_checkpoint import Killed

from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training import standalone
from hornbook.training.parallel import Ranks


@pytest.fixture
def output(runs: Path, tmp_path: Path) -> Path:
    train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300)).save(str(runs / "tokens" / "tokenizer.json"))
    return tmp_path / "model"


def train(runs: Path, output: Path) -> dict[str, Any]:
    return standalone.train_in_folder(
        config_of({"num_steps": 3}),
        runs / "tokens",
        None,
        None,
        output,
        seed=5,
        ranks=Ranks(0, 1),
        progress=lambda *_: None,
    )


@pytest.mark.parametrize("operation", ["replace", "mkdir", "copyfile"])
def test_killed_while_it_makes_its_folder_ready_it_knows_the_folder(
    runs: Path, output: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    def killed(*arguments: Any, **options: Any) -> None:
        raise Killed

    make_folder = Path.mkdir
    with monkeypatch.context() as patched:
        if operation == "mkdir":  # of the folder in the folder
            patched.setattr(Path, "mkdir", lambda path, **options: (path == output or killed()) and make_folder(path))
        else:
            patched.setattr(shutil if operation == "copyfile" else Path, operation, killed)
        with pytest.raises(Killed):
            train(runs, output)
    assert output.is_dir()
    train(runs, output)
    assert {path.name for path in output.iterdir()} >= {"model.safetensors", "tokenizer.json", "training.json"}


def test_killed_before_its_checkpoints_are_deleted_it_deletes_them_when_it_is_started_again(
    runs: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = shutil.rmtree

    def killed(path: Path, **options: Any) -> None:
        if Path(path).name == standalone.WORK:
            raise Killed
        remove(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        with pytest.raises(Killed):
            train(runs, output)
    assert (output / standalone.WORK).is_dir()
    assert train(runs, output)["result_step"] == 3
    assert not (output / standalone.WORK).exists()
