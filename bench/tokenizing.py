"""Tokenising on two cores: `hornbook tokenize`, and datatrove's `DocumentTokenizer` on the same documents in one run.

Prints one JSON line. The documents are the Python files of the standard library, of this installation's site-packages
and of folders that `--corpus` adds: 300 MB at least, no text twice. More of them can be had by `pip install --no-deps
--target FOLDER django sqlalchemy plotly kubernetes google-ads …`. The tokenizer has CodeGen's form (50,257 tokens and
38 runs of spaces and tabs, GPT-2's pre-tokenizer), learned from a part of the documents; with `--trained` it is what
`hornbook train-tokenizer` makes. Both sides are processes of their own, timed from their start to their end, and take
turns. At last ours is killed at three random moments and begun again, and the hashes of all its files are compared with
those of the undisturbed run. Needs `pip install 'hornbook[bench]'`.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from tokenizers import AddedToken, pre_tokenizers

from hornbook.pipeline.manifest import hash_files
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, train_tokenizer

NUM_WORKERS = 2
RUNS = (*(" " * length for length in range(31, 1, -1)), *("\t" * length for length in range(9, 1, -1)))
NUM_FILES = 8
_MEGABYTE = 1_000_000
_SECONDS_BETWEEN_SAMPLES = 0.1
PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.tokens import DocumentTokenizer

documents, tokenizer, output, logs, workers = sys.argv[1:]
LocalPipelineExecutor(
    pipeline=[
        JsonlReader(documents),
        DocumentTokenizer(
            output,
            tokenizer_name_or_path=tokenizer,
            eos_token="<|endoftext|>",
            shuffle_documents=False,
            batch_size=1000,
        ),
    ],
    tasks=int(workers),
    workers=int(workers),
    logging_dir=logs,
).run()
"""


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder with more Python files")
    parser.add_argument("--megabytes", type=int, default=300, help="of text, at least so many are asked for")
    parser.add_argument("--all", action="store_true", help="take all of the text, not only so much")
    parser.add_argument("--vocab-size", type=int, default=50_257, help="without the runs of spaces and tabs")
    parser.add_argument("--trained", action="store_true", help="a tokenizer of Hornbook's, not of CodeGen's form")
    parser.add_argument("--turns", type=int, default=1, help="of each side; the fastest counts")
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:NUM_WORKERS])  # Both sides inherit it.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        num_documents, num_bytes = _write_documents(
            _roots(arguments.corpus), folder / "documents", None if arguments.all else arguments.megabytes * _MEGABYTE
        )
        if num_bytes < arguments.megabytes * _MEGABYTE:
            parser.error(
                f"there are {num_bytes / _MEGABYTE:.0f} MB of Python files, {arguments.megabytes} are needed: install "
                "packages with `pip install --no-deps --target FOLDER …` and add `--corpus FOLDER`"
            )
        vocab_size = _learn_tokenizer(folder, arguments.vocab_size, of_codegens_form=not arguments.trained)
        ours: list[float] = []
        theirs: list[float] = []
        peaks: list[int] = []
        for turn in range(arguments.turns):
            seconds, peak = _run_measured(_our_command(folder, f"ours-{turn}"), folder / "ours.log")
            ours.append(seconds)
            peaks.append(peak)
            theirs.append(_run_measured(_peer_command(folder, f"theirs-{turn}"), folder / "theirs.log")[0])
            print(f"turn {turn}: ours {ours[-1]:.1f} s, theirs {theirs[-1]:.1f} s", file=sys.stderr)
        undisturbed = hash_files(folder / "ours-0")
        num_kills = _run_killed(_our_command(folder, "resumed"), min(ours), random.Random(arguments.seed))
        print(
            json.dumps(
                {
                    "benchmark": "tokenizing",
                    "num_documents": num_documents,
                    "megabytes": round(num_bytes / _MEGABYTE, 1),
                    "trained": arguments.trained,
                    "vocab_size": vocab_size,
                    "num_workers": NUM_WORKERS,
                    "seconds": round(min(ours), 2),
                    "peer_seconds": round(min(theirs), 2),
                    "megabytes_per_second": round(num_bytes / _MEGABYTE / min(ours), 2),
                    "peer_megabytes_per_second": round(num_bytes / _MEGABYTE / min(theirs), 2),
                    "ratio": round(min(theirs) / min(ours), 2),
                    "peak_memory_megabytes": round(max(peaks) / _MEGABYTE),
                    "num_tokens": sum(json.loads((folder / "ours-0/tokens.json").read_text())["num_tokens"].values()),
                    "peer_num_tokens": _count_peer_tokens(folder / "theirs-0", vocab_size),
                    "num_kills": num_kills,
                    "resumed_same": hash_files(folder / "resumed") == undisturbed,
                }
            )
        )


def _roots(more: list[Path]) -> list[Path]:
    paths = sysconfig.get_paths()
    return list(dict.fromkeys([Path(paths["stdlib"]), Path(paths["purelib"]), Path(paths["platlib"]), *more]))


def _write_documents(roots: list[Path], folder: Path, most_bytes: int | None) -> tuple[int, int]:
    """The files as JSON lines, dealt out to `NUM_FILES`; returns their number and the bytes of text."""
    folder.mkdir()
    num_documents = num_bytes = 0
    with contextlib.ExitStack() as stack:
        streams = [
            stack.enter_context((folder / f"{number:03}.jsonl").open("w", encoding="utf-8"))
            for number in range(NUM_FILES)
        ]
        for number, (name, text) in enumerate(_texts(roots)):
            if most_bytes is not None and num_bytes >= most_bytes:
                break
            streams[number % NUM_FILES].write(json.dumps({"id": name, "text": text}) + "\n")
            num_documents += 1
            num_bytes += len(text.encode())
    return num_documents, num_bytes


def _texts(roots: list[Path]) -> Iterator[tuple[str, str]]:
    """Each text once. A text that spells `<|endoftext|>` out means one token to the peer, and several to us."""
    seen: set[bytes] = set()
    for path in dict.fromkeys(path for root in roots for path in sorted(root.rglob("*.py"))):
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        digest = hashlib.sha256(text.encode()).digest()
        if text and END_OF_TEXT not in text and digest not in seen:
            seen.add(digest)
            yield path.as_posix(), text


def _learn_tokenizer(folder: Path, vocab_size: int, *, of_codegens_form: bool) -> int:
    documents = []
    for path in sorted((folder / "documents").iterdir()):
        with path.open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                documents.append(Document(id=row["id"], kind=DocumentKind.CODE, text=row["text"]))
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=vocab_size))
    if of_codegens_form:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.add_tokens([AddedToken(run, normalized=True) for run in RUNS])
    tokenizer.save(str(folder / "tokenizer.json"))
    size: int = tokenizer.get_vocab_size()
    return size


def _our_command(folder: Path, name: str) -> list[str]:
    tokenizer, output = str(folder / "tokenizer.json"), str(folder / name)
    command = [sys.executable, "-m", "hornbook", "tokenize", str(folder / "documents"), "--tokenizer", tokenizer]
    return [*command, "--output", output, "--quiet"]


def _peer_command(folder: Path, name: str) -> list[str]:
    tokenizer, output = str(folder / "tokenizer.json"), str(folder / name)
    logs = str(folder / f"{name}-logs")
    return [sys.executable, "-c", PEER, str(folder / "documents"), tokenizer, output, logs, str(NUM_WORKERS)]


def _run_measured(command: list[str], log: Path) -> tuple[float, int]:
    """Seconds, and the most memory that the process and those below it held together, sampled."""
    begin = time.perf_counter()
    with log.open("w") as stream, psutil.Popen(command, stdout=stream, stderr=stream) as process:
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory_of(process))
            time.sleep(_SECONDS_BETWEEN_SAMPLES)
    seconds = time.perf_counter() - begin
    if process.returncode != 0:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}: {log.read_text()[-2000:]}")
    return seconds, peak


def _memory_of(process: Any) -> int:
    """Resident bytes; what several processes share counts several times."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total


def _run_killed(command: list[str], seconds: float, chance: random.Random, num_kills: int = 3) -> int:
    """Begin, be killed, begin again, until it ends; returns how often it was killed."""
    killed = 0
    for _ in range(num_kills):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0.1, 0.4) * seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return killed


def _count_peer_tokens(folder: Path, vocab_size: int) -> int:
    num_bytes = sum(path.stat().st_size for path in folder.rglob("*.ds"))
    return num_bytes // (2 if vocab_size < 2**16 else 4)


if __name__ == "__main__":
    main()
