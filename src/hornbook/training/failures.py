"""What PyTorch and the operating system say when memory or disk is used up, in words that tell what to change."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError

from hornbook.errors import StoreError, TrainingError
from hornbook.training.config import TrainConfig

CPU_ALLOCATOR = "can't allocate memory"


@contextmanager
def explained_memory(config: TrainConfig, micro_batch: int, device: torch.device) -> Iterator[None]:
    """Turn the errors of memory into one that a person can act on.

    Raises:
        TrainingError: The message tells what to lower.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(_out_of_memory(config, micro_batch, device)) from error
    except RuntimeError as error:
        if CPU_ALLOCATOR in str(error):
            raise TrainingError(_out_of_memory(config, micro_batch, device)) from error
        raise


@contextmanager
def explained_writing(folder: Path) -> Iterator[None]:
    """Turn the errors of a full or refused disk, while files are written to `folder`, into one for a person.

    Raises:
        StoreError: The message names the folder and says how much room there is.
    """
    try:
        yield
    except (OSError, SafetensorError) as error:
        raise StoreError(
            f"`{folder}` could not be written ({error}); {_free_gigabytes(folder)} are free there. Make room, or mend "
            "what the system names, and run the same command again: it goes on from the last checkpoint"
        ) from error


def _free_gigabytes(folder: Path) -> str:
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    return f"{shutil.disk_usage(there).free / 1e9:.3g} GB"


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
