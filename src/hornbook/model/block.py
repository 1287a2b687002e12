"""One block of phi: a single LayerNorm feeds attention and MLP side by side, both are added to the stream.

Source: phi-1's release; Gunasekar et al. 2023, section 2.3 (parallel attention and MLP, rotary embedding).
Shapes: B batch, T tokens, C hidden size, H heads, D dimensions of a head, K keys (cached ones first).
The names of the submodules are those of Hugging Face's `PhiForCausalLM`, so a state dict needs no translation.
"""

from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from hornbook.model.attention import Documents, causal_attention
from hornbook.model.config import ModelConfig
from hornbook.model.cpu_kernels import added_maps, gelu, maps_of_one
from hornbook.model.rotary import Rotation, rotate


class LayerCache(Protocol):
    """Keys and values of one layer's earlier tokens (`generation/reader.py`)."""

    def extend(self, key_BTHD: Tensor, value_BTHD: Tensor) -> tuple[Tensor, Tensor]:
        """Append the new tokens' keys and values and return all, each of shape (B, H, K, D)."""


class Attention(nn.Module):
    """Causal multi-head attention with biases on all four projections; the block applies the projections."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the projections; weights are set by `Phi.initialize`."""
        super().__init__()
        self.num_heads = config.num_heads
        self.dropout_probability = 0.0
        self.q_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.k_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.v_proj = nn.Linear(config.hidden_size, config.hidden_size)
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        query_BTC: Tensor,
        key_BTC: Tensor,
        value_BTC: Tensor,
        rotation: Rotation,
        cache: LayerCache | None = None,
        visible_BTK: Tensor | None = None,
        documents: Documents | None = None,
    ) -> Tensor:
        """Mix each token with those before it; with a cache, `visible_BTK` says which keys each token may see.

        Takes what `q_proj`, `k_proj` and `v_proj` gave; the result is for `dense`.
        """
        batch, tokens, size = query_BTC.shape
        shape = (batch, tokens, self.num_heads, size // self.num_heads)
        query_BTHD = rotate(query_BTC.view(shape), rotation)
        key_BTHD = rotate(key_BTC.view(shape), rotation)
        value_BTHD = value_BTC.view(shape)
        query_BHTD = query_BTHD.transpose(1, 2)
        if cache is None:
            attended = causal_attention(
                query_BHTD,
                key_BTHD.transpose(1, 2),
                value_BTHD.transpose(1, 2),
                dropout_probability=self.dropout_probability if self.training else 0.0,
                documents=documents,
            )
        else:
            assert visible_BTK is not None, "a cache holds keys of other rows' lengths: the mask must be given"
            key_BHKD, value_BHKD = cache.extend(key_BTHD, value_BTHD)
            attended = functional.scaled_dot_product_attention(
                query_BHTD, key_BHKD, value_BHKD, attn_mask=visible_BTK.unsqueeze(1)
            )
        return attended.transpose(1, 2).reshape(batch, tokens, size)


class Mlp(nn.Module):
    """The maps of the MLP, with the tanh approximation of GELU between them; the block applies them."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the maps; weights are set by `Phi.initialize`."""
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)


class Block(nn.Module):
    """`x + dropout(attention(norm(x))) + dropout(mlp(norm(x)))` with one norm."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the parts; weights are set by `Phi.initialize`."""
        super().__init__()
        self.residual_dropout = 0.0
        self.checkpoint_activations = False
        self.input_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_epsilon)
        self.self_attn = Attention(config)
        self.mlp = Mlp(config)

    def forward(
        self,
        stream_BTC: Tensor,
        rotation: Rotation,
        cache: LayerCache | None = None,
        visible_BTK: Tensor | None = None,
        documents: Documents | None = None,
    ) -> Tensor:
        """Add the block's contribution to the stream."""
        if self.checkpoint_activations and cache is None and torch.is_grad_enabled():
            # In here, not around the block: what shards the block's weights gathers them before this, as it expects.
            summed_BTC: Tensor = checkpoint(
                self._summed, stream_BTC, rotation, documents=documents, use_reentrant=False
            )
            return summed_BTC
        return self._summed(stream_BTC, rotation, cache, visible_BTK, documents)

    def _summed(
        self,
        stream_BTC: Tensor,
        rotation: Rotation,
        cache: LayerCache | None = None,
        visible_BTK: Tensor | None = None,
        documents: Documents | None = None,
    ) -> Tensor:
        attention, mlp = self.self_attn, self.mlp
        normed_BTC = self.input_layernorm(stream_BTC)
        query_BTC, key_BTC, value_BTC, inner = maps_of_one(
            normed_BTC, (attention.q_proj, attention.k_proj, attention.v_proj, mlp.fc1)
        )
        attended_BTC = attention(query_BTC, key_BTC, value_BTC, rotation, cache, visible_BTK, documents)
        activated = gelu(inner)
        if self.training and self.residual_dropout > 0:
            mixed_BTC = torch.dropout(attention.dense(attended_BTC), self.residual_dropout, train=True)
            transformed_BTC = torch.dropout(mlp.fc2(activated), self.residual_dropout, train=True)
            summed_BTC: Tensor = stream_BTC + mixed_BTC + transformed_BTC
            return summed_BTC
        return added_maps(stream_BTC, ((attended_BTC, attention.dense), (activated, mlp.fc2)))
