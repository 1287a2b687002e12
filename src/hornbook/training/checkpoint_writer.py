"""Writes checkpoints beside the training, one at a time."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from torch import Tensor

from hornbook.training.checkpoint import Keeping, save_checkpoint


class CheckpointWriter:
    """Takes copies and writes them in a thread; the thread's errors come up in `wait`.

    The process does not end before the thread has written, however it ends short of a kill.
    """

    def __init__(self, folder: Path, keeping: Keeping, *, asynchronous: bool) -> None:
        """Nothing is touched before the first write.

        Args:
            folder: Where the checkpoints lie.
            keeping: Which of them stay.
            asynchronous: Whether `write` returns before the checkpoint is on the disk.
        """
        self._folder = folder
        self._keeping = keeping
        self._asynchronous = asynchronous
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._writing: Future[None] | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the checkpoint that was written last met an error; `wait` raises it."""
        return self._writing is not None and self._writing.done() and self._writing.exception() is not None

    def write(self, step: int, tensors: Mapping[str, Tensor], state: Mapping[str, Any], best_step: int | None) -> None:
        """Write a checkpoint, after the one before it is written.

        Args:
            step: Finished steps.
            tensors: Nobody else may change them.
            state: JSON values; nobody else may change them.
            best_step: See `save_checkpoint`.

        Raises:
            StoreError: The checkpoint before it could not be written, or this one if writing is not asynchronous.
        """
        self.wait()
        save = partial(save_checkpoint, self._folder, step, tensors, state, keeping=self._keeping, best_step=best_step)
        self._writing = self._threads.submit(save)
        if not self._asynchronous:
            self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being written; after an error, whether or not it can be written."""
        self._threads.shutdown()
        if error is None:
            self.wait()

    def wait(self) -> None:
        """Return when all is written.

        Raises:
            StoreError: It could not be written.
        """
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()
