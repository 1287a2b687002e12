from collections.abc import Iterator

import pytest

from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5)) as opened:
        yield opened
