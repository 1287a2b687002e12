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
def explained_memory(
    config: TrainConfig, micro_batch: int, share: int, device: torch.device, *, is_whole: bool
) -> Iterator[None]:
    """Turn the errors of memory into one that a person can act on; arguments as for `ways_to_lower`.

    Raises:
        TrainingError: The message tells what to lower.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(_out_of_memory(config, micro_batch, share, device, is_whole)) from error
    except RuntimeError as error:
        if CPU_ALLOCATOR in str(error):
            raise TrainingError(_out_of_memory(config, micro_batch, share, device, is_whole)) from error
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


def ways_to_lower(config: TrainConfig, micro_batch: int, share: int, *, is_whole: bool) -> str:
    """What takes less memory than this training, with the next values to type.

    Args:
        config: The run.
        micro_batch: Its rows of a pass.
        share: Rows per step of each process.
        is_whole: Whether each process holds the whole model.
    """
    ways, settings = [], []
    smaller = next((rows for rows in range(micro_batch // 2, 0, -1) if share % rows == 0), None)
    if smaller is not None:
        ways.append(f"`--micro-batch {smaller}` (now {micro_batch}; it changes rounding only)")
        settings.append(f"micro_batch={smaller}")
    if not config.execution.checkpoint_activations:
        ways.append("`--checkpoint-activations` (a third more work)")
        settings.append("checkpoint_activations=true")
    if is_whole:
        ways.append("`--parallel fsdp` on several GPUs")
    shorter = config.sequence_length // 2
    ways.append(f"`--sequence-length {shorter}` (now {config.sequence_length}; this is another training)")
    listed = " or ".join(", ".join(ways).rsplit(", ", 1))
    if not settings:
        return listed
    return f"{listed}; in a recipe: {' '.join(f'--set {config.dataset}.execution.{text}' for text in settings)}"


def _out_of_memory(config: TrainConfig, micro_batch: int, share: int, device: torch.device, is_whole: bool) -> str:
    ways = ways_to_lower(config, micro_batch, share, is_whole=is_whole)
    return f"the memory of {device} does not hold this training at {micro_batch} rows a pass; try {ways}"
