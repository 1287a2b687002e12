"""Deduplicating Python files on two cores: `hornbook deduplicate`, and datatrove's MinHash signatures of some of them.

Prints one JSON line. The documents are the Python files of the standard library, of this installation's site-packages
and of folders that `--corpus` adds, those that repeat others included: 300 MB at least. More of them can be had by
`pip install --no-deps --target FOLDER ray django sqlalchemy plotly kubernetes …`.

Ours is the whole command: it reads JSON lines, and writes the kept ones and the clusters. The peer's signature step
alone reads a slice of the same lines and writes signatures; our own signature step is measured on the same slice. Both
are megabytes of text for each second of CPU time, start and imports left out on both sides: the time of a run over one
document is taken away. Needs `pip install 'hornbook[bench]'`.
"""

import argparse
import contextlib
import json
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

NUM_FILES = 8
_MEGABYTE = 1_000_000
_MOST_CHARACTERS = 1_000_000
"""Of a document that the peer's tokenizer takes; longer ones are not in the slice."""
_SECONDS_BETWEEN_SAMPLES = 0.1
PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.readers import JsonlReader

documents, output, logs = sys.argv[1:]
pipeline = [JsonlReader(documents), MinhashDedupSignature(output)]
LocalPipelineExecutor(pipeline=pipeline, tasks=1, workers=1, logging_dir=logs).run()
"""
OURS = """
import sys
from pathlib import Path
import numpy as np
from hornbook.curation.collect import read_piece
from hornbook.deduplication.stage import hash_part, sign_rows
from hornbook.pipeline.table import num_rows_of
from hornbook.sources.find import SourcesConfig, open_sources

documents, output = sys.argv[1], Path(sys.argv[2])
pieces = [piece for source in open_sources([documents], SourcesConfig()) for piece in source.pieces(output)]
for number, piece in enumerate(pieces):
    folder = output / str(number)
    folder.mkdir(parents=True)
    read_piece(piece, folder)
    for part in sorted(folder.glob("documents/*.parquet")):
        hash_part(part, folder)
        sign_rows((part, np.arange(num_rows_of(part))), folder, threshold=0.8)
"""


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder with more Python files")
    parser.add_argument("--megabytes", type=int, default=300, help="of text, at least so many are asked for")
    parser.add_argument("--slice-megabytes", type=int, default=10, help="of text, what the peer signs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = _write(_texts(_roots(arguments.corpus)), folder / "documents")
        if documents["megabytes"] < arguments.megabytes:
            parser.error(
                f"there are {documents['megabytes']:.0f} MB of Python files, {arguments.megabytes} are needed: install "
                "packages with `pip install --no-deps --target FOLDER …` and add `--corpus FOLDER`"
            )
        slice_ = _write(_every_so_many(documents, arguments, folder), folder / "slice")
        _write(iter([("one", "x = 1\n")]), folder / "one")
        command = [
            sys.executable,
            "-m",
            "hornbook",
            "deduplicate",
            str(folder / "documents"),
            "--id-field",
            "id",
            "--json",
        ]
        outputs = ["--output", str(folder / "kept.jsonl"), "--clusters", str(folder / "clusters.jsonl")]
        seconds, peak, said = _run_whole([*command, *outputs])
        ours, theirs = (
            _speed(script, folder, slice_["megabytes"], extra)
            for script, extra in ((OURS, ()), (PEER, (str(folder / "logs"),)))
        )
    print(
        json.dumps(
            {
                "benchmark": "deduplication",
                "num_documents": documents["num_documents"],
                "megabytes": round(documents["megabytes"], 1),
                "seconds": round(seconds, 2),
                "megabytes_per_second": round(documents["megabytes"] / seconds, 2),
                "peak_memory_megabytes": round(peak / _MEGABYTE),
                "kept": said["kept"],
                "dropped": said["dropped"],
                "num_compared_pairs": said["num_compared_pairs"],
                "slice_megabytes": round(slice_["megabytes"], 1),
                "signatures_megabytes_per_core_second": round(ours, 2),
                "peer_signatures_megabytes_per_core_second": round(theirs, 2),
                "ratio": round(ours / theirs, 2),
            }
        )
    )


def _roots(more: list[Path]) -> list[Path]:
    paths = sysconfig.get_paths()
    return list(dict.fromkeys([Path(paths["stdlib"]), Path(paths["purelib"]), Path(paths["platlib"]), *more]))


def _texts(roots: list[Path]) -> Iterator[tuple[str, str]]:
    for path in dict.fromkeys(path for root in roots for path in sorted(root.rglob("*.py"))):
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        if text:
            yield path.as_posix(), text


def _write(texts: Iterator[tuple[str, str]], folder: Path) -> dict[str, Any]:
    """As JSON lines, dealt out to `NUM_FILES`."""
    folder.mkdir()
    num_documents = num_bytes = 0
    with contextlib.ExitStack() as stack:
        paths = [folder / f"{number:03}.jsonl" for number in range(NUM_FILES)]
        streams = [stack.enter_context(path.open("w", encoding="utf-8")) for path in paths]
        for number, (name, text) in enumerate(texts):
            streams[number % NUM_FILES].write(json.dumps({"id": name, "text": text}) + "\n")
            num_documents += 1
            num_bytes += len(text.encode())
    return {"num_documents": num_documents, "megabytes": num_bytes / _MEGABYTE}


def _every_so_many(documents: dict[str, Any], arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str]]:
    """Documents from all over, about as much text as the slice shall have."""
    step = max(round(documents["megabytes"] / arguments.slice_megabytes), 1)
    number = 0
    for path in sorted((folder / "documents").iterdir()):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line) if number % step == 0 else {"text": ""}
                if 0 < len(row["text"]) < _MOST_CHARACTERS:
                    yield row["id"], row["text"]
                number += 1


def _run_whole(command: list[str]) -> tuple[float, int, dict[str, Any]]:
    """Seconds; the most memory that the process and those below it held together, sampled; what it said."""
    begin = time.perf_counter()
    with psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        peak = 0
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                peak = max(peak, sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]))
            time.sleep(_SECONDS_BETWEEN_SAMPLES)
        said = process.stdout.read()
    if process.returncode != 0:
        raise SystemExit(f"{command[:4]} ended with {process.returncode}")
    return time.perf_counter() - begin, peak, json.loads(said)


def _speed(script: str, folder: Path, megabytes: float, extra: tuple[str, ...]) -> float:
    """Megabytes for each second of CPU time, the time of a run over one document taken away."""
    seconds = []
    for name in ("one", "slice"):
        output = folder / f"signed-{len(extra)}-{name}"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", script, str(folder / name), str(output), *(f"{one}-{name}" for one in extra)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{name} ended with {done.returncode}: {done.stderr[-2000:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return megabytes / (seconds[1] - seconds[0])


if __name__ == "__main__":
    main()
