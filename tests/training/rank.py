"""One process of a training, started alone or by torchrun: `rank.py FOLDER [FIELD=VALUE ...]`.

Reads `FOLDER/../tokens`, trains in FOLDER, writes what `train_folder` writes and, as the first rank, `metrics.json`.
Fields are those of `TrainConfig` and `Execution` (JSON values), and what goes wrong (`prepare_mishaps`).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hornbook.errors import HornbookError, StoppedError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.training.config import Execution, TrainConfig
from hornbook.training.engine import Replicas, Shards
from hornbook.training.parallel import joined_ranks
from hornbook.training.stages import TrainingCall, train_folder
from hornbook.training.step import Stepper

SHAPE = ModelConfig(vocab_size=300, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=32)
DEFAULTS: dict[str, Any] = {
    "dataset": "pretrain",
    "model": SHAPE,
    "num_steps": 12,
    "batch_size": 8,
    "sequence_length": 32,
    "learning_rate": 0.01,
    "warmup_steps": 2,
    "log_every": 1,
    "eval_every": 5,
    "eval_rows": 7,
    "checkpoint_every": 4,
    "precision": "float32",
}
EXIT_STATUS_OF_SIGTERM = 143


def config_of(values: Mapping[str, Any]) -> TrainConfig:
    """The config of the runs here; `values` replace fields of it, of its execution and, as `shape`, of its model."""
    values = dict(values)
    if "shape" in values:
        values["model"] = replace(SHAPE, **values.pop("shape"))
    names = {field.name for field in fields(Execution)}
    execution = Execution(**{name: value for name, value in values.items() if name in names})
    chosen = {name: value for name, value in values.items() if name not in names}
    return TrainConfig(**{**DEFAULTS, **chosen}, execution=execution)


def run(folder: Path, values: dict[str, Any], environment: Mapping[str, str]) -> int:
    """Train as this process's rank and return the exit status, as the command line gives it."""
    torch.set_num_threads(1)
    try:
        _train(folder, dict(values), environment)
    except HornbookError as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        return EXIT_STATUS_OF_SIGTERM if isinstance(error, StoppedError) else 2
    return 0


def _train(folder: Path, values: dict[str, Any], environment: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokens = Path(values.pop("tokens", folder.parent / "tokens"))
    base = values.pop("base", None)
    if base is not None:
        values["model"] = None
    timeout = values.pop("timeout_seconds", 60.0)
    prepare_mishaps(values, int(environment.get("RANK", "0")), folder / "scratch" / "checkpoints")

    def progress(done: int, total: int, note: str = "") -> None:
        if not total:
            print(note, flush=True)

    with joined_ranks(environment, timeout_seconds=timeout) as ranks:
        call = TrainingCall(config_of(values), tokens, None if base is None else Path(base), seed=5)
        result = train_folder(call, folder, folder / "scratch", progress)
        if ranks.is_first:
            (folder / "metrics.json").write_text(json.dumps(result.metrics))


FIELDS = ("kill_in_step", "kill_where", "term_in_step", "nan_in_step")
FILE_EVENTS = ("open", "os.rename", "os.remove")


def prepare_mishaps(values: dict[str, Any], rank: int, checkpoints: Path) -> None:
    """Plant what these fields of `values` ask for in this process, and take them out.

    `kill_in_step=N`      SIGKILL in step N: once its gradients are computed, before the weights move; or, as
                          `kill_where`: `file 3`, at the third opening, renaming or deleting of a file among the
                          checkpoints from then on; `seconds 0.1`, so long after the step's begin
    `term_in_step=N`      SIGTERM to itself as it begins step N
    `nan_in_step=N`       the loss and gradients of step N are NaN
    `on_rank=R`           who is struck: rank 0 unless told otherwise, -1 for all
    """
    asked = {name: value for name in FIELDS if (value := values.pop(name, None)) is not None}
    if values.pop("on_rank", 0) not in (rank, -1):
        asked = {}
    if asked:
        _plant_in_steps(asked, checkpoints)


def _plant_in_steps(asked: dict[str, Any], checkpoints: Path) -> None:
    current = -1
    where, _, amount = asked.get("kill_where", "gradients").partition(" ")
    take, loss = Stepper.take, Phi.loss

    def planted_take(self: Stepper, step: int, *arguments: Any) -> Any:
        nonlocal current
        current = step
        if step == asked.get("kill_in_step") and where == "file":
            _die_at_file(int(amount), checkpoints)
        if step == asked.get("kill_in_step") and where == "seconds":
            _die_after(float(amount))
        if step == asked.get("term_in_step"):
            os.kill(os.getpid(), signal.SIGTERM)
        return take(self, step, *arguments)

    def planted_loss(self: Phi, *arguments: Any, **options: Any) -> Tensor:
        measured: Tensor = loss(self, *arguments, **options)
        if self.training and current == asked.get("nan_in_step"):
            measured = measured * float("nan")
        return measured

    def reduce_and_die(self: Any) -> None:
        if current == asked.get("kill_in_step") and where == "gradients":
            os.kill(os.getpid(), signal.SIGKILL)
        reduce_of[type(self)](self)

    reduce_of: dict[type, Any] = {Replicas: Replicas.reduce, Shards: Shards.reduce}
    Stepper.take = planted_take  # type: ignore[method-assign]
    Phi.loss = planted_loss  # type: ignore[method-assign]
    for engine in reduce_of:
        engine.reduce = reduce_and_die  # type: ignore[attr-defined]


def _die_at_file(number: int, checkpoints: Path) -> None:
    seen = 0

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in FILE_EVENTS and str(arguments[0]).startswith(str(checkpoints)):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def _die_after(seconds: float) -> None:
    """Another process kills this one, whatever it is at."""
    victim = os.getpid()
    if os.fork() == 0:
        time.sleep(seconds)
        if os.getppid() == victim:
            os.kill(victim, signal.SIGKILL)
        os._exit(0)


if __name__ == "__main__":
    pairs = (argument.split("=", 1) for argument in sys.argv[2:])
    status = run(Path(sys.argv[1]), {name: json.loads(value) for name, value in pairs}, os.environ)
    sys.stdout.flush()
    os._exit(status)  # gloo's threads may want the interpreter while it is torn down
