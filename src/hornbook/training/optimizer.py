"""The optimisers of a model: AdamW for all of it, or Muon for the blocks' matrices and AdamW for the rest.

Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization". The paper of phi-1 takes AdamW and is
silent on the betas; 0.9 and 0.95 are customary at these sizes.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.training.gather import spread
from hornbook.training.muon import Muon
from hornbook.training.parallel import Ranks, from_first

BETAS = (0.9, 0.95)
EPSILON = 1e-8


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
