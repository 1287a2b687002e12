"""Train a model, as the stages `pretrain` and `finetune` of a pipeline, or into a folder outside a pipeline.

Reads:  token shards; for finetuning the base model's weights.
Writes: `model.safetensors` (float32, Hugging Face names), `config.json` (the model's shape), `log.jsonl`;
        `measured/log.jsonl`, the log with speeds.
"""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.model.weights import check_tokenizer, load_model, save_model
from hornbook.pipeline.fingerprint import canonical_json, encode
from hornbook.pipeline.manifest import MEASURED, hash_file
from hornbook.pipeline.stage import Artifact, Progress, Result, Stage, Workspace
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import load_tokenizer, tokenizer_hash
from hornbook.training.checkpoint import describe_differences, explained_writing
from hornbook.training.config import TrainConfig
from hornbook.training.estimate import estimate
from hornbook.training.hardware import choose_device
from hornbook.training.loop import train as train_model
from hornbook.training.parallel import Ranks, current_ranks, from_first, gathered, on_first
from hornbook.training.step import Training

VERSION = 4
TRAINING = "training.json"
WORK = "work"
"""Folder of checkpoints and the live log, until the model is written."""
_WEIGHTS = ("*.safetensors", "*.bin", "config.json")


@dataclasses.dataclass(frozen=True)
class TrainingCall:
    """What the other processes must know to take part in a training."""

    config: TrainConfig
    tokens: Path
    base: Path | None
    seed: int


def train(tokens: Stage, config: TrainConfig, *, base: Stage | None = None, name: str) -> Stage:
    """The stage that trains a model on a tokenized dataset, from a base model's weights where one is given."""
    inputs = {"tokenize": tokens} | ({} if base is None else {"base": base})
    return Stage(name, run_train, config, VERSION, inputs, estimate=estimate)


def run_train(config: TrainConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Train a model; inputs are `tokenize` and, for finetuning, `base`.

    Raises:
        ConfigError: See `train_folder`.
    """
    base = inputs.get("base")
    tokens = inputs["tokenize"].path(config.dataset).absolute()
    call = TrainingCall(config, tokens, None if base is None else base.folder.absolute(), workspace.seed)
    if workspace.context.call_ranks is not None:
        workspace.context.call_ranks(call)
    return train_folder(
        config, tokens, call.base, workspace.folder, workspace.scratch, workspace.seed, workspace.progress
    )


def take_part(call: TrainingCall) -> None:
    """Take part in a training that the first process called for."""
    nowhere = Path("/nonexistent")  # Only the first process writes and reports.
    train_folder(call.config, call.tokens, call.base, nowhere, nowhere, call.seed, lambda *_: None)


def train_folder(
    config: TrainConfig,
    tokens_folder: Path,
    base_folder: Path | None,
    output_folder: Path,
    scratch: Path,
    seed: int,
    progress: Progress,
) -> Result:
    """Train a model on the token shards of a folder, on one process or all processes of the group.

    All processes call this with the same arguments and must see `tokens_folder`; the other folders and `progress` are
    used by the first process only.

    Args:
        config: The run.
        tokens_folder: Token shards of one dataset.
        base_folder: A model to start from, Hornbook's or Hugging Face's; None for a new one of shape `config.model`.
        output_folder: An existing folder for the model.
        scratch: Folder for checkpoints and the live log `log.jsonl`, from which a killed run resumes.
        seed: Determines new weights, the order of the rows, and dropout.
        progress: Called with the state of the run.

    Returns:
        The result, equal on all processes.

    Raises:
        ConfigError: Neither or both of `config.model` and a base model are given, or vocabulary or tokenizer do not
            fit; see also `train`.
        StoppedError, TrainingError: See `train`.
        StoreError: The output cannot be written.
    """
    ranks = current_ranks()
    stream, held_out = TokenStream(tokens_folder, "train"), TokenStream(tokens_folder, "held-out")
    model = _starting_model(config, base_folder, stream, seed, ranks)
    device = choose_device(config.execution.device)
    live_log = scratch / "log.jsonl"
    training = train_model(
        model,
        stream,
        held_out,
        config,
        seed=seed,
        scratch=scratch / "checkpoints",
        progress=progress,
        device=device,
        log_path=live_log,
    )
    weights = gathered(model.state_dict(), ranks)
    on_first(
        lambda: _write_model(model.config, weights, training, output_folder, live_log, stream.tokenizer_sha256), ranks
    )
    return Result(kept=training.step, unit="steps", metrics=_metrics(config, model.config, stream, training))


def train_in_folder(
    config: TrainConfig,
    tokens: Path,
    base: Path | None,
    tokenizer: Path | None,
    output: Path,
    *,
    seed: int,
    ranks: Ranks,
    progress: Progress,
) -> dict[str, Any]:
    """Train a model outside a pipeline, into `output`; called again with the same arguments, resume it or return.

    `output` becomes a folder that other commands take as a model: what `train_folder` writes, `tokenizer.json`, and
    `training.json` with what determines the run and, at the end, its result. All processes of `ranks` call this.

    Args:
        config: See `train_folder`.
        tokens: See `train_folder`.
        base: See `train_folder`.
        tokenizer: `tokenizer.json` of the shards; by default searched for in `tokens`, its parent and `base`.
        output: Created if missing; used by the first process only.
        seed: See `train_folder`.
        ranks: The processes.
        progress: See `train_folder`.

    Returns:
        The metrics of the result, on all processes.

    Raises:
        ConfigError: `output` holds another training or other files; see also `train_folder`.
        MissingInputError: `tokenizer` cannot be read.
    """
    done = on_first(lambda: _begin_folder(config, tokens, base, tokenizer, output, seed, progress), ranks)
    done = from_first(done, ranks)
    if done is not None:
        return done
    metrics = dict(train_folder(config, tokens, base, output, output / WORK, seed, progress).metrics)

    def finish() -> None:
        path = output / TRAINING
        with explained_writing(output):
            _write_training(path, {**_read_training(path), "result": metrics})
        shutil.rmtree(output / WORK)

    on_first(finish, ranks)
    return metrics


def _starting_model(config: TrainConfig, base_folder: Path | None, stream: TokenStream, seed: int, ranks: Ranks) -> Phi:
    """The model before the first step, initialised on the first process only."""
    if base_folder is not None and config.model is not None:
        raise ConfigError("`model` must be None if training starts from a base model, which has a shape")
    if base_folder is None and config.model is None:
        raise ConfigError("`model` must be the shape of the new model, got None")

    def read_or_initialize() -> Phi:
        if base_folder is not None:
            check_tokenizer(base_folder, stream.tokenizer_sha256)
            return load_model(base_folder)
        assert config.model is not None
        return Phi(config.model).initialize(torch.Generator().manual_seed(seed))

    model = on_first(read_or_initialize, ranks)
    shape = from_first(None if model is None else model.config, ranks)
    assert shape is not None, "the first process has a model"
    if stream.vocab_size > shape.vocab_size:
        raise ConfigError(
            f"`vocab_size` of the model must be at least the tokenizer's {stream.vocab_size}, got {shape.vocab_size!r}"
        )
    return Phi(shape) if model is None else model


def _write_model(
    shape: ModelConfig,
    weights: Mapping[str, torch.Tensor],
    training: Training,
    folder: Path,
    live_log: Path,
    tokenizer_sha256: str,
) -> None:
    """Write all files to a temporary folder and rename them, so that a file with its final name is complete."""
    model = Phi(shape)
    model.load_state_dict(weights)
    aside = folder / ".unfinished"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with explained_writing(folder):
            aside.mkdir(parents=True)
            save_model(model, aside, tokenizer_sha256=tokenizer_sha256)
            lines = "".join(json.dumps(line) + "\n" for line in training.log)
            (aside / "log.jsonl").write_text(lines, encoding="utf-8")
            if live_log.exists():
                (folder / MEASURED).mkdir(exist_ok=True)
                shutil.copyfile(live_log, aside / "measured.jsonl")
                (aside / "measured.jsonl").replace(folder / MEASURED / "log.jsonl")
            for file in sorted(aside.iterdir()):
                file.replace(folder / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _metrics(config: TrainConfig, shape: ModelConfig, stream: TokenStream, training: Training) -> dict[str, object]:
    tokens = training.step * config.batch_size * config.sequence_length
    validation = [(line["step"], line["validation_loss"]) for line in training.log if "validation_loss" in line]
    result = training.best if config.keep_best and training.best is not None else None
    return {
        "num_parameters": num_parameters(shape),
        "model": dataclasses.asdict(shape),
        "train_loss": next((line["loss"] for line in reversed(training.log) if "loss" in line), None),
        "validation_loss": result.loss if result else validation[-1][1] if validation else None,
        "validation_losses": [{"step": step, "loss": loss} for step, loss in validation],
        "result_step": result.step if result else training.step,
        "skipped_steps": training.num_skipped,
        "tokens_seen": tokens,
        "epochs": round(tokens / len(stream), 3),
    }


def _begin_folder(
    config: TrainConfig,
    tokens: Path,
    base: Path | None,
    tokenizer: Path | None,
    output: Path,
    seed: int,
    progress: Progress,
) -> dict[str, Any] | None:
    """Prepare the folder; returns the result if the training is finished."""
    stream = TokenStream(tokens, "train")
    wanted = {
        **encode(config),
        "seed": seed,
        "tokenizer_sha256": stream.tokenizer_sha256,
        "num_training_tokens": len(stream),
        "base": base and {path.name: hash_file(path) for pattern in _WEIGHTS for path in sorted(base.glob(pattern))},
    }
    path = output / TRAINING
    kept = _read_training(path) if path.is_file() else None
    checkpoints = output / WORK / "checkpoints"
    if kept and (kept["result"] is not None or (checkpoints.is_dir() and any(checkpoints.iterdir()))):
        if listed := describe_differences(kept["run"], wanted):
            raise ConfigError(f"`--output` `{output}` holds another training ({listed}): give a new folder")
        if kept["result"] is not None:
            result: dict[str, Any] = kept["result"]
            shutil.rmtree(output / WORK, ignore_errors=True)  # left by a kill just before its deletion
            return result
    elif not kept and output.is_dir() and any(file != _aside(path) for file in output.iterdir()):
        raise ConfigError(f"`--output` `{output}` is not empty and holds no training: give a new folder")
    found = tokenizer or _find_tokenizer(tokens, base, stream.tokenizer_sha256)
    if found is None:
        progress(0, 0, f"no `tokenizer.json` found for `{tokens}`: the model is saved without one (see --tokenizer)")
    elif (sha256 := _hash_of(found)) != stream.tokenizer_sha256:
        raise ConfigError(
            f"`--tokenizer` `{found}` is not the one of the shards: its hash is {sha256[:16]}, theirs "
            f"{stream.tokenizer_sha256[:16]}"
        )
    with explained_writing(output):
        output.mkdir(parents=True, exist_ok=True)
        # Written first: otherwise a command that was killed would find a folder with unknown files.
        _write_training(path, {"run": wanted, "result": None})
        (output / WORK).mkdir(exist_ok=True)
        if found is not None:
            shutil.copyfile(found, output / "tokenizer.json")
    return None


def _read_training(path: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        values["run"].items()
        values["result"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"`{path}` is not what a training wrote: give a new `--output`") from error
    return values


def _write_training(path: Path, values: dict[str, Any]) -> None:
    _aside(path).write_text(canonical_json(values), encoding="utf-8")
    _aside(path).replace(path)


def _aside(path: Path) -> Path:
    return path.with_suffix(".new")


def _find_tokenizer(tokens: Path, base: Path | None, sha256: str) -> Path | None:
    """The first `tokenizer.json` with that hash in the usual places."""
    folders = [tokens, tokens.resolve().parent, *([base] if base else [])]
    paths = (folder / "tokenizer.json" for folder in folders)
    return next((path for path in paths if path.is_file() and _hash_of(path) == sha256), None)


def _hash_of(path: Path) -> str:
    return tokenizer_hash(load_tokenizer(path))
