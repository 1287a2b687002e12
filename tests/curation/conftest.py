import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hornbook.curation.collect import split_module
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Document, DocumentKind
from hornbook.sources.standard_library import StandardLibrary


def code(name: str, path: str = "a.py", first_line: int = 7, last_line: int = 9, **fields: Any) -> Document:
    """A document that was split from a file."""
    place = {"source": "s", "path": path, "first_line": first_line, "last_line": last_line}
    metadata = {"licenses": ["PSF-2.0"], "module": "m", "qualname": name, **place, **fields}
    text = metadata.pop("text", "x x x x x x x x x x")
    return Document(id=name, kind=DocumentKind.CODE, text=text, metadata=json.dumps(metadata))


def workspace(folder: Path, scratch: Path | None = None) -> Workspace:
    folder.mkdir(parents=True)
    scratch = scratch or folder.with_name(f"{folder.name} scratch")
    scratch.mkdir(exist_ok=True)
    return Workspace(folder=folder, scratch=scratch, seed=5, progress=lambda done, total, note="": None)


def artifact(folder: Path) -> Artifact:
    return Artifact(folder=folder, manifest=None)  # type: ignore[arg-type]


def documents_of(folder: Path, documents: list[Document]) -> Artifact:
    """An artifact with these documents."""
    workspace(folder).write_records("documents", Document, documents)
    return artifact(folder)


@pytest.fixture(scope="session")
def standard_library(tmp_path_factory: pytest.TempPathFactory) -> list[Document]:
    """Functions, classes and small modules of the running Python; reading them takes seconds."""
    pieces = StandardLibrary().pieces(tmp_path_factory.mktemp("library"))
    modules = [one for piece in pieces for one in piece() if isinstance(one, Document)]
    return [part for module in modules for part in split_module(module) if isinstance(part, Document)]


@pytest.fixture(autouse=True, scope="module")
def one_process() -> Iterator[None]:
    """Parts are worked on here: starting processes takes most of a small test, and `tests/test_parallel.py` does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield
