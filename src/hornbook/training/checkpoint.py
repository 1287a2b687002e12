"""Checkpoints: write and read them, and resume a run from them.

A checkpoint is `step-NNNNNNNN.safetensors` and, written last, `step-NNNNNNNN.json` with the hash of the former and the
rest of the run's state. Each is written under a temporary name, synced and renamed, so that a file with its final name
is complete. Tensors are whole and stored by name, whatever number of processes writes or reads them.
"""

import itertools
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from hornbook.errors import ConfigError, DamagedArtifactError, StoreError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.pipeline.fingerprint import encode
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.stage import Progress
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.optimizer import restore_optimizers
from hornbook.training.parallel import Ranks, from_first, on_first, spread
from hornbook.training.step import Training

KEEP_LAST = 2
"""Checkpoints that are kept: the newest, and the one before it in case the newest is damaged."""


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
        folder: Created if missing.
        step: A checkpoint of the same step is replaced; those of later steps, from an abandoned run, are deleted.
        tensors: Tensors by name.
        state: JSON values.
        best_step: The checkpoint with the lowest validation loss, this one or an earlier one, which is kept as well.

    Raises:
        StoreError: The disk is full or not writable. Earlier checkpoints are kept.
    """
    weights = _weights(folder, step)
    aside = weights.with_suffix(".tmp")
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    try:
        with explained_writing(folder, f"the checkpoint of step {step} ({size / 1e9:.3g} GB) in `{folder}`"):
            folder.mkdir(parents=True, exist_ok=True)
            save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, aside)
            digest = hash_file(aside)
            _sync(aside)
            aside.replace(weights)
            description = {"step": step, "sha256": digest, "best_step": best_step, "state": dict(state)}
            aside.write_text(json.dumps(description), encoding="utf-8")
            _sync(aside)
            aside.replace(weights.with_suffix(".json"))
            _sync(folder)
    except StoreError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
            if not weights.with_suffix(".json").exists():
                weights.unlink(missing_ok=True)
        raise
    _delete_unneeded(folder, step)


class CheckpointWriter:
    """Writes checkpoints in a thread; `wait` raises the thread's errors. Leaving the context waits for the thread."""

    def __init__(self, folder: Path) -> None:
        """Write to `folder`, which is not touched before the first write."""
        self._folder = folder
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._writing: Future[None] | None = None

    @property
    def has_failed(self) -> bool:
        """Whether writing the last checkpoint failed; `wait` raises the error."""
        return self._writing is not None and self._writing.done() and self._writing.exception() is not None

    def write(self, step: int, tensors: Mapping[str, Tensor], state: Mapping[str, Any], best_step: int | None) -> None:
        """Start to write a checkpoint once the previous one is written; see `save_checkpoint`.

        Tensors and state must not change until `wait` returns.

        Raises:
            StoreError: The previous checkpoint could not be written.
        """
        self.wait()
        self._writing = self._threads.submit(save_checkpoint, self._folder, step, tensors, state, best_step)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Wait for the thread; raise its error unless there is another one."""
        self._threads.shutdown()
        if kind is None:
            self.wait()

    def wait(self) -> None:
        """Wait until the checkpoint is written.

        Raises:
            StoreError: It could not be written.
        """
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()


def newest_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest valid checkpoint, and the names of newer ones that are damaged.

    A checkpoint whose best checkpoint is damaged cannot lead to the run's result and counts as damaged.
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
    """Read the checkpoint of `step`.

    Raises:
        DamagedArtifactError: It is missing or its hash does not match.
    """
    content = _verified(folder, step)
    return Checkpoint(step, load_file(_weights(folder, step)), content["state"])


def saved_steps(folder: Path) -> list[int]:
    """The steps that have a checkpoint, damaged or not, in ascending order."""
    return sorted(_step_of(path) for path in folder.glob("step-*.json"))


@contextmanager
def explained_writing(folder: Path, what: str = "") -> Iterator[None]:
    """Turn errors of writing `what`, by default the folder, into a `StoreError` that names the free space."""
    try:
        yield
    except (OSError, SafetensorError) as error:
        there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
        raise StoreError(
            f"{what or f'`{folder}`'} could not be written ({error}); {shutil.disk_usage(there).free / 1e9:.3g} GB are "
            "free there. Free disk space or solve what the system reports, and run the same command again: it resumes "
            "from the last checkpoint"
        ) from error


def identity_of(config: TrainConfig, shape: ModelConfig, stream: TokenStream, seed: int) -> dict[str, Any]:
    """What a checkpoint and the run that resumes from it must have in common, as JSON values."""
    fields = encode(config)
    fields.pop("model", None)
    return {
        **fields,
        **{f"model.{name}": value for name, value in encode(shape).items()},
        "seed": seed,
        "tokenizer": stream.tokenizer_sha256,
        "number of training tokens": len(stream),
    }


def describe_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The first five entries that differ, as text, inner ones as `model.vocab_size`; empty if there are none."""
    found = itertools.islice(_differences(before, now), 5)
    return ", ".join(f"`{name}` {earlier!r}, now {later!r}" for name, earlier, later in found)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in {**now, **before}:
        earlier, later = before.get(name), now.get(name)
        if isinstance(earlier, Mapping) and isinstance(later, Mapping):
            yield from ((f"{name}.{inner}", old, new) for inner, old, new in _differences(earlier, later))
        elif earlier != later:
            yield name, earlier, later


def resumed(
    model: Phi,
    optimizers: Sequence[torch.optim.Optimizer],
    folder: Path,
    identity: Mapping[str, Any],
    ranks: Ranks,
    progress: Progress,
) -> Training | None:
    """Restore model and optimisers from the newest valid checkpoint, which the first process reads; None without one.

    Raises:
        ConfigError: The checkpoints in `folder` belong to another run; the message says what differs.
    """
    checkpoint = on_first(lambda: _find(folder, identity, progress), ranks)
    state = from_first(None if checkpoint is None else checkpoint.state["training"], ranks)
    if state is None:
        return None
    names = set(model.state_dict())
    tensors = {} if checkpoint is None else checkpoint.tensors
    spread(tensors, model.state_dict(), ranks)
    moments = {name: tensor for name, tensor in tensors.items() if name not in names}
    restore_optimizers(model, optimizers, moments, ranks)
    return Training.from_json(state)


def take_weights(model: Phi, folder: Path, step: int, ranks: Ranks) -> None:
    """Restore the model's weights after `step` steps.

    Raises:
        DamagedArtifactError: The checkpoint is damaged.
    """

    def read() -> Checkpoint:
        try:
            return read_checkpoint(folder, step)
        except DamagedArtifactError as error:
            raise DamagedArtifactError(
                f"{error}: it has the lowest validation loss and should be the result; the same command resumes from "
                "an earlier checkpoint"
            ) from error

    checkpoint = on_first(read, ranks)
    spread({} if checkpoint is None else checkpoint.tensors, model.state_dict(), ranks)


def _find(folder: Path, identity: Mapping[str, Any], progress: Progress) -> Checkpoint | None:
    checkpoint, damaged = newest_checkpoint(folder)
    for name in damaged:
        progress(0, 0, f"checkpoint {name} is damaged and was skipped")
    if checkpoint is None:
        return None
    if listed := describe_differences(checkpoint.state["run"], identity):
        raise ConfigError(
            f"the checkpoints in `{folder}` belong to another run ({listed}): give this run another folder, or "
            "delete them to start again"
        )
    progress(0, 0, f"resumed from the checkpoint of step {checkpoint.step}")
    return checkpoint


def _verified(folder: Path, step: int) -> dict[str, Any]:
    """The description of a checkpoint whose weights have the recorded hash."""
    content, weights = _description(folder, step), _weights(folder, step)
    with suppress(OSError):
        if hash_file(weights) == content["sha256"]:
            return content
    raise DamagedArtifactError(f"the checkpoint `{weights}` is not what was written")


def _description(folder: Path, step: int) -> dict[str, Any]:
    path = _weights(folder, step).with_suffix(".json")
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content["step"] == step and {"sha256", "best_step", "state"} <= content.keys():
            return content
    raise DamagedArtifactError(f"`{path}` does not describe a checkpoint")


def _delete_unneeded(folder: Path, newest: int) -> None:
    """Delete old checkpoints and what kills have left: weights without a description, and incomplete files."""
    steps = [step for step in saved_steps(folder) if step <= newest]
    last = steps[-KEEP_LAST:]
    needed: set[int | None] = set(last)
    for step in last:
        with suppress(DamagedArtifactError):
            needed.add(_description(folder, step)["best_step"])
    described = needed & set(steps)
    for path in sorted(folder.glob("step-*")):  # the description before its weights
        if _step_of(path) not in described:
            path.unlink(missing_ok=True)


def _step_of(path: Path) -> int:
    return int(path.stem.removeprefix("step-"))


def _weights(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.safetensors"


def _sync(path: Path) -> None:
    """Bring a file's content, or a folder's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
