"""A model in a folder: `model.safetensors` (Hugging Face names) and `config.json` (a `ModelConfig`).

`config.json` also says which tokenizer the model was trained with, by its hash. What reads a model here reads a Hugging
Face folder as well (`huggingface.py`): the `model_type` of its `config.json` tells it apart.
"""

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from hornbook.errors import ConfigError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.huggingface import (
    fill_weights,
    is_huggingface_folder,
    phi_config_of,
    read_config_file,
    read_huggingface,
)
from hornbook.model.phi import Phi
from hornbook.model.weight_files import read_tensors
from hornbook.tokens.sources import read_given_tokenizer
from hornbook.tokens.tokenizer import tokenizer_hash

_TOKENIZER = "tokenizer_sha256"
_TOKENIZER_FILES = ("tokenizer.json", "vocab.json")
"""One of them is in every folder with a byte-level tokenizer."""


def save_model(model: Phi, folder: Path, tokenizer_sha256: str | None = None) -> None:
    """Write the weights in float32 and the config; equal weights give equal bytes.

    Args:
        model: Of any type and on any device.
        folder: Must be there.
        tokenizer_sha256: `tokenizer_hash` of the tokenizer that the model was trained with, where it is known.
    """
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous() for name, tensor in model.state_dict().items()
    }
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    fields = dataclasses.asdict(model.config)
    if tokenizer_sha256 is not None:
        fields[_TOKENIZER] = tokenizer_sha256
    (folder / "config.json").write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")


def load_config(folder: Path) -> ModelConfig:
    """Read the shape of the model in `folder`, ours or of Hugging Face.

    Raises:
        MissingInputError: There is no `config.json`.
        ConfigError: It does not describe a model that ours can be.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no model: it has no `config.json`")
    fields = read_config_file(path)
    if is_huggingface_folder(folder):
        return phi_config_of(fields, str(path))
    fields.pop(_TOKENIZER, None)
    try:
        return ModelConfig(**fields)
    except TypeError as error:
        raise ConfigError(f"`{path}` does not describe a model of Hornbook: {error}") from error


def load_model(folder: Path, dtype: torch.dtype = torch.float32) -> Phi:
    """Read a model for use, ours or of Hugging Face: on the CPU, dropout off.

    Args:
        folder: Of ours or of Hugging Face's.
        dtype: Of the model; the stored numbers are rounded to it, to infinity where they are too large for it.

    Raises:
        MissingInputError: A file is missing.
        ConfigError: `config.json` does not describe a model that ours can be.
        DamagedArtifactError: The tensors do not fit the config.
    """
    if is_huggingface_folder(folder):
        return read_huggingface(folder, dtype)
    model = Phi(load_config(folder), dtype=dtype)
    fill_weights(model, read_tensors(folder), str(folder))
    return model.eval()


def tokenizer_hash_of_model(folder: Path) -> str | None:
    """The hash of the tokenizer that the model in `folder` was trained with; None where the folder does not say.

    A model of ours says it in `config.json`; for a Hugging Face folder it is the hash of the tokenizer that lies in it.

    Raises:
        MissingInputError: That tokenizer cannot be read.
    """
    path = folder / "config.json"
    if path.is_file() and not is_huggingface_folder(folder):
        return read_config_file(path).get(_TOKENIZER)
    has_tokenizer = any((folder / name).is_file() for name in _TOKENIZER_FILES)
    return tokenizer_hash(read_given_tokenizer(folder)) if has_tokenizer else None


def check_tokenizer(model_folder: Path, tokenizer_sha256: str) -> None:
    """Refuse a tokenizer other than the one that the model was trained with, where that is known.

    Raises:
        ConfigError: They differ; both are named.
    """
    expected = tokenizer_hash_of_model(model_folder)
    if expected is not None and expected != tokenizer_sha256:
        raise ConfigError(
            f"the model in `{model_folder}` was trained with the tokenizer {expected[:16]}, "
            f"but this one is {tokenizer_sha256[:16]} (the first digits of `tokenizer_sha256`): its tokens mean "
            "something else to the model; use the tokenizer that the model was trained with"
        )
