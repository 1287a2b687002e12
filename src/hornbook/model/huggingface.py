"""Read the config of Hugging Face's phi models (phi-1, phi-1.5, phi-2 and similar), without transformers.

The tensors of `PhiForCausalLM.save_pretrained`, of transformers 4 and 5, have the names of our own.

Source: the releases of phi-1, phi-1.5 and phi-2; `PhiConfig` of transformers.
"""

from collections.abc import Mapping
from typing import Any

from hornbook.errors import ConfigError
from hornbook.model.attention import BASE
from hornbook.model.config import ModelConfig

ACTIVATIONS = ("gelu_new", "gelu_pytorch_tanh")
"""The two names of GELU's tanh approximation."""


def phi_config_of(fields: Mapping[str, Any], where: str) -> ModelConfig:
    """The shape that a `config.json` of transformers describes; its dropouts are ignored.

    Args:
        fields: Content of the file.
        where: Path of the file, for error messages.

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
        "hidden_act": (fields.get("hidden_act", "gelu_new"), ACTIVATIONS),
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
