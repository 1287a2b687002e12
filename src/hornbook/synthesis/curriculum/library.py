"""What exercises are written from: schemas and words, Hornbook's own and those of a user's files; and what is held out.

A user's file is Python. Its public functions are schemas; the text `WORDS` has lines of the
lexicon; `KINDS` maps names of types to examples of their values: `KINDS = {"Square": ("a1", "e4", "h8")}`.
"""

import ast
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError
from hornbook.synthesis.curriculum.lexicon import Entry, read_lexicon, verb_phrase
from hornbook.synthesis.curriculum.schema import Schema, read_schemas
from hornbook.synthesis.curriculum.words import WORDS

Lexicon = Mapping[str, tuple[Entry, ...]]
HELD_OUT_WORDINGS = 0.2
"""Share of wordings that training never shows."""


@dataclass(frozen=True)
class Library:
    """Schemas, words, and kinds of values."""

    schemas: tuple[Schema, ...]
    lexicon: Lexicon
    kinds: Mapping[str, tuple[Any, ...]]
    """Type of a user's file → examples of its values."""


@dataclass(frozen=True)
class Split:
    """What training never shows: some schemas, combinations of schema and words, wordings, and names of arguments.

    Each is chosen by the hash of what it is called, so that no list of it is kept.
    """

    seed: int
    share: float
    """Of each that is held out; in (0, 1)."""

    def is_apart(self, what: str, name: str) -> bool:
        """Whether training never shows it; `what` is `schema`, `combination`, or `name`."""
        return _fraction(self.seed, what, name) < self.share

    def shown(self, library: Library) -> Library:
        """The library with the wordings that training shows."""
        return _retold(library, lambda all_: tuple(one for one in all_ if one not in self._apart(all_)), is_new=False)

    def unseen(self, library: Library) -> Library:
        """The library with the wordings that training never shows; what has none stays as it is."""
        return _retold(library, self._apart, is_new=True)

    def _apart(self, wordings: Sequence[str]) -> tuple[str, ...]:
        """Those that training never shows; of each word it shows one at least."""
        apart = tuple(one for one in wordings if _fraction(self.seed, "wording", verb_phrase(one)) < HELD_OUT_WORDINGS)
        return apart if len(apart) < len(wordings) else ()


def _retold(library: Library, choose: Callable[[tuple[str, ...]], tuple[str, ...]], *, is_new: bool) -> Library:
    """The library with those wordings of each word and schema that are chosen, where there are any."""
    lexicon = {
        role: tuple(
            replace(one, wordings=chosen, is_new=is_new) if (chosen := choose(one.wordings)) else one for one in entries
        )
        for role, entries in library.lexicon.items()
    }
    schemas = tuple(
        replace(one, tellings=chosen, is_new=is_new) if (chosen := choose(one.tellings)) else one
        for one in library.schemas
    )
    return Library(schemas, lexicon, library.kinds)


def _fraction(seed: int, what: str, name: str) -> float:
    digest = hashlib.sha256(f"{seed}:{what}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@lru_cache(maxsize=4)
def read_library(files: tuple[str, ...] = ()) -> Library:
    """Hornbook's schemas and words; with those of a user's files, whose schemas come first.

    Raises:
        ConfigError: A file cannot be read, has a line of the lexicon that is none, or a schema that tells nothing.
    """
    schemas: list[Schema] = []
    lexicon = dict(read_lexicon(WORDS))
    kinds: dict[str, tuple[Any, ...]] = {}
    for file in files:
        own = _read_file(Path(file))
        schemas += own.schemas
        kinds |= own.kinds
        for role, entries in own.lexicon.items():
            lexicon[role] = (*lexicon.get(role, ()), *entries)
    folder = resources.files("hornbook.synthesis.curriculum") / "schemas"
    for module in sorted(folder.iterdir(), key=lambda one: one.name):
        if module.name.endswith(".py") and module.name != "__init__.py":
            schemas += read_schemas(module.read_text(encoding="utf-8"), module.name.removesuffix(".py"))
    return Library(tuple(schemas), lexicon, kinds)


def _read_file(path: Path) -> Library:
    try:
        source = path.read_text(encoding="utf-8")
        values = {
            target.id: ast.literal_eval(statement.value)
            for statement in ast.parse(source).body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name) and target.id in ("WORDS", "KINDS")
        }
    except (OSError, SyntaxError, ValueError) as error:
        raise ConfigError(f"the schemas in `{path}` cannot be read: {error}") from error
    kinds = {name: tuple(examples) for name, examples in values.get("KINDS", {}).items()}
    return Library(tuple(read_schemas(source, path.stem)), read_lexicon(values.get("WORDS", "")), kinds)
