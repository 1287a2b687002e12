"""Checkpoints: half-finished training that survives a kill.

A checkpoint is `step-NNNNNNNN.safetensors` and, written last, `step-NNNNNNNN.json` with the hash of the former and what
else the loop must remember. Both are written aside, brought to the disk and renamed, so a file under its final name is
whole. Tensors are whole and have names, whatever number of processes wrote or reads them.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from hornbook.errors import DamagedArtifactError, StoreError


@dataclass(frozen=True)
class Checkpoint:
    """The state after `step` finished steps."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    """JSON values."""


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Which checkpoints stay beside the one that was written last, and beside the best that any of those names."""

    last: int = 2
    """The newest so many: should one be damaged, there is another."""
    every: int = 0
    """Those of steps that are multiples of this; 0 for none."""


def save_checkpoint(
    folder: Path,
    step: int,
    tensors: Mapping[str, Tensor],
    state: Mapping[str, Any],
    *,
    keeping: Keeping = Keeping(),
    best_step: int | None = None,
) -> None:
    """Write the state after `step` finished steps and delete checkpoints that are no longer needed.

    Args:
        folder: Is created.
        step: An earlier checkpoint of the same step is replaced; those of later steps belong to a past that was given
            up, and go.
        tensors: By name.
        state: JSON values.
        keeping: What stays.
        best_step: The checkpoint that may become the run's result, this one or an earlier one; without it this one is
            of no use.

    Raises:
        StoreError: The disk is full or cannot be written. The checkpoints before stay.
    """
    weights = _weights(folder, step)
    aside = weights.with_suffix(".tmp")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, aside)
        digest = _hash_and_sync(aside)
        aside.replace(weights)
        description = {"step": step, "sha256": digest, "best_step": best_step, "state": dict(state)}
        aside.write_text(json.dumps(description), encoding="utf-8")
        _hash_and_sync(aside)
        aside.replace(weights.with_suffix(".json"))
        _sync_folder(folder)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
            if not weights.with_suffix(".json").exists():  # without its description it only takes room
                weights.unlink(missing_ok=True)
        raise _unwritten(folder, step, tensors, error) from error
    _delete_unneeded(folder, step, keeping)


def newest_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint, and the names of newer ones that are damaged and were passed over.

    One whose best is damaged cannot lead to the run's result and counts as damaged.
    """
    damaged: list[str] = []
    for step in reversed(saved_steps(folder)):
        try:
            best = _description(folder, step)["best_step"]
            if best not in (None, step):
                _verified(folder, best)
            return read_checkpoint(folder, step), damaged
        except DamagedArtifactError:
            damaged.append(_weights(folder, step).name)
    return None, damaged


def read_checkpoint(folder: Path, step: int) -> Checkpoint:
    """The checkpoint of `step`.

    Raises:
        DamagedArtifactError: It is missing or not what was written.
    """
    content = _verified(folder, step)
    return Checkpoint(step, load_file(_weights(folder, step)), content["state"])


def saved_steps(folder: Path) -> list[int]:
    """The steps that have a checkpoint, damaged or not, in order."""
    return sorted(_step_of(path) for path in folder.glob("step-*.json"))


def _verified(folder: Path, step: int) -> dict[str, Any]:
    """The description of a checkpoint whose weights have the recorded hash."""
    content, weights = _description(folder, step), _weights(folder, step)
    try:
        whole = _hash_and_sync(weights, sync=False) == content["sha256"]
    except OSError:
        whole = False
    if not whole:
        raise DamagedArtifactError(f"the checkpoint `{weights}` is not what was written")
    return content


def _description(folder: Path, step: int) -> dict[str, Any]:
    path = _weights(folder, step).with_suffix(".json")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        whole = content["step"] == step and {"sha256", "best_step", "state"} <= content.keys()
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise DamagedArtifactError(f"`{path}` does not describe a checkpoint")
    return content


def _delete_unneeded(folder: Path, newest: int, keeping: Keeping) -> None:
    """Also what kills have left: weights without a description, and half-written files."""
    steps = [step for step in saved_steps(folder) if step <= newest]
    last = steps[-keeping.last :]
    needed = {*last, *(step for step in steps if keeping.every and step % keeping.every == 0)}
    for step in last:
        try:
            needed.add(_description(folder, step)["best_step"])
        except DamagedArtifactError:
            needed.discard(step)
    described = needed & set(steps)
    for path in sorted(folder.glob("step-*")):  # the description before its weights
        if _step_of(path) not in described:
            path.unlink(missing_ok=True)


def _unwritten(folder: Path, step: int, tensors: Mapping[str, Tensor], error: Exception) -> StoreError:
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    free = shutil.disk_usage(folder).free if folder.is_dir() else 0
    steps = saved_steps(folder)
    before = f"the one of step {steps[-1]} stays and the" if steps else "the"
    return StoreError(
        f"the checkpoint of step {step} could not be written to `{folder}` ({error}): it takes {_gigabytes(size)} and "
        f"{_gigabytes(free)} are free. Make room there for twice that size, or lower `execution.keep_last` or "
        f"`execution.keep_every`; {before} same command goes on from there"
    )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.3g} GB"


def _step_of(path: Path) -> int:
    return int(path.stem.removeprefix("step-"))


def _weights(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.safetensors"


def _hash_and_sync(path: Path, *, sync: bool = True) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if sync:
            os.fsync(file.fileno())
    return digest


def _sync_folder(folder: Path) -> None:
    """Bring the new names to the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
