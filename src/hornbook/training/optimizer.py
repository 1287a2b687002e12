"""The optimisers of a model, AdamW for all of it or Muon for the blocks' matrices and AdamW for the rest; their rate.

Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; Gunasekar et al. 2023, section 2.3, which
is silent on the betas: 0.9 and 0.95 are customary at these sizes. Muon: Jordan et al. 2024, "Muon: An optimizer for
hidden layers in neural networks" (the iteration and its coefficients); Liu et al. 2025, "Muon is Scalable for LLM
Training" (the scale at which AdamW's learning rates serve).

Shapes: N matrices of one shape, R rows, C columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.training.parallel import Ranks, from_first, spread

BETAS = (0.9, 0.95)
EPSILON = 1e-8
MUON_MOMENTUM = 0.95
MUON_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
MUON_ITERATIONS = 5
MUON_ROOT_MEAN_SQUARE = 0.2
"""Of an update's elements: that of AdamW's typical updates."""


def learning_rate_at(step: int, *, peak: float, warmup_steps: int, num_steps: int) -> float:
    """The learning rate of a step: a linear rise, then a linear fall.

    Args:
        step: From 0.
        peak: Reached in the last step of the warm-up.
        warmup_steps: Steps that rise; 0 for none.
        num_steps: Length of the run; the rate would be zero in the step after the last.
    """
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    return peak * (num_steps - step) / max(num_steps - warmup_steps, 1)


def make_optimizers(
    model: Phi,
    name: str,
    weight_decay: float,
    dtype: torch.dtype = torch.float32,
    *,
    betas: tuple[float, float] = BETAS,
    epsilon: float = EPSILON,
) -> list[torch.optim.Optimizer]:
    """The optimisers that together take charge of every parameter of `model`.

    Weights decay in matrices only. Set the learning rate with `set_learning_rate` before each step.

    Args:
        model: Its parameters on their device, whole or in parts.
        name: `adamw` or `muon`.
        weight_decay: Decoupled, times the learning rate.
        dtype: In which Muon's iteration multiplies.
        betas: AdamW's decay rates of its two moments.
        epsilon: AdamW's term against division by zero.
    """
    parameters = list(model.parameters())
    inner = [matrix for matrix in model.model.layers.parameters() if matrix.dim() == 2] if name == "muon" else []
    taken = {id(matrix) for matrix in inner}
    matrices = [matrix for matrix in parameters if matrix.dim() == 2 and id(matrix) not in taken]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.dim() < 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=0.0, betas=betas, eps=epsilon, fused=True)
    return [adamw, Muon(inner, weight_decay, dtype)] if inner else [adamw]


def set_learning_rate(optimizers: Sequence[torch.optim.Optimizer], learning_rate: float) -> None:
    """Give all parameters the learning rate of the coming step."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = learning_rate


def optimizer_tensors(model: Phi, optimizers: Sequence[torch.optim.Optimizer]) -> dict[str, Tensor]:
    """The optimisers' state as `key/parameter's name`, for a checkpoint: shared memory, not copies.

    Under FSDP moments are parts, as their parameters are.
    """
    return {
        f"{key}/{name}": value
        for name, parameter in model.named_parameters()
        for optimizer in optimizers
        for key, value in optimizer.state.get(parameter, {}).items()
    }


def restore_optimizers(
    model: Phi, optimizers: Sequence[torch.optim.Optimizer], tensors: Mapping[str, Tensor], ranks: Ranks
) -> None:
    """Put back what `optimizer_tensors` gave, gathered.

    Args:
        model: The model whose parameters the optimisers have.
        optimizers: Fresh ones.
        tensors: Whole tensors; looked at on the first process only.
        ranks: The processes.
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
    """Momentum whose matrices are made orthogonal before each step; the same gradients give the same weights."""

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
    """Matrices with the same singular vectors and singular values near 1 (about 0.7 to 1.2).

    Args:
        matrices_NRC: In the type to compute in.

    Returns:
        The same shape and type.
    """
    first, second, third = MUON_COEFFICIENTS
    is_tall = matrices_NRC.shape[1] > matrices_NRC.shape[2]
    x = matrices_NRC.transpose(1, 2) if is_tall else matrices_NRC
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).to(x.dtype)
    for _ in range(MUON_ITERATIONS):
        square = torch.bmm(x, x.transpose(1, 2))
        polynomial = torch.baddbmm(square, square, square, beta=second, alpha=third)
        x = torch.baddbmm(x, polynomial, x, beta=first)
    return x.transpose(1, 2) if is_tall else x
