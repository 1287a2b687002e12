"""Encode batches of documents on all cores, in their order, few at a time.

A worker is a process of its own, since Python encodes on one core; it gets texts and gives back ids as bytes. It ends
when its pipe does, so none outlives a program that was killed. Who encodes a batch changes nothing in it.
"""

import itertools
import multiprocessing
import os
import queue
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Protocol, Self, TypeVar

from tokenizers import Tokenizer

from hornbook.errors import ConfigError
from hornbook.processes import interrupts_spare_children, num_cores
from hornbook.tokens.encode import Encoder

_BATCHES_BEFORE_WORKERS = 24
"""Encoded here before processes are started, which takes a second: a small corpus needs none."""
_WAITING_PER_WORKER = 2
_SECONDS_TO_END = 5.0


class HasText(Protocol):
    """Whatever has a text."""

    @property
    def text(self) -> str:
        """To be encoded."""


T = TypeVar("T", bound=HasText)
Encoded = tuple[Sequence[T], list[bytes]]


def encode_in_order(
    batches: Iterable[Sequence[T]], tokenizer: Tokenizer, num_workers: int | None = None
) -> Iterator[Encoded[T]]:
    """Each batch with the ids of its documents, as `Encoder.encode` gives them, in the order of the batches.

    At most two batches for each worker are held at a time, those that are given out among them.

    Args:
        batches: Read as they are needed.
        tokenizer: Any.
        num_workers: Processes that encode; 1 for none beside this one. None for one a core, as soon as there is enough
            to do.

    Raises:
        ConfigError: A process ended, as one does when there is no memory left.
    """
    count = num_cores() if num_workers is None else num_workers
    waiting = iter(batches)
    before = itertools.islice(waiting, _BATCHES_BEFORE_WORKERS) if num_workers is None and count > 1 else waiting
    if num_workers is None or count == 1:
        encoder = Encoder(tokenizer)
        for batch in before:
            yield batch, encoder.encode([document.text for document in batch])
        del encoder
    first = next(waiting, None)
    if first is not None:
        yield from _encode_by_workers(itertools.chain([first], waiting), tokenizer, count)


def _encode_by_workers(batches: Iterable[Sequence[T]], tokenizer: Tokenizer, count: int) -> Iterator[Encoded[T]]:
    with _Workers(tokenizer, count) as workers, ThreadPoolExecutor(count) as threads:
        waiting: deque[tuple[Sequence[T], Future[list[bytes]]]] = deque()
        try:
            for batch in batches:
                waiting.append((batch, threads.submit(workers.encode, [document.text for document in batch])))
                del batch
                if len(waiting) >= _WAITING_PER_WORKER * count:
                    yield _finished(waiting)
            while waiting:
                yield _finished(waiting)
        finally:
            for _, future in waiting:
                future.cancel()


def _finished(waiting: deque[tuple[Sequence[T], Future[list[bytes]]]]) -> Encoded[T]:
    batch, future = waiting.popleft()
    return batch, future.result()


class _Workers:
    """Processes that encode; each is used by one thread at a time."""

    def __init__(self, tokenizer: Tokenizer, count: int) -> None:
        context = multiprocessing.get_context("spawn")  # A fork would copy threads' locks in any state.
        self._processes = []
        self._idle: queue.SimpleQueue[Connection[list[str], list[bytes]]] = queue.SimpleQueue()
        described = tokenizer.to_str()
        with interrupts_spare_children():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs, described), daemon=True)
                process.start()
                theirs.close()
                self._processes.append(process)
                self._idle.put(ours)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while not self._idle.empty():
            self._idle.get().close()
        for process in self._processes:
            process.join(_SECONDS_TO_END)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()

    def encode(self, texts: list[str]) -> list[bytes]:
        """By the next worker that is idle."""
        worker = self._idle.get()
        try:
            worker.send(texts)
            return worker.recv()
        except (EOFError, ConnectionError) as error:
            raise ConfigError(
                f"one of {len(self._processes)} processes that tokenise has ended, perhaps for want of memory; "
                "go on with fewer of them"
            ) from error
        finally:
            self._idle.put(worker)


def _work(pipe: "Connection[list[bytes], list[str]]", described: str) -> None:
    """Encode what comes until the pipe ends."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # The library would start as many threads as cores in each worker.
    encoder = Encoder(Tokenizer.from_str(described))
    while True:
        try:
            texts = pipe.recv()
        except EOFError:
            return
        pipe.send(encoder.encode(texts))
