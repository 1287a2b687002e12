"""Encode batches of documents on all cores, in their order. The result does not depend on who encodes a batch."""

import itertools
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from tokenizers import Tokenizer

from hornbook.processes import num_cores, work_in_order
from hornbook.tokens.encode import Encoder

_BATCHES_BEFORE_WORKERS = 24
"""Encoded here before processes are started, which takes a second: a small corpus needs none."""


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
    if first is None:
        return
    given: deque[Sequence[T]] = deque()

    def texts() -> Iterator[list[str]]:
        for batch in itertools.chain([first], waiting):
            given.append(batch)
            yield [document.text for document in batch]

    for ids in work_in_order(_Encode(tokenizer.to_str()), texts(), count):
        yield given.popleft(), ids


class _Encode:
    """Encodes a batch of texts, in a process that keeps the encoder."""

    def __init__(self, described: str) -> None:
        self._described = described
        self._encoder: Encoder | None = None

    def __call__(self, texts: list[str]) -> list[bytes]:
        if self._encoder is None:
            # The library would start as many threads as cores in each process.
            os.environ["TOKENIZERS_PARALLELISM"] = "false"
            self._encoder = Encoder(Tokenizer.from_str(self._described))
        return self._encoder.encode(texts)
