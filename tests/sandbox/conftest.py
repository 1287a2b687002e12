import os
import select
from collections.abc import Callable, Iterator

import pytest

from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits


@pytest.fixture
def ends() -> Callable[[int], bool]:
    """Waits until a process that is not ours has ended."""

    def wait(process: int) -> bool:
        try:
            descriptor = os.pidfd_open(process)
        except ProcessLookupError:
            return True
        ready, _, _ = select.select([descriptor], [], [], 60)
        os.close(descriptor)
        return bool(ready)

    return wait


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5)) as opened:
        yield opened
