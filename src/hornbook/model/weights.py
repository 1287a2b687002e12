"""Read and write a model's folder: `config.json` and the weights, in Hornbook's or a Hugging Face format.

Hornbook writes `model.safetensors` (tensor names of `PhiForCausalLM`) and a `config.json` with the fields of
`ModelConfig` and the hash of the model's tokenizer. A `config.json` with a `model_type` is Hugging Face's, of phi-1,
phi-1.5, phi-2 and similar, saved by transformers 4 or 5. Both are read without transformers.

Source: the releases of phi-1, phi-1.5 and phi-2; `PhiConfig` of transformers.
"""

import dataclasses
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.model.attention import BASE
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.tokens.pretrained import read_tokenizer_files
from hornbook.tokens.tokenizer import tokenizer_hash

_SAFETENSORS, _PICKLE = "model.safetensors", "pytorch_model.bin"
_TOKENIZER = "tokenizer_sha256"
_TOKENIZER_FILES = ("tokenizer.json", "vocab.json")
"""Every folder with a byte-level tokenizer has one of these files."""
_ACTIVATIONS = ("gelu_new", "gelu_pytorch_tanh")
"""The two names of GELU's tanh approximation."""


def save_model(model: Phi, folder: Path, tokenizer_sha256: str | None = None) -> None:
    """Write the weights in float32 and the config; equal weights give equal bytes.

    `tokenizer_sha256` is the `tokenizer_hash` of the tokenizer that the model was trained with, if known.
    """
    tensors = {
        name: tensor.detach().to("cpu", torch.float32).contiguous() for name, tensor in model.state_dict().items()
    }
    save_file(tensors, folder / _SAFETENSORS, metadata={"format": "pt"})
    fields = dataclasses.asdict(model.config)
    if tokenizer_sha256 is not None:
        fields[_TOKENIZER] = tokenizer_sha256
    (folder / "config.json").write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")


def load_config(folder: Path) -> ModelConfig:
    """Read the shape of the model in `folder`.

    Raises:
        MissingInputError: There is no `config.json`.
        ConfigError: It does not describe a model that Hornbook can compute.
    """
    fields, path = _read_fields(folder), folder / "config.json"
    if "model_type" in fields:
        return phi_config_of(fields, str(path))
    fields.pop(_TOKENIZER, None)
    try:
        return ModelConfig(**fields)
    except TypeError as error:
        raise ConfigError(f"`{path}` does not describe a model of Hornbook: {error}") from error


def phi_config_of(fields: Mapping[str, Any], where: str) -> ModelConfig:
    """The shape that a `config.json` of transformers, at the path `where`, describes; its dropouts are ignored.

    Raises:
        ConfigError: A field is missing or asks for something that Hornbook's model does not compute.
    """
    if fields.get("model_type") != "phi":
        raise ConfigError(
            f"`model_type` of `{where}` must be phi, got {fields.get('model_type')!r}; Hornbook trains and exports "
            "models of the phi architecture alone"
        )
    _refuse_what_we_do_not_compute(fields, where)
    rope = fields.get("rope_parameters") or {}
    optional = {"partial_rotary_factor": 0.5, "max_position_embeddings": 2048, "layer_norm_eps": 1e-5}
    found = {**optional, **fields, **rope}
    return ModelConfig(
        vocab_size=_whole(found, "vocab_size", where),
        num_layers=_whole(found, "num_hidden_layers", where),
        hidden_size=_whole(found, "hidden_size", where),
        intermediate_size=_whole(found, "intermediate_size", where),
        num_heads=_whole(found, "num_attention_heads", where),
        rotary_fraction=_number(found, "partial_rotary_factor", where),
        max_position=_whole(found, "max_position_embeddings", where),
        layer_norm_epsilon=_number(found, "layer_norm_eps", where),
    )


def _refuse_what_we_do_not_compute(fields: Mapping[str, Any], where: str) -> None:
    rope = {**(fields.get("rope_scaling") or {}), **(fields.get("rope_parameters") or {})}
    heads, hidden = fields.get("num_attention_heads"), fields.get("hidden_size")
    expected = {
        "qk_layernorm": (fields.get("qk_layernorm") or False, (False,)),
        "tie_word_embeddings": (fields.get("tie_word_embeddings") or False, (False,)),
        "hidden_act": (fields.get("hidden_act", "gelu_new"), _ACTIVATIONS),
        "num_key_value_heads": (fields.get("num_key_value_heads") or heads, (heads,)),
        "rope_type": (rope.get("rope_type", rope.get("type", "default")), ("default",)),
        "rope_theta": (rope.get("rope_theta", fields.get("rope_theta", BASE)), (BASE,)),
        "quantization_config": (fields.get("quantization_config"), (None,)),
    }
    if fields.get("head_dim") is not None and isinstance(hidden, int) and isinstance(heads, int):
        expected["head_dim"] = (fields["head_dim"], (hidden // heads,))
    for name, (value, possible) in expected.items():
        if value not in possible:
            said = " or ".join(repr(one) for one in possible)
            raise ConfigError(f"`{name}` of `{where}` is {value!r}; Hornbook's model computes only {said}")


def _whole(fields: Mapping[str, Any], name: str, where: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"`{name}` of `{where}` must be a positive whole number, got {value!r}")
    return value


def _number(fields: Mapping[str, Any], name: str, where: str) -> float:
    value = fields[name]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ConfigError(f"`{name}` of `{where}` must be a number, got {value!r}")
    return float(value)


def load_model(folder: Path, dtype: torch.dtype = torch.float32) -> Phi:
    """Load a model on the CPU, in evaluation mode. The peak of memory is the model and a part of the weights.

    Stored numbers that are too large for `dtype` become infinite.

    Raises:
        MissingInputError: A file is missing.
        ConfigError: `config.json` does not describe a model that Hornbook can compute.
        DamagedArtifactError: The tensors do not fit the config.
    """
    config = load_config(folder)
    model = Phi(config, dtype=dtype)
    _fill_weights(model, read_tensors(folder), str(folder))
    return model.eval()


def tokenizer_hash_of_model(folder: Path) -> str | None:
    """The hash of the tokenizer that the model in `folder` was trained with, None if the folder does not say.

    Hornbook's `config.json` holds it; for a Hugging Face folder it is computed from the tokenizer in the folder, and a
    `MissingInputError` is raised if that cannot be read.
    """
    fields = _read_fields(folder) if (folder / "config.json").is_file() else {"model_type": None}
    if "model_type" not in fields:
        return fields.get(_TOKENIZER)
    has_tokenizer = any((folder / name).is_file() for name in _TOKENIZER_FILES)
    return tokenizer_hash(read_tokenizer_files(folder)) if has_tokenizer else None


def check_tokenizer(model_folder: Path, tokenizer_sha256: str) -> None:
    """Raise a `ConfigError` if the model is known to have been trained with another tokenizer."""
    expected = tokenizer_hash_of_model(model_folder)
    if expected is not None and expected != tokenizer_sha256:
        raise ConfigError(
            f"the model in `{model_folder}` was trained with the tokenizer {expected[:16]}, but this one is "
            f"{tokenizer_sha256[:16]} (first digits of `tokenizer_sha256`), whose tokens have other meanings: use the "
            "tokenizer that the model was trained with"
        )


def read_tensors(folder: Path) -> Iterator[tuple[str, Tensor]]:
    """Name and tensor of all weights, as stored. One file is open at a time, memory-mapped; no pickled code is run.

    The first of these is read: `model.safetensors`, `model.safetensors.index.json` with its parts, `pytorch_model.bin`,
    `pytorch_model.bin.index.json` with its parts.

    Raises:
        MissingInputError: There are no weights, or a part that the index names is missing.
        DamagedArtifactError: A file cannot be read.
    """
    for path in _weight_files(folder):
        try:
            yield from _tensors_of(path)
        except Exception as error:  # safetensors and torch raise errors of several unrelated classes
            raise DamagedArtifactError(f"the weights `{path}` cannot be read: {error}") from error


def _read_fields(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no model: it has no `config.json`")
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ConfigError(f"`{path}` cannot be read as JSON: {error}") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"`{path}` must hold a JSON object, got {type(fields).__name__}")
    return fields


def _fill_weights(model: Phi, tensors: Iterator[tuple[str, Tensor]], where: str) -> None:
    """Copy tensors of any floating-point type into the model's, one at a time."""
    missing = model.state_dict()
    for name, tensor in tensors:
        if name.endswith("rotary_emb.inv_freq"):  # of older transformers; it follows from the shape
            continue
        target = missing.pop(name, None)
        if target is None:
            raise DamagedArtifactError(
                f"the weights of `{where}` hold `{name}`, which its `config.json` does not describe"
            )
        if tensor.shape != target.shape or not tensor.is_floating_point():
            raise DamagedArtifactError(
                f"`{name}` of `{where}` should be {tuple(target.shape)} of a floating-point type by its `config.json`, "
                f"got {tuple(tensor.shape)} of {str(tensor.dtype).removeprefix('torch.')}"
            )
        target.copy_(tensor)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise DamagedArtifactError(f"the weights of `{where}` lack `{next(iter(missing))}`{more}")


def _weight_files(folder: Path) -> list[Path]:
    for name in (_SAFETENSORS, _PICKLE):
        if (folder / name).is_file():
            return [folder / name]
        if (folder / f"{name}.index.json").is_file():
            return _parts(folder / f"{name}.index.json")
    raise MissingInputError(f"`{folder}` holds no weights: it has no `{_SAFETENSORS}` and no `{_PICKLE}`")


def _parts(index: Path) -> list[Path]:
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        paths = [index.parent / name for name in names]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedArtifactError(f"`{index}` does not say which tensor lies in which file: {error!r}") from error
    for name, path in zip(names, paths, strict=True):
        if Path(name).name != name or not path.is_file():
            raise MissingInputError(f"the weights are not whole: `{index}` names `{name}`, which is not there")
    return paths


def _tensors_of(path: Path) -> Iterator[tuple[str, Tensor]]:
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - the file is no mapping
                yield name, file.get_tensor(name)
        return
    # Only the newer of torch's two formats, a zip archive, can be memory-mapped.
    stored = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    for name, tensor in stored.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"`{name}` in it is no tensor")
        yield name, tensor
