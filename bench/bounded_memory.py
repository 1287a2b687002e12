"""Memory and time of a recipe's data stages, from `collect` to `tokenize`, at several sizes.

    python bench/bounded_memory.py --corpus FOLDER … --work DIR          # 100, 400 and 1,600 MB

Prints a JSON line for each size. The corpus is the Python files of the standard library, of this installation's
site-packages and of folders that `--corpus` adds, each file once; where that is not enough, copies in which every
longer name has another ending, so that deduplication keeps them. The file is also the recipe that is measured:
`hornbook run bench/bounded_memory.py --source FOLDER`. Needs `pip install 'hornbook[bench]'`.

peak_memory_megabytes: proportional set size, summed over all processes, sampled four times a second.
"""

import argparse
import contextlib
import hashlib
import json
import keyword
import os
import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from hornbook.curation.classify import classify
from hornbook.curation.collect import DEFINITIONS, CollectConfig, collect
from hornbook.curation.labels import read_labels
from hornbook.curation.select import select
from hornbook.curation.train_classifier import train_classifier
from hornbook.decontamination.stage import decontaminate
from hornbook.deduplication.stage import deduplicate
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters
from hornbook.pipeline.run import Pipeline
from hornbook.sources.standard_library import STANDARD_LIBRARY
from hornbook.tokens.stages import tokenize, train_tokenizer

_MEGABYTE = 1_000_000
_SECONDS_BETWEEN_SAMPLES = 0.25
_NAME = re.compile(r"\b[A-Za-z_]\w{3,}\b")
_KEPT = frozenset(keyword.kwlist) | {"self", "__init__", "__name__", "__main__", "print", "range", "list", "dict"}


def recipe(seed: int, source: Sequence[str] = ()) -> Pipeline:
    """The data stages of the laptop recipe, on whole files."""
    library = collect(CollectConfig(inputs=(STANDARD_LIBRARY,), split=DEFINITIONS))
    classifier = train_classifier(library, read_labels(library))
    code = collect(CollectConfig(inputs=tuple(source)), name="code")
    taught = select(filters(code, FiltersConfig(check_licenses=False)), classify(code, classifier))
    clean = decontaminate(deduplicate(taught))
    return Pipeline.ending_in("data", tokenize(clean, train_tokenizer(clean)), seed=seed)


def main() -> None:
    """Measure each size and print its line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100,400,1600", help="megabytes of Python files")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder with more Python files")
    parser.add_argument("--work", type=Path, required=True, help="folder for the corpora and the store")
    arguments = parser.parse_args()
    for size in map(int, arguments.sizes.split(",")):
        folder = arguments.work / f"{size}"
        num_files = _write(arguments.corpus, folder, size * _MEGABYTE)
        seconds, peak = _run(folder, arguments.work / "store")
        stages = json.loads(
            subprocess.check_output([*_HORNBOOK, "show", "data", "--store", arguments.work / "store", "--json"])
        )["stages"]
        line = {
            "benchmark": "bounded_memory",
            "megabytes": size,
            "num_files": num_files,
            "seconds": round(seconds, 1),
            "peak_memory_megabytes": round(peak / _MEGABYTE),
            "stages": {stage["name"]: [round(stage["seconds"], 1), stage["kept"]] for stage in stages},
            "num_cores": os.cpu_count(),
        }
        print(json.dumps(line), flush=True)


_HORNBOOK = [sys.executable, "-m", "hornbook"]


def _run(folder: Path, store: Path) -> tuple[float, int]:
    """Seconds, and the most memory that all processes held together."""
    command = [*_HORNBOOK, "run", __file__, "--source", folder, "--store", store, "--name", "data", "--replace"]
    begin = time.perf_counter()
    peak = 0
    with psutil.Popen([*map(str, command)], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            total = 0
            for one in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += one.memory_full_info().pss
            peak = max(peak, total)
            time.sleep(_SECONDS_BETWEEN_SAMPLES)
    if process.returncode != 0:
        raise SystemExit(f"the run over {folder} ended with {process.returncode}")
    return time.perf_counter() - begin, peak


def _write(more: list[Path], folder: Path, num_bytes: int) -> int:
    """Write the corpus; returns the number of its files."""
    written = number = 0
    for copy in range(1_000):
        for text in _texts(more):
            if written >= num_bytes:
                return number
            renamed = _NAME.sub(lambda found, copy=copy: _renamed(found[0], copy), text) if copy else text
            path = folder / f"{number // 1_000:03}" / f"file_{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(renamed, encoding="utf-8")
            written += len(renamed.encode())
            number += 1
    raise SystemExit("there are too few Python files; add some with --corpus")


def _renamed(name: str, copy: int) -> str:
    return name if name in _KEPT else f"{name}_{copy}"


def _texts(more: list[Path]) -> Iterator[str]:
    """Each text once, in an order that the paths decide."""
    paths = sysconfig.get_paths()
    roots = list(dict.fromkeys([Path(paths["stdlib"]), Path(paths["purelib"]), *more]))
    found = {path for root in roots for path in root.rglob("*.py")}
    seen: set[bytes] = set()
    for path in sorted(found, key=lambda path: hashlib.sha256(path.as_posix().encode()).digest()):
        with contextlib.suppress(UnicodeDecodeError, OSError):
            text = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).digest()
            if text and digest not in seen:
                seen.add(digest)
                yield text


if __name__ == "__main__":
    main()
