"""The code that `hornbook annotate` is to score: what a person's files hold, what is known of it, which of it is drawn.

Reads:  files of a person's own, or the standard library; known scores.
Writes: the documents that are asked about, the known scores; rows that are no documents, each with why.

Of code that is not drawn nothing stays in memory but its id.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hornbook.curation.annotate_samples import HIGHEST_SCORE
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Document, DocumentKind, Dropped
from hornbook.sources.documents import NO_ID, Fields, LeftOut, documents_of
from hornbook.sources.rows import read_rows

_ID_FIELDS = ("sample_id", "id")


@dataclass(frozen=True, kw_only=True)
class CodeSource:
    """What was typed."""

    inputs: Sequence[Path]
    text_field: str
    id_field: str | None
    files: str
    standard_library: bool
    shipped_labels: bool
    against: Path | None

    def __post_init__(self) -> None:
        if self.standard_library == bool(self.inputs):
            raise ConfigError("name what is to be read: either files and folders, or `--standard-library`")
        if self.shipped_labels and not self.standard_library:
            raise ConfigError("`--shipped-labels` speak of the standard library's code: give `--standard-library`, too")
        if self.shipped_labels and self.against is not None:
            raise ConfigError("compare with `--shipped-labels` or `--against` a file, not with both")


@dataclass(frozen=True, kw_only=True)
class CodeToAnnotate:
    """What is asked about."""

    documents: list[Document]
    """In the order of the files."""
    reference: Mapping[str, int]
    """Known scores, by the id of the document."""
    num_found: int
    """Pieces of code from which they were drawn."""
    rejected: list[Dropped]
    """Rows that are no documents, called by their places."""


def find_code(source: CodeSource, num: int | None, seed: int) -> CodeToAnnotate:
    """Find the code and draw from it at random, as the paper does.

    A larger `num` draws what a smaller one draws and more, so that no answer is paid twice.

    Args:
        source: Where it is. With known scores only code that has one is taken.
        num: How many are drawn; None: all.
        seed: For the draw.

    Raises:
        MissingInputError: A file is cut off, there is no code, an id stands on two rows, or no code has a known score.
    """
    read, reference = _documents(source)
    known = None if source.against is None else _read_scores(source.against)
    ids, rejected = [], []
    for document in read():
        if isinstance(document, Dropped):
            rejected.append(document)
            continue
        score = None if known is None else known.get(document.id, known.get(_digest(document)))
        if score is not None:
            reference[document.id] = score
        if known is None or score is not None:
            ids.append(document.id)
    if len(set(ids)) < len(ids):
        name, number = Counter(ids).most_common(1)[0]
        raise MissingInputError(f"the id {name!r} stands on {number} rows; name another field: --id-field")
    if not ids and known is None:
        _refuse(rejected, source)
    if not ids and source.against is not None:
        raise MissingInputError(f"`--against` `{source.against}` has no score for any of the code")
    drawn = set(sorted(ids, key=lambda name: _rank(seed, name))[:num])
    chosen = [document for document in read() if isinstance(document, Document) and document.id in drawn]
    return CodeToAnnotate(documents=chosen, reference=reference, num_found=len(ids), rejected=rejected)


def _documents(source: CodeSource) -> tuple[Callable[[], Iterator[Document | Dropped]], dict[str, int]]:
    """What reads all documents, and why others are none, as often as it is called; the scores that come along."""
    if source.standard_library:
        library, reference = _standard_library(only_labelled=source.shipped_labels)
        return lambda: iter(library), reference
    from hornbook.sources.input_files import find_files

    found = find_files(source.inputs, pattern=source.files)
    rows = documents_of(found, Fields(text=source.text_field, id=source.id_field))

    def read() -> Iterator[Document | Dropped]:
        for row in rows(0):
            if isinstance(row, LeftOut):
                yield Dropped(id=row.place, reason=row.reason, detail=row.detail)
            else:
                yield Document(id=row.id, kind=DocumentKind.CODE, text=row.text)

    return read, {}


def _standard_library(*, only_labelled: bool) -> tuple[list[Document], dict[str, int]]:
    """The library's code, with the shipped scores where only labelled code is wanted."""
    from hornbook.curation.corpus import describe_standard_library, read_standard_library
    from hornbook.curation.shipped import describe_labels, join_labels, load_labels

    samples = read_standard_library(describe_standard_library()).samples
    reference: dict[str, int] = {}
    if only_labelled:
        labels = describe_labels()
        reference = {label.sample_id: label.score for label in join_labels(samples, load_labels(labels), labels)}
        samples = [sample for sample in samples if sample.id in reference]
    return [Document(id=sample.id, kind=DocumentKind.CODE, text=sample.text) for sample in samples], reference


def _refuse(rejected: Sequence[Dropped], source: CodeSource) -> None:
    """Say that there is nothing to ask about."""
    if not rejected:
        raise MissingInputError(f"{', '.join(f'`{path}`' for path in source.inputs)} holds no rows")
    first = rejected[0]
    why = f"`{first.id}`: {first.reason}, {first.detail}"
    flag = "--id-field" if first.reason == NO_ID else "--text-field"
    raise MissingInputError(f"there is no code with a text in `{source.text_field}`; {why}; name another field: {flag}")


def _rank(seed: int, name: str) -> bytes:
    """Orders code as if at random, each piece independent of which others there are."""
    return hashlib.blake2b(f"{seed}\n{name}".encode(errors="surrogatepass"), digest_size=16).digest()


def _digest(document: Document) -> str:
    return hashlib.sha256(document.text.removesuffix("\n").encode()).hexdigest()


def _read_scores(path: Path) -> dict[str, int]:
    """The scores of a file, by each id or digest that their rows name."""
    scores: dict[str, int] = {}
    for place, fields in read_rows(path):
        score = fields.get("score")
        if not isinstance(score, int) or not 0 <= score <= HIGHEST_SCORE:
            raise MissingInputError(f"`{place}` has no `score` from 0 to {HIGHEST_SCORE}, but {score!r}")
        named = [str(fields[name]) for name in (*_ID_FIELDS, "sha256") if fields.get(name)]
        if not named:
            raise MissingInputError(f"`{place}` names no code: it needs `sample_id`, `id` or `sha256`")
        scores.update(dict.fromkeys(named, score))
    return scores
