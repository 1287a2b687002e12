import dataclasses
import shutil
from pathlib import Path

import pytest
import torch

from hornbook.artifacts.pipeline import Pipeline, StageOutcome, run
from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.stage import Result, Stage, Workspace
from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.endpoint import EndpointModel
from hornbook.evaluation.find import ModelOptions, find_files, find_model
from hornbook.evaluation.models import RunModel
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

SHAPE = ModelConfig(vocab_size=320, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=64)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drawn:
    seed: int = 0


def write_tokenizer(config: Drawn, inputs: object, workspace: Workspace) -> Result:
    document = Document(id="own", kind=DocumentKind.EXERCISE, text="def f(x):\n    return x\n")
    train_tokenizer([document], TokenizerConfig(vocab_size=300)).save(str(workspace.folder / "tokenizer.json"))
    return Result(kept=1, unit="tokenizer")


def write_model(config: Drawn, inputs: object, workspace: Workspace) -> Result:
    save_model(Phi(SHAPE).initialize(torch.Generator().manual_seed(config.seed)), workspace.folder)
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
    """With a run that is done and one that has no finetuned model yet."""
    opened = Store(tmp_path_factory.mktemp("store"))
    opened.open_for_writing()
    stages = (
        Stage("tokenizer", write_tokenizer, Drawn(), 1),
        Stage("pretrain", write_model, Drawn(seed=1), 1),
        Stage("finetune", write_model, Drawn(seed=2), 1),
    )
    for name, number in (("whole", 3), ("half", 2), ("begun", 1)):
        folder = RunFolder(opened, name)
        folder.begin(Run(name=name, recipe="own", seed=0))
        run(Pipeline("own", stages[:number]), opened, Recorder(folder))
    return opened


def test_a_run_is_its_finetuned_model_and_with_base_the_one_before(store: Store) -> None:
    tuned, base = (find_model("whole", store, ModelOptions(base=base, device="cpu")) for base in (False, True))
    assert isinstance(tuned, RunModel)
    assert (tuned.identity().name, base.identity().name) == ("whole", "whole, base")
    assert tuned.identity().digest != base.identity().digest
    assert find_model("half", store, ModelOptions(base=True)).identity().digest == base.identity().digest


def test_a_run_goes_before_a_folder_of_its_name(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "whole").mkdir()
    monkeypatch.chdir(tmp_path)
    assert isinstance(find_model("whole", store, ModelOptions()), RunModel)
    with pytest.raises(MissingInputError, match=r"`whole` holds no model: it has no `config\.json`"):
        find_model("./whole", store, ModelOptions())


@pytest.mark.parametrize(
    ("name", "base", "missing"),
    [("half", False, "finetune"), ("begun", True, "pretrain"), ("begun", False, "finetune")],
)
def test_a_run_that_is_not_far_enough_is_named_with_the_stage(
    store: Store, name: str, base: bool, missing: str
) -> None:
    with pytest.raises(MissingInputError, match=f"the run `{name}` has no model.*`{missing}` is not done"):
        find_model(name, store, ModelOptions(base=base))


def test_a_folder_that_was_trained_here_is_a_model_of_ours(store: Store, tmp_path: Path) -> None:
    files = find_files("whole", store)
    folder = tmp_path / "mine"
    shutil.copytree(files.folder, folder)
    with pytest.raises(MissingInputError, match=r"`.*mine` holds no model that can be asked: .*`tokenizer\.json`"):
        find_model(str(folder), store, ModelOptions())
    shutil.copyfile(files.tokenizer, folder / "tokenizer.json")
    model = find_model(str(folder), store, ModelOptions(device="cpu"))
    assert isinstance(model, RunModel)
    assert model.identity().name == "mine"
    assert model.identity().digest == find_model("whole", store, ModelOptions()).identity().digest
    with pytest.raises(ConfigError, match="`--base` is for a run"):
        find_model(str(folder), store, ModelOptions(base=True))


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://models.example/v1"])
def test_an_address_is_an_endpoint_which_is_not_contacted(store: Store, address: str) -> None:
    for api in ("chat", "completions"):
        options = ModelOptions(api=api, endpoint_model="some", api_key="hidden", concurrency=3)
        assert isinstance(find_model(address, store, options), EndpointModel)
    assert "hidden" not in repr(options)
    with pytest.raises(ConfigError, match="`--api` must be one of chat, completions, got 'talk'"):
        find_model(address, store, ModelOptions(api="talk"))
    with pytest.raises(ConfigError, match="`max_concurrency`"):
        find_model(address, store, ModelOptions(concurrency=0))


@pytest.mark.parametrize(
    "name", ["nothing", "./owner/model", "/owner/model", "~/model", "a/b/c", "127.0.0.1:8081", "../x"]
)
def test_what_is_nothing_is_told_with_what_could_be(store: Store, name: str) -> None:
    with pytest.raises(MissingInputError) as caught:
        find_model(name, store, ModelOptions())
    said = str(caught.value)
    assert f"no model `{name}`" in said
    assert str(store.root) in said
    assert all(kind in said for kind in ("run", "save_pretrained", "owner/model", "http://"))


def test_a_folder_that_is_no_model_is_named(store: Store, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"vocab_size": 3}')
    with pytest.raises(MissingInputError, match="names no `model_type`"):
        find_model(str(tmp_path), store, ModelOptions())
    with pytest.raises(ConfigError, match=r"`dtype` must be one of .*'float8'"):
        find_model(str(tmp_path), store, ModelOptions(dtype="float8"))
    with pytest.raises(ConfigError, match=r"`device`.*'abacus'"):
        find_model(str(tmp_path), store, ModelOptions(device="abacus"))


def test_a_name_of_the_hub_is_looked_for_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def fetch(*arguments: object) -> Path:
        asked.append(arguments[:2])
        raise MissingInputError("not today")

    monkeypatch.setattr("hornbook.evaluation.huggingface.fetch", fetch)
    with pytest.raises(MissingInputError, match="not today"):
        find_model("owner/model", store, ModelOptions(revision="v2"))
    assert asked == [("owner/model", "v2")]
