"""Value documents of any number by a saved classifier, a part at a time, on all cores or a cluster.

Reads:  documents in their order (`reading/documents.py`); the classifier.
Writes: a work folder, from which the same call goes on after a kill: the parts (`reading/parts.py`), and
        `values-00000.npy` for each of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from hornbook.curation.saved_classifier import SavedClassifier
from hornbook.engine import Engine, map_parts
from hornbook.reading.documents import Documents
from hornbook.reading.parts import Parts, write_parts

PART_CHARACTERS = 2**22
"""Of a part; each process holds one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """What the classifier believes of a document."""

    id: str
    value: float
    """Probability that a reader would give it a score of at least 3; 0 to 1."""


def value_documents(
    documents: Documents,
    folder: Path,
    classifier: SavedClassifier,
    *,
    report: Callable[[int, int], None],
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> Parts:
    """Value all documents; `value_rows` gives the values.

    Args:
        documents: To be valued.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        classifier: By which.
        report: Told the rows and the characters that were read.
        engine: Where.
        part_characters: Of text that a process holds, about; what it is for a folder must not change.

    Raises:
        MissingInputError: A file cannot be read to its end.
    """
    written = write_parts(documents, folder, part_characters=part_characters, report=report)
    parts = Parts(folder)
    jobs = ((parts.path(part), _values_path(folder, part)) for part in written)
    # A fresh copy: a language model that this process has loaded is not sent to the others.
    for _ in map_parts(_ValuePart(replace(classifier)), jobs, engine):
        pass
    return Parts(folder)


def value_rows(parts: Parts) -> Iterator[ValueRow]:
    """The documents' values, in their order."""
    for part in range(parts.num_parts):
        ids = parts.read(part, "id").column("id").to_pylist()
        values = np.load(_values_path(parts.folder, part)).tolist()
        yield from (ValueRow(id=name, value=value) for name, value in zip(ids, values, strict=True))


@dataclass(frozen=True)
class _ValuePart:
    classifier: SavedClassifier

    def __call__(self, part: Path, result: Path) -> None:
        texts = pq.read_table(part, columns=["text"]).column("text").to_pylist()
        with result.open("wb") as stream:
            np.save(stream, self.classifier.predict(texts))


def _values_path(folder: Path, part: int) -> Path:
    return folder / f"values-{part:05d}.npy"
