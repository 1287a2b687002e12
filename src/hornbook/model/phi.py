"""The phi language model: embedding, blocks, final LayerNorm, untied head with bias.

In each block one LayerNorm feeds attention and MLP side by side, and both outputs are added to the residual stream.

Source: phi-1's release; Gunasekar et al. 2023, section 2.3 (parallel attention and MLP, rotary embedding).
Shapes: B batch, T tokens, C hidden size, H heads, D dimensions of a head, K keys (cached ones first), V vocabulary.
Submodules have the names of Hugging Face's `PhiForCausalLM`, so that a state dict needs no translation.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from hornbook.model.attention import Documents, Rotation, causal_attention, documents_of, rotate, rotation
from hornbook.model.config import ModelConfig
from hornbook.model.cpu_kernels import added_maps, gelu, maps_of_one
from hornbook.model.loss import next_token_loss

INITIAL_STANDARD_DEVIATION = 0.02


class LayerCache(Protocol):
    """Keys and values of one layer's earlier tokens; implemented in `generation/reader.py`."""

    def extend(self, key_BTHD: Tensor, value_BTHD: Tensor) -> tuple[Tensor, Tensor]:
        """Append the new tokens' keys and values and return all of them, each of shape (B, H, K, D)."""


class Attention(nn.Module):
    """Causal multi-head attention with biases on all four projections, which `Block` applies."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the projections; `Phi.initialize` sets the weights."""
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
        """Attend; takes the outputs of `q_proj`, `k_proj` and `v_proj` and returns the input of `dense`.

        With a cache, `visible_BTK` must say which keys each token may attend to.
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
            assert visible_BTK is not None, "rows in a cache differ in length, so that a mask is needed"
            key_BHKD, value_BHKD = cache.extend(key_BTHD, value_BTHD)
            attended = functional.scaled_dot_product_attention(
                query_BHTD, key_BHKD, value_BHKD, attn_mask=visible_BTK.unsqueeze(1)
            )
        return attended.transpose(1, 2).reshape(batch, tokens, size)


class Mlp(nn.Module):
    """The two linear maps of the MLP; `Block` applies them, with the tanh approximation of GELU between them."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the linear maps; `Phi.initialize` sets the weights."""
        super().__init__()
        self.fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.fc2 = nn.Linear(config.intermediate_size, config.hidden_size)


class Block(nn.Module):
    """`x + dropout(attention(norm(x))) + dropout(mlp(norm(x)))` with one norm."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the submodules; `Phi.initialize` sets the weights."""
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
        """Add the outputs of attention and MLP to the residual stream."""
        if self.checkpoint_activations and cache is None and torch.is_grad_enabled():
            # Inside `forward`, not around the block: FSDP gathers the block's weights before it calls `forward`.
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


class PhiTrunk(nn.Module):
    """All of the model but the head."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the submodules; `Phi.initialize` sets the weights."""
        super().__init__()
        self.rotary_size = config.rotary_size
        # `nn.Embedding(...)` would draw values, which on the meta device imports torch._dynamo: over a second.
        values = torch.empty(config.vocab_size, config.hidden_size)
        self.embed_tokens = nn.Embedding.from_pretrained(values, freeze=False)  # type: ignore[no-untyped-call]
        self.layers = nn.ModuleList(Block(config) for _ in range(config.num_layers))
        self.final_layernorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_epsilon)

    def forward(
        self,
        tokens_BT: Tensor,
        positions_BT: Tensor | None = None,
        caches: Sequence[LayerCache] | None = None,
        visible_BTK: Tensor | None = None,
        separator: int | None = None,
    ) -> Tensor:
        """Hidden states after the final LayerNorm, shape (B, T, C); see `Phi.loss` for `separator`."""
        if positions_BT is None:
            positions_BT = torch.arange(tokens_BT.shape[1], device=tokens_BT.device)
        turn = rotation(positions_BT, self.rotary_size)
        stream_BTC: Tensor = self.embed_tokens(tokens_BT)
        documents = None if separator is None else documents_of(tokens_BT, separator, stream_BTC.dtype)
        for number, layer in enumerate(self.layers):
            cache = None if caches is None else caches[number]
            stream_BTC = layer(stream_BTC, turn, cache, visible_BTK, documents)
        final_BTC: Tensor = self.final_layernorm(stream_BTC)
        return final_BTC


class Phi(nn.Module):
    """A causal language model whose state dict has the names of Hugging Face's `PhiForCausalLM`."""

    def __init__(self, config: ModelConfig, device: str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        """Allocate the tensors without values: call `initialize` or load weights. On `meta` they take no memory."""
        super().__init__()
        self.config = config
        with torch.device("meta"):
            self.model = PhiTrunk(config)
            self.lm_head = nn.Linear(config.hidden_size, config.vocab_size)
        for module in self.modules():
            # `to_empty` does the same with `torch.empty_like`, which on the meta device imports sympy: half a second.
            for name, parameter in module.named_parameters(recurse=False):
                setattr(module, name, nn.Parameter(torch.empty(parameter.shape, dtype=dtype, device=device)))

    def initialize(self, generator: torch.Generator) -> "Phi":
        """Set all weights and return the model: matrices normally distributed, biases 0, LayerNorm the identity."""
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if "layernorm" in name:
                    parameter.fill_(1.0 if name.endswith("weight") else 0.0)
                elif parameter.dim() == 1:
                    parameter.zero_()
                else:
                    parameter.normal_(0.0, INITIAL_STANDARD_DEVIATION, generator=generator)
        return self

    def forward(
        self,
        tokens_BT: Tensor,
        positions_BT: Tensor | None = None,
        caches: Sequence[LayerCache] | None = None,
        visible_BTK: Tensor | None = None,
    ) -> Tensor:
        """Logits of the next token at each position, shape (B, T, V), in float32.

        Positions are by default 0, 1, 2 …. There is one cache per layer, which this call extends; caches require
        `visible_BTK`, which says whether a token may attend to a key, cached or new.
        """
        logits_BTV: Tensor = self.lm_head(self.model(tokens_BT, positions_BT, caches, visible_BTK))
        return logits_BTV.float()

    def loss(self, rows_BT: Tensor, *, gradient_scale: float = 1.0, separator: int | None = None) -> Tensor:
        """The mean next-token cross-entropy in nats, computed without holding the logits of all tokens.

        Args:
            rows_BT: Token ids, shape (B, T + 1): inputs are all columns but the last, targets all but the first.
            gradient_scale: Factor on the gradients, not on the returned loss.
            separator: The token that ends a document and belongs to it. If given, tokens attend only within their own
                document; positions still count through the whole row, since rotary attention depends on distances only.

        Returns:
            A scalar in float32.
        """
        hidden_BTC = self.model(rows_BT[:, :-1], separator=separator)
        targets_N = rows_BT[:, 1:].flatten()
        return next_token_loss(self.lm_head, hidden_BTC.flatten(0, 1), targets_N, gradient_scale=gradient_scale)

    def set_dropout(self, *, residual: float, attention: float) -> None:
        """Set the dropout probabilities in training: on the outputs of attention and MLP, and on attention weights.

        Dropout draws from PyTorch's global generator. Gunasekar et al. 2023, section 2.3, trains with 0.1 for both.
        """
        for layer in self._blocks():
            layer.residual_dropout = residual
            layer.self_attn.dropout_probability = attention

    def set_checkpoint_activations(self, value: bool) -> None:
        """Set whether each block saves only its input and recomputes its activations in the backward pass."""
        for layer in self._blocks():
            layer.checkpoint_activations = value

    def _blocks(self) -> list[Block]:
        return [layer for layer in self.model.layers if isinstance(layer, Block)]
