"""Growth of a curation: `collect`, `classify`, `select` and `deduplicate` at four sizes, one after the other.

    python bench/curation.py > lines.jsonl            # 50, 100, 200 and 400 MB
    python bench/curation.py --sizes 10,20
    python bench/curation.py --render lines.jsonl --plan-for 35e6 35e9 --cores 32

Prints a JSON line for each step and size, and one with the exponents. `--render` measures nothing: it prints what
`docs/scaling.md` holds, tables in Markdown and the plan for so many files and tokens.

The corpus is the Python files of the standard library and of this installation's site-packages, and of folders that
`--corpus` adds: sizes are prefixes of one order that the files' names decide, so a larger one holds the smaller ones.
Each step is the command that a person types, in a process of its own. `deduplicate-all` is `deduplicate` over all
documents, to which nothing comes behind. Needs `pip install 'hornbook[bench]'`.

cpu_seconds: of all processes. first_process_cpu_seconds: of the one that was typed, which reads, lays out and writes.
peak_memory_megabytes: resident, summed over all processes, sampled; pages that two share count twice.
peak_process_megabytes: of the largest process, as the system counts. work_megabytes: the work folder when it was
largest, sampled. written_megabytes: all that reached the disk's cache, as the system counts.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from curation_plan import Target, exponents_of, read_lines, render
from hornbook.sources.rows import read_rows

_MEGABYTE = 1_000_000
_BLOCK_BYTES = 512
"""In which the system counts what is written."""
_SECONDS_BETWEEN_SAMPLES = 0.05
_HORNBOOK = [sys.executable, "-m", "hornbook"]
_KEEP_SHARE = 0.17

Line = dict[str, Any]


def main() -> None:
    """Measure and print the lines; or print what lines say."""
    arguments = _parser().parse_args()
    if arguments.render:
        num_files, num_tokens = arguments.plan_for
        target = Target(
            num_files=num_files,
            num_tokens=num_tokens,
            bytes_per_token=arguments.bytes_per_token,
            num_cores=arguments.cores,
        )
        print(render(read_lines(arguments.render), target))
        return
    sizes = sorted(float(size) for size in arguments.sizes.split(","))
    with tempfile.TemporaryDirectory(dir=arguments.work) as name:
        folder = Path(name)
        classifier = arguments.classifier or _fit_classifier(folder)
        lines = []
        for size, num_bytes in _grow(folder / "corpus", _roots(arguments.corpus), sizes):
            for line in _measure(folder, classifier, arguments.ending, num_bytes):
                lines.append({"benchmark": "curation", "size_megabytes": size, **line})
                print(json.dumps(lines[-1]), flush=True)
    print(json.dumps({"benchmark": "curation", "num_cores": os.cpu_count(), "exponents": exponents_of(lines)}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="50,100,200,400", help="megabytes of Python files")
    parser.add_argument("--corpus", type=Path, action="append", default=[], help="a folder with more Python files")
    parser.add_argument("--classifier", type=Path, help="a folder with a saved one; else one is learned first")
    parser.add_argument("--ending", default=".jsonl", choices=(".jsonl", ".parquet"), help="of the files between steps")
    parser.add_argument("--work", type=Path, help="a folder on the disk that is to be measured")
    parser.add_argument("--render", type=Path, metavar="LINES", help="print the tables of these lines")
    parser.add_argument(
        "--plan-for", type=float, nargs=2, default=(35e6, 35e9), metavar=("FILES", "TOKENS"), help="the plan's corpus"
    )
    parser.add_argument("--bytes-per-token", type=float, help="of the plan; as measured where not given")
    parser.add_argument("--cores", type=int, default=32, help="of the plan")
    return parser


def _roots(more: list[Path]) -> list[Path]:
    paths = sysconfig.get_paths()
    return list(dict.fromkeys([Path(paths["stdlib"]), Path(paths["purelib"]), Path(paths["platlib"]), *more]))


def _fit_classifier(folder: Path) -> Path:
    """Learn from the shipped labels."""
    words = [
        *_HORNBOOK,
        "run",
        "laptop",
        "--until",
        "train-classifier",
        "--name",
        "bench",
        "--store",
        str(folder / "store"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"no classifier: {done.stderr[-2000:]}")
    return folder / "store" / "runs" / "bench" / "train-classifier"


def _grow(corpus: Path, roots: list[Path], sizes: list[float]) -> Iterator[tuple[float, int]]:
    """Fill the corpus up to each size; gives the size that was asked for and the bytes that are there."""
    num_bytes = 0
    files = iter(_files(roots))
    for size in sizes:
        while num_bytes < size * _MEGABYTE and (found := next(files, None)):
            name, path = found
            target = corpus / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            num_bytes += target.stat().st_size
        if num_bytes < size * _MEGABYTE:
            print(
                f"there are {num_bytes / _MEGABYTE:.0f} MB of Python files and not {size:.0f}: these are used; "
                "`--corpus FOLDER` adds more",
                file=sys.stderr,
            )
        yield size, num_bytes


def _files(roots: list[Path]) -> list[tuple[str, Path]]:
    """All files with a name in the corpus, in an order that their names decide."""
    found: dict[Path, str] = {}
    for number, root in enumerate(roots):
        for path in root.rglob("*.py"):
            if (
                path.is_file()
                and not path.is_symlink()
                and not any(part.startswith(".") for part in path.relative_to(root).parts)
            ):
                found.setdefault(path.resolve(), f"{number}-{root.name}/{path.relative_to(root).as_posix()}")
    named = ((name, path) for path, name in found.items())
    return sorted(named, key=lambda one: hashlib.sha256(one[0].encode()).digest())


def _measure(folder: Path, classifier: Path, ending: str, num_bytes: int) -> Iterator[Line]:
    """The lines of all steps over the corpus as it stands."""
    documents, values, kept, unique, all_unique = (
        folder / f"{name}{ending}" for name in ("documents", "values", "kept", "unique", "all-unique")
    )
    corpus, files = str(folder / "corpus"), str(documents)
    given = num_bytes / _MEGABYTE
    options = ["--layout", "files", "--no-check-licenses"]
    yield _line("collect", ["collect", corpus, *options], documents, given)
    collected = _text_megabytes(documents)
    words = ["classify", files, "--classifier", str(classifier)]
    yield _line("classify", words, values, collected)
    words = ["select", files, "--values", str(values), "--keep-share", str(_KEEP_SHARE)]
    line = _line("select", words, kept, collected)
    yield line | {"bytes_per_token": round(collected * _MEGABYTE / line["said"]["num_tokens"], 3)}
    for step, source, output in (("deduplicate", kept, unique), ("deduplicate-all", documents, all_unique)):
        clusters = output.with_name(f"{output.stem}.clusters{ending}")
        words = ["deduplicate", str(source), "--clusters", str(clusters)]
        yield _line(step, words, output, _text_megabytes(source))


def _line(step: str, words: list[str], output: Path, megabytes: float) -> Line:
    for old in _outputs(output):
        old.unlink()
    work = output.with_name(f".{output.name}.work")
    measured = _run([*_HORNBOOK, *words, "--output", str(output), "--json"], lambda: _bytes_in(work))
    said = {name: measured["said"][name] for name in ("kept", "valued", "num_tokens") if name in measured["said"]}
    return {
        "step": step,
        "input_megabytes": round(megabytes, 2),
        "num_documents": measured["said"]["num_rows"],
        **measured,
        "output_megabytes": round(sum(path.stat().st_size for path in _outputs(output)) / _MEGABYTE, 2),
        "said": said,
    }


def _run(command: list[str], work_bytes: Callable[[], int]) -> Line:
    """Run a command to its end and measure it."""
    import psutil

    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        watched = psutil.Process(process.pid)
        peak = work = 0
        first = 0.0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            with contextlib.suppress(psutil.NoSuchProcess):
                memory, first = _sample(watched, first)
                peak = max(peak, memory)
            work = max(work, work_bytes())
            time.sleep(_SECONDS_BETWEEN_SAMPLES)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            raise SystemExit(f"{command[3:5]} ended with {process.returncode}: {err.read()[-2000:]}")
        return {
            "seconds": round(seconds, 2),
            "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
            "first_process_cpu_seconds": round(first, 2),
            "peak_memory_megabytes": round(peak / _MEGABYTE, 1),
            "peak_process_megabytes": round(usage.ru_maxrss * 1024 / _MEGABYTE, 1),
            "work_megabytes": round(work / _MEGABYTE, 2),
            "written_megabytes": round(usage.ru_oublock * _BLOCK_BYTES / _MEGABYTE, 2),
            "said": json.loads(out.read()),
        }


def _sample(watched: Any, first: float) -> tuple[int, float]:
    """Resident bytes of all processes; CPU-seconds of the first one so far."""
    import psutil

    memory = 0
    for one in [watched, *watched.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            memory += one.memory_info().rss
    times = watched.cpu_times()
    return memory, max(first, times.user + times.system)


def _bytes_in(folder: Path) -> int:
    total = 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                total += entry.stat(follow_symlinks=False).st_size
    return total


def _outputs(output: Path) -> list[Path]:
    """A step's file and those that it puts beside it."""
    return [path for path in output.parent.glob(f"{output.stem}.*") if path.is_file()]


def _text_megabytes(path: Path) -> float:
    return sum(len(fields["text"].encode()) for _, fields in read_rows(path)) / _MEGABYTE


if __name__ == "__main__":
    main()
