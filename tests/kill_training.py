"""Kill a training with SIGKILL in random steps, start it again each time, and compare with an undisturbed one.

    python tests/kill_training.py --ranks 2 --kills 20 --torchrun

Prints one JSON line. Status 1 when a byte of the weights or of the log differs, or a kill came too late. In each step
that is drawn one rank, or all at once, is killed: between its gradients and the weights' move, at one of the file
operations by which the next checkpoint is written, or at a random moment. With `--torchrun` each start is a
`torchrun --standalone` that must end by itself once a rank is killed; without, ranks are forked from one process, which
is quicker.
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.training.conftest import write_tokens  # noqa: E402
from tests.training.rank_server import RankServer  # noqa: E402

from hornbook.training.checkpoint import saved_steps  # noqa: E402

RUN: dict[str, Any] = {
    "num_steps": 60,
    "optimizer": "muon",
    "residual_dropout": 0.1,
    "attention_dropout": 0.1,
    "micro_batch": 2,
    "checkpoint_every": 3,
    "eval_every": 10,
    "keep_best": True,
}
CHECKPOINTS_TO_COME = 4
"""After the last kill that is drawn, so that every kill strikes."""
FILE_OPERATIONS = 8
"""So many belong to one checkpoint: weights and description written and brought to the disk, older ones looked at."""
Launch = Callable[[Path, dict[str, Any]], tuple[bool, str]]
"""Trains in a folder; returns whether all went well, and what was said."""


def forked(server: RankServer, ranks: int) -> Launch:
    def launch(folder: Path, values: dict[str, Any]) -> tuple[bool, str]:
        ended = server.run(folder, ranks, **values)
        return all(process.status == 0 for process in ended), "\n".join(process.output for process in ended)

    return launch


def by_torchrun(ranks: int) -> Launch:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(ranks)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}

    def launch(folder: Path, values: dict[str, Any]) -> tuple[bool, str]:
        fields = [f"{name}={json.dumps(value)}" for name, value in values.items()]
        script = REPOSITORY / "tests" / "training" / "rank.py"
        ended = subprocess.run([*command, script, folder, *fields], env=environment, capture_output=True, text=True)
        return ended.returncode == 0, ended.stdout + ended.stderr

    return launch


def mishap(step: int, ranks: int, step_seconds: float, generator: random.Random) -> dict[str, Any]:
    """Who is killed in `step`, and where in it."""
    where = generator.choice(["gradients", "file", "seconds"])
    victim = generator.randrange(-1 if ranks > 1 else 0, ranks)
    if where == "file":  # only the first rank writes
        victim, where = 0, f"file {generator.randint(1, FILE_OPERATIONS)}"
    elif where == "seconds":
        where = f"seconds {generator.uniform(0, 2 * step_seconds):.4f}"
    return {"kill_in_step": step, "kill_where": where, "on_rank": victim}


def hash_of(folder: Path) -> str:
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def seconds_per_step(folder: Path) -> float:
    lines = [json.loads(line) for line in (folder / "measured" / "log.jsonl").read_text().splitlines()]
    seconds: float = (lines[-1]["seconds"] - lines[0]["seconds"]) / lines[-1]["step"]
    return seconds


def measure(launch: Launch, folder: Path, ranks: int, kills: int, run: dict[str, Any], seed: int) -> dict[str, Any]:
    """Train undisturbed and disturbed in `folder`; returns the figures."""
    generator = random.Random(seed)
    write_tokens(folder / "tokens")
    whole, broken = folder / "whole", folder / "broken"
    went_well, said = launch(whole, run)
    if not went_well:
        sys.exit(f"the undisturbed run failed:\n{said}")
    step_seconds = seconds_per_step(whole)
    end = run["num_steps"] - CHECKPOINTS_TO_COME * run["checkpoint_every"]
    struck, survived, longest = [], 0, 0.0
    for drawn in sorted(generator.sample(range(end), kills)):
        # A blow that fell late may have let the run write a checkpoint beyond the next step that was drawn.
        step = max([drawn, *saved_steps(broken / "scratch" / "checkpoints")])
        blow = mishap(step, ranks, step_seconds, generator)
        start = time.monotonic()
        went_well, said = launch(broken, {**run, **blow})
        longest = max(longest, time.monotonic() - start)
        if "Traceback (most recent call last)" in said and "torch/distributed" not in said:
            sys.exit(f"a rank that was to be killed, or its neighbour, failed by itself:\n{said}")
        survived += went_well
        struck.append(f"{step}: {blow['kill_where']}, rank {blow['on_rank']}")
    went_well, said = launch(broken, run)
    if not went_well:
        sys.exit(f"the last run failed:\n{said}")
    same_log = (whole / "log.jsonl").read_bytes() == (broken / "log.jsonl").read_bytes()
    return {
        "ranks": ranks,
        "kills": kills - survived,
        "ended_before_the_kill": survived,
        "struck": struck,
        "longest_run_seconds": round(longest, 1),
        "model_sha256": hash_of(broken),
        "equal": hash_of(whole) == hash_of(broken) and same_log,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--parallel", choices=("ddp", "fsdp"), default="ddp")
    parser.add_argument("--torchrun", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    run = {**RUN, "parallel": arguments.parallel}
    with tempfile.TemporaryDirectory() as name, RankServer() as server:
        launch = by_torchrun(arguments.ranks) if arguments.torchrun else forked(server, arguments.ranks)
        figures = measure(launch, Path(name), arguments.ranks, arguments.kills, run, arguments.seed)
    print(json.dumps({"parallel": arguments.parallel, "torchrun": arguments.torchrun, **figures}))
    sys.exit(0 if figures["equal"] and figures["kills"] == arguments.kills else 1)


if __name__ == "__main__":
    main()
