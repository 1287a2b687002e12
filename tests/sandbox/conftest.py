import os
import select
from collections.abc import Callable

import pytest


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
