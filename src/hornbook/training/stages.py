"""The stages `pretrain` and `finetune`: one function.

Reads:  token shards; for finetuning the base model's weights.
Writes: `model.safetensors` (float32, Hugging Face names), `config.json` (the model's shape), `log.jsonl`;
        `measured/log.jsonl`, the log with speeds.
"""

import dataclasses
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import torch

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.model.weights import check_tokenizer, load_model, save_model
from hornbook.pipeline.manifest import MEASURED
from hornbook.pipeline.stage import Artifact, Progress, Result, Workspace
from hornbook.tokens.pack import TokenStream
from hornbook.training.checkpoint import explained_writing
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks, current_ranks, from_first, gathered, on_first
from hornbook.training.resume import Training

VERSION = 3


def run_train(config: TrainConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Train a model (inputs: `tokenize`; `base`, a model to start from, where there is one).

    Raises:
        ConfigError: See `train_folder`.
    """
    base = inputs.get("base")
    return train_folder(
        config,
        inputs["tokenize"].path(config.dataset),
        None if base is None else base.folder,
        workspace.folder,
        workspace.scratch,
        workspace.seed,
        workspace.progress,
    )


def train_folder(
    config: TrainConfig,
    tokens_folder: Path,
    base_folder: Path | None,
    output_folder: Path,
    scratch: Path,
    seed: int,
    progress: Progress,
) -> Result:
    """Train a model on the shards of a folder, on all processes that have met (`parallel.joined_ranks`) or on one.

    All processes call it with the same arguments and must see `tokens_folder`; the other folders and `progress` are
    the first one's alone. It holds the whole model in its CPU memory, the others none or, with DDP, theirs on its
    device.

    Args:
        config: The run.
        tokens_folder: Token shards of one dataset (`tokens/pack.py`).
        base_folder: A model to start from, Hornbook's or Hugging Face's; None for a new one of the shape
            `config.model`.
        output_folder: Where the model is written; must be there.
        scratch: Where checkpoints and the live log `log.jsonl` lie; those of a killed run are taken up.
        seed: Of new weights, the rows' order, and dropout.
        progress: Told how far the run is.

    Returns:
        The same on all processes.

    Raises:
        ConfigError: Neither or both of `config.model` and a base model are given, the vocabulary or the tokenizer does
            not fit, or what `train` refuses.
        StoppedError: SIGTERM came; a checkpoint is written.
        TrainingError: See `train`.
        StoreError: What is written does not fit on the disk, or is not permitted.
    """
    from hornbook.training.engine import choose_device  # Half a second that a plan, which trains nothing, is spared.
    from hornbook.training.loop import train

    ranks = current_ranks()
    stream, held_out = TokenStream(tokens_folder, "train"), TokenStream(tokens_folder, "held-out")
    model = _starting_model(config, base_folder, stream, seed, ranks)
    device = choose_device(config.execution.device)
    live_log = scratch / "log.jsonl"
    training = train(
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
    on_first(lambda: _write(model.config, weights, training, output_folder, live_log, stream.tokenizer_sha256), ranks)
    return Result(kept=training.step, unit="steps", metrics=_metrics(config, model.config, stream, training))


def _starting_model(config: TrainConfig, base_folder: Path | None, stream: TokenStream, seed: int, ranks: Ranks) -> Phi:
    """The model before the first step; its weights are set on the first process only."""
    if base_folder is not None and config.model is not None:
        raise ConfigError("`model` must be left out where training starts from a base model: its shape is given")
    if base_folder is None and config.model is None:
        raise ConfigError("`model` must give the shape of the new model, got None")

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


def _write(
    shape: ModelConfig,
    weights: Mapping[str, torch.Tensor],
    training: Training,
    folder: Path,
    live_log: Path,
    tokenizer_sha256: str,
) -> None:
    """Write aside, and rename file by file: what stands under its final name is whole."""
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
    held_out = [(line["step"], line["held_out_loss"]) for line in training.log if "held_out_loss" in line]
    result = training.best if config.keep_best and training.best is not None else None
    return {
        "num_parameters": num_parameters(shape),
        "model": dataclasses.asdict(shape),
        "train_loss": next((line["loss"] for line in reversed(training.log) if "loss" in line), None),
        "held_out_loss": result.loss if result else held_out[-1][1] if held_out else None,
        "held_out_losses": [{"step": step, "loss": loss} for step, loss in held_out],
        "result_step": result.step if result else training.step,
        "skipped_steps": training.num_skipped,
        "tokens_seen": tokens,
        "epochs": round(tokens / len(stream), 3),
    }
