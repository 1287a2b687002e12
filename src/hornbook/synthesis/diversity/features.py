"""What of a record the monitor looks at, as hashes, names and numbers; the text itself is not kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.keys import TOKEN, WORD, Keys, key_of, ngram_keys
from hornbook.synthesis.diversity.syntax import FENCE, Syntax, code_blocks, read_syntax

SHINGLE_SIZE = 5
"""Tokens in a shingle, as in the deduplication."""
NGRAM_SIZE = 4
"""Words in a run whose novelty is looked at."""
OPENING_SIZE = 4
"""Words in an opening phrase."""

_TITLE = re.compile(r"^\s*#.*$|^\s*[=\-*_]{3,}\s*$", re.MULTILINE)
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One record, as the monitor sees it."""

    text_key: int
    """Equal for texts that are equal apart from blank lines and spaces at the ends of lines."""
    shingles: Keys
    ngrams: Keys
    opening: str
    """The first words of the docstring or of the prose, in lower case; empty where there are none."""
    pieces: tuple[Syntax, ...]
    """Of an exercise its module, of a passage its blocks of code, as far as they parse."""
    shape: int
    """The shape of all its pieces, in order; 0 where none parses."""
    num_unparsed: int
    """Pieces that do not parse."""
    names: tuple[str, ...]
    """The function's name of an exercise, the names of all functions of a passage."""
    num_tokens: int
    num_lines: int

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules imported, each once."""
        return tuple(dict.fromkeys(name for piece in self.pieces for name in piece.imports))


def features_of(record: Exercise | Passage) -> Features:
    """Look at a record. Deterministic in one version of Python."""
    if isinstance(record, Exercise):
        text = record.prompt + record.solution
        pieces = _pieces([text])
        prose = pieces[0].docstring if pieces else ""
        names = (record.entry_point,) if record.entry_point else _defined(pieces)[:1]
        num_unparsed = 1 - len(pieces)
    else:
        text = record.text
        blocks = code_blocks(text)
        pieces = _pieces(blocks)
        prose = _TITLE.sub("", FENCE.sub("", text))
        names = _defined(pieces)
        num_unparsed = len(blocks) - len(pieces)
    tokens = TOKEN.findall(text)
    lines = [stripped for line in text.split("\n") if (stripped := line.rstrip())]
    return Features(
        text_key=key_of("\n".join(lines)),
        shingles=ngram_keys(tokens, SHINGLE_SIZE),
        ngrams=ngram_keys(WORD.findall(text.lower()), NGRAM_SIZE),
        opening=" ".join(_words(prose)[:OPENING_SIZE]),
        pieces=pieces,
        shape=_joined(pieces),
        num_unparsed=num_unparsed,
        names=names,
        num_tokens=len(tokens),
        num_lines=len(lines),
    )


def words_of_name(name: str) -> list[str]:
    """`parse_HTTPDate2` is `parse`, `http`, `date`."""
    return [word.lower() for word in _NAME_WORD.findall(name)]


def _pieces(sources: Sequence[str]) -> tuple[Syntax, ...]:
    return tuple(piece for source in sources if (piece := read_syntax(source)) is not None)


def _joined(pieces: Sequence[Syntax]) -> int:
    return key_of(",".join(str(piece.shape) for piece in pieces)) if pieces else 0


def _defined(pieces: Sequence[Syntax]) -> tuple[str, ...]:
    return tuple(name for piece in pieces for name in piece.functions)


def _words(prose: str) -> list[str]:
    return WORD.findall(prose[:400].lower())
