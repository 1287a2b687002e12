"""What may go wrong with one rank of a training: planted by fields that `rank.py` is given.

`kill_in_step=N`      SIGKILL in step N: once its gradients are computed, before the weights move; or, as `kill_where`:
                      `file 3`, at the third opening, renaming or deleting of a file among the checkpoints from then on;
                      `seconds 0.1`, so long after the step's begin
`term_in_step=N`      SIGTERM to itself as it begins step N
`nan_in_step=N`       the loss and gradients of step N are NaN; `inf_in_step=N`: infinite
`largest_file=N`      no file may grow beyond N bytes, as on a disk that is full
`on_rank=R`           who is struck: rank 0 unless told otherwise, -1 for all
"""

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.training.engine import Replicas, Shards
from hornbook.training.step import Stepper

FIELDS = ("kill_in_step", "kill_where", "term_in_step", "nan_in_step", "largest_file")
FILE_EVENTS = ("open", "os.rename", "os.remove")


def prepare(values: dict[str, Any], rank: int, checkpoints: Path) -> None:
    """Take the fields above out of `values` and plant what they ask for in this process."""
    asked = {name: value for name in FIELDS if (value := values.pop(name, None)) is not None}
    if values.pop("on_rank", 0) not in (rank, -1):
        asked = {}
    if asked:
        _plant_in_steps(asked, checkpoints)
    if "largest_file" in asked:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"], asked["largest_file"]))


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
