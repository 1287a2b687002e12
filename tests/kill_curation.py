"""Kill a curation with SIGKILL at random moments, type the same command again each time, and compare all that it wrote.

    python tests/kill_curation.py --megabytes 300 --kills 10

`hornbook collect`, `classify`, `select` and `deduplicate`, one after the other, over Python files of this
installation, once undisturbed; then again, and all processes of a command are killed at once, at moments drawn one from
each of `--kills` equal parts of the undisturbed curation's time. Prints a JSON line for each kill, and one at the end.
Status 1 when a file differs, is missing or is one too many, or when a kill came too late to strike.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HORNBOOK = [sys.executable, "-m", "hornbook"]
LEAST_SECONDS = 0.2
"""Of a command's life before it is killed."""


def gather(sources: list[Path], corpus: Path, num_bytes: int) -> int:
    """Copy Python files, in an order that their names decide, until there are so many bytes; returns how many."""
    found: dict[Path, str] = {}
    for number, source in enumerate(sources):
        for path in source.rglob("*.py"):
            if path.is_file():
                found.setdefault(path.resolve(), f"{number}/{path.relative_to(source).as_posix()}")
    total = 0
    for path, name in sorted(found.items(), key=lambda one: hashlib.sha256(one[1].encode()).digest()):
        if total >= num_bytes:
            break
        target = corpus / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        total += target.stat().st_size
    return total


def commands(corpus: Path, classifier: Path, folder: Path) -> dict[str, list[str]]:
    """The curation: step → what is typed."""
    documents, values, kept, unique = (
        str(folder / f"{name}.jsonl") for name in ("documents", "values", "kept", "unique")
    )
    collect = ["collect", str(corpus), "--layout", "files", "--no-check-licenses"]
    predict = ["classify", documents, "--classifier", str(classifier)]
    select = ["select", documents, "--values", values, "--keep-share", "0.5"]
    deduplicate = ["deduplicate", kept, "--clusters", str(folder / "clusters.jsonl"), "--id-field", "id"]
    steps = {"collect": collect, "classify": predict, "select": select, "deduplicate": deduplicate}
    outputs = (documents, values, kept, unique)
    return {
        step: [*HORNBOOK, *words, "--output", output]
        for (step, words), output in zip(steps.items(), outputs, strict=True)
    }


def type_in(command: list[str], kill_after: float | None = None) -> bool:
    """Run a command in a process group of its own, and kill the group after so many seconds; whether that struck."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    if process.returncode != 0:
        sys.exit(f"{command[3:5]} ended with status {process.returncode}:\n{output}")
    return False


def left_behind(folder: Path) -> dict[str, Any]:
    """What a killed command left: the files of its work folder by kind, and whether an output was being written."""
    kinds: Counter[str] = Counter()
    for work in folder.glob(".*.work"):
        kinds.update(path.name.split("-0")[0] for path in work.iterdir())
    return {"work": dict(sorted(kinds.items())), "writing": sorted(path.name for path in folder.glob(".*.partial"))}


def digests(folder: Path) -> dict[str, str]:
    """Of every file, hidden ones too."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def undisturbed(steps: dict[str, list[str]]) -> dict[str, float]:
    """Type all commands; returns how many seconds each took."""
    seconds = {}
    for step, command in steps.items():
        begin = time.monotonic()
        type_in(command)
        seconds[step] = time.monotonic() - begin
    return seconds


def disturbed(steps: dict[str, list[str]], folder: Path, seconds: dict[str, float], moments: list[float]) -> int:
    """Type all commands, each again and again until its kills have struck; returns how many came too late."""
    num_missed = 0
    begin = 0.0
    for step, command in steps.items():
        reached = begin
        for moment in moments:
            if begin <= moment < begin + seconds[step]:
                struck = type_in(command, kill_after=max(LEAST_SECONDS, moment - reached))
                num_missed += not struck
                shown = {"step": step, "of_seconds": round(seconds[step], 1), "second": round(moment - begin, 1)}
                print(json.dumps({"killed": struck, **shown, **left_behind(folder)}), flush=True)
                reached = moment
        type_in(command)
        begin += seconds[step]
    return num_missed


def make_classifier(folder: Path) -> Path:
    store = folder / "store"
    type_in([*HORNBOOK, "run", "laptop", "--until", "train-classifier", "--name", "kill-test", "--store", str(store)])
    return store / "runs" / "kill-test" / "train-classifier"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--source", type=Path, action="append", help="a folder of Python files; this installation's")
    parser.add_argument("--classifier", type=Path, help="a folder with a saved one; else one is learned first")
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    sources = arguments.source or [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")]
    with tempfile.TemporaryDirectory() as name:
        corpus, whole, killed = (Path(name) / part for part in ("corpus", "whole", "killed"))
        whole.mkdir()
        killed.mkdir()
        num_bytes = gather(sources, corpus, round(arguments.megabytes * 1_000_000))
        classifier = arguments.classifier or make_classifier(Path(name))
        seconds = undisturbed(commands(corpus, classifier, whole))
        width = sum(seconds.values()) / arguments.kills
        moments = [width * (part + generator.random()) for part in range(arguments.kills)]
        num_missed = disturbed(commands(corpus, classifier, killed), killed, seconds, moments)
        expected, found = digests(whole), digests(killed)
    different = sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
    figures = {
        "megabytes": round(num_bytes / 1_000_000, 1),
        "undisturbed_seconds": {step: round(taken, 1) for step, taken in seconds.items()},
        "kills": arguments.kills,
        "kills_that_missed": num_missed,
        "files": found,
        "different": different,
    }
    print(json.dumps(figures))
    return 1 if different or num_missed == arguments.kills or not expected else 0


if __name__ == "__main__":
    sys.exit(main())
