"""AdamW with weight decay on matrices only.

Source: Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization". The paper of phi-1 is silent on the betas;
0.9 and 0.95 are customary at these sizes.
"""

import torch
from torch import Tensor, nn

BETAS = (0.9, 0.95)
EPSILON = 1e-8


def make_optimizer(model: nn.Module, weight_decay: float) -> torch.optim.AdamW:
    """The optimiser of all parameters of `model`; set the learning rate with `set_learning_rate` before each step."""
    parameters = list(model.parameters())
    groups = [
        {"params": [parameter for parameter in parameters if parameter.dim() >= 2], "weight_decay": weight_decay},
        {"params": [parameter for parameter in parameters if parameter.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, eps=EPSILON, fused=True)


def set_learning_rate(optimizer: torch.optim.AdamW, learning_rate: float) -> None:
    """Give all parameters the learning rate of the coming step."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate


def optimizer_tensors(model: nn.Module, optimizer: torch.optim.AdamW) -> dict[str, Tensor]:
    """The optimiser's state by the parameter's name, for a checkpoint: shared memory, not copies."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        for key, value in optimizer.state[parameter].items():
            tensors[f"{key}/{name}"] = value
    return tensors


def restore_optimizer(model: nn.Module, optimizer: torch.optim.AdamW, tensors: dict[str, Tensor]) -> None:
    """Put back what `optimizer_tensors` gave."""
    for name, parameter in model.named_parameters():
        optimizer.state[parameter] = {
            key.split("/", 1)[0]: value.clone() for key, value in tensors.items() if key.split("/", 1)[1] == name
        }
