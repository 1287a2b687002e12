"""Watch exercises or passages while they are written, and say when the generation repeats itself.

Reads:  records, in the order in which they were made.
Writes: reasons to stop or to seed anew (`stale`).
Source: sections 2.2 and 2.3 of the paper ask for diversity and measure none; phi-1's critics and TinyStories name what
        goes wrong: the same openings, the same names, the same solutions with other constants.

A record costs well under a millisecond; of all records before the window only a hash is kept.
"""

import ast
import re
from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hornbook.python_code.fences import prose_of, read_blocks, read_pieces
from hornbook.python_code.functions import tree_of
from hornbook.python_code.parse import parse_code
from hornbook.records import Document, DocumentKind, Exercise, as_document, content_id, exercise_of

WINDOW = 100
"""How many of the last records are judged; none is judged earlier."""
SIMILARITY = 0.7
"""Jaccard similarity of the shingles from which on a record is a near duplicate."""
MAX_NEAR_SHARE = 0.15
"""Of the last records those that repeat any earlier one, or are near to one of the window."""
MAX_OPENING_SHARE = 0.5
"""Of the last records those that open with the commonest phrase."""
MAX_SHAPE_SHARE = 0.15
"""Of the last records those whose code has the commonest shape."""
MIN_DISTINCT_NAMES = 0.7
"""Different names among the functions' names."""
MIN_DISTINCT_NAME_WORDS = 0.45
"""Different words among the words of the functions' names: one fixed prompt left 0.36 to 0.38 of a small teacher,
prompts that each give a name 0.56 to 0.61 (docs/log.md)."""
SHINGLE_SIZE = 5
"""Tokens in a shingle, as in the deduplication."""
OPENING_SIZE = 4
"""Words in an opening phrase."""
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_TITLE = re.compile(r"^\s*#.*$|^\s*[=\-*_]{3,}\s*$", re.MULTILINE)
_NAME_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One record, as the measures see it."""

    text_key: str
    """Equal for texts that are equal apart from blank lines and spaces at the ends of lines."""
    shingles: frozenset[str]
    """The different runs of `SHINGLE_SIZE` tokens; a shorter text is one run, an empty text has none."""
    opening: str
    """The first words of the docstring or of the prose, in lower case; empty where there are none."""
    shape: str
    """Equal for code of the same shape; empty where the record has no code that parses."""
    names: tuple[str, ...]
    """The function's name of an exercise, the names of all functions of a passage."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One record as the window holds it."""

    features: Features
    is_near: bool
    """Whether an earlier record was near, or equal."""


class Monitor:
    """The last records of a generation, and the hashes of all."""

    def __init__(self) -> None:
        """Begin without records."""
        self._known: set[str] = set()
        self._window: deque[Glance] = deque(maxlen=WINDOW)

    def add(self, records: Sequence[Exercise | Document]) -> None:
        """Look at further records, in order."""
        for features in map(features_of, records):
            is_near = features.text_key in self._known or any(
                similarity(features.shingles, earlier.features.shingles) >= SIMILARITY for earlier in self._window
            )
            self._known.add(features.text_key)
            self._window.append(Glance(features, is_near))

    def stale(self) -> tuple[str, ...]:
        """Why the last records are stale, each reason in words with its figure; empty while all is well.

        Nothing is judged before `WINDOW` records are there.
        """
        return judge(self._window) if len(self._window) == WINDOW else ()

    def begin_window(self) -> None:
        """Judge only what comes from here on: for a generation that goes on with other prompts."""
        self._window.clear()


def features_of(record: Exercise | Document) -> Features:
    """Look at a record. Deterministic in one version of Python.

    Of an exercise or a module with a function the docstring is read, of other documents the prose.
    """
    document = as_document(record)
    text, kind = document.text, document.kind
    module = parse_code(text) if kind is not DocumentKind.TEXTBOOK else None
    is_code = kind is DocumentKind.EXERCISE or _has_function(module)
    if is_code:
        modules, prose = [module] if module is not None else [], ""
    else:
        blocks = [block for block in read_blocks(text) if block.is_code]
        sources = ["".join(piece.source for piece in read_pieces(block) or []) for block in blocks]
        modules = [module for source in sources if (module := parse_code(source)) is not None]
        prose = _TITLE.sub("", prose_of(text))
    nodes = [node for module in modules for node in ast.walk(module)]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    names = tuple(function.name for function in functions)
    if is_code:
        entry_point = exercise_of(document).entry_point if kind is DocumentKind.EXERCISE else ""
        names = (entry_point,) if entry_point else names[:1]
        prose = next((said for node in [*functions, *modules] if (said := ast.get_docstring(node))), "")
    lines = [stripped for line in text.split("\n") if (stripped := line.rstrip())]
    return Features(
        text_key=content_id("text", *lines),
        shingles=shingles_of(text),
        opening=" ".join(_WORD.findall(prose[:400].lower())[:OPENING_SIZE]),
        shape=",".join(map(shape_of, modules)),
        names=names,
    )


def _has_function(module: ast.Module | None) -> bool:
    return module is not None and any(isinstance(node, ast.FunctionDef) for node in ast.walk(module))


def shingles_of(text: str) -> frozenset[str]:
    """The different runs of `SHINGLE_SIZE` tokens of a text."""
    tokens = _TOKEN.findall(text)
    width = min(SHINGLE_SIZE, len(tokens))
    return frozenset(" ".join(tokens[start : start + width]) for start in range(len(tokens) - width + 1) if width)


def words_of_name(name: str) -> list[str]:
    """`parse_HTTPDate2` is `parse`, `http`, `date`."""
    return [word.lower() for word in _NAME_WORD.findall(name)]


def shape_of(module: ast.Module) -> str:
    """A hash of the shape of code without its imports (`functions.tree_of`)."""
    return content_id("shape", tree_of(module, with_imports=False))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity of two sets; two empty sets are equal."""
    shared = len(one & other)
    union = len(one) + len(other) - shared
    return shared / union if union else 1.0


def judge(window: Collection[Glance]) -> tuple[str, ...]:
    """Why these records are stale, in words; empty where they are not."""
    count = len(window)
    seen = [glance.features for glance in window]
    names = [name for one in seen for name in one.names]
    opening, opening_share = _commonest([one.opening for one in seen if one.opening], count)
    _, shape_share = _commonest([one.shape for one in seen if one.shape], count)
    near_share = sum(glance.is_near for glance in window) / count
    too_much = (
        (near_share, MAX_NEAR_SHARE, "repeat earlier ones, or nearly"),
        (opening_share, MAX_OPENING_SHARE, f"open with “{opening}”"),
        (shape_share, MAX_SHAPE_SHARE, "have code of one and the same shape"),
    )
    reasons = [
        f"{share:.0%} of the last {count} records {what} (at most {limit:.0%})"
        for share, limit, what in too_much
        if share > limit
    ]
    if 2 * len(names) >= count:  # Fewer names say nothing: passages often define no function.
        words = [word for name in names for word in words_of_name(name)]
        too_little = (
            (names, MIN_DISTINCT_NAMES, "the functions' names"),
            (words, MIN_DISTINCT_NAME_WORDS, "the words in their names"),
        )
        reasons += [
            f"only {len(set(kinds)) / len(kinds):.0%} of {what} are different in the last {count} records "
            f"(at least {limit:.0%})"
            for kinds, limit, what in too_little
            if kinds and len(set(kinds)) / len(kinds) < limit
        ]
    return tuple(reasons)


def _commonest(kinds: Sequence[str], count: int) -> tuple[str, float]:
    """The commonest kind and its share of so many records; of several the first to come."""
    if not kinds:
        return "", 0.0
    kind, number = Counter(kinds).most_common(1)[0]
    return kind, number / count
