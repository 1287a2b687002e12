"""One process of a training, started alone or by torchrun: `rank.py FOLDER [FIELD=VALUE ...]`.

Reads `FOLDER/../tokens`, trains in FOLDER, writes what `train_folder` writes and, as the first rank, `metrics.json`.
Fields are those of `TrainConfig` and `Execution` (JSON values), and what goes wrong (`mishaps.py`).
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import torch
from tests.training import mishaps

from hornbook.errors import HornbookError, StoppedError
from hornbook.model.config import ModelConfig
from hornbook.training.config import Execution, TrainConfig
from hornbook.training.parallel import joined_ranks
from hornbook.training.stages import train_folder

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
    mishaps.prepare(values, int(environment.get("RANK", "0")), folder / "scratch" / "checkpoints")

    def progress(done: int, total: int, note: str = "") -> None:
        if not total:
            print(note, flush=True)

    with joined_ranks(environment, timeout_seconds=timeout) as ranks:
        result = train_folder(
            config_of(values), tokens, None if base is None else Path(base), folder, folder / "scratch", 5, progress
        )
        if ranks.is_first:
            (folder / "metrics.json").write_text(json.dumps(result.metrics))


if __name__ == "__main__":
    pairs = (argument.split("=", 1) for argument in sys.argv[2:])
    status = run(Path(sys.argv[1]), {name: json.loads(value) for name, value in pairs}, os.environ)
    sys.stdout.flush()
    os._exit(status)  # gloo's threads may want the interpreter while it is torn down
