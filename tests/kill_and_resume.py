"""Kill a run with SIGKILL at random moments, start it again each time, and compare the model with an undisturbed run's.

    python tests/kill_and_resume.py laptop --kills 10 --store DIR

Prints one JSON line. Status 1 when the weights differ or a damaged byte goes unnoticed.
The undisturbed run is made in DIR/undisturbed (reused when it is there), the other one in DIR/killed, which must not
exist yet. The moments are drawn one from each of `--kills` equal parts of the undisturbed run's time.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

HORNBOOK = [sys.executable, "-m", "hornbook"]


def run(recipe: str, store: Path, overrides: list[str], kill_after: float | None = None) -> tuple[int, str]:
    """Run the recipe in a process group of its own; kill the group after so many seconds. Returns status and output."""
    sets = [word for text in overrides for word in ("--set", text)]
    process = subprocess.Popen(
        [*HORNBOOK, "run", recipe, "--name", "kill-test", "--store", str(store), *sets],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)  # Only the program itself: what it started must not outlive it.
        output, _ = process.communicate()
    return process.returncode, output


def show(store: Path) -> dict[str, object]:
    shown = subprocess.run(
        [*HORNBOOK, "show", "kill-test", "--json", "--store", str(store)], capture_output=True, text=True, check=True
    )
    values: dict[str, object] = json.loads(shown.stdout)
    return values


def damage_each_artifact(recipe: str, store: Path, overrides: list[str], generator: random.Random) -> list[str]:
    """Flip one byte in one file of every artifact, run again; returns the artifacts whose damage was not named."""
    damaged = {}
    for folder in sorted((store / "artifacts").iterdir()):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
        victim = generator.choice(files)
        content = bytearray(victim.read_bytes())
        content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
        victim.write_bytes(content)
        damaged[folder.name] = victim.relative_to(folder).as_posix()
    status, output = run(recipe, store, overrides)
    if status != 0:
        sys.exit(f"the run over damaged artifacts ended with status {status}:\n{output}")
    return [name for name, file in damaged.items() if name not in output or file.split("/")[-1] not in output]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--damage", action="store_true", help="also damage a byte in every artifact and run again")
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)

    start = time.monotonic()
    status, output = run(arguments.recipe, arguments.store / "undisturbed", arguments.overrides)
    if status != 0:
        sys.exit(f"the undisturbed run ended with status {status}:\n{output}")
    expected = show(arguments.store / "undisturbed")
    stage_seconds = sum(stage["seconds"] for stage in expected["stages"])  # type: ignore[attr-defined]
    whole = max(time.monotonic() - start, stage_seconds)

    # Moments in the life of an undisturbed run; a run that goes on from where it was reaches them by working on.
    width = whole / arguments.kills
    moments = [width * (part + generator.random()) for part in range(arguments.kills)]
    kills, survived, reached = [], 0, 0.0
    for moment in moments:
        status, output = run(
            arguments.recipe, arguments.store / "killed", arguments.overrides, kill_after=max(1.0, moment - reached)
        )
        reached = moment
        if status == -signal.SIGKILL:
            kills.append(round(moment, 1))
        elif status == 0:
            survived += 1
        else:
            sys.exit(f"a run that was to be killed ended with status {status}:\n{output}")
    status, output = run(arguments.recipe, arguments.store / "killed", arguments.overrides)
    if status != 0:
        sys.exit(f"the last run ended with status {status}:\n{output}")
    found = show(arguments.store / "killed")
    figures: dict[str, object] = {
        "kills": len(kills),
        "kill_seconds": kills,
        "ended_before_the_kill": survived,
        "undisturbed_seconds": round(whole, 1),
        "model_sha256": found["model_sha256"],
        "equal": found["model_sha256"] == expected["model_sha256"],
        "scores_equal": found["scores"] == expected["scores"],
    }
    ok = bool(figures["equal"] and figures["scores_equal"])
    if arguments.damage:
        unnoticed = damage_each_artifact(arguments.recipe, arguments.store / "killed", arguments.overrides, generator)
        after = show(arguments.store / "killed")
        figures["damaged_artifacts"] = len(after["stages"])  # type: ignore[arg-type]
        figures["damage_unnoticed"] = unnoticed
        figures["equal_after_damage"] = after["model_sha256"] == expected["model_sha256"]
        ok = ok and not unnoticed and bool(figures["equal_after_damage"])
    print(json.dumps(figures))
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
