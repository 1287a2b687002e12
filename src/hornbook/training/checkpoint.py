"""Checkpoints: half-finished training that survives a kill.

A checkpoint is `step-NNNNNNNN.safetensors` and, written last, `step-NNNNNNNN.json` with the hash of the former and what
else the loop must remember. Both are written aside, brought to the disk and renamed, so a file under its final name is
whole. Tensors are whole and have names, whatever number of processes wrote or reads them.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from hornbook.errors import DamagedArtifactError, StoreError

KEEP_LAST = 2
"""Checkpoints that stay: the newest, and one before it should the newest be damaged."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after `step` finished steps."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    """JSON values."""


def save_checkpoint(
    folder: Path,
    step: int,
    tensors: Mapping[str, Tensor],
    state: Mapping[str, Any],
    best_step: int | None = None,
) -> None:
    """Write the state after `step` finished steps and delete checkpoints that are no longer needed.

    Args:
        folder: Is created.
        step: An earlier checkpoint of the same step is replaced; those of later steps belong to a past that was given
            up, and go.
        tensors: By name.
        state: JSON values.
        best_step: The checkpoint that may become the run's result, this one or an earlier one, which then stays, too:
            without it this one is of no use.

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
    _delete_unneeded(folder, step)


class CheckpointWriter:
    """Takes copies and writes them in a thread; the thread's errors come up in `wait`.

    The process does not end before the thread has written, however it ends short of a kill.
    """

    def __init__(self, folder: Path) -> None:
        """Nothing is touched in `folder`, where the checkpoints lie, before the first write."""
        self._folder = folder
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._writing: Future[None] | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the checkpoint that was written last met an error; `wait` raises it."""
        return self._writing is not None and self._writing.done() and self._writing.exception() is not None

    def write(self, step: int, tensors: Mapping[str, Tensor], state: Mapping[str, Any], best_step: int | None) -> None:
        """Begin to write a checkpoint, after the one before it is written.

        Args:
            step: Finished steps.
            tensors: Nobody else may change them.
            state: JSON values; nobody else may change them.
            best_step: See `save_checkpoint`.

        Raises:
            StoreError: The checkpoint before it could not be written.
        """
        self.wait()
        self._writing = self._threads.submit(save_checkpoint, self._folder, step, tensors, state, best_step)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being written; after an error, whether or not it can be written."""
        self._threads.shutdown()
        if error is None:
            self.wait()

    def wait(self) -> None:
        """Return when all is written.

        Raises:
            StoreError: It could not be written.
        """
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()


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


def _delete_unneeded(folder: Path, newest: int) -> None:
    """Also what kills have left: weights without a description, and half-written files."""
    steps = [step for step in saved_steps(folder) if step <= newest]
    last = steps[-KEEP_LAST:]
    needed: set[int | None] = set(last)
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
    steps = saved_steps(folder)
    before = f"the one of step {steps[-1]} stays and the" if steps else "the"
    return StoreError(
        f"the checkpoint of step {step} could not be written to `{folder}` ({error}): it takes {size / 1e9:.3g} GB and "
        f"{_free_gigabytes(folder)} are free. Make room there for twice that size; {before} same command goes on from "
        "there"
    )


def _free_gigabytes(folder: Path) -> str:
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    return f"{shutil.disk_usage(there).free / 1e9:.3g} GB"


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
