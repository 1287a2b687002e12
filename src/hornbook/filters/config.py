"""What a source file must be to be kept: every threshold and switch of the filters, with its source.

The opt-out list is after that of The Stack, whose requests name an account or a repository.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError

VERSION = 1
"""Raised when a rule of a filter changes: it is part of the fingerprint."""

PERMISSIVE_LICENSES = (
    # After The Stack, which allowed permissive ones, and since v1.1 no weak copyleft (MPL, EPL, LGPL) any more.
    "MIT",
    "MIT-0",
    "MIT-feh",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "CC0-1.0",
    "Unlicense",
    "ISC",
    "Artistic-2.0",
    "ECL-2.0",
    "SHL-0.51",
    # Common among the many of v1.1. ScanCode counts all of these as permissive, but for Artistic-2.0.
    "0BSD",
    "AFL-3.0",
    "Apache-1.1",
    "BlueOak-1.0.0",
    "BSD-1-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause-LBNL",
    "BSL-1.0",
    "HPND",
    "NCSA",
    "PostgreSQL",
    "PSF-2.0",
    "Python-2.0",
    "UPL-1.0",
    "WTFPL",
    "X11",
    "ZPL-2.1",
    "Zlib",
)
_HOST = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?(?=[^/]*\.)(?:github\.com|gitlab\.com|bitbucket\.org)[/:]"
)


@dataclass(frozen=True, kw_only=True)
class FiltersConfig:
    """The filters of `judge`, in its order. A threshold of 0, or of 1 for a largest share, lets everything pass."""

    max_characters: int = 1_000_000
    """Characters of the largest file that is kept. Source: The Stack, section 3 (1 MB)."""
    opt_out_entries: tuple[str, ...] = ()
    """Repository, account, path or address that is dropped; may be repeated. Source: The Stack."""
    check_licenses: bool = True
    """Whether a file needs an allowed licence; switch it off for code of your own."""
    allowed_licenses: tuple[str, ...] = PERMISSIVE_LICENSES
    """SPDX ids that are allowed, in any case. Source: after The Stack, which has 193; these are the common ones."""
    allow_license: tuple[str, ...] = ()
    """One more SPDX id that is allowed; may be repeated."""
    allow_unknown_license: bool = False
    """Whether a file passes whose licence is not known (none, NOASSERTION)."""
    min_characters: int = 50
    """Least number of characters that are no white space. Ours."""
    max_line: int = 1_000
    """Most characters of a line. Source: StarCoder's basic filter."""
    max_mean_line: float = 100.0
    """Most characters of a line on average, blank lines aside. Source: StarCoder's basic filter."""
    min_alphanumeric_share: float = 0.25
    """Least share of letters and digits among all characters. Source: StarCoder's basic filter."""
    drop_generated: bool = True
    """Whether files that a program generated are dropped."""
    max_data_share: float = 0.5
    """Largest share of data among all characters but white space. Source: StarCoder 2's filter of encoded data."""
    must_parse: bool = True
    """Whether the text must be Python of the running version; if not it is treated as no code, and masked all over."""
    mask_secrets: bool = True
    """Whether keys, tokens and passwords become `<KEY>`."""
    mask_emails: bool = True
    """Whether e-mail addresses become `<EMAIL>`. Source: StarCoder, section 4.1."""
    mask_ips: bool = True
    """Whether public IP addresses become `<IP>`. Source: StarCoder, section 4.1."""

    def __post_init__(self) -> None:
        for name in ("max_characters", "max_line", "max_mean_line"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if self.min_characters < 0:
            raise ConfigError(f"`min_characters` must be at least 0, got {self.min_characters!r}")
        for name in ("min_alphanumeric_share", "max_data_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` must lie in [0, 1], got {getattr(self, name)!r}")

    @cached_property
    def licenses(self) -> frozenset[str]:
        """The allowed licences in lower case."""
        return frozenset(one.lower() for one in (*self.allowed_licenses, *self.allow_license))

    @cached_property
    def opted_out(self) -> "OptOutList":
        """The opt-out list, ready to be looked up."""
        return OptOutList(self.opt_out_entries)


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

    def find(self, *, repository: str, path: str) -> str:
        """The name on the list that a file has, by its repository, account, path or a folder above; empty if none."""
        if not self._names and not self._globs:
            return ""
        names = _names_of(_normal(repository), _normal(path))
        return next((name for name in names if name in self._names or (self._globs and self._globs.match(name))), "")


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
