"""Whole tensors on the first process, and back to where their parts lie.

Under FSDP each process holds parts of the weights and of the optimiser's state. A checkpoint holds whole tensors by
their names, so that it fits any number of processes. They are gathered and spread one by one: a device holds one whole
tensor at a time, the first process's CPU memory all of them.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor, distribute_tensor

from hornbook.training.parallel import Ranks


@torch.no_grad()
def gathered(tensors: Mapping[str, Tensor], ranks: Ranks) -> dict[str, Tensor]:
    """Copies on the CPU of the whole tensors, on the first process; nothing on the others.

    All processes must call it with the same names in the same order.
    """
    whole: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        complete = tensor.full_tensor() if isinstance(tensor, DTensor) else tensor
        if ranks.is_first:
            whole[name] = complete.to("cpu", copy=True).contiguous()
    return whole


@torch.no_grad()
def spread(whole: Mapping[str, Tensor], targets: Mapping[str, Tensor], ranks: Ranks) -> None:
    """Fill `targets` on all processes from the whole tensors that the first process holds.

    Args:
        whole: By name, on any device; looked at on the first process only.
        targets: By name, the same names in the same order on all processes; replicas or parts.
        ranks: The processes.
    """
    for name, target in targets.items():
        source = whole[name] if ranks.is_first else torch.empty(target.shape, dtype=target.dtype)
        if isinstance(target, DTensor):
            complete = source.to(target.device, target.dtype)
            parts = distribute_tensor(complete, target.device_mesh, target.placements, src_data_rank=0)
            target.to_local().copy_(parts.to_local())
            continue
        target.copy_(source)
        if ranks.world_size > 1:
            torch.distributed.broadcast(target, 0)
