"""The stages `pretrain` and `finetune`: one function.

Reads:  token shards; for finetuning the base model's weights.
Writes: `model.safetensors` (float32, Hugging Face names), `config.json` (the model's shape), `log.jsonl`.
"""

import dataclasses
import json
from collections.abc import Mapping

import torch

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.loop import Training, train

VERSION = 1


def run_train(config: TrainConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Train a model (inputs: `tokenize`; `base`, a model to start from, where there is one).

    Raises:
        ConfigError: Neither or both of `config.model` and `base` are given, or the vocabulary does not fit.
    """
    folder = inputs["tokenize"].path(config.dataset)
    stream, held_out = TokenStream(folder, "train"), TokenStream(folder, "held-out")
    model = _starting_model(config, inputs.get("base"), workspace.seed)
    if stream.vocab_size > model.config.vocab_size:
        raise ConfigError(
            f"`vocab_size` of the model must be at least the tokenizer's {stream.vocab_size}, "
            f"got {model.config.vocab_size!r}"
        )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    training = train(
        model,
        stream,
        held_out,
        config,
        seed=workspace.seed,
        scratch=workspace.scratch / "checkpoints",
        progress=workspace.progress,
        device=device,
    )
    model.to("cpu")
    save_model(model, workspace.folder)
    lines = "".join(json.dumps(line) + "\n" for line in training.log)
    (workspace.folder / "log.jsonl").write_text(lines, encoding="utf-8")
    return Result(kept=training.step, unit="steps", metrics=_metrics(config, model.config, stream, training))


def _starting_model(config: TrainConfig, base: Artifact | None, seed: int) -> Phi:
    if base is not None:
        if config.model is not None:
            raise ConfigError("`model` must be left out where training starts from a base model: its shape is given")
        return load_model(base.folder)
    if config.model is None:
        raise ConfigError("`model` must give the shape of the new model, got None")
    return Phi(config.model).initialize(torch.Generator().manual_seed(seed))


def _metrics(config: TrainConfig, shape: ModelConfig, stream: TokenStream, training: Training) -> dict[str, object]:
    tokens = config.num_steps * config.batch_size * config.sequence_length
    held_out = [(line["step"], line["held_out_loss"]) for line in training.log if "held_out_loss" in line]
    return {
        "num_parameters": num_parameters(shape),
        "model": dataclasses.asdict(shape),
        "train_loss": next(line["loss"] for line in reversed(training.log) if "loss" in line),
        "held_out_loss": held_out[-1][1] if held_out else None,
        "held_out_losses": [{"step": step, "loss": loss} for step, loss in held_out],
        "tokens_seen": tokens,
        "epochs": round(tokens / len(stream), 3),
    }
