"""Work in processes beside this one, since Python computes on one core; the results come in order.

A process ends when this one does, so none outlives a program that was killed. Who does a piece changes nothing in it.
"""

import atexit
import contextlib
import itertools
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, NoReturn, TypeVar

from hornbook.errors import ConfigError

_GIVEN_AT_ONCE = 2
"""To each process: the next piece is there when one is done."""
_HELD = 4
"""Pieces for each process: results behind a slow piece wait in memory."""
_SHOWN = 200
"""Characters of a piece in a message."""

_GONE = (
    "the processes at work were ended from outside, perhaps for want of memory; type the same command again: it goes "
    "on where it was"
)

_END = object()

T = TypeVar("T")
R = TypeVar("R")


def num_cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def leave(status: int) -> NoReturn:
    """End this process with `status`: wait for its threads, run exit functions, flush, and skip Python's teardown.

    Native threads (Daft's runtime, gloo's loop) may call into the interpreter while it is being torn down, which ends
    the process by a signal. `multiprocessing` ends the processes that it forks in the same way.
    """
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


@contextmanager
def interrupts_spare_children() -> Iterator[None]:
    """Processes that are started meanwhile are spared Ctrl-C, which is the business of the one that started them."""
    resource_tracker.ensure_running()  # Where it starts together with the first process, it lets interrupts in again.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # They inherit it.
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def work_in_order(work: Callable[[T], R], pieces: Iterable[T], num_processes: int) -> Iterator[R]:
    """The result of each piece, in their order.

    A process that dies loses nothing: what it had goes to the others. A piece on which a second one dies ends the work.

    Args:
        work: Is pickled and sent to each process once; what it keeps in itself stays there from piece to piece.
        pieces: Read as they are needed. Each process has two at most, and at most four pieces for each process are
            unfinished or have a result that waits for an earlier one.
        num_processes: At least 1.

    Raises:
        ConfigError: Processes died, as they do when there is no memory left.
        Exception: What `work` raises, with a note of where. The other processes are ended.
    """
    pool: _Pool[T, R] = _Pool(work, num_processes)
    try:
        for piece in pieces:
            pool.give(piece)
            yield from pool.finished()
            while pool.num_held > _HELD * num_processes:
                pool.receive()
                yield from pool.finished()
        while pool.has_unfinished:
            pool.receive()
            yield from pool.finished()
    finally:
        pool.end()


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    pipe: "Connection[Any, Any]"
    given: deque[int] = field(default_factory=deque)
    """Numbers of the pieces that it has, the one that it works on first."""


class _Pool(Generic[T, R]):
    def __init__(self, work: Callable[[T], R], num_processes: int) -> None:
        self._workers: list[_Worker] = []
        self._pieces: dict[int, T] = {}
        self._results: dict[int, R] = {}
        self._numbers = itertools.count()
        self._next = 0
        self._deadly: set[int] = set()
        context = multiprocessing.get_context("spawn")  # A fork would copy threads' locks in any state.
        try:
            with interrupts_spare_children():
                for _ in range(num_processes):
                    ours, theirs = context.Pipe()
                    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
                    process.start()
                    theirs.close()
                    self._workers.append(_Worker(process, ours))
        except BaseException:
            self.end()
            raise

    @property
    def has_unfinished(self) -> bool:
        return bool(self._pieces)

    @property
    def num_held(self) -> int:
        """Pieces that were given, and whose results nobody has yet."""
        return len(self._pieces) + len(self._results)

    def give(self, piece: T) -> None:
        """To the process that has least, as soon as one has room."""
        number = next(self._numbers)
        self._pieces[number] = piece
        while self._workers and min(len(one.given) for one in self._workers) >= _GIVEN_AT_ONCE:
            self.receive()
        self._send(number)

    def receive(self) -> None:
        """Wait for results."""
        by_pipe = {one.pipe: one for one in self._workers}
        for pipe in wait(list(by_pipe)):
            worker = by_pipe[pipe]  # type: ignore[index]
            try:
                error, result = worker.pipe.recv()
            except (EOFError, ConnectionError):
                self._bury(worker)
                continue
            number = worker.given.popleft()
            if error is not None:
                raise error
            del self._pieces[number]
            self._results[number] = result

    def finished(self) -> Iterator[R]:
        """The results that are next in order."""
        while self._next in self._results:
            yield self._results.pop(self._next)
            self._next += 1

    def end(self) -> None:
        """Of all processes, at once where they are at work."""
        for worker in self._workers:
            if worker.given:
                worker.process.kill()
            worker.pipe.close()
        for worker in self._workers:
            worker.process.join()
        self._workers.clear()

    def _send(self, number: int) -> None:
        worker = min(self._workers, key=lambda one: len(one.given), default=None)
        if worker is None:
            raise ConfigError(_GONE)
        worker.given.append(number)
        try:
            worker.pipe.send(self._pieces[number])
        except ConnectionError:
            self._bury(worker)

    def _bury(self, worker: _Worker) -> None:
        """Give what a dead process had to the others."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join()
        given = list(worker.given)
        if given and given[0] in self._deadly:
            raise ConfigError(f"two processes, one after the other, died on {_shown(self._pieces[given[0]])}: {_GONE}")
        self._deadly.update(given[:1])
        for number in given:
            self._send(number)


def _serve(pipe: "Connection[Any, Any]", work: Callable[[Any], Any]) -> None:
    """Do what comes until the pipe ends.

    A thread reads ahead, so that neither end waits for ever for the other to read what is larger than the pipe.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(pipe, pieces), daemon=True).start()
    while (piece := pieces.get()) is not _END:
        failure, result = None, None
        try:
            result = work(piece)
        except Exception as error:
            error.add_note(f"in a process that worked on {_shown(piece)}:\n{traceback.format_exc()}")
            failure = _sendable(error)
        try:
            pipe.send((failure, result))
        except ConnectionError:
            break
    leave(0)


def _read(pipe: "Connection[Any, Any]", pieces: "queue.SimpleQueue[Any]") -> None:
    try:
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                pieces.put(pipe.recv())
    finally:
        pieces.put(_END)


def _shown(piece: object) -> str:
    return str(piece)[:_SHOWN]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("\n".join([repr(error), *error.__notes__]))
    return error
