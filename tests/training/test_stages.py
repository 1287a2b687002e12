"""A training in a folder of its own, killed at any moment between the folder's first and last file; its stage."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tests.training.rank import SHAPE, config_of
from tests.training.test_checkpoint import Killed

from hornbook.display import TerminalObserver, make_console
from hornbook.errors import ConfigError, MissingInputError
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model, tokenizer_hash_of_model
from hornbook.pipeline.override import apply_overrides, parse_overrides
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.run import run as run_pipeline
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.store import Store
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import Execution
from hornbook.training.stages import TrainingCall, run_train, train_in_folder
from hornbook.training.stages import train as train_stage


def train(tokens: Path, output: Path, base: Path | None = None, **values: Any) -> dict[str, Any]:
    values = {"num_steps": 3, **values}
    if base is not None:
        values["model"] = None
    return train_in_folder(TrainingCall(config_of(values), tokens, base, seed=5), None, output, lambda *_: None)


@pytest.mark.parametrize("operation", ["replace", "mkdir", "copyfile", "rmtree"])
def test_killed_at_any_file_of_its_folder_it_knows_the_folder(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    output = tmp_path / "model"
    make_folder, remove = Path.mkdir, shutil.rmtree

    def killed(*arguments: Any, **options: Any) -> None:
        raise Killed

    planted: dict[str, tuple[Any, Any]] = {
        "replace": (Path, killed),
        "mkdir": (Path, lambda path, **options: (path == output or killed()) and make_folder(path)),
        "copyfile": (shutil, killed),
        "rmtree": (shutil, lambda path, **options: killed() if path.name == "work" else remove(path, **options)),
    }
    with monkeypatch.context() as patched:
        patched.setattr(planted[operation][0], operation, planted[operation][1])
        with pytest.raises(Killed):
            train(tokens, output)
    assert output.is_dir()
    assert train(tokens, output)["result_step"] == 3
    names = {path.name for path in output.iterdir()}
    assert names == {"model.safetensors", "config.json", "log.jsonl", "measured", "tokenizer.json", "training.json"}


def test_another_training_or_other_files_are_refused_and_another_base_is_another_training(
    tokens: Path, tmp_path: Path
) -> None:
    bases = []
    for seed in (1, 2):
        base = tmp_path / f"base-{seed}"
        base.mkdir()
        save_model(Phi(SHAPE).initialize(torch.Generator().manual_seed(seed)), base)
        bases.append(base)
    first = train(tokens, tmp_path / "model", bases[0])
    written = (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns
    assert train(tokens, tmp_path / "model", bases[0], micro_batch=2) == first  # how it is computed may change
    assert (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns == written
    for different, values, named in (
        (bases[1], {}, r"`base\.model\.safetensors`"),
        (bases[0], {"mask_documents": True}, "`mask_documents` False, now True"),
    ):
        with pytest.raises(ConfigError, match=f"another training .*{named}"):
            train(tokens, tmp_path / "model", different, **values)
    with pytest.raises(ConfigError, match="not empty"):
        train(tokens, tmp_path)


def run(folder: Path, inputs: dict[str, Any], **values: Any) -> Result:
    folder.mkdir()
    scratch = folder.parent / f"{folder.name}-scratch"
    workspace = Workspace(folder=folder, scratch=scratch, seed=4, progress=lambda *_: None)
    return run_train(config_of({"num_steps": 6, "eval_every": 3, "log_every": 4, **values}), inputs, workspace)


def test_pretraining_then_finetuning_writes_models_logs_and_metrics(tokens: Path, tmp_path: Path) -> None:
    (tmp_path / "finetune").symlink_to(tokens)
    inputs: dict[str, Any] = {"tokenize": SimpleNamespace(path=lambda name: tmp_path / name)}
    with pytest.raises(MissingInputError, match="pretrain"):
        run(tmp_path / "other", inputs)  # it reads the dataset's own folder
    (tmp_path / "pretrain").symlink_to(tokens)
    base = run(tmp_path / "base", inputs)
    inputs["base"] = SimpleNamespace(folder=tmp_path / "base")
    tuned = run(tmp_path / "tuned", inputs, dataset="finetune", model=None)
    lines = [json.loads(line) for line in (tmp_path / "base" / "log.jsonl").read_text().splitlines()]
    held_out = [(line["step"], line["validation_loss"]) for line in lines if "validation_loss" in line]
    assert (base.kept, base.metrics["tokens_seen"], base.metrics["skipped_steps"]) == (6, 6 * 8 * 32, 0)
    assert base.metrics["epochs"] == round(6 * 8 * 32 / len(TokenStream(tokens, "train")), 3)
    assert [(one["step"], one["loss"]) for one in base.metrics["validation_losses"]] == held_out
    assert [step for step, _ in held_out] == [3, 6]
    assert (base.metrics["validation_loss"], base.metrics["result_step"]) == (held_out[-1][1], 6)
    assert base.metrics["train_loss"] == [line["loss"] for line in lines if "loss" in line][-1]
    assert tuned.metrics["validation_loss"] < base.metrics["validation_loss"]
    assert load_model(tmp_path / "tuned").config == SHAPE
    assert tokenizer_hash_of_model(tmp_path / "tuned") == TokenStream(tokens, "train").tokenizer_sha256
    run(tmp_path / "again", {"tokenize": inputs["tokenize"]})
    for file in ("model.safetensors", "config.json", "log.jsonl"):
        assert (tmp_path / "base" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_a_seed_of_training_alone_trains_anew_on_the_same_data(tokens: Path, tmp_path: Path) -> None:
    def copy(_config: Execution, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
        shutil.copytree(tokens, workspace.folder / "pretrain")
        return Result(kept=1, unit="tokens")

    store = Store(tmp_path)
    store.open_for_writing()

    def trained(of_run: int, *overrides: str) -> tuple[bool, bytes]:
        """Whether the data were there before, and the model's weights."""
        model = train_stage(Stage("tokenize", copy, Execution(), 1), config_of({"num_steps": 2}), name="pretrain")
        pipeline = apply_overrides(Pipeline.ending_in("own", model, seed=of_run), parse_overrides(overrides))
        with TerminalObserver(make_console(quiet=True)) as observer:
            done = run_pipeline(pipeline, store, observer)
        return done["tokenize"].reused, done["pretrain"].artifact.path("model.safetensors").read_bytes()

    (_, plain), (_, same), (reused, other) = (
        trained(4, *one) for one in ((), ["pretrain.seed=4"], ["pretrain.seed=1"])
    )
    assert reused
    assert same == plain != other
    assert trained(1) == (False, other)


def test_a_shape_is_needed_exactly_where_there_is_no_base_and_must_hold_the_vocabulary(
    tokens: Path, tmp_path: Path
) -> None:
    inputs: dict[str, Any] = {"tokenize": SimpleNamespace(path=lambda name: tokens)}
    with pytest.raises(ConfigError, match="`model`"):
        run(tmp_path / "none", inputs, model=None)
    num_tokens = TokenStream(tokens, "train").vocab_size
    with pytest.raises(ConfigError, match=f"`vocab_size`.*{num_tokens}"):
        run(tmp_path / "small", inputs, model=replace(SHAPE, vocab_size=num_tokens - 1))
    inputs["base"] = SimpleNamespace(folder=tmp_path / "base")
    with pytest.raises(ConfigError, match="`model`"):
        run(tmp_path / "both", inputs)
