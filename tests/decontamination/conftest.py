from collections.abc import Iterator
from typing import Any

import pytest
from tests.decontamination.labelled_once import calibrate_once, labelled_once

from hornbook.decontamination.prepare import Prepared
from hornbook.decontamination.rule import MATCH_RATE
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    """To start others takes longer than the work of a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=1.5)) as opened:
        yield opened


@pytest.fixture(scope="session")
def labelled(jail: Jail) -> Prepared:
    """The benchmark of the labelled set."""
    return labelled_once(jail)


@pytest.fixture(scope="session")
def calibration(jail: Jail) -> dict[str, Any]:
    """As each run measures it."""
    return calibrate_once(MATCH_RATE, jail)
