import dataclasses
import shutil
from pathlib import Path

import pytest
from tests.evaluation.small import make_run, save_tiny_model

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.endpoint import EndpointModel
from hornbook.evaluation.find import ModelOptions, find_files, find_model
from hornbook.evaluation.models import RunModel
from hornbook.pipeline.stage import Result, Stage, Workspace
from hornbook.pipeline.store import Store


@dataclasses.dataclass(frozen=True, kw_only=True)
class Drawn:
    seed: int = 1


def write_tiny_model(config: Drawn, inputs: object, workspace: Workspace) -> Result:
    save_tiny_model(workspace.folder, seed=config.seed)
    return Result(kept=1, unit="model")


def write_tokenizer(config: Drawn, inputs: object, workspace: Workspace) -> Result:
    save_tiny_model(workspace.folder, seed=config.seed)
    for path in workspace.folder.iterdir():
        if path.name != "tokenizer.json":
            path.unlink()
    return Result(kept=1, unit="tokenizer")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """With a run that is done and one that has no finetuned model yet."""
    opened = Store(tmp_path_factory.mktemp("store"))
    opened.open_for_writing()
    tokenizer = Stage("tokenizer", write_tokenizer, Drawn(), 1)
    pretrain = Stage("pretrain", write_tiny_model, Drawn(seed=2), 1)
    finetune = Stage("finetune", write_tiny_model, Drawn(seed=3), 1, {"base": pretrain})
    for name, stages in (
        ("whole", (tokenizer, pretrain, finetune)),
        ("half", (tokenizer, pretrain)),
        ("begun", (tokenizer,)),
        ("own", (dataclasses.replace(tokenizer, name="words"), dataclasses.replace(pretrain, name="one-training"))),
    ):
        make_run(opened, name, stages, until=None if name == "own" else stages[-1].name)
    return opened


def test_a_run_is_its_finetuned_model_and_with_base_the_one_before(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "whole").mkdir()  # A folder of the run's name, which the run goes before.
    monkeypatch.chdir(tmp_path)
    tuned, base = (find_model("whole", store, ModelOptions(base=base, device="cpu")) for base in (False, True))
    assert isinstance(tuned, RunModel)
    assert (tuned.identity().name, base.identity().name) == ("whole", "whole, base")
    assert tuned.identity().digest != base.identity().digest
    assert find_model("half", store, ModelOptions(base=True)).identity().digest == base.identity().digest
    for name, is_base, said in (("half", False, r"`--base` is the .*"), ("begun", False, ""), ("begun", True, "")):
        with pytest.raises(MissingInputError, match=f"`{name}` has no model yet.*{said}`hornbook run own`"):
            find_model(name, store, ModelOptions(base=is_base))


def test_a_whole_run_without_finetuning_is_its_only_model_whatever_its_stages_are_called(store: Store) -> None:
    model, base = (find_model("own", store, ModelOptions(base=base)).identity() for base in (False, True))
    assert model.digest == base.digest == find_model("whole", store, ModelOptions(base=True)).identity().digest


def test_a_folder_that_was_trained_here_is_a_model_of_ours(store: Store, tmp_path: Path) -> None:
    files = find_files("whole", store)
    folder = shutil.copytree(files.folder, tmp_path / "mine")
    shutil.copyfile(files.tokenizer, folder / "tokenizer.json")
    model = find_model(str(folder), store, ModelOptions(device="cpu"))
    assert isinstance(model, RunModel)
    assert model.identity().name == "mine"
    assert model.identity().digest == find_model("whole", store, ModelOptions()).identity().digest
    (folder / "tokenizer.json").unlink()
    with pytest.raises(MissingInputError, match=r"mine` .*`tokenizer\.json`"):
        find_model(str(folder), store, ModelOptions())


def test_an_address_is_an_endpoint_which_is_not_contacted(store: Store) -> None:
    for address in ("http://127.0.0.1:9", "https://models.example/v1"):
        options = ModelOptions(api="completions", endpoint_model="some", api_key="hidden", concurrency=3)
        assert isinstance(find_model(address, store, options), EndpointModel)
        assert "hidden" not in repr(options)
    for options, field in ((ModelOptions(api="talk"), "--api"), (ModelOptions(concurrency=0), "max_concurrency")):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            find_model("http://127.0.0.1:9", store, options)


def test_what_is_no_model_is_told_with_what_could_be(store: Store) -> None:
    for name in ("nothing", "./owner/model", "~/model", "a/b/c", "127.0.0.1:8081"):
        with pytest.raises(MissingInputError) as caught:
            find_model(name, store, ModelOptions())
        assert all(said in str(caught.value) for said in (f"`{name}`", str(store.root), "owner/model", "http://"))


def test_a_name_of_the_hub_is_looked_for_there(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def fetch(*arguments: object) -> Path:
        asked.append(arguments[:2])
        raise MissingInputError("not today")

    monkeypatch.setattr("hornbook.evaluation.huggingface.fetch", fetch)
    with pytest.raises(MissingInputError, match="not today"):
        find_model("owner/model", store, ModelOptions(revision="v2"))
    assert asked == [("owner/model", "v2")]
