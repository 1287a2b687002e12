"""The phi language model: embedding, blocks, final LayerNorm, untied head with bias.

Source: phi-1's release; Gunasekar et al. 2023, section 2.3.
Shapes: B batch, T tokens, C hidden size, V vocabulary, K keys (cached ones first).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hornbook.model.attention import documents_of
from hornbook.model.block import Block, LayerCache
from hornbook.model.config import ModelConfig
from hornbook.model.loss import next_token_loss
from hornbook.model.rotary import rotation

INITIAL_STANDARD_DEVIATION = 0.02


class PhiTrunk(nn.Module):
    """All but the head."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the parts; weights are set by `Phi.initialize`."""
        super().__init__()
        self.rotary_size = config.rotary_size
        # `nn.Embedding(...)` would draw values, which on the meta device imports torch._dynamo: over a second.
        self.embed_tokens = nn.Embedding.from_pretrained(
            torch.empty(config.vocab_size, config.hidden_size), freeze=False
        )
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
        """Hidden states after the final LayerNorm, shape (B, T, C); attention within documents with a `separator`."""
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
    """A causal language model; its state dict has the names of Hugging Face's `PhiForCausalLM`."""

    def __init__(self, config: ModelConfig, device: str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        """Allocate the tensors without values: call `initialize` or load weights.

        Args:
            config: The shape.
            device: Where the tensors lie; `meta` for a model without memory.
            dtype: Of the tensors.
        """
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
        """Set all weights: matrices from a normal distribution, biases to 0, LayerNorm to the identity.

        Returns:
            The model itself.
        """
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
        """Logits of the next token at each position.

        Args:
            tokens_BT: Token ids.
            positions_BT: Position of each token from 0; 0, 1, 2 … where absent.
            caches: One per layer, extended by this call; `visible_BTK` must then be given.
            visible_BTK: Which keys (cached and new) each token may see, boolean.

        Returns:
            Shape (B, T, V), in float32.
        """
        logits_BTV: Tensor = self.lm_head(self.model(tokens_BT, positions_BT, caches, visible_BTK))
        return logits_BTV.float()

    def loss(self, rows_BT: Tensor, *, gradient_scale: float = 1.0, separator: int | None = None) -> Tensor:
        """The mean next-token loss in nats of rows of tokens, without the logits of all tokens in memory.

        Args:
            rows_BT: Token ids, shape (B, T + 1): inputs are all columns but the last, targets all but the first.
            gradient_scale: The gradients are multiplied by it, the returned loss is not.
            separator: The token that ends a document, and belongs to it; attention then stays within documents. None:
                over all tokens. Positions run on through a row: rotary attention knows distances only.

        Returns:
            A scalar in float32.
        """
        hidden_BTC = self.model(rows_BT[:, :-1], separator=separator)
        targets_N = rows_BT[:, 1:].flatten()
        return next_token_loss(self.lm_head, hidden_BTC.flatten(0, 1), targets_N, gradient_scale=gradient_scale)

    def set_dropout(self, *, residual: float, attention: float) -> None:
        """Set the probabilities that hold in training: on the outputs of attention and MLP, and on attention's weights.

        Dropout draws from PyTorch's global generator. Source: Gunasekar et al. 2023, section 2.3, trains with 0.1 for
        both.
        """
        for layer in self._blocks():
            layer.residual_dropout = residual
            layer.self_attn.dropout_probability = attention

    @property
    def checkpoint_activations(self) -> bool:
        """Whether each block keeps its input only and computes the rest again in the backward pass."""
        return all(layer.checkpoint_activations for layer in self._blocks())

    @checkpoint_activations.setter
    def checkpoint_activations(self, value: bool) -> None:
        for layer in self._blocks():
            layer.checkpoint_activations = value

    def _blocks(self) -> list[Block]:
        return [layer for layer in self.model.layers if isinstance(layer, Block)]
