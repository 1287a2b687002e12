"""Exit statuses of `deduplicate`, interrupted at random moments, and of two ranks that train to their end.

    python bench/clean_end.py                  # 200 interrupts, then 100 trainings beside two spinning processes
    python bench/clean_end.py --interrupts 20 --trainings 0

Native threads that call into Python while it is torn down end a process by a signal, in a few of a hundred cases. The
moments are drawn from the time that an undisturbed `hornbook deduplicate` takes, its start included. A training is
`torchrun --nproc-per-node 2 -m hornbook train` of two steps.

Prints one JSON line: how often each exit status came, what the interrupted commands left undone (nothing: the same
command must end with the undisturbed bytes), and what the ranks said besides. Status 1 where one ended otherwise than
documented, or the bytes differ.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

HORNBOOK = [sys.executable, "-m", "hornbook"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "hornbook"]
MODEL = ("--shape", "laptop", "--num-layers", "1", "--hidden-size", "32", "--sequence-length", "16")
TRAINING = ("--num-steps", "2", "--batch-size", "4", "--learning-rate", "0.01")
DOCUMENTED = (0, 130, -signal.SIGINT)
"""Done, interrupted, and interrupted before Python had started, which shells report as 130, too."""

COMMANDS = ("deduplicate", "trainings")
PYTHON_STARTS = ("Could not import runpy module", "Fatal Python error: init_")
"""What Python says when it is interrupted before it has started, and ends with 1."""


@contextlib.contextmanager
def spinning(number: int) -> Iterator[None]:
    """Keep so many cores busy."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def write_rows(path: Path, count: int, generator: random.Random) -> None:
    """Write documents of which many are near duplicates."""
    words = [f"name_{number}" for number in range(500)]
    texts = [" ".join(generator.choices(words, k=200)) for _ in range(count // 2)]
    rows = [{"id": number, "text": f"{texts[number % len(texts)]} {number // 7}"} for number in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")


def interrupt(folder: Path, count: int, generator: random.Random) -> tuple[Counter[int], bool, Counter[str]]:
    """Interrupt `deduplicate`; returns the statuses, whether it ended with equal bytes, and undocumented messages."""
    rows = folder / "rows.jsonl"
    write_rows(rows, 6000, generator)
    begin = time.monotonic()
    subprocess.run([*HORNBOOK, "deduplicate", rows, "-o", folder / "whole.jsonl"], check=True, capture_output=True)
    whole = time.monotonic() - begin
    statuses: Counter[int] = Counter()
    said: Counter[str] = Counter()
    command = [*HORNBOOK, "deduplicate", rows, "-o", folder / "kept.jsonl"]
    for _ in range(count):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_hear_interrupts
        )
        time.sleep(generator.uniform(0.0, whole))
        process.send_signal(signal.SIGINT)
        _, error = process.communicate()
        statuses[process.returncode] += 1
        if process.returncode not in DOCUMENTED and not error.startswith(PYTHON_STARTS):
            said[error[-300:]] += 1
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"the command that was interrupted ends with {done.returncode}:\n{done.stderr}")
    equal = (folder / "kept.jsonl").read_bytes() == (folder / "whole.jsonl").read_bytes()
    return statuses, equal, said


def _hear_interrupts() -> None:
    """A job in the background of a shell ignores them, and what it starts would, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def train(folder: Path, count: int) -> tuple[Counter[int], Counter[str]]:
    """Train on two ranks; returns the statuses of `torchrun`, and what it said of ranks that did not end with 0."""
    rows, tokenizer = folder / "documents.jsonl", folder / "tokenizer.json"
    write_rows(rows, 40, random.Random(0))
    texts = [json.loads(line)["text"] for line in rows.read_text(encoding="utf8").splitlines()]
    documents = [Document(id=str(number), kind=DocumentKind.CODE, text=text) for number, text in enumerate(texts)]
    train_tokenizer(documents, TokenizerConfig(vocab_size=280)).save(str(tokenizer))
    tokenize = [*HORNBOOK, "tokenize", rows, "--tokenizer", tokenizer, "-o", folder / "tokens"]
    subprocess.run(tokenize, check=True, capture_output=True)
    statuses: Counter[int] = Counter()
    said: Counter[str] = Counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for number in range(count):
        output = folder / f"model-{number}"
        command = [*TORCHRUN, "train", str(folder / "tokens"), *MODEL, *TRAINING, "--output", str(output)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        statuses[done.returncode] += 1
        if done.returncode != 0 or "terminate called" in done.stderr:
            said[done.stderr[-600:]] += 1
    return statuses, said


def main() -> None:
    """Count statuses and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interrupts", type=int, default=200)
    parser.add_argument("--trainings", type=int, default=100)
    parser.add_argument("--spinning", type=int, default=2, help="processes that keep cores busy during the trainings")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as place:
        if arguments.interrupts:
            statuses, equal, said = interrupt(Path(place), arguments.interrupts, random.Random(arguments.seed))
            figures["deduplicate"] = {str(status): number for status, number in sorted(statuses.items())}
            figures["equal_bytes"] = equal
            figures["deduplicate_said"] = said
        if arguments.trainings:
            with spinning(arguments.spinning):
                statuses, said = train(Path(place), arguments.trainings)
            figures["trainings"] = {str(status): number for status, number in sorted(statuses.items())}
            figures["trainings_said"] = said
    print(json.dumps(figures))
    is_clean = figures.get("equal_bytes", True) and not any(figures.get(f"{one}_said") for one in COMMANDS)
    sys.exit(0 if is_clean else 1)


if __name__ == "__main__":
    main()
