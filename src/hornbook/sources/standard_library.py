"""Read the standard library of the running Python: one document a module.

Reads:  its `.py` files; tests, demos and bundled foreign software are skipped.
Writes: a document for each module, by path; Python's own licence, and another one where the module states it.
"""

import platform
import re
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.files import read_text, size_of
from hornbook.sources.source import MAX_BYTES, Piece, chunks_by_size, make_document

STANDARD_LIBRARY = "standard-library"
"""How a person names it as an input."""
_SKIPPED_FOLDERS = frozenset(
    {"site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test", "turtledemo", "ensurepip"}
)
_SKIPPED_FILES = re.compile(r"(sitecustomize|usercustomize|_sysconfigdata\w*|topics)\.py|.*-.*\.py")
"""Files written for one machine, and generated tables of data."""
_NOTICES = (
    ("spdx-license-identifier: mit", "MIT"),
    ("under the mit license", "MIT"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("provided 'as-is', without any express", "Zlib"),
    ("permission to use, copy, modify", "HPND"),
)
"""Phrases of licences that some modules state, and their SPDX names."""
_NOTICE_CHARACTERS = 6000


class StandardLibrary:
    """The modules of the running interpreter's standard library."""

    layout = STANDARD_LIBRARY

    def __init__(self) -> None:
        """List the modules.

        Raises:
            MissingInputError: This Python comes without the source of its standard library.
        """
        self.name = f"{sys.implementation.name}-{platform.python_version()}-stdlib"
        self._root = Path(sysconfig.get_path("stdlib"))
        self._paths = sorted(path.relative_to(self._root).as_posix() for path in _modules(self._root))
        if not self._paths:
            raise MissingInputError(f"{self._root} holds no source files: this Python comes without them")

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """Paths and hashes."""
        return [[path, sha256_of(self._root / path)] for path in self._paths]

    def pieces(self, work: Path) -> list[Piece]:
        """The modules by path."""
        del work
        sizes = [size_of(self._root / path) for path in self._paths]
        return [partial(self._read, chunk) for chunk in chunks_by_size(self._paths, sizes)]

    def _read(self, paths: Sequence[str]) -> Iterator[Document | Dropped]:
        for path in paths:
            place = f"{self.name}/{path}"
            text = read_text(self._root / path, place, MAX_BYTES)
            if isinstance(text, Dropped):
                yield text
                continue
            yield make_document(
                id=content_id("code", self.name, path, text),
                text=text,
                source=self.name,
                path=path,
                repository="",
                licenses=[license_of(text)],
                origin=place,
            )


def license_of(text: str) -> str:
    """The SPDX expression for a module: Python's own licence, and another one where the module's head states it."""
    head = " ".join(text[:_NOTICE_CHARACTERS].replace("#", " ").lower().split())
    for phrase, name in _NOTICES:
        if phrase in head:
            return f"PSF-2.0 AND {name}"
    return "PSF-2.0"


def _modules(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in _SKIPPED_FOLDERS:
                yield from _modules(entry)
        elif entry.suffix == ".py" and not _SKIPPED_FILES.fullmatch(entry.name):
            yield entry
