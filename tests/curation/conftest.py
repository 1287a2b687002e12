from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hornbook.curation.corpus import Corpus, describe_standard_library, read_standard_library

from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import CodeSample, SampleKind


def sample(name: str, path: str = "a.py", first_line: int = 7, last_line: int = 9, **fields: Any) -> CodeSample:
    usual: dict[str, Any] = {"text": "x x x x x x x x x x", "source": "s", "module": "m", "license": "PSF-2.0"}
    place = {"path": path, "qualname": name, "first_line": first_line, "last_line": last_line}
    return CodeSample(**{"id": name, "kind": SampleKind.FUNCTION, **usual, **place, **fields})


def workspace(folder: Path, scratch: Path | None = None) -> Workspace:
    folder.mkdir(parents=True)
    return Workspace(folder=folder, scratch=scratch or folder, seed=5, progress=lambda done, total, note="": None)


def artifact(folder: Path) -> Artifact:
    return Artifact(folder=folder, manifest=None)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def standard_library() -> Corpus:
    """Of the running Python; reading it takes seconds."""
    return read_standard_library(describe_standard_library())


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """Parts are worked on here: starting processes takes most of a small test, and `tests/test_parallel.py` does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield
