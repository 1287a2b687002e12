"""Read the Python files of the packages that are installed in a site-packages folder.

Reads:  each distribution's RECORD, which names its files, and METADATA, which names its licence.
Writes: a document for each file that matches, by distribution, then by path; a distribution without a RECORD is told
        apart.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from email.message import Message
from email.parser import BytesParser
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hornbook.errors import MissingInputError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.files import hash_or_none, path_matches, printable, read_text, size_of
from hornbook.sources.licenses import (
    is_license_file,
    license_of_classifiers,
    license_of_header,
    license_of_name,
    licenses_of_text,
    of_family,
    split_expression,
    start_of_file,
)
from hornbook.sources.source import NO_ASSERTION, Piece, chunks_by_size, make_document

NO_RECORD, NO_METADATA = "no RECORD", "no METADATA"
_MAX_METADATA_BYTES = 10_000_000


class _PackageFile(NamedTuple):
    name: str
    """Of the distribution."""
    version: str
    licenses: tuple[str, ...]
    path: str
    """Relative to the folder."""


class InstalledPackages:
    """The distributions of a site-packages folder."""

    layout = "packages"

    def __init__(self, folder: Path, *, pattern: str, max_bytes: int) -> None:
        """List the matching files of all distributions; a file that two of them name belongs to the first.

        Raises:
            MissingInputError: No distribution is there.
        """
        self.name = printable(folder.resolve().name)
        self._folder = folder
        self._max_bytes = max_bytes
        about = [path for path in folder.glob("*.dist-info") if path.is_dir()]
        if not about:
            raise MissingInputError(f"the folder `{folder}` holds no installed package (`NAME-VERSION.dist-info`)")
        seen: set[str] = set()
        self._rows: list[_PackageFile | Dropped] = []
        for path in sorted(about, key=lambda path: (_normal(path.name), path.name)):
            rows = self._distribution(path, pattern)
            self._rows += [row for row in rows if isinstance(row, Dropped) or row.path not in seen]
            seen.update(row.path for row in rows if isinstance(row, _PackageFile))

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """Names, versions, licences, files and their hashes."""
        found: list[Any] = []
        for row in self._rows:
            if isinstance(row, Dropped):
                found.append([row.id, row.reason])
            else:
                file_hash = hash_or_none(self._folder / row.path, sha256_of)
                found.append([row.name, row.version, list(row.licenses), printable(row.path), file_hash])
        return found

    def pieces(self, work: Path) -> list[Piece]:
        """The files by distribution, then by path; a distribution without a list of files is dropped."""
        del work
        sizes = [0 if isinstance(row, Dropped) else size_of(self._folder / row.path) for row in self._rows]
        return [partial(self._read, chunk) for chunk in chunks_by_size(self._rows, sizes)]

    def __getstate__(self) -> dict[str, Any]:
        """A piece is sent with its own files only."""
        return {**self.__dict__, "_rows": []}

    def _read(self, rows: Sequence["_PackageFile | Dropped"]) -> Iterator[Document | Dropped]:
        for row in rows:
            yield row if isinstance(row, Dropped) else self._read_one(row)

    def _distribution(self, about: Path, pattern: str) -> list[_PackageFile | Dropped]:
        """The files of a distribution, or the one reason why nobody knows them."""
        shown = printable(about.name)
        place = f"{self.name}/{shown}"
        try:
            with (about / "METADATA").open("rb") as stream:
                metadata = BytesParser().parsebytes(stream.read(_MAX_METADATA_BYTES))
        except OSError as error:
            return [Dropped(id=place, reason=NO_METADATA, detail=error.strerror or str(error))]
        try:
            with (about / "RECORD").open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
                paths = sorted({row[0] for row in csv.reader(stream) if row})
        except (OSError, csv.Error) as error:
            return [Dropped(id=place, reason=NO_RECORD, detail=str(error).replace(str(about), shown))]
        name, _, version = shown.removesuffix(".dist-info").partition("-")
        name, version = str(metadata.get("Name", name)), str(metadata.get("Version", version))
        licenses = _stated(metadata) or _written(metadata, self._license_texts(paths)) or (NO_ASSERTION,)
        chosen = [path for path in paths if _is_inside(path) and path_matches(path, pattern)]
        return [_PackageFile(name, version, licenses, path) for path in chosen]

    def _license_texts(self, paths: list[str]) -> Iterator[str]:
        for path in paths:
            pure = PurePosixPath(path)
            is_about = any(part.endswith(".dist-info") for part in pure.parts)
            if is_about and is_license_file(pure.name) and (self._folder / path).is_file():
                yield start_of_file(self._folder / path).decode("utf-8", "replace")

    def _read_one(self, row: _PackageFile) -> Document | Dropped:
        shown = printable(row.path)
        text = read_text(self._folder / row.path, f"{self.name}/{shown}", self._max_bytes)
        if isinstance(text, Dropped):
            return text
        source = f"{row.name}-{row.version}"
        return make_document(
            id=content_id("code", source, shown, text),
            text=text,
            source=source,
            path=shown,
            repository=row.name,
            licenses=license_of_header(text) or row.licenses,
            origin=f"{row.name}=={row.version}",
        )


def has_packages(folder: Path) -> bool:
    """Whether packages are installed in a folder."""
    return any(path.is_dir() for path in folder.glob("*.dist-info"))


def _stated(metadata: Message) -> tuple[str, ...]:
    """What the fields of METADATA say without doubt, the plainest first."""
    return (
        split_expression(str(metadata.get("License-Expression", "")))
        or license_of_name(str(metadata.get("License", "")))
        or license_of_classifiers(_classifiers(metadata))
    )


def _written(metadata: Message, texts: Iterator[str]) -> tuple[str, ...]:
    """What the licence texts say, in METADATA or in files beside it."""
    found: set[str] = set()
    for text in (str(metadata.get("License", "")), *texts):
        found.update(licenses_of_text(text))
    return of_family(_classifiers(metadata), sorted(found)) or tuple(sorted(found))


def _classifiers(metadata: Message) -> list[str]:
    return [str(one) for one in metadata.get_all("Classifier", [])]


def _is_inside(path: str) -> bool:
    """Whether a path stays within the folder; scripts and the like do not."""
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
