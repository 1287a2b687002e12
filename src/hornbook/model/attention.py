"""Rotary position embedding and causal attention: PyTorch's kernel on a GPU, blocks of matrix products on a CPU.

PyTorch's fused attention for CPUs spends most of its time outside matrix products. Computed block by block of queries,
each against the keys up to the block's end, the same function takes less than half the time (measured in bfloat16 on
two cores, heads of 64, 384 tokens: 47 ms per layer against 108 ms, forward and backward).

Source: Su et al. 2021, "RoFormer"; rotation of the two halves of a head's first dimensions against each other and the
base of 10,000 are those of phi-1's release.
Shapes: B batch, H heads, N batch times heads, T tokens, D dimensions of a head, R rotated dimensions, Q queries of a
block, K keys that the block may attend to.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

BLOCK = 128
"""Queries per block: enough for an efficient matrix product, few enough to skip most of the masked half."""
BASE = 10_000.0

Rotation = tuple[Tensor, Tensor]
"""Cosines and sines, each of shape (..., T, 1, R / 2) in float32."""


def rotation(positions_T: Tensor, rotary_size: int) -> Rotation:
    """The rotation of each position.

    Positions count from 0, in any integer type, with shape (T,) or (B, T); `rotary_size` is even.
    """
    exponents = torch.arange(0, rotary_size, 2, dtype=torch.float32, device=positions_T.device) / rotary_size
    # The reciprocal is rounded before the product, as in transformers; the order matters from some hundred positions.
    angles = positions_T.float().unsqueeze(-1) * (1.0 / BASE**exponents)
    return angles.cos().unsqueeze(-2), angles.sin().unsqueeze(-2)


def rotate(heads_BTHD: Tensor, rotation: Rotation) -> Tensor:
    """Rotate the first dimensions of queries or keys; computed in float32, returned in the input's type."""
    cosine, sine = rotation
    half = cosine.shape[-1]
    first, second, rest = torch.tensor_split(heads_BTHD, (half, 2 * half), dim=-1)
    first32, second32 = first.float(), second.float()
    turned = (first32 * cosine - second32 * sine, second32 * cosine + first32 * sine)
    return torch.cat([turned[0].to(heads_BTHD.dtype), turned[1].to(heads_BTHD.dtype), rest], dim=-1)


class Documents(NamedTuple):
    """The document boundaries in packed rows, shared by all layers."""

    starts: Tensor
    """Position of the first token of each token's document, shape (B, T)."""
    mask: Tensor | None
    """Shape (B, 1, T, T): 0 where a query may attend to a key, else minus infinity. None on a CPU."""


def documents_of(tokens_BT: Tensor, separator: int, dtype: torch.dtype) -> Documents:
    """Find the documents in rows of tokens.

    `separator` is the token that ends a document and belongs to it; `dtype` is the queries'.
    """
    position_T = torch.arange(tokens_BT.shape[1], device=tokens_BT.device)
    follows_BT = functional.pad(tokens_BT[:, :-1] == separator, (1, 0))
    start_BT = torch.where(follows_BT, position_T, 0).cummax(dim=1).values
    return Documents(start_BT, None if tokens_BT.device.type == "cpu" else document_mask(start_BT, dtype))


def document_mask(start_BT: Tensor, dtype: torch.dtype) -> Tensor:
    """The additive mask of all pairs for PyTorch's attention, computed once for all layers."""
    position_T = torch.arange(start_BT.shape[1], device=start_BT.device)
    is_visible_BTT = (position_T >= start_BT.unsqueeze(2)) & (position_T <= position_T.unsqueeze(1))
    mask_BTT = torch.zeros(is_visible_BTT.shape, dtype=dtype, device=start_BT.device)
    return mask_BTT.masked_fill_(~is_visible_BTT, -math.inf).unsqueeze(1)


def causal_attention(
    query_BHTD: Tensor,
    key_BHTD: Tensor,
    value_BHTD: Tensor,
    *,
    dropout_probability: float = 0.0,
    documents: Documents | None = None,
) -> Tensor:
    """Softmax attention from each token to itself and the tokens before it, with scores scaled by `1 / sqrt(D)`.

    Queries and keys are rotated. Dropout on the attention weights draws from PyTorch's global generator, the only one
    that PyTorch's own attention uses. With `documents`, tokens attend only within their own document.

    Returns:
        Shape (B, H, T, D).
    """
    if query_BHTD.device.type != "cpu":
        return functional.scaled_dot_product_attention(
            query_BHTD,
            key_BHTD,
            value_BHTD,
            attn_mask=None if documents is None else documents.mask,
            dropout_p=dropout_probability,
            is_causal=documents is None,
        )
    flat = (tensor.flatten(0, 1) for tensor in (query_BHTD, key_BHTD, value_BHTD))
    start_BT = None if documents is None else documents.starts
    attended: Tensor = _BlockedAttention.apply(*flat, start_BT, dropout_probability)  # type: ignore[no-untyped-call]
    return attended.view(value_BHTD.shape)


class _BlockedAttention(torch.autograd.Function):
    """Exact softmax attention that saves the attention weights for the backward pass."""

    @staticmethod
    def forward(
        ctx: Any,
        query_NTD: Tensor,
        key_NTD: Tensor,
        value_NTD: Tensor,
        start_BT: Tensor | None,
        dropout_probability: float,
    ) -> Tensor:
        scale = query_NTD.shape[-1] ** -0.5
        attended_NTD = torch.empty_like(value_NTD)
        future_QQ = torch.full((BLOCK, BLOCK), -math.inf, dtype=query_NTD.dtype).triu(1)
        blocks = _blocks(query_NTD.shape[1], start_BT)
        weights: list[Tensor] = []
        kept: list[Tensor] = []
        for first, start, end in blocks:
            scores_NQK = query_NTD.new_empty(len(query_NTD), end - start, end - first)
            scores_NQK.baddbmm_(query_NTD[:, start:end], key_NTD[:, first:end].transpose(1, 2), beta=0, alpha=scale)
            scores_NQK[:, :, start - first :] += future_QQ[: end - start, : end - start]
            if start_BT is not None:
                _hide_other_documents(scores_NQK, start_BT[:, start:end], first)
            weights_NQK = torch.softmax(scores_NQK, dim=-1)
            weights.append(weights_NQK)
            if dropout_probability > 0:
                kept.append(torch.empty_like(weights_NQK, dtype=torch.bool).bernoulli_(1 - dropout_probability))
                weights_NQK = _dropped(weights_NQK, kept[-1], dropout_probability)
            torch.bmm(weights_NQK, value_NTD[:, first:end], out=attended_NTD[:, start:end])
        ctx.save_for_backward(query_NTD, key_NTD, value_NTD, *weights, *kept)
        ctx.blocks, ctx.dropout_probability = blocks, dropout_probability
        return attended_NTD

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        query_NTD, key_NTD, value_NTD, *saved = ctx.saved_tensors
        weights, kept = saved[: len(ctx.blocks)], saved[len(ctx.blocks) :]
        gradient_NTD = gradients[0].contiguous()
        scale = query_NTD.shape[-1] ** -0.5
        query_gradient = torch.empty_like(query_NTD)
        key_gradient, value_gradient = torch.zeros_like(key_NTD), torch.zeros_like(value_NTD)
        for number, (first, start, end) in enumerate(ctx.blocks):
            block_NQD, weights_NQK = gradient_NTD[:, start:end], weights[number]
            weights_gradient = torch.bmm(block_NQD, value_NTD[:, first:end].transpose(1, 2))
            used_NQK = weights_NQK
            if kept:
                used_NQK = _dropped(weights_NQK, kept[number], ctx.dropout_probability)
                weights_gradient = _dropped(weights_gradient, kept[number], ctx.dropout_probability)
            scores_gradient = torch._softmax_backward_data(weights_gradient, weights_NQK, -1, weights_NQK.dtype)
            query_gradient[:, start:end].baddbmm_(scores_gradient, key_NTD[:, first:end], beta=0, alpha=scale)
            key_gradient[:, first:end].baddbmm_(scores_gradient.transpose(1, 2), query_NTD[:, start:end], alpha=scale)
            value_gradient[:, first:end].baddbmm_(used_NQK.transpose(1, 2), block_NQD)
        return query_gradient, key_gradient, value_gradient, None, None


def _dropped(tensor: Tensor, kept: Tensor, dropout_probability: float) -> Tensor:
    return (tensor * kept).mul_(1 / (1 - dropout_probability))


def _hide_other_documents(scores_NQK: Tensor, start_BQ: Tensor, first: int) -> None:
    """Set the scores of keys before a query's own document to minus infinity; key 0 is at position `first`."""
    (batch, queries), keys = start_BQ.shape, scores_NQK.shape[2]
    is_hidden_BQK = torch.arange(first, first + keys) < start_BQ.unsqueeze(2)
    scores_NQK.view(batch, -1, queries, keys).masked_fill_(is_hidden_BQK.unsqueeze(1), -math.inf)


def _blocks(tokens: int, start_BT: Tensor | None) -> list[tuple[int, int, int]]:
    """First key, first query and end of each block; keys before every row's current document are skipped."""
    starts = range(0, tokens, BLOCK)
    firsts = [0] * len(starts) if start_BT is None else start_BT[:, ::BLOCK].amin(dim=0).tolist()
    return [(first, start, min(start + BLOCK, tokens)) for first, start in zip(firsts, starts, strict=True)]
