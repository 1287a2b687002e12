"""See that one process alone works in a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hornbook.errors import ConfigError


@contextmanager
def alone_in(folder: Path, work: str) -> Iterator[None]:
    """Hold the folder; it is let go when the process ends, however it ends.

    Args:
        folder: Is there.
        work: What is done in it, for the message: `writing token shards into`.

    Raises:
        ConfigError: Another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"another process is {work} `{folder}`; let it end first") from error
        yield
    finally:
        os.close(descriptor)
