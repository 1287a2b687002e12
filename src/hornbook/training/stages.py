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
    """What all processes must know to take part in a training."""

    config: TrainConfig
    tokens: Path
    """Folder of the token shards of one dataset, which all processes must see."""
    base: Path | None
    """A model to start from, Hornbook's or Hugging Face's; None for a new one of shape `config.model`."""
    seed: int
    """Determines new weights, the order of the rows, and dropout."""


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
    seed = workspace.seed if config.seed is None else config.seed
    call = TrainingCall(config, tokens, None if base is None else base.folder.absolute(), seed)
    if workspace.context.call_ranks is not None:
        workspace.context.call_ranks(call)
    return train_folder(call, workspace.folder, workspace.scratch, workspace.progress)


def take_part(call: TrainingCall) -> None:
    """Take part in a training that the first process called for."""
    nowhere = Path("/nonexistent")  # Only the first process writes and reports.
    train_folder(call, nowhere, nowhere, lambda *_: None)


def train_folder(call: TrainingCall, output: Path, scratch: Path, progress: Progress) -> Result:
    """Train a model on one process or all processes of the group, which call this with the same arguments.

    Args:
        call: The training; its base model is read by the first process only.
        output: An existing folder for the model; used by the first process only.
        scratch: Folder for checkpoints and the live log `log.jsonl`, from which a killed run resumes.
        progress: Called with the state of the run, by the first process only.

    Returns:
        The result, equal on all processes.

    Raises:
        ConfigError: Neither or both of `config.model` and a base model are given, or vocabulary or tokenizer do not
            fit; see also `train`.
        StoppedError, TrainingError: See `train`.
        StoreError: The output cannot be written.
    """
    config, ranks = call.config, current_ranks()
    stream, held_out = TokenStream(call.tokens, "train"), TokenStream(call.tokens, "held-out")
    model = _starting_model(call, stream, ranks)
    device = choose_device(config.execution.device)
    live_log = scratch / "log.jsonl"
    training = train_model(
        model,
        stream,
        held_out,
        config,
        seed=call.seed,
        scratch=scratch / "checkpoints",
        progress=progress,
        device=device,
        log_path=live_log,
    )
    weights = gathered(model.state_dict(), ranks)
    on_first(lambda: _write_model(model.config, weights, training, output, live_log, stream.tokenizer_sha256), ranks)
    return Result(kept=training.step, unit="steps", metrics=_metrics(config, model.config, stream, training))


def train_in_folder(call: TrainingCall, tokenizer: Path | None, output: Path, progress: Progress) -> dict[str, Any]:
    """Train a model outside a pipeline, into `output`; called again with the same arguments, resume it or return.

    `output` becomes a folder that other commands take as a model: what `train_folder` writes, `tokenizer.json`, and
    `training.json` with what determines the run and, at the end, its result. All processes of the group call this.

    `tokenizer` is the shards' `tokenizer.json`, by default searched for beside the shards, above them, and in the base
    model's folder.

    Returns:
        The metrics of the result, on all processes.

    Raises:
        ConfigError: `output` holds another training or other files; see also `train_folder`.
        MissingInputError: `tokenizer` cannot be read.
    """
    ranks = current_ranks()
    done = from_first(on_first(lambda: _begin_folder(call, tokenizer, output, progress), ranks), ranks)
    if done is not None:
        return done
    metrics = dict(train_folder(call, output, output / WORK, progress).metrics)

    def finish() -> None:
        path = output / TRAINING
        with explained_writing(output):
            _write_training(path, {**_read_training(path), "result": metrics})
        shutil.rmtree(output / WORK)

    on_first(finish, ranks)
    return metrics


def _starting_model(call: TrainingCall, stream: TokenStream, ranks: Ranks) -> Phi:
    """The model before the first step, initialised on the first process only."""
    base, new_shape = call.base, call.config.model
    if base is not None and new_shape is not None:
        raise ConfigError("`model` must be None if training starts from a base model, which has a shape")

    def read_or_initialize() -> Phi:
        if base is not None:
            check_tokenizer(base, stream.tokenizer_sha256)
            return load_model(base)
        if new_shape is None:
            raise ConfigError("`model` must be the shape of the new model, got None")
        return Phi(new_shape).initialize(torch.Generator().manual_seed(call.seed))

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
    call: TrainingCall, tokenizer: Path | None, output: Path, progress: Progress
) -> dict[str, Any] | None:
    """Prepare the folder; returns the result if the training is finished."""
    tokens, base = call.tokens, call.base
    stream = TokenStream(tokens, "train")
    wanted = {
        **encode(call.config),
        "seed": call.seed,
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
    paths = [folder / "tokenizer.json" for folder in (tokens, tokens.resolve().parent, base) if folder is not None]
    return next((path for path in paths if path.is_file() and _hash_of(path) == sha256), None)


def _hash_of(path: Path) -> str:
    return tokenizer_hash(load_tokenizer(path))
