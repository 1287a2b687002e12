from collections.abc import Iterator

import pytest

from hornbook.curation.corpus import Corpus, describe_standard_library, read_standard_library


@pytest.fixture(scope="session")
def standard_library() -> Corpus:
    """Of the running Python; reading it takes seconds."""
    return read_standard_library(describe_standard_library())


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """Parts are worked on here: starting processes takes most of a small test, and `tests/test_engine.py` does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.engine.num_cores", lambda: 1)
        yield
