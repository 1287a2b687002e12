from collections.abc import Iterator

import pytest
from tests.benchmarks.fake_hub import FakeHub, serve_hub

from hornbook.sandbox.jail import Jail


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail() as jail:
        yield jail


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serve_hub() as hub:
        yield hub
