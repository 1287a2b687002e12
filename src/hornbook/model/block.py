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
from hornbook.model.gelu import gelu
from hornbook.model.rotary import Rotation, rotate


class LayerCache(Protocol):
    """Keys and values of one layer's earlier tokens (`generation/cache.py`)."""

    def extend(self, key_BTHD: Tensor, value_BTHD: Tensor) -> tuple[Tensor, Tensor]:
        """Append the new tokens' keys and values and return all, each of shape (B, H, K, D)."""


class Attention(nn.Module):
    """Causal multi-head attention with biases on all four projections."""

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
        hidden_BTC: Tensor,
        rotation: Rotation,
        cache: LayerCache | None = None,
        visible_BTK: Tensor | None = None,
        documents: Documents | None = None,
    ) -> Tensor:
        """Mix each token with those before it; with a cache, `visible_BTK` says which keys each token may see."""
        batch, tokens, size = hidden_BTC.shape
        shape = (batch, tokens, self.num_heads, size // self.num_heads)
        query_BTHD = rotate(self.q_proj(hidden_BTC).view(shape), rotation)
        key_BTHD = rotate(self.k_proj(hidden_BTC).view(shape), rotation)
        value_BTHD = self.v_proj(hidden_BTC).view(shape)
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
        mixed: Tensor = self.dense(attended.transpose(1, 2).reshape(batch, tokens, size))
        return mixed


class Mlp(nn.Module):
    """Two linear maps with the tanh approximation of GELU between them."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the maps; weights are set by `Phi.initialize`."""
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, hidden_BTC: Tensor) -> Tensor:
        """Transform each token by itself."""
        transformed: Tensor = self.fc2(gelu(self.fc1(hidden_BTC)))
        return transformed


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
        normed_BTC = self.input_layernorm(stream_BTC)
        attended_BTC = self.self_attn(normed_BTC, rotation, cache, visible_BTK, documents)
        transformed_BTC = self.mlp(normed_BTC)
        if self.training and self.residual_dropout > 0:
            attended_BTC = torch.dropout(attended_BTC, self.residual_dropout, train=True)
            transformed_BTC = torch.dropout(transformed_BTC, self.residual_dropout, train=True)
        summed_BTC: Tensor = stream_BTC + attended_BTC + transformed_BTC
        return summed_BTC
