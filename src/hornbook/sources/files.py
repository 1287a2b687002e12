"""Read a folder of source files or notebooks: one document a file.

Reads:  the files that match a pattern, links and hidden folders left out; the licence files near them.
Writes: a document for each, by its path; the licence is that of the file's SPDX header, else of the nearest licence
        file.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.file_text import text_of_file
from hornbook.sources.licenses import (
    NearestLicenses,
    is_license_file,
    license_files_above,
    license_of_header,
    start_of_file,
)
from hornbook.sources.source import TOO_LONG, Piece, chunks_by_size, make_document

LEFT_OUT_FOLDERS = frozenset({"__pycache__", "node_modules"})
"""And those whose name begins with a dot."""
UNREADABLE = "cannot be read"


class FolderOfFiles:
    """The matching files of a folder, or one file."""

    def __init__(self, given: Path, *, pattern: str, max_bytes: int, layout: str = "files") -> None:
        """List the files that match the pattern; a file that is given itself is taken whatever its name is.

        Raises:
            MissingInputError: There is none.
        """
        self.layout = layout
        self.name = printable(given.resolve().name if given.name in ("", "..") else given.name)
        self._root = given if given.is_dir() else given.parent
        self._max_bytes = max_bytes
        if given.is_dir():
            siblings = sorted(list_files(given))
            self._paths = [path for path in siblings if path_matches(path, pattern)]
        else:
            siblings = [path.name for path in self._root.iterdir() if path.is_file()]
            self._paths = [given.name]
        if not self._paths:
            raise MissingInputError(f"the folder `{given}` holds no file `{pattern}`; name others: --files")
        self._license_files = [path for path in siblings if is_license_file(Path(path).name)]
        self._licenses_above = license_files_above(self._root)

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """Names and hashes, also of the licence files."""
        inside = [[printable(path), hash_or_none(self._root / path, sha256_of)] for path in self._paths]
        licenses = [self._root / path for path in self._license_files] + self._licenses_above
        return [*inside, [hash_or_none(path, sha256_of) for path in licenses]]

    def pieces(self, work: Path) -> list[Piece]:
        """The files by path."""
        del work
        sizes = [size_of(self._root / path) for path in self._paths]
        return [partial(self._read, chunk) for chunk in chunks_by_size(self._paths, sizes)]

    def __getstate__(self) -> dict[str, Any]:
        """A piece is sent with its own paths only."""
        return {**self.__dict__, "_paths": []}

    def _read(self, paths: Sequence[str]) -> Iterator[Document | Dropped]:
        licenses = NearestLicenses(
            self._license_files, lambda path: start_of_file(self._root / path), self._licenses_above
        )
        for path in paths:
            yield self._read_one(path, licenses)

    def _read_one(self, path: str, licenses: NearestLicenses) -> Document | Dropped:
        shown = printable(path)
        place = f"{self.name}/{shown}" if self._root.name == self.name else shown
        text = read_text(self._root / path, place, self._max_bytes)
        if isinstance(text, Dropped):
            return text
        return make_document(
            id=content_id("code", self.name, shown, text),
            text=text,
            source=self.name,
            path=shown,
            repository="",
            licenses=license_of_header(text) or licenses.of(path),
            origin=place,
        )


def read_text(file: Path, place: str, max_bytes: int) -> str | Dropped:
    """The text of a file that is called `place`, or why there is none."""
    try:
        size = file.stat().st_size
        if size > max_bytes:
            return Dropped(id=place, reason=TOO_LONG, detail=f"{size:,} bytes")
        return text_of_file(place, file.read_bytes())
    except OSError as error:
        return Dropped(id=place, reason=UNREADABLE, detail=error.strerror or str(error))


def size_of(file: Path) -> int:
    """The size of a file in bytes; 0 where it is not there."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def hash_or_none(file: Path, sha256_of: Callable[[Path], str]) -> str | None:
    """The hash of a file; None where it cannot be read."""
    try:
        return sha256_of(file)
    except MissingInputError:
        return None


def list_files(folder: Path) -> Iterator[str]:
    """The regular files below a folder, relative to it, with forward slashes; hidden folders and links left out."""
    for root, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if not one.startswith(".") and one not in LEFT_OUT_FOLDERS]
        for name in names:
            path = Path(root, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path ends in what a pattern asks for: `*.py`, `src/*.py`."""
    return PurePosixPath(path).match(pattern)


def printable(path: str) -> str:
    """A path as UTF-8 can hold it; bytes that it cannot hold become `�`."""
    return os.fsencode(path).decode("utf-8", "replace")
