from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """Parts are worked on here: starting processes takes most of a small test, and `tests/test_parallel.py` does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield
