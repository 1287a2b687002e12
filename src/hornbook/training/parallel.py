"""Which of several processes this one is, and the mean of their gradients.

Started alone, everything here is a no-op; under `torchrun`, after `torch.distributed.init_process_group`, every process
holds the whole model and trains on its part of the global batch.
"""

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Ranks:
    """This process among all."""

    rank: int
    world_size: int

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that writes files."""
        return self.rank == 0


def current_ranks() -> Ranks:
    """The place of this process in the process group, or alone where there is none."""
    distributed = torch.distributed
    if distributed.is_available() and distributed.is_initialized():
        return Ranks(distributed.get_rank(), distributed.get_world_size())
    return Ranks(0, 1)


def average_gradients(model: nn.Module, loss: float, ranks: Ranks) -> float:
    """Replace each gradient by the mean over all processes; returns the mean of `loss`."""
    if ranks.world_size == 1:
        return loss
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients] + [gradients[0].new_tensor([loss])])
    torch.distributed.all_reduce(flat)
    flat /= ranks.world_size
    offset = 0
    for gradient in gradients:
        gradient.copy_(flat[offset : offset + gradient.numel()].view_as(gradient))
        offset += gradient.numel()
    return float(flat[-1])
