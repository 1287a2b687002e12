"""A trained model as a Hugging Face folder (`PhiForCausalLM`), written without transformers, and where it is found.

The parameter names of a Hornbook model are those of the Hugging Face class already. What remains is to write the config
and the settings of tokenizer and generation as its loaders expect them, and the weights: one file of any size, as
transformers 5 writes up to 50 GB.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from tokenizers import Tokenizer

from hornbook.errors import ConfigError, MissingInputError, StoreError
from hornbook.evaluation.find import ModelFiles, find_files, is_run
from hornbook.model.attention import BASE
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import check_tokenizer, load_config, load_model
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store
from hornbook.tokens.pretrained import read_tokenizer_files
from hornbook.tokens.tokenizer import END_OF_TEXT, tokenizer_hash

_DTYPES = ("float32", "bfloat16", "float16")
CARD = "README.md"
_CONFIG, _WEIGHTS, _TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
_GENERATION, _TOKENIZER_CONFIG = "generation_config.json", "tokenizer_config.json"
_SPECIAL_TOKENS_MAP = "special_tokens_map.json"
EXPORTED_FILES = (CARD, _CONFIG, _GENERATION, _WEIGHTS, _SPECIAL_TOKENS_MAP, _TOKENIZER, _TOKENIZER_CONFIG)
"""All that an export writes."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Exported:
    """Hashes, size and config of an exported model."""

    model_sha256: str
    """SHA-256 of the weights' file; equal weights in an equal type give equal bytes."""
    model_bytes: int
    tokenizer_sha256: str
    """`tokenizer_hash` of the tokenizer."""
    config: ModelConfig


def export_huggingface(
    model_folder: Path, tokenizer_path: Path, card: str | None, folder: Path, *, dtype: str = "float32"
) -> Exported:
    """Write `folder`, ready for `AutoModelForCausalLM.from_pretrained`.

    The weights are in memory once, in the exported type.

    Args:
        model_folder: A phi model in Hornbook's or a Hugging Face format.
        tokenizer_path: A `tokenizer.json`, or a folder with a tokenizer (`tokens.pretrained.read_tokenizer_files`).
        card: The model card, Markdown; None writes none.
        folder: Created; its files are overwritten.
        dtype: Type of the exported weights: `float32`, `bfloat16` or `float16`.

    Raises:
        MissingInputError: The folder holds no model, or the tokenizer cannot be read or lacks `<|endoftext|>`.
        ConfigError: The model was trained with another tokenizer, or has fewer rows than it has tokens; `dtype` is none
            of these or too narrow for the weights.
        DamagedArtifactError: The weights do not fit their config.
    """
    if dtype not in _DTYPES:
        raise ConfigError(f"`dtype` must be one of {', '.join(_DTYPES)}, got {dtype!r}")
    config = load_config(model_folder)
    tokenizer = read_tokenizer_files(tokenizer_path)
    end_of_text_id = _fitting_end_of_text(tokenizer, tokenizer_path, config)
    tokenizer_sha256 = tokenizer_hash(tokenizer)
    check_tokenizer(model_folder, tokenizer_sha256)
    model = load_model(model_folder, getattr(torch, dtype))
    _require_finite(model, model_folder, dtype)
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / _WEIGHTS
    save_file(model.state_dict(), weights, metadata={"format": "pt"})
    special_tokens = dict.fromkeys(("bos_token", "eos_token", "unk_token", "pad_token"), END_OF_TEXT)
    ids = dict.fromkeys(("bos_token_id", "eos_token_id", "pad_token_id"), end_of_text_id)
    of_tokenizer = {
        "clean_up_tokenization_spaces": False,
        "model_max_length": config.max_position,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    for name, content in (
        (_CONFIG, {**_phi_config(config, dtype), **ids}),
        (_GENERATION, {"do_sample": False, **ids}),
        (_TOKENIZER_CONFIG, {**of_tokenizer, **special_tokens}),
        (_SPECIAL_TOKENS_MAP, special_tokens),
    ):
        (folder / name).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    _write_tokenizer(tokenizer, tokenizer_path, folder / _TOKENIZER)
    if card is not None:
        (folder / CARD).write_text(card, encoding="utf-8")
    return Exported(
        model_sha256=hash_file(weights),
        model_bytes=weights.stat().st_size,
        tokenizer_sha256=tokenizer_sha256,
        config=config,
    )


def find_trained_model(name: str, store: Store, *, base: bool) -> tuple[ModelFiles, str | None]:
    """The model of a name, and its model card; None where there is none. See `find_files`.

    Raises:
        DamagedArtifactError: An artifact of the run is damaged.
    """
    files = find_files(name, store, base=base)
    card = files.folder / CARD
    if is_run(name, store):
        artifacts = RunFolder(store, name).artifacts()
        exported = artifacts.get("export")
        trained = [one.manifest.fingerprint for one in artifacts.values() if one.folder == files.folder]
        if exported is None or exported.manifest.inputs.get("model") not in trained:
            return files, None
        card = exported.path(f"model/{CARD}")
    return files, card.read_text(encoding="utf-8") if card.is_file() else None


def require_free(folder: Path, store: Store, *, replace: bool) -> None:
    """Check that an export may write the folder of `--output`; with `replace`, also over an earlier export.

    Raises:
        ConfigError: It is a file, lies in the store, or holds files; with `replace`, files that no export writes.
    """
    if folder.resolve().is_relative_to(store.root.resolve()):
        raise ConfigError(f"`--output` `{folder}` lies in the store `{store.root}`, whose files never change")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"`--output` must be a folder, and `{folder}` is a file")
    there = sorted(path.name for path in folder.iterdir())
    foreign = [name for name in there if name not in EXPORTED_FILES]
    if foreign:
        raise ConfigError(f"`--output` `{folder}` holds what no export wrote (`{foreign[0]}`): name a new folder")
    if there and not replace:
        raise ConfigError(
            f"`--output` `{folder}` holds an export already: name a new folder, or replace it with `--force`"
        )


def fill_aside(folder: Path, fill: Callable[[Path], T]) -> T:
    """Let `fill` write a temporary folder beside `folder`, then rename it to `folder`, which it replaces.

    After a kill at any moment, `folder` is unchanged or complete; between two renames the earlier one lies beside it.
    If `fill` raises, `folder` stays unchanged. Missing parents are created.

    Raises:
        StoreError: It cannot be written: permissions, disk space.
    """
    place = folder.resolve()
    aside, earlier = (place.with_name(f".{place.name}.{kind}-{os.getpid()}") for kind in ("partial", "earlier"))
    try:
        aside.mkdir(parents=True)
        filled = fill(aside)
        if place.exists():
            place.rename(earlier)
        aside.rename(place)
    except (OSError, SafetensorError) as error:
        raise StoreError(f"`{folder}` cannot be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if place.exists():
            shutil.rmtree(earlier, ignore_errors=True)
    return filled


def _fitting_end_of_text(tokenizer: Tokenizer, path: Path, config: ModelConfig) -> int:
    vocabulary = tokenizer.get_vocab()
    if END_OF_TEXT not in vocabulary:
        raise MissingInputError(f"the tokenizer `{path}` lacks the token `{END_OF_TEXT}`")
    num_ids = max(vocabulary.values()) + 1
    if num_ids > config.vocab_size:
        raise ConfigError(f"the tokenizer has {num_ids} tokens, but the model's `vocab_size` is {config.vocab_size}")
    return vocabulary[END_OF_TEXT]


def _require_finite(model: Phi, model_folder: Path, dtype: str) -> None:
    for name, tensor in model.state_dict().items():
        if not torch.isfinite(tensor).all():
            mend = "its training went wrong" if dtype == "float32" else "choose a wider `dtype`, such as float32"
            raise ConfigError(f"`{name}` of `{model_folder}` has numbers that are not finite in {dtype}: {mend}")


def _phi_config(config: ModelConfig, dtype: str) -> dict[str, Any]:
    """Fields of `PhiConfig`; the rotary ones and the type both as transformers 4 and as transformers 5 reads them."""
    return {
        "architectures": ["PhiForCausalLM"],
        "attention_dropout": 0.0,
        "dtype": dtype,
        "embd_pdrop": 0.0,
        "hidden_act": "gelu_new",
        "hidden_size": config.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": config.intermediate_size,
        "layer_norm_eps": config.layer_norm_epsilon,
        "max_position_embeddings": config.max_position,
        "model_type": "phi",
        "num_attention_heads": config.num_heads,
        "num_hidden_layers": config.num_layers,
        "num_key_value_heads": config.num_heads,
        "partial_rotary_factor": config.rotary_fraction,
        "qk_layernorm": False,
        "resid_pdrop": 0.0,
        "rope_parameters": {
            "partial_rotary_factor": config.rotary_fraction,
            "rope_theta": BASE,
            "rope_type": "default",
        },
        "rope_scaling": None,
        "rope_theta": BASE,
        "tie_word_embeddings": False,
        "torch_dtype": dtype,
        "use_cache": True,
        "vocab_size": config.vocab_size,
    }


def _write_tokenizer(tokenizer: Tokenizer, source: Path, path: Path) -> None:
    """Copy the tokenizer's file; serialize the tokenizer where it has no file of its own."""
    file = source / _TOKENIZER if source.is_dir() else source
    if file.is_file():
        path.write_bytes(file.read_bytes())
    else:
        path.write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
