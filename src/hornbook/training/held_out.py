"""The mean loss over rows that no step trains on."""

import torch

from hornbook.tokens.batches import Rows
from hornbook.training.engine import Engine
from hornbook.training.parallel import Ranks, summed


def held_out_loss(engine: Engine, validation: Rows, micro_batch: int, device: torch.device, ranks: Ranks) -> float:
    """The mean next-token loss in nats; equal on all processes, each of which computes its share.

    Args:
        engine: Its weights renewed.
        validation: At least one row.
        micro_batch: Rows of one pass.
        device: Where to compute.
        ranks: The processes. All take part in each pass, as FSDP needs; where rows run out, with a pass that is not
            counted.
    """
    total = 0.0
    for round_start in range(0, len(validation), micro_batch * ranks.world_size):
        start = round_start + ranks.rank * micro_batch
        counts = start < len(validation)
        part = validation[start : start + micro_batch] if counts else validation[:1]
        loss = float(engine.loss(torch.from_numpy(part).to(device)))
        if counts:
            total += loss * len(part)
    return summed([total], device, ranks)[0] / len(validation)
