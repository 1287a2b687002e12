"""Read the Python files of the packages that are installed in a site-packages folder.

Reads:  each distribution's RECORD, which names its files, and METADATA, which names its licence.
Writes: a document for each file that matches, by distribution, then by path; a distribution without a RECORD is told
        apart.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path, PurePosixPath
from typing import Any

from hornbook.curation.sources.file_text import NoText, text_of_file
from hornbook.curation.sources.files import UNREADABLE, path_matches, printable, size_and_time
from hornbook.curation.sources.license_files import is_license_file, start_of_file
from hornbook.curation.sources.licenses import (
    license_of_classifiers,
    license_of_header,
    license_of_name,
    licenses_of_text,
    of_family,
    split_expression,
)
from hornbook.curation.sources.source import NO_ASSERTION, TOO_LONG, SourceDocument, TextKind
from hornbook.errors import MissingInputError
from hornbook.reading.documents import LeftOut
from hornbook.records import content_id

NO_RECORD, NO_METADATA = "no RECORD", "no METADATA"
_MAX_METADATA_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class _Distribution:
    name: str
    version: str
    licenses: tuple[str, ...]
    origin: str
    paths: tuple[str, ...]
    """Of its files that match, relative to the folder."""
    broken: LeftOut | None = None
    """Instead of files."""


class InstalledPackages:
    """The distributions of a site-packages folder."""

    layout = "packages"

    def __init__(self, folder: Path, *, pattern: str, max_bytes: int) -> None:
        """List the files of all distributions; a file that two of them name belongs to the first.

        Args:
            folder: Holds `NAME-VERSION.dist-info` folders.
            pattern: Of the files' names: `*.py`.
            max_bytes: Longer files are left out.

        Raises:
            MissingInputError: No distribution is there.
        """
        self.name = printable(folder.resolve().name)
        self._folder = folder
        self._max_bytes = max_bytes
        self._seen: set[str] = set()
        about = [path for path in folder.glob("*.dist-info") if path.is_dir()]
        if not about:
            raise MissingInputError(f"the folder `{folder}` holds no installed package (`NAME-VERSION.dist-info`)")
        found = sorted(about, key=lambda path: (_normal(path.name), path.name))
        self._distributions = [self._read_distribution(path, pattern) for path in found]

    def identity(self) -> list[Any]:
        """Names, versions, licences, files and their sizes and times."""
        found = [[one.name, one.version, list(one.licenses), self._sizes(one)] for one in self._distributions]
        return [str(self._folder.resolve()), found]

    def num_rows(self) -> int:
        """One for each file, and one for each distribution whose files nobody knows."""
        return sum(1 if one.broken else len(one.paths) for one in self._distributions)

    def read(self, start: int = 0) -> Iterator[SourceDocument | LeftOut]:
        """The files, from number `start` on."""
        for distribution in self._distributions:
            if distribution.broken:
                if start == 0:
                    yield distribution.broken
                start = max(0, start - 1)
                continue
            for path in distribution.paths[start:]:
                yield self._read_one(distribution, path)
            start = max(0, start - len(distribution.paths))

    def _read_distribution(self, about: Path, pattern: str) -> _Distribution:
        shown = printable(about.name)
        name, _, version = shown.removesuffix(".dist-info").partition("-")
        place = f"{self.name}/{shown}"
        try:
            with (about / "METADATA").open("rb") as stream:
                metadata = BytesParser().parsebytes(stream.read(_MAX_METADATA_BYTES))
        except OSError as error:
            broken = LeftOut(place=place, reason=NO_METADATA, detail=error.strerror or str(error))
            return _Distribution(name, version, (), "", (), broken)
        try:
            with (about / "RECORD").open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
                paths = sorted({row[0] for row in csv.reader(stream) if row})
        except (OSError, csv.Error) as error:
            broken = LeftOut(place=place, reason=NO_RECORD, detail=str(error).replace(str(about), shown))
            return _Distribution(name, version, (), "", (), broken)
        name, version = str(metadata.get("Name", name)), str(metadata.get("Version", version))
        chosen = [path for path in paths if _is_inside(path) and path_matches(path, pattern) and path not in self._seen]
        self._seen.update(chosen)
        licenses = _stated(metadata) or _written(metadata, self._license_texts(paths)) or (NO_ASSERTION,)
        return _Distribution(name, version, licenses, f"{name}=={version}", tuple(chosen))

    def _license_texts(self, paths: list[str]) -> Iterator[str]:
        for path in paths:
            pure = PurePosixPath(path)
            is_about = any(part.endswith(".dist-info") for part in pure.parts)
            if is_about and is_license_file(pure.name) and (self._folder / path).is_file():
                yield start_of_file(self._folder / path).decode("utf-8", "replace")

    def _sizes(self, distribution: _Distribution) -> list[list[Any]]:
        return [[printable(path), *size_and_time(self._folder / path)] for path in distribution.paths]

    def _read_one(self, distribution: _Distribution, path: str) -> SourceDocument | LeftOut:
        shown = printable(path)
        place = f"{self.name}/{shown}"
        try:
            size = (self._folder / path).stat().st_size
            if size > self._max_bytes:
                return LeftOut(place=place, reason=TOO_LONG, detail=f"{size:,} bytes")
            text = text_of_file(path, (self._folder / path).read_bytes())
        except OSError as error:
            return LeftOut(place=place, reason=UNREADABLE, detail=error.strerror or str(error))
        if isinstance(text, NoText):
            return LeftOut(place=place, reason=text.reason, detail=text.detail)
        source = f"{distribution.name}-{distribution.version}"
        return SourceDocument(
            kind=TextKind.CODE,
            id=content_id("code", source, shown, text),
            text=text,
            source=source,
            path=shown,
            repository=distribution.name,
            licenses=license_of_header(text) or distribution.licenses,
            origin=distribution.origin,
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
