"""Optimisers and learning rate: AdamW, or Muon for the matrices in the blocks and AdamW for the rest.

Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; Gunasekar et al. 2023, section 2.3, which
does not give the betas: 0.9 and 0.95 are usual at these sizes. Muon: Jordan et al. 2024, "Muon: An optimizer for
hidden layers in neural networks" (the iteration and its coefficients); Liu et al. 2025, "Muon is Scalable for LLM
Training" (the scale that allows AdamW's learning rates).

Shapes: N matrices of one shape, R rows, C columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks, from_first, spread

MUON_MOMENTUM = 0.95
MUON_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
MUON_ITERATIONS = 5
MUON_ROOT_MEAN_SQUARE = 0.2
"""Root mean square of an update's elements, that of typical updates of AdamW."""


def learning_rate_at(step: int, config: TrainConfig) -> float:
    """The learning rate of a step, counted from 0: linear warm-up to the peak, then linear decay to 0."""
    peak, warmup_steps, num_steps = config.learning_rate, config.warmup_steps, config.num_steps
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak * (num_steps - step) / max(num_steps - warmup_steps, 1)


def make_optimizers(model: Phi, config: TrainConfig, dtype: torch.dtype) -> list[torch.optim.Optimizer]:
    """The optimisers that together update every parameter of `model`, which is on its device, whole or sharded.

    `set_learning_rate` must be called before each step. Muon's iteration computes in `dtype`.
    """
    parameters, uses_muon = list(model.parameters()), config.optimizer == "muon"
    inner = [matrix for matrix in model.model.layers.parameters() if matrix.dim() == 2] if uses_muon else []
    taken = {id(matrix) for matrix in inner}
    matrices = [matrix for matrix in parameters if matrix.dim() == 2 and id(matrix) not in taken]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": [parameter for parameter in parameters if parameter.dim() < 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=0.0, betas=config.betas, eps=config.epsilon, fused=True)
    return [adamw, Muon(inner, config.weight_decay, dtype)] if inner else [adamw]


def set_learning_rate(optimizers: Sequence[torch.optim.Optimizer], learning_rate: float) -> None:
    """Set the learning rate of the next step for all parameters."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate


def optimizer_tensors(model: Phi, optimizers: Sequence[torch.optim.Optimizer]) -> dict[str, Tensor]:
    """The optimisers' state for a checkpoint, by `key/parameter name`; not copied, and sharded like the parameters."""
    return {
        f"{key}/{name}": value
        for name, parameter in model.named_parameters()
        for optimizer in optimizers
        for key, value in optimizer.state.get(parameter, {}).items()
    }


def restore_optimizers(
    model: Phi, optimizers: Sequence[torch.optim.Optimizer], tensors: Mapping[str, Tensor], ranks: Ranks
) -> None:
    """Restore the state of new optimisers of `model` from the gathered result of `optimizer_tensors`.

    `tensors` are whole and read on the first process only.
    """
    owner = {
        id(parameter): optimizer
        for optimizer in optimizers
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    parameters = dict(model.named_parameters())
    targets: dict[str, Tensor] = {}
    for path, shape in from_first({path: tensor.shape for path, tensor in tensors.items()}, ranks).items():
        key, name = path.split("/", 1)
        parameter = parameters[name]
        of_parameter = shape == parameter.shape
        target = torch.zeros_like(parameter) if of_parameter else torch.zeros(shape, device=parameter.device)
        owner[id(parameter)].state[parameter][key] = targets[path] = target
    spread(tensors, targets, ranks)


class Muon(torch.optim.Optimizer):
    """Momentum whose matrices are orthogonalised before each step."""

    def __init__(self, matrices: Iterable[Tensor], weight_decay: float, dtype: torch.dtype) -> None:
        """Optimise `matrices`, parameters of two dimensions, with the iteration computed in `dtype`."""
        super().__init__(matrices, {"lr": 0.0, "weight_decay": weight_decay})
        self._dtype = dtype

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update each matrix by its orthogonalised momentum; matrices of one shape are stacked."""
        assert closure is None, "the loss is not evaluated again"
        for group in self.param_groups:
            of_shape: dict[torch.Size, list[Tensor]] = {}
            for matrix in group["params"]:
                of_shape.setdefault(matrix.shape, []).append(matrix)
            for shape, matrices in of_shape.items():
                momenta_NRC = torch.stack([self._nesterov(matrix) for matrix in matrices])
                updates_NRC = orthogonalized(momenta_NRC.to(self._dtype)).float()
                rate = group["lr"] * MUON_ROOT_MEAN_SQUARE * max(shape) ** 0.5
                for matrix, update_RC in zip(matrices, updates_NRC, strict=True):
                    matrix.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update_RC, alpha=rate)

    def _nesterov(self, matrix: Tensor) -> Tensor:
        assert matrix.grad is not None, "every matrix takes part in the loss"
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        momentum: Tensor = state["momentum"]
        momentum.lerp_(matrix.grad, 1 - MUON_MOMENTUM)
        return matrix.grad.lerp(momentum, MUON_MOMENTUM)


def orthogonalized(matrices_NRC: Tensor) -> Tensor:
    """Matrices with the same singular vectors and singular values near 1 (about 0.7 to 1.2)."""
    first, second, third = MUON_COEFFICIENTS
    is_tall = matrices_NRC.shape[1] > matrices_NRC.shape[2]
    x = matrices_NRC.transpose(1, 2) if is_tall else matrices_NRC
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(MUON_ITERATIONS):
        square = torch.bmm(x, x.transpose(1, 2))
        polynomial = torch.baddbmm(square, square, square, beta=second, alpha=third)
        x = torch.baddbmm(x, polynomial, x, beta=first)
    return x.transpose(1, 2) if is_tall else x
