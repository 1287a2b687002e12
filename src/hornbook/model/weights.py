"""A model in a folder: `model.safetensors` (Hugging Face names) and `config.json` (a `ModelConfig`)."""

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi


def save_model(model: Phi, folder: Path) -> None:
    """Write the weights in float32 and the config; equal weights give equal bytes."""
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous() for name, tensor in model.state_dict().items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    text = json.dumps(dataclasses.asdict(model.config), indent=1)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8")


def load_config(folder: Path) -> ModelConfig:
    """Read the shape of the model in `folder`.

    Raises:
        MissingInputError: There is no `config.json`.
        ConfigError: It does not describe a model of ours.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no model: it has no `config.json`")
    fields = json.loads(path.read_text(encoding="utf-8"))
    try:
        return ModelConfig(**fields)
    except TypeError as error:
        raise ConfigError(f"`{path}` does not describe a model of Hornbook: {error}") from error


def load_model(folder: Path) -> Phi:
    """Read a model for use: float32, on the CPU, dropout off.

    Raises:
        MissingInputError: A file is missing.
        DamagedArtifactError: The tensors do not fit the config.
    """
    config = load_config(folder)
    path = folder / "model.safetensors"
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no weights: it has no `model.safetensors`")
    model = Phi(config)
    try:
        model.load_state_dict(load_file(path))
    except Exception as error:  # safetensors and torch raise errors of several unrelated classes
        raise DamagedArtifactError(f"`{path}` does not hold the weights of its `config.json`: {error}") from error
    return model.eval()
