"""Causal attention over whole sequences: PyTorch's on a GPU, blocks of matrix products on a CPU.

PyTorch's fused kernel for CPUs spends most of its time outside matrix products; taken block by block of queries, each
against the keys up to its own end, the same function costs less than half (measured in bfloat16 on two cores, heads of
64, 384 tokens: 47 ms a layer against 108 ms, forward and backward).

Shapes: B batch, H heads, N batch times heads, T tokens, D dimensions of a head, Q queries of a block, K the keys that
the block may see.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

BLOCK = 128
"""Queries at a time: wide enough for the matrix product, narrow enough to skip most of the masked half."""


class Documents(NamedTuple):
    """Where the documents of packed rows lie, in the form that attention takes on their device; one for all layers."""

    starts: Tensor
    """Position of the first token of each token's document, shape (B, T)."""
    mask: Tensor | None
    """Shape (B, 1, T, T): 0 where a query may see a key, else minus infinity. None on a CPU: its blocks make theirs."""


def documents_of(tokens_BT: Tensor, separator: int, dtype: torch.dtype) -> Documents:
    """Find the documents in rows of tokens.

    Args:
        tokens_BT: Token ids.
        separator: The token that ends a document, and belongs to it.
        dtype: Of the queries to come.
    """
    position_T = torch.arange(tokens_BT.shape[1], device=tokens_BT.device)
    follows_BT = functional.pad(tokens_BT[:, :-1] == separator, (1, 0))
    start_BT = torch.where(follows_BT, position_T, 0).cummax(dim=1).values
    return Documents(start_BT, None if tokens_BT.device.type == "cpu" else document_mask(start_BT, dtype))


def document_mask(start_BT: Tensor, dtype: torch.dtype) -> Tensor:
    """The mask of all pairs, as PyTorch's attention takes it: added to the scores, made once for all layers."""
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
    """Attend from each token to itself and those before it; scores scaled by one over the root of D.

    Args:
        query_BHTD: Shape (batch, heads, tokens, D), rotated.
        key_BHTD: The same shape, rotated.
        value_BHTD: The same shape.
        dropout_probability: With which a weight of the softmax is set to 0, the rest scaled up to the same mean. Drawn
            from PyTorch's global generator, the only one that its own attention knows.
        documents: Attend within these only.

    Returns:
        Shape (batch, heads, tokens, D).
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
    """Exact softmax attention; the probabilities are kept for the backward pass."""

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
    """Set the scores of keys before a query's own document to minus infinity; the keys count from `first`."""
    (batch, queries), keys = start_BQ.shape, scores_NQK.shape[2]
    is_hidden_BQK = torch.arange(first, first + keys) < start_BQ.unsqueeze(2)
    scores_NQK.view(batch, -1, queries, keys).masked_fill_(is_hidden_BQK.unsqueeze(1), -math.inf)


def _blocks(tokens: int, start_BT: Tensor | None) -> list[tuple[int, int, int]]:
    """First key, first query and end of each block; keys that no row's document reaches back to are left out."""
    starts = range(0, tokens, BLOCK)
    firsts = [0] * len(starts) if start_BT is None else start_BT[:, ::BLOCK].amin(dim=0).tolist()
    return [(first, start, min(start + BLOCK, tokens)) for first, start in zip(firsts, starts, strict=True)]
