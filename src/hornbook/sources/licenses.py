"""Recognise licences by the words of their texts, by names that people write, by SPDX headers, and by the nearest file.

Source: the identifiers are those of the SPDX License List, https://spdx.org/licenses/.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from hornbook.sources.source import NO_ASSERTION

MAX_LICENSE_BYTES = 1_000_000
_FILE_NAME = re.compile(r"(un|mit-|bsd-|apache-)?(licen[sc]es?|copying)([.\-_][\w.\-]*)?", re.IGNORECASE)
_NO_TEXT = (".py", ".ipynb", ".json", ".html")

_SPDX_HEADER = re.compile(
    r"""^[\s\#/*;<!\-"']*SPDX-License-Identifier:[ \t]*([\w.+\-() \t]+?)[ \t]*(?:\*/|-->|["']{1,3})?$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_HEAD_CHARACTERS = 4000

_PHRASES = (
    ("gnu affero general public license version 3, 19 november 2007", "AGPL-3.0-only"),
    ("gnu lesser general public license version 3, 29 june 2007", "LGPL-3.0-only"),
    ("gnu lesser general public license version 2.1, february 1999", "LGPL-2.1-only"),
    ("gnu library general public license version 2, june 1991", "LGPL-2.0-only"),
    ("gnu general public license version 3, 29 june 2007", "GPL-3.0-only"),
    ("gnu general public license version 2, june 1991", "GPL-2.0-only"),
    ("apache license version 2.0, january 2004", "Apache-2.0"),
    ("licensed under the apache license, version 2.0", "Apache-2.0"),
    ("mozilla public license version 2.0", "MPL-2.0"),
    ("mozilla public license, version 2.0", "MPL-2.0"),
    ("boost software license - version 1.0", "BSL-1.0"),
    ("eclipse public license - v 1.0", "EPL-1.0"),
    ("eclipse public license - v 2.0", "EPL-2.0"),
    ("cc0 1.0 universal", "CC0-1.0"),
    ("creative commons attribution 4.0", "CC-BY-4.0"),
    ("attribution-sharealike 4.0 international", "CC-BY-SA-4.0"),
    ("this is free and unencumbered software released into the public domain", "Unlicense"),
    ("do what the fuck you want to public license", "WTFPL"),
    ("python software foundation license version 2", "PSF-2.0"),
    ("this software is provided 'as-is', without any express", "Zlib"),
    ("permission to use, copy, modify, and distribute this software and its documentation for any purpose", "HPND"),
)
"""Words that only the licence's own text or its notice has, and its identifier."""

_NAMES = {
    "AGPL-3.0-only": ("agpl-3.0", "agplv3", "gnu affero general public license v3"),
    "AGPL-3.0-or-later": ("agpl-3.0+", "agplv3+", "gnu affero general public license v3 or later (agplv3+)"),
    "Apache-2.0": ("apache 2.0", "apache 2", "apache license 2.0", "apache license, version 2.0", "apache2", "apache-2",
                   "apache license version 2.0", "apache software license 2.0", "asl 2.0"),
    "BSD-2-Clause": ("bsd 2-clause", "bsd-2", "simplified bsd", "bsd 2-clause license"),
    "BSD-3-Clause": ("bsd 3-clause", "new bsd", "new bsd license", "modified bsd", "bsd 3-clause license",
                     "3-clause bsd", "3-clause bsd license", "bsd-3", "bsd3", "bsd (3-clause)"),
    "BSL-1.0": ("boost software license 1.0 (bsl-1.0)",),
    "CC0-1.0": ("cc0 1.0 universal (cc0 1.0) public domain dedication", "cc0"),
    "GPL-2.0-only": ("gpl-2.0", "gplv2", "gpl v2", "gnu general public license v2 (gplv2)"),
    "GPL-2.0-or-later": ("gpl-2.0+", "gplv2+", "gnu general public license v2 or later (gplv2+)"),
    "GPL-3.0-only": ("gpl-3.0", "gplv3", "gpl v3", "gnu general public license v3 (gplv3)"),
    "GPL-3.0-or-later": ("gpl-3.0+", "gplv3+", "gnu general public license v3 or later (gplv3+)"),
    "ISC": ("isc license", "isc license (iscl)"),
    "LGPL-2.1-only": ("lgpl-2.1", "lgplv2.1"),
    "LGPL-2.1-or-later": ("lgpl-2.1+", "lgplv2.1+"),
    "LGPL-2.0-or-later": ("gnu lesser general public license v2 or later (lgplv2+)", "lgplv2+"),
    "LGPL-3.0-only": ("lgpl-3.0", "lgplv3", "gnu lesser general public license v3 (lgplv3)"),
    "LGPL-3.0-or-later": ("lgpl-3.0+", "lgplv3+", "gnu lesser general public license v3 or later (lgplv3+)"),
    "MIT": ("mit license", "the mit license", "the mit license (mit)", "expat", "mit license (mit)"),
    "MIT-0": ("mit no attribution license (mit-0)",),
    "MPL-2.0": ("mpl 2.0", "mplv2", "mozilla public license 2.0 (mpl 2.0)", "mozilla public license 2.0"),
    "PSF-2.0": ("psf", "psf license", "python software foundation license", "psfl"),
    "Unlicense": ("the unlicense (unlicense)", "the unlicense"),
    "Zlib": ("zlib/libpng license", "zlib/libpng"),
    "ZPL-2.1": ("zpl 2.1", "zope public license"),
    "0BSD": (), "BSD-4-Clause": (), "CC-BY-4.0": (), "CC-BY-SA-2.5": (), "CC-BY-SA-3.0": (), "CC-BY-SA-4.0": (),
    "EPL-1.0": (), "EPL-2.0": (), "HPND": (), "WTFPL": (), "Python-2.0": (), "MIT-CMU": (), "Artistic-2.0": (),
    "EUPL-1.2": (), "NCSA": (), "OFL-1.1": (), "PostgreSQL": (), "BlueOak-1.0.0": (), "CNRI-Python": (), "AFL-3.0": (),
}  # fmt: skip
"""Identifiers, each with other names that leave no doubt which licence is meant. Plain `BSD` does."""

_FAMILIES = (
    ("BSD License", "BSD-"),
    ("Apache Software License", "Apache-"),
    ("GNU General Public License (GPL)", "GPL-"),
    ("GNU Affero General Public License", "AGPL-"),
)
"""Classifiers that leave the version open, and how the identifiers begin."""

_IDS = {name.lower(): spdx for spdx, names in _NAMES.items() for name in (spdx, *names)}


def licenses_of_text(text: str) -> tuple[str, ...]:
    """The licences whose texts or notices stand in a text, sorted; empty where none is recognised."""
    words = " ".join(re.sub(r"[#*\"`‘’“”]", lambda one: "'" if one[0] in "‘’" else " ", text).lower().split())
    found = {spdx for phrase, spdx in _PHRASES if phrase in words}
    if "permission is hereby granted, free of charge, to any person obtaining a copy" in words:
        found.add("MIT" if "permission notice shall be included" in words else "MIT-0")
    if "redistribution and use in source and binary forms" in words:
        found.add(_bsd(words))
    if re.search(r"permission to use, copy, modify, and(/or)? distribute this software for any purpose with", words):
        found.add("ISC" if "provided that the above copyright notice" in words else "0BSD")
    return tuple(sorted(found))


def license_of_header(text: str) -> tuple[str, ...]:
    """What an SPDX header at the head of a source file says; empty where there is none."""
    found = _SPDX_HEADER.search(text[:_HEAD_CHARACTERS])
    return split_expression(found[1]) if found else ()


def license_of_name(name: str) -> tuple[str, ...]:
    """The licence of this identifier or name, or those of an expression. Empty where it says nothing."""
    spdx = _IDS.get(" ".join(name.lower().split()))
    if spdx is not None:
        return (spdx,)
    if re.search(r"\b(AND|OR|WITH)\b", name):
        return tuple(sorted({one for part in split_expression(name) for one in _known_expression(part)}))
    return ()


def license_of_classifiers(classifiers: Iterable[str]) -> tuple[str, ...]:
    """The licences that trove classifiers name without doubt: `License :: OSI Approved :: MIT License`."""
    return tuple(sorted({spdx for name in _classified(classifiers) for spdx in license_of_name(name)}))


def of_family(classifiers: Iterable[str], licenses: Iterable[str]) -> tuple[str, ...]:
    """Those of the licences that belong to a family which a classifier names: of `BSD License` the BSD licences.

    The licence text of a package also holds those of other people's libraries in it.
    """
    names = _classified(classifiers)
    return tuple(one for one in licenses for family in _FAMILIES if family[0] in names and one.startswith(family[1]))


def split_expression(expression: str) -> tuple[str, ...]:
    """The parts of an SPDX expression that all apply: those between its `AND`s, if there is no `OR` in brackets."""
    expression = " ".join(expression.split())
    if not expression:
        return ()
    if "(" in expression or re.search(r"\bOR\b", expression):
        return (expression,)
    return tuple(_IDS.get(part.lower(), part) for part in re.split(r"\s+AND\s+", expression))


def is_license_file(name: str) -> bool:
    """Whether a file of this name states a licence: `LICENSE`, `COPYING.txt`, `LICENSE-MIT`."""
    return bool(_FILE_NAME.fullmatch(name)) and not name.endswith(_NO_TEXT)


class NearestLicenses:
    """The licences of files, by the licence file in their folder, or the next folder above that has any."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes], above: Iterable[Path] = ()) -> None:
        """Take the licence files.

        Args:
            paths: Of all files, relative to one root, with forward slashes.
            read: Gives the content of one of them; is asked for licence files only, and once for each.
            above: The licence files that hold where none is below the root.
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
        folders = [folder.as_posix() for folder in PurePosixPath(path).parents]
        name = next((folder for folder in folders if folder in self._files), "")
        if name not in self._found:
            contents = map(self._read, sorted(self._files[name])) if name else map(start_of_file, self._above)
            texts = [content[:MAX_LICENSE_BYTES].decode("utf-8", "replace") for content in contents]
            licenses = {one for text in texts for one in licenses_of_text(text)}
            self._found[name] = tuple(sorted(licenses)) or (NO_ASSERTION,)
        return self._found[name]


def license_files_above(folder: Path) -> list[Path]:
    """The licence files that hold for a folder within a git checkout: the nearest above it, up to the root."""
    if (folder / ".git").exists():
        return []
    above = folder.resolve().parents
    root = next((number for number, one in enumerate(above) if (one / ".git").exists()), -1)
    for one in above[: root + 1]:
        found = sorted(path for path in one.iterdir() if path.is_file() and is_license_file(path.name))
        if found:
            return found
    return []


def start_of_file(path: Path) -> bytes:
    """As much of a licence file as is read; nothing where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_LICENSE_BYTES)
    except OSError:
        return b""


def _classified(classifiers: Iterable[str]) -> list[str]:
    return [one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License :: ")]


def _known_expression(expression: str) -> tuple[str, ...]:
    """The expression, if each name in it is an identifier."""
    names = re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression)
    return (expression,) if all(not one.strip() or one.strip().lower() in _IDS for one in names) else ()


def _bsd(words: str) -> str:
    if "all advertising materials mentioning features" in words:
        return "BSD-4-Clause"
    return "BSD-3-Clause" if "endorse or promote products" in words else "BSD-2-Clause"
