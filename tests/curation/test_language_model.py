import builtins
import json
from pathlib import Path

import pytest
import torch
from tests.curation.tiny_language_models import save_model, tokenizer

from hornbook.curation.hidden_states import HiddenStatesEncoder, describe_language_model
from hornbook.curation.language_model import find_language_model, load_lower_layers
from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.export.huggingface import export_huggingface
from hornbook.export.stages import ExportConfig
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model as save_ours
from hornbook.pipeline.run import Pipeline, StageOutcome, run
from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.stage import Result, Stage, Workspace
from hornbook.pipeline.store import Store

SHAPE = ModelConfig(vocab_size=320, num_layers=2, hidden_size=16, intermediate_size=32, num_heads=2, max_position=64)


def export(config: object, inputs: object, workspace: Workspace) -> Result:
    """What the stage of that name leaves, without its card."""
    ours = workspace.scratch / "ours"
    ours.mkdir(parents=True)
    save_ours(Phi(SHAPE).initialize(torch.Generator().manual_seed(1)), ours)
    tokenizer().save(str(ours / "tokenizer.json"))
    export_huggingface(ours, ours / "tokenizer.json", None, workspace.folder / "model")
    return Result(kept=1, unit="model")


def nothing(config: object, inputs: object, workspace: Workspace) -> Result:
    return Result(kept=1, unit="model")


class Recorder:
    """Keeps a run's record, as the terminal does."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def on_start(self, *_: object) -> "Recorder":
        return self

    def on_finish(self, outcome: StageOutcome, index: int, total: int) -> None:
        self._folder.add(outcome)

    def __call__(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """With a run that is done and one whose model is not exported yet."""
    opened = Store(tmp_path_factory.mktemp("store"))
    opened.open_for_writing()
    for name, stage in (
        ("whole", Stage("export", export, ExportConfig(), 1)),
        ("half", Stage("finetune", nothing, ExportConfig(), 1)),
    ):
        folder = RunFolder(opened, name)
        folder.begin(Run(name=name, recipe="own", seed=0))
        run(Pipeline("own", (stage,)), opened, Recorder(folder))
    return opened


def test_a_run_of_ours_is_its_exported_model(store: Store) -> None:
    config = describe_language_model("whole", store, device="cpu")
    features = HiddenStatesEncoder(config).encode(["x = 1\n", "def f(x):\n    return x\n"])
    assert features.dense.shape == (2, SHAPE.hidden_size + 1)
    assert features.dense[:, :-1].any()


def test_what_is_nowhere_or_cannot_be_had_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for name in ("half", "other", "./other", ".other", "owner/model", str(tmp_path)):
        with pytest.raises(MissingInputError, match=name):
            describe_language_model(name, store, device="cpu")
    for name in (str(tmp_path), "whole"):
        with pytest.raises(ConfigError, match="`revision`"):
            find_language_model(name, store, revision="main")


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "model.safetensors", "type", "layers"])
def test_a_broken_folder_is_said_in_a_line(tmp_path: Path, broken: str) -> None:
    folder = save_model(tmp_path / "model")
    content = json.loads((folder / "config.json").read_text())
    if broken == "type":
        (folder / "config.json").write_text(json.dumps({**content, "model_type": "t5"}))
    elif broken == "layers":
        (folder / "config.json").write_text(json.dumps({**content, "num_hidden_layers": 4}))
    else:
        (folder / broken).write_bytes(b"{")
    with pytest.raises((MissingInputError, DamagedArtifactError), match="model") as caught:
        load_lower_layers(folder, 4 if broken == "layers" else -1, dtype="float32", device="cpu")
    assert len(str(caught.value)) < 400


def test_without_transformers_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "transformers":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingInputError, match=r"pip install 'hornbook\[huggingface\]'"):
        describe_language_model("owner/model")
