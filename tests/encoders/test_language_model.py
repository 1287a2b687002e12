import builtins
import json
from pathlib import Path

import pytest
import torch
from tests.encoders.tiny_language_models import save_model, tokenizer

from hornbook.artifacts.pipeline import Pipeline, StageOutcome, run
from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.stage import Result, Stage, Workspace
from hornbook.artifacts.store import Store
from hornbook.encoders.hidden_states import HiddenStatesEncoder, describe_language_model
from hornbook.encoders.language_model import find_language_model, load_lower_layers
from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.export.huggingface import export_huggingface
from hornbook.export.stages import ExportConfig
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model as save_ours

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


def test_a_run_without_an_exported_model_is_named(store: Store) -> None:
    with pytest.raises(MissingInputError, match="the run `half` has no model yet: its stage `export` is not done"):
        find_language_model("half", store)


def test_what_is_nowhere_is_named_with_what_it_could_be(store: Store) -> None:
    with pytest.raises(MissingInputError, match=r"no language model `other`.*no such run in the store.*owner/model"):
        find_language_model("other", store)
    with pytest.raises(MissingInputError, match=r"no language model `\./other`"):
        find_language_model("./other")
    with pytest.raises(MissingInputError, match=r"no language model `\.other`"):
        find_language_model(".other", store)


def test_a_name_of_the_hub_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(MissingInputError, match="the model `owner/model` at `main` cannot be had"):
        describe_language_model("owner/model", revision="main", device="cpu")


def test_a_revision_is_for_the_hub(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ConfigError, match=r"`revision` is for a name of the hub.*is a folder"):
        find_language_model(str(tmp_path), revision="main")
    with pytest.raises(ConfigError, match=r"`revision` is for a name of the hub.*is a run"):
        find_language_model("whole", store, revision="main")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="holds no weights of a language model"):
        describe_language_model(str(tmp_path))


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_broken_file_is_said_in_a_line(tmp_path: Path, broken: str) -> None:
    folder = save_model(tmp_path / "model")
    (folder / broken).write_bytes(b"{")
    with pytest.raises((MissingInputError, DamagedArtifactError), match="model") as caught:
        load_lower_layers(folder, -1, dtype="float32", device="cpu")
    assert len(str(caught.value)) < 400


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model")
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**content, "model_type": "t5", "architectures": ["T5Model"]}))
    with pytest.raises(MissingInputError, match="is a `t5`, which is no causal language model"):
        load_lower_layers(folder, -1, dtype="float32", device="cpu")


def test_weights_that_lack_a_tensor_are_refused(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model")
    content = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**content, "num_hidden_layers": 4}))
    with pytest.raises(MissingInputError, match=r"lack \d+ tensors, `layers\.3"):
        load_lower_layers(folder, 4, dtype="float32", device="cpu")


def test_without_transformers_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "transformers":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingInputError, match=r"pip install 'hornbook\[huggingface\]'"):
        describe_language_model("owner/model")
