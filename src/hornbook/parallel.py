"""Where work over many parts is done: on this machine, or on a Ray cluster; and the one door to Daft.

The rest of the program imports Daft only through `import_daft`, so that it is loaded no earlier than needed, sends no
usage data and draws no progress bars of its own. A plan's rows come in no guaranteed order, so carry a row number and
sort by it.

A cluster gets whole parts, each as a task in which Daft, where it is needed, runs on the machine at hand: Ray does a
task again whose worker died, while Daft 0.7.26 over Ray would wait for it without end.
"""

import importlib
import itertools
import logging
import os
import shutil
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyarrow as pa

from hornbook.errors import ConfigError
from hornbook.processes import num_cores, work_in_order

_QUIET = {"DO_NOT_TRACK": "1", "DAFT_PROGRESS_BAR": "0"}
_MAX_RETRIES = 4
"""Of a part whose worker died."""
_TASKS_PER_CORE = 2
"""Of a cluster: under way or waiting there."""


class Engine(StrEnum):
    """Where parts are worked on. It changes nothing in what comes out."""

    LOCAL = "local"
    RAY = "ray"


J = TypeVar("J")
Function = Callable[[J, Path], None]
"""Does a job and writes what comes of it into a folder, which is there and empty."""


def open_engine(name: str = "local", ray_address: str | None = None) -> Engine:
    """Choose where parts are worked on.

    Args:
        name: `local` (all cores of this machine) or `ray`.
        ray_address: Of a running Ray cluster; None starts or finds one on this machine.

    Raises:
        ConfigError: The name is none of the two, Ray is not installed, or there is no cluster at the address.
    """
    if name not in list(Engine):
        raise ConfigError(f"`engine` must be one of {', '.join(Engine)}, got {name!r}")
    if ray_address is not None and name != Engine.RAY:
        raise ConfigError(f"`ray_address` is {ray_address!r}, but the engine is {name!r}: set `engine` to ray")
    if name == Engine.RAY:
        _connect(ray_address)
    return Engine(name)


def map_parts(
    function: Function[J], jobs: Iterable[J], results: Path, engine: Engine = Engine.LOCAL, *, in_threads: bool = False
) -> Iterator[Path]:
    """Apply a function to every part of a table, on all cores of this machine or of a cluster.

    A job whose process, worker or machine died is done again. A folder is written aside and renamed when it is whole,
    so that the same call after a kill does only what is missing.

    Args:
        function: Can be pickled: a function at the top of its module, a `partial` of one, or an object of a class with
            `__call__`. Locally each process gets it once, so that such an object may keep what it has loaded.
        jobs: Paths of parts, or tuples that begin with one; they can be pickled. Read as they are needed, a few ahead,
            and the same ones at each call.
        results: Folder of the results, which are its sub-folders `00000`, `00001`, …; created where it is missing.
        engine: Where the work is done. It changes nothing in the results.
        in_threads: Whether `function` releases Python's lock for most of its time, as Daft does: locally threads of
            this process then take the place of processes.

    Yields:
        The folder of each job, in the order of the jobs, as soon as it and those before it are whole.

    Raises:
        ConfigError: Processes or workers of the cluster died again and again, or the cluster has other disks.
        Exception: What `function` raises.
    """
    results.mkdir(parents=True, exist_ok=True)
    waiting: deque[Path] = deque()

    def unfinished() -> Iterator[_Numbered[J]]:
        for number, job in enumerate(jobs):
            result = (results / f"{number:05d}").absolute()
            waiting.append(result)
            if not result.exists():
                yield job, result

    work = _on_ray if engine == Engine.RAY else _in_threads if in_threads else _in_processes
    for made in work(_Write(function), unfinished()):
        while (result := waiting.popleft()) != made:
            yield result
        yield made
    yield from waiting


def frame_of(table: pa.Table) -> Any:
    """A Daft DataFrame over `table`, to build a lazy plan on."""
    return _local_daft().from_arrow(table)


def collect(frame: Any, sort_by: str, num_rows: int) -> pa.Table:
    """Run a plan on this machine and fetch its rows.

    Args:
        frame: The DataFrame.
        sort_by: A column of unique numbers, by which the rows are put in order.
        num_rows: How many there are.

    Raises:
        KeyboardInterrupt: Rows are missing. Daft hears an interrupt by itself, also where Python does not, and gives
            the rows that it has by then as if they were all.
    """
    rows = frame.to_arrow()
    if rows.num_rows != num_rows:
        raise KeyboardInterrupt
    return rows.sort_by(sort_by)


def import_daft() -> Any:
    """Daft, told to keep quiet. Takes half a second on the first call."""
    os.environ.update(_QUIET)
    import daft

    return daft


_Numbered = tuple[J, Path]
"""A job and the folder of its result."""


@dataclass(frozen=True)
class _Write(Generic[J]):
    """Does a job; its folder gets its name when it is whole."""

    function: Function[J]

    def __call__(self, numbered: _Numbered[J]) -> Path:
        job, result = numbered
        # A worker that a cluster has given up may still live, and then two of them write at once.
        partial = result.with_name(f".{result.name}.{uuid.uuid4().hex[:8]}.partial")
        partial.mkdir()
        try:
            self.function(job, partial)
            try:
                partial.rename(result)
            except OSError:
                if not result.exists():  # Else the other one was first; its result is the same.
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return result


def _in_processes(write: _Write[J], jobs: Iterator[_Numbered[J]]) -> Iterator[Path]:
    first = list(itertools.islice(jobs, 2))
    count = num_cores()
    if len(first) < 2 or count == 1:
        yield from map(write, itertools.chain(first, jobs))
    else:
        yield from work_in_order(write, itertools.chain(first, jobs), count)


def _in_threads(write: _Write[J], jobs: Iterator[_Numbered[J]]) -> Iterator[Path]:
    count = num_cores()
    with ThreadPoolExecutor(count) as pool:
        waiting: deque[Future[Path]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(write, job))
                while len(waiting) > count + 1 or (waiting and waiting[0].done()):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _on_ray(write: _Write[J], jobs: Iterator[_Numbered[J]]) -> Iterator[Path]:
    ray = _import_ray()
    task = ray.remote(_call).options(max_retries=_MAX_RETRIES)
    shared = ray.put(write)
    waiting: deque[tuple[_Numbered[J], Any]] = deque()
    try:
        for job in jobs:
            waiting.append((job, task.remote(shared, _absolute(job))))
            while len(waiting) >= _TASKS_PER_CORE * max(1, int(ray.cluster_resources().get("CPU", 1))):
                yield _fetched(*waiting.popleft())
        while waiting:
            yield _fetched(*waiting.popleft())
    finally:
        for _, reference in waiting:
            ray.cancel(reference)


def _call(write: _Write[J], job: _Numbered[J]) -> None:
    write(job)


def _absolute(job: Any) -> Any:
    """A job whose paths mean the same on every machine."""
    if isinstance(job, tuple) and not hasattr(job, "_fields"):
        return tuple(map(_absolute, job))
    return job.absolute() if isinstance(job, Path) else job


def _fetched(job: _Numbered[J], reference: Any) -> Path:
    ray = _import_ray()
    part, result = job
    try:
        ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        raise ConfigError(
            f"Ray gave up on `{str(part)[:200]}` after {_MAX_RETRIES + 1} tries ({type(error).__name__}); see to the "
            "memory and the machines of the cluster, and type the same command again: it goes on where it was"
        ) from error
    if not result.exists():
        raise ConfigError(
            f"a machine of the cluster wrote `{result}`, and it is not here: the store must lie in a folder that all "
            "its machines see"
        )
    return result


def _connect(address: str | None) -> None:
    ray = _import_ray()
    if ray.is_initialized():
        return
    quiet = {"env_vars": dict(_QUIET)}
    try:
        ray.init(address, runtime_env=quiet, log_to_driver=False, logging_level=logging.WARNING)
    except (ConnectionError, ValueError) as error:
        raise ConfigError(f"`ray_address` is {address!r}, and no cluster answers there: {error}") from error


def _import_ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise ConfigError("`engine` is 'ray', but Ray is not installed: run `pip install 'hornbook[ray]'`") from error


def _local_daft() -> Any:
    daft = import_daft()
    if daft.runners._get_runner() is None:
        try:
            daft.set_runner_native()
        except daft.exceptions.DaftCoreException:
            if daft.runners._get_runner() is None:  # Else another thread was first.
                raise
    return daft
