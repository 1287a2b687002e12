"""Find the licence file that is nearest to a source file: in its folder, or the next one above that has any."""

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

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

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes]) -> None:
        """Take the licence files.

        Args:
            paths: Of all files, relative to one root, with forward slashes.
            read: Gives the content of one of them; is asked for licence files only, and once for each.
        """
        self._read = read
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
        return (NO_ASSERTION,)

    def _read_all(self, paths: list[str]) -> tuple[str, ...]:
        texts = (self._read(path)[:MAX_LICENSE_BYTES].decode("utf-8", "replace") for path in sorted(paths))
        return tuple(sorted({name for text in texts for name in licenses_of_text(text)})) or (NO_ASSERTION,)
