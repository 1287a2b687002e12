"""Find the licence file that is nearest to a source file: in its folder, or the next one above that has any."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from hornbook.curation.sources.licenses import licenses_of_text
from hornbook.curation.sources.source import NO_ASSERTION

_NAME = re.compile(r"(un|mit-|bsd-|apache-)?(licen[sc]es?|copying)([.\-_][\w.\-]*)?", re.IGNORECASE)
_NO_TEXT = (".py", ".ipynb", ".json", ".html")
MAX_LICENSE_BYTES = 1_000_000


def is_license_file(name: str) -> bool:
    """Whether a file of this name states a licence: `LICENSE`, `COPYING.txt`, `LICENSE-MIT`."""
    return bool(_NAME.fullmatch(name)) and not name.endswith(_NO_TEXT)


class NearestLicenses:
    """The licences of folders, by the licence files among all files."""

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes],
        *,
        above: Callable[[], tuple[str, ...]] = lambda: (NO_ASSERTION,),
    ) -> None:
        """Take the licence files.

        Args:
            paths: Of all files, relative to one root, with forward slashes.
            read: Gives the content of one of them; is asked for licence files only, and once for each.
            above: Gives the licences of the root where no licence file is below it; is asked once.
        """
        self._read = read
        self._above = above
        self._files: dict[str, list[str]] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        for path in paths:
            pure = PurePosixPath(path)
            if is_license_file(pure.name):
                self._files.setdefault(pure.parent.as_posix(), []).append(path)

    def of(self, path: str) -> tuple[str, ...]:
        """The licences of the file at `path`, sorted.

        Where the nearest licence files are in words that nobody knows, nobody states a licence: the one of a folder
        further up need not hold here.
        """
        folder = PurePosixPath(path).parent
        for one in (folder, *folder.parents):
            name = one.as_posix()
            if name in self._files:
                if name not in self._found:
                    self._found[name] = self._read_all(self._files[name])
                return self._found[name]
        if "" not in self._found:
            self._found[""] = self._above()
        return self._found[""]

    def _read_all(self, paths: list[str]) -> tuple[str, ...]:
        return _licenses_of(self._read(path) for path in sorted(paths))


def license_files_above(folder: Path) -> list[Path]:
    """The licence files that hold for a folder within a git checkout: the nearest above it, up to the root."""
    if (folder / ".git").exists():
        return []
    above = folder.resolve().parents
    root = next((number for number, one in enumerate(above) if (one / ".git").exists()), -1)
    for one in above[: root + 1]:
        found = sorted(path for path in one.iterdir() if path.is_file() and is_license_file(path.name))
        if found or (one / ".git").exists():
            return found
    return []


def read_license_files(paths: Iterable[Path]) -> tuple[str, ...]:
    """The licences that files state, sorted."""
    return _licenses_of(start_of_file(path) for path in paths)


def start_of_file(path: Path) -> bytes:
    """As much of a licence file as is read; nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_LICENSE_BYTES)
    except OSError:
        return b""


def _licenses_of(contents: Iterable[bytes]) -> tuple[str, ...]:
    texts = [content[:MAX_LICENSE_BYTES].decode("utf-8", "replace") for content in contents]
    return tuple(sorted({name for text in texts for name in licenses_of_text(text)})) or (NO_ASSERTION,)
