"""Next-token cross-entropy that never holds the logits of all tokens.

The forward pass computes the head's product, the softmax and their gradients chunk by chunk; the backward pass only
scales the saved gradients. Memory grows with the chunk, not with the batch.

Shapes: N tokens of the batch, C hidden size, V vocabulary, K tokens of a chunk.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def next_token_loss(
    head: nn.Linear, hidden_NC: Tensor, targets_N: Tensor, chunk: int = 1024, *, gradient_scale: float = 1.0
) -> Tensor:
    """The mean cross-entropy in nats, a scalar in float32; its gradients are the plain ones up to rounding.

    `hidden_NC` are the states after the final LayerNorm, `targets_N` the tokens that follow. `gradient_scale` is a
    factor on the gradients, not on the loss. It is applied in float32 before gradients are rounded to the head's type:
    in float16, gradients divided by the number of tokens would underflow.
    """
    if not torch.is_grad_enabled():
        pieces = (
            (hidden_NC[start : start + chunk], targets_N[start : start + chunk])
            for start in range(0, len(targets_N), chunk)
        )
        sums = [functional.cross_entropy(head(hidden).float(), target, reduction="sum") for hidden, target in pieces]
        return torch.stack(sums).sum() / targets_N.shape[0]
    loss: Tensor = _ChunkedLoss.apply(  # type: ignore[no-untyped-call]
        hidden_NC, head.weight, head.bias, targets_N, chunk, gradient_scale
    )
    return loss


class _ChunkedLoss(torch.autograd.Function):
    """Computes the gradients along with the loss, where the softmax is available."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden_NC: Tensor,
        weight_VC: Tensor,
        bias_V: Tensor,
        targets_N: Tensor,
        chunk: int,
        gradient_scale: float,
    ) -> Tensor:
        count = targets_N.shape[0]
        total = torch.zeros((), dtype=torch.float32, device=hidden_NC.device)
        hidden_gradient = torch.empty_like(hidden_NC)
        weight_gradient = torch.zeros_like(weight_VC, dtype=torch.float32)
        bias_gradient = torch.zeros_like(bias_V, dtype=torch.float32)
        for start in range(0, count, chunk):
            hidden_KC = hidden_NC[start : start + chunk]
            targets_K1 = targets_N[start : start + chunk].unsqueeze(1)
            logits_KV = functional.linear(hidden_KC, weight_VC, bias_V)
            gradient_KV = torch.softmax(logits_KV, dim=1, dtype=torch.float32)
            # The largest logit's probability is one over the normalising sum, and never underflows float32.
            largest_K1 = logits_KV.amax(dim=1, keepdim=True).float()
            log_normalizer_K1 = largest_K1 - gradient_KV.amax(dim=1, keepdim=True).log()
            total += (log_normalizer_K1 - logits_KV.gather(1, targets_K1)).sum()
            gradient_KV.scatter_add_(1, targets_K1, gradient_KV.new_full(targets_K1.shape, -1.0))
            gradient_KV = gradient_KV.mul_(gradient_scale / count).to(hidden_NC.dtype)
            hidden_gradient[start : start + chunk] = gradient_KV @ weight_VC
            weight_gradient += gradient_KV.T @ hidden_KC
            bias_gradient += gradient_KV.sum(dim=0, dtype=torch.float32)
        ctx.save_for_backward(hidden_gradient, weight_gradient.to(weight_VC.dtype), bias_gradient.to(bias_V.dtype))
        return total / count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        hidden_gradient, weight_gradient, bias_gradient = ctx.saved_tensors
        scale = gradients[0]
        return hidden_gradient * scale, weight_gradient * scale, bias_gradient * scale, None, None, None
