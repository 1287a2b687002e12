"""Muon: momentum whose matrices are made orthogonal before each step.

Source: Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks" (the iteration and its
coefficients); Liu et al. 2025, "Muon is Scalable for LLM Training" (the scale at which AdamW's learning rates serve).

Shapes: N matrices of one shape, R rows, C columns.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

MOMENTUM = 0.95
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
NUM_ITERATIONS = 5
ROOT_MEAN_SQUARE = 0.2
"""Of an update's elements: that of AdamW's typical updates."""


class Muon(torch.optim.Optimizer):
    """Steps for matrices only; the same gradients give the same weights."""

    def __init__(self, matrices: Iterable[Tensor], weight_decay: float, dtype: torch.dtype) -> None:
        """Take charge of `matrices`.

        Args:
            matrices: Parameters of two dimensions.
            weight_decay: Decoupled, times the learning rate.
            dtype: In which the iteration multiplies; bfloat16 serves where the hardware multiplies in it.
        """
        super().__init__(matrices, {"lr": 0.0, "weight_decay": weight_decay})
        self._dtype = dtype

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Move each matrix against its orthogonalised momentum; matrices of one shape together."""
        assert closure is None, "the loss is not evaluated again"
        for group in self.param_groups:
            of_shape: dict[torch.Size, list[Tensor]] = {}
            for matrix in group["params"]:
                of_shape.setdefault(matrix.shape, []).append(matrix)
            for shape, matrices in of_shape.items():
                momenta_NRC = torch.stack([self._nesterov(matrix) for matrix in matrices])
                updates_NRC = orthogonalized(momenta_NRC.to(self._dtype)).float()
                rate = group["lr"] * ROOT_MEAN_SQUARE * max(shape) ** 0.5
                for matrix, update_RC in zip(matrices, updates_NRC, strict=True):
                    matrix.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update_RC, alpha=rate)

    def _nesterov(self, matrix: Tensor) -> Tensor:
        assert matrix.grad is not None, "every matrix takes part in the loss"
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        momentum: Tensor = state["momentum"]
        momentum.lerp_(matrix.grad, 1 - MOMENTUM)
        return matrix.grad.lerp(momentum, MOMENTUM)


def orthogonalized(matrices_NRC: Tensor) -> Tensor:
    """Matrices with the same singular vectors and singular values near 1 (about 0.7 to 1.2).

    Args:
        matrices_NRC: In the type to compute in.

    Returns:
        The same shape and type.
    """
    first, second, third = COEFFICIENTS
    is_tall = matrices_NRC.shape[1] > matrices_NRC.shape[2]
    x = matrices_NRC.transpose(1, 2) if is_tall else matrices_NRC
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(NUM_ITERATIONS):
        square = torch.bmm(x, x.transpose(1, 2))
        polynomial = torch.baddbmm(square, square, square, beta=second, alpha=third)
        x = torch.baddbmm(x, polynomial, x, beta=first)
    return x.transpose(1, 2) if is_tall else x
