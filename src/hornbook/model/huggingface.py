"""Translate the config and the tensor names of Hugging Face's phi models, without transformers.

Three formats are known: `PhiForCausalLM.save_pretrained` of transformers 4 and 5 (phi-1, phi-1.5, phi-2 and similar),
and two of Microsoft's own code, which the first releases use. Of these, the later one is a tree (`transformer.embd`,
`transformer.h.0`, `lm_head`); the earlier one is a sequence: `layers.0` is the embedding, then the blocks, the head
last. In both, queries, keys and values are one projection with rows ordered by (three, heads, dimensions).

Source: the releases of phi-1, phi-1.5 and phi-2; `PhiConfig` of transformers; the conversion script of transformers 4
(`convert_phi_weights_to_hf.py`); for the sequence, the loaders of CTranslate2 (`converters/transformers.py`).
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.model.attention import BASE
from hornbook.model.config import ModelConfig

MODEL_TYPES = ("phi", "phi-msft", "mixformer-sequential")
ACTIVATIONS = ("gelu_new", "gelu_pytorch_tanh")
"""The two names of GELU's tanh approximation."""
_TENSOR = re.compile(r"(?:layers|transformer\.h)\.(?P<number>\d+)\.(?P<part>.+)\.(?P<kind>weight|bias)")
_OF_A_BLOCK = {
    "ln": "input_layernorm",
    "mixer.out_proj": "self_attn.dense",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
}
_OUTSIDE_BLOCKS = {
    "transformer.embd.wte": "model.embed_tokens",
    "lm_head.ln": "model.final_layernorm",
    "lm_head.linear": "lm_head",
}
_JOINT_PROJECTION = "mixer.Wqkv"


def phi_config_of(fields: Mapping[str, Any], where: str) -> ModelConfig:
    """The shape that a `config.json` of transformers or of Microsoft's own code describes; its dropouts are ignored.

    Args:
        fields: Content of the file.
        where: Path of the file, for error messages.

    Raises:
        ConfigError: A field is missing or asks for something that Hornbook's model does not compute.
    """
    if fields.get("model_type") not in MODEL_TYPES:
        raise ConfigError(
            f"`model_type` of `{where}` must be one of {', '.join(MODEL_TYPES)}, got {fields.get('model_type')!r}; "
            "Hornbook trains and exports models of the phi architecture alone"
        )
    _refuse_what_we_do_not_compute(fields, where)
    if "n_embd" in fields:
        return _config_of_microsoft(fields, where)
    rope = fields.get("rope_parameters") or {}
    return ModelConfig(
        vocab_size=_whole(fields, "vocab_size", where),
        num_layers=_whole(fields, "num_hidden_layers", where),
        hidden_size=_whole(fields, "hidden_size", where),
        intermediate_size=_whole(fields, "intermediate_size", where),
        num_heads=_whole(fields, "num_attention_heads", where),
        rotary_fraction=_number({"partial_rotary_factor": 0.5, **fields, **rope}, "partial_rotary_factor", where),
        max_position=_whole({"max_position_embeddings": 2048, **fields}, "max_position_embeddings", where),
        layer_norm_epsilon=_number({"layer_norm_eps": 1e-5, **fields}, "layer_norm_eps", where),
    )


def _refuse_what_we_do_not_compute(fields: Mapping[str, Any], where: str) -> None:
    rope = {**(fields.get("rope_scaling") or {}), **(fields.get("rope_parameters") or {})}
    heads = fields.get("n_head", fields.get("num_attention_heads"))
    hidden = fields.get("hidden_size")
    expected = {
        "qk_layernorm": (fields.get("qk_layernorm") or False, (False,)),
        "tie_word_embeddings": (fields.get("tie_word_embeddings") or False, (False,)),
        "hidden_act": (fields.get("activation_function") or fields.get("hidden_act", "gelu_new"), ACTIVATIONS),
        "num_key_value_heads": (fields.get("num_key_value_heads") or fields.get("n_head_kv") or heads, (heads,)),
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


def _config_of_microsoft(fields: Mapping[str, Any], where: str) -> ModelConfig:
    hidden, heads = _whole(fields, "n_embd", where), _whole(fields, "n_head", where)
    head_size = hidden // heads
    rotary_size = min(_whole(fields, "rotary_dim", where), head_size)
    fraction = rotary_size / head_size
    if int(head_size * fraction) < rotary_size:  # rounding
        fraction = math.nextafter(fraction, 1.0)
    return ModelConfig(
        vocab_size=_whole(fields, "vocab_size", where),
        num_layers=_whole(fields, "n_layer", where),
        hidden_size=hidden,
        intermediate_size=4 * hidden if fields.get("n_inner") is None else _whole(fields, "n_inner", where),
        num_heads=heads,
        rotary_fraction=fraction,
        max_position=_whole({"n_positions": 2048, **fields}, "n_positions", where),
        layer_norm_epsilon=_number({"layer_norm_epsilon": 1e-5, **fields}, "layer_norm_epsilon", where),
    )


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


def renamed(name: str, tensor: Tensor, num_layers: int) -> Iterator[tuple[str, Tensor]]:
    """Translate a tensor's name to that of `PhiForCausalLM`; names of other formats stay as they are.

    A joint projection becomes three tensors; rotary frequencies, which follow from the shape, none.
    """
    if name.endswith("rotary_emb.inv_freq"):
        return
    number, part, kind = _place(name, num_layers)
    if part == _JOINT_PROJECTION:
        for projection, third in zip("qkv", tensor.tensor_split(3), strict=True):
            yield f"model.layers.{number}.self_attn.{projection}_proj.{kind}", third
    elif part in _OF_A_BLOCK:
        yield f"model.layers.{number}.{_OF_A_BLOCK[part]}.{kind}", tensor
    elif part in _OUTSIDE_BLOCKS:
        yield f"{_OUTSIDE_BLOCKS[part]}.{kind}", tensor
    else:
        yield name, tensor


def _place(name: str, num_layers: int) -> tuple[int, str, str]:
    """Block number, part of the block, and `weight` or `bias`; outside the blocks -1 and the name in the tree."""
    found = _TENSOR.fullmatch(name)
    if found is None:
        part, _, kind = name.rpartition(".")
        return -1, part, kind
    number, part, kind = int(found["number"]), found["part"], found["kind"]
    if not name.startswith("layers."):
        return number, part, kind
    if number == 0:
        return -1, f"transformer.embd.{part}", kind
    if number == num_layers + 1:
        return -1, f"lm_head.{part}", kind
    return number - 1, part, kind
