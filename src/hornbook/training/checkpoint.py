"""Checkpoints: half-finished training that survives a kill.

A checkpoint is `step-NNNNNNNN.safetensors` and, written last, `step-NNNNNNNN.json` with the hash of the former and what
else the loop must remember. Both are written aside and renamed, so a file under its final name is whole.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

KEPT = 2
"""How many checkpoints stay: the newest, and the one before it should the newest be damaged."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after `step` finished steps."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]
    """JSON values."""


def save_checkpoint(folder: Path, step: int, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
    """Write the state after `step` finished steps and delete checkpoints that are no longer needed."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"step-{step:08d}.safetensors"
    aside = weights.with_suffix(".tmp")
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, aside)
    digest = _hash_and_sync(aside)
    aside.replace(weights)
    description = weights.with_suffix(".json")
    aside.write_text(json.dumps({"step": step, "sha256": digest, "state": dict(state)}), encoding="utf-8")
    _hash_and_sync(aside)
    aside.replace(description)
    for old in sorted(folder.glob("step-*.json"))[:-KEPT]:
        old.unlink()
        old.with_suffix(".safetensors").unlink(missing_ok=True)


def newest_checkpoint(folder: Path) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint, and the names of newer ones that are damaged and were passed over."""
    damaged: list[str] = []
    for description in sorted(folder.glob("step-*.json"), reverse=True):
        weights = description.with_suffix(".safetensors")
        try:
            content = json.loads(description.read_text(encoding="utf-8"))
            whole = _hash_and_sync(weights, sync=False) == content["sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if whole:
            return Checkpoint(content["step"], load_file(weights), content["state"]), damaged
        damaged.append(weights.name)
    return None, damaged


def _hash_and_sync(path: Path, *, sync: bool = True) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if sync:
            os.fsync(file.fileno())
    return digest
