"""The names that tensors have in Microsoft's own code for phi, which the first releases came with.

Its later form is a tree (`transformer.embd`, `transformer.h.0`, `lm_head`); its first is one sequence, `layers.0` the
embedding, then the blocks, the head last. In both, queries, keys and values are one projection, rows ordered by (three,
heads, dimensions).

Source: the conversion script of transformers 4 (`convert_phi_weights_to_hf.py`); for the sequence, the loaders of
CTranslate2 (`converters/transformers.py`).
"""

import re
from collections.abc import Iterator

from torch import Tensor

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


def rename(name: str, tensor: Tensor, num_layers: int) -> Iterator[tuple[str, Tensor]]:
    """The tensor under the names of `PhiForCausalLM`: three of a joint projection, none of what follows from the shape.

    A name of another kind is left as it is.
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
    """Number of the block, part within it, `weight` or `bias`; outside the blocks -1 and the name in the tree."""
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
