"""What PyTorch says when memory or a process is gone, in words that tell what to change."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from hornbook.errors import TrainingError
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks

CPU_ALLOCATOR = "can't allocate memory"
LOST_PROCESS = ("Connection closed by peer", "Connection reset by peer", "Timed out waiting", "Broken pipe", "NCCL")


@contextmanager
def explained_failures(config: TrainConfig, micro_batch: int, device: torch.device, ranks: Ranks) -> Iterator[None]:
    """Turn the errors of memory and of other processes into ones that a person can act on.

    Raises:
        TrainingError: The message tells what to lower, or that another process is gone.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(_out_of_memory(config, micro_batch, device)) from error
    except (torch.distributed.DistError, RuntimeError) as error:
        text = str(error)
        if CPU_ALLOCATOR in text:
            raise TrainingError(_out_of_memory(config, micro_batch, device)) from error
        if isinstance(error, torch.distributed.DistError) or any(sign in text for sign in LOST_PROCESS):
            raise TrainingError(
                f"rank {ranks.rank} of {ranks.world_size} lost another process, which ended or does not answer: its "
                "own message says why; the same command goes on from the last checkpoint "
                f"({text.strip().splitlines()[0][:200]})"
            ) from error
        raise


def _out_of_memory(config: TrainConfig, micro_batch: int, device: torch.device) -> str:
    execution = config.execution
    ways = []
    if micro_batch > 1:
        ways.append(f"lower `execution.micro_batch` (now {micro_batch} rows a pass; it changes rounding only)")
    if not execution.checkpoint_activations:
        ways.append("set `execution.checkpoint_activations=true` (a third more work)")
    if execution.parallel != "fsdp":
        ways.append("train on several GPUs with `execution.parallel=fsdp`")
    ways.append(f"lower `sequence_length` (now {config.sequence_length} tokens)")
    return f"the memory of {device} does not hold this training: {', or '.join(ways)}; then run the same command again"
