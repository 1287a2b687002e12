"""A trained model as a Hugging Face folder (`PhiForCausalLM`), written without transformers.

The parameter names of a Hornbook model are those of the Hugging Face class already. What remains is to write the config
and the settings of tokenizer and generation as its loaders expect them, and the weights in single precision.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig
from hornbook.model.rotary import BASE
from hornbook.model.weights import load_config
from hornbook.tokens.tokenizer import END_OF_TEXT, load_tokenizer

_SPECIAL_TOKENS = ("bos_token", "eos_token", "unk_token", "pad_token")


def export_huggingface(model_folder: Path, tokenizer_file: Path, card: str, folder: Path) -> str:
    """Write `folder`, ready for `AutoModelForCausalLM.from_pretrained`.

    Args:
        model_folder: `model.safetensors`, of any floating-point type, and `config.json`, a `ModelConfig`.
        tokenizer_file: A `tokenizer.json` of the tokenizers library that knows `<|endoftext|>`.
        card: The model card, Markdown.
        folder: Created; its files are overwritten.

    Returns:
        SHA-256 of the exported weights' bytes; equal weights give equal bytes.

    Raises:
        MissingInputError: The folder holds no model, or the tokenizer cannot be read or lacks `<|endoftext|>`.
        ConfigError: The tokenizer has more tokens than the model has rows for.
    """
    model_config = load_config(model_folder)
    tokenizer = load_tokenizer(tokenizer_file)
    end_of_text_id = tokenizer.get_vocab()[END_OF_TEXT]
    num_tokens, num_rows = tokenizer.get_vocab_size(), model_config.vocab_size
    if num_tokens > num_rows:
        raise ConfigError(f"the tokenizer has {num_tokens} tokens, but the model's `vocab_size` is {num_rows}")
    folder.mkdir(parents=True, exist_ok=True)
    stored = load_file(model_folder / "model.safetensors")
    weights = {name: tensor.to(torch.float32).contiguous() for name, tensor in stored.items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "config.json", _phi_config(model_config, end_of_text_id))
    _write_json(folder / "generation_config.json", _generation_config(end_of_text_id))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(model_config))
    _write_json(folder / "special_tokens_map.json", dict.fromkeys(_SPECIAL_TOKENS, END_OF_TEXT))
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    (folder / "README.md").write_text(card, encoding="utf-8")
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def _phi_config(config: ModelConfig, end_of_text_id: int) -> dict[str, Any]:
    """The fields of `PhiConfig`; rotary ones and the type both as transformers 4 and as transformers 5 reads them."""
    return {
        "architectures": ["PhiForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": end_of_text_id,
        "dtype": "float32",
        "embd_pdrop": 0.0,
        "eos_token_id": end_of_text_id,
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
        "pad_token_id": end_of_text_id,
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
        "torch_dtype": "float32",
        "use_cache": True,
        "vocab_size": config.vocab_size,
    }


def _generation_config(end_of_text_id: int) -> dict[str, Any]:
    return {
        "bos_token_id": end_of_text_id,
        "do_sample": False,
        "eos_token_id": end_of_text_id,
        "pad_token_id": end_of_text_id,
    }


def _tokenizer_config(config: ModelConfig) -> dict[str, Any]:
    return {
        "clean_up_tokenization_spaces": False,
        "model_max_length": config.max_position,
        "tokenizer_class": "PreTrainedTokenizerFast",
        **dict.fromkeys(_SPECIAL_TOKENS, END_OF_TEXT),
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
