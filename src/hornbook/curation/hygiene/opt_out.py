"""Refuse files whose authors do not want them used.

Reads:  a list of repositories, paths or addresses; a file's repository and path.
Writes: a refusal, or None.
Source: The Stack's opt-out process, whose requests name an account or a repository.
"""

import re
from collections.abc import Sequence
from fnmatch import translate
from pathlib import Path

from hornbook.curation.hygiene.filters import Reason, Refusal
from hornbook.errors import ConfigError, MissingInputError

_HOST = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?(?=[^/]*\.)(?:github\.com|gitlab\.com|bitbucket\.org)[/:]"
)


def read_opt_out(path: Path) -> tuple[str, ...]:
    """The entries of a file: one a line, `#` starts a comment.

    Raises:
        MissingInputError: There is no such file.
        ConfigError: It is no UTF-8 text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise MissingInputError(f"there is no opt-out list `{path}`") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"the opt-out list `{path}` is no UTF-8 text: {error}") from None
    entries = (line.split(" #")[0].strip() for line in text.splitlines())
    return tuple(entry for entry in entries if entry and not entry.startswith("#"))


class OptOutList:
    """Entries, ready to be looked up: names at once, globs one by one."""

    def __init__(self, entries: Sequence[str]) -> None:
        """Read entries.

        Args:
            entries: `owner/name`, `owner` or `owner/*` for all of an account's repositories, `owner/name/path` for a
                file or a folder, each also as an address; `*`, `?` and `[...]` as in file names. Case does not matter.
        """
        plain = [_normal(entry) for entry in entries]
        self._names = frozenset(entry for entry in plain if not re.search(r"[*?\[]", entry))
        globs = [translate(entry) for entry in plain if entry not in self._names]
        self._globs = re.compile("|".join(globs)) if globs else None

    def refuse(self, *, repository: str, path: str) -> Refusal | None:
        """Refuse a file if its repository, its account, itself or a folder above it is on the list."""
        if not self._names and not self._globs:
            return None
        for name in _names_of(_normal(repository), _normal(path)):
            if name in self._names or (self._globs and self._globs.match(name)):
                return Refusal(Reason.OPTED_OUT, name)
        return None


def _names_of(repository: str, path: str) -> list[str]:
    """All that an entry may name: account, repository, each folder down to the file; the path alone too."""
    whole = f"{repository}/{path}" if repository and path else repository or path
    parts = whole.split("/")
    names = ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]
    return [*names, path] if repository and path else names


def _normal(name: str) -> str:
    """An address, a repository or a path in one form: no host of repositories, no `.git`, no slash at the ends."""
    name = _HOST.sub("", name.strip().lower().replace("\\", "/"))
    name = re.sub(r"^[a-z][a-z0-9+.-]*://", "", name).strip("/")
    return re.sub(r"(?<=[^/])\.git(?=/|$)", "", re.sub(r"^([^/]+/[^/]+)/(?:blob|tree|raw)/[^/]+", r"\1", name))
