"""Numbers for documents of any number, such as their values: found a part at a time, written, and looked up by id.

Reads:  documents in their order (`sources/documents.py`); rows of `id` and `value`, as `hornbook predict-value` writes
        them.
Writes: a work folder, from which the same call goes on after a kill: the parts (`pipeline/parts.py`), and
        `numbers-00000.npy` for each of them.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.errors import MissingInputError
from hornbook.parallel import Engine, map_files
from hornbook.pipeline.parts import Parts, write_parts
from hornbook.sources.documents import Documents
from hornbook.sources.rows import read_rows

PART_CHARACTERS = 2**22
"""Of a part; each process holds one."""
_DIGEST_BYTES = 16
_MOST = 1e300
"""Not a number, infinity, and integers without bounds lie outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRow:
    """What the classifier believes of a document."""

    id: str
    value: float
    """Probability that a reader would give it a score of at least 3; 0 to 1."""


def measure_documents(
    documents: Documents,
    folder: Path,
    measure: Callable[[Sequence[str]], Any],
    *,
    report: Callable[[int, int], None],
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> Parts:
    """Find a number for each document; `numbers_of` gives them.

    Args:
        documents: To be measured.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        measure: Gives a number for each of some texts; can be pickled.
        report: Told the rows and the characters that were read.
        engine: Where.
        part_characters: Of text that a process holds, about; what it is for a folder must not change.

    Raises:
        MissingInputError: A file cannot be read to its end.
    """
    written = write_parts(documents, folder, part_characters=part_characters, report=report)
    parts = Parts(folder)
    jobs = ((parts.path(part), _numbers_path(parts, part)) for part in written)
    for _ in map_files(_MeasurePart(measure), jobs, engine):
        pass
    return Parts(folder)


def numbers_of(parts: Parts, part: int) -> NDArray[Any]:
    """What was measured of the documents of a part."""
    numbers: NDArray[Any] = np.load(_numbers_path(parts, part))
    return numbers


def value_rows(parts: Parts) -> Iterator[ValueRow]:
    """The documents' values, in their order, where values were measured."""
    for part in range(parts.num_parts):
        ids = parts.read(part, "id").column("id").to_pylist()
        for name, value in zip(ids, numbers_of(parts, part).tolist(), strict=True):
            yield ValueRow(id=name, value=value)


class ValuesById:
    """The values of many documents, looked up by id; 24 bytes for each are held.

    Raises:
        MissingInputError: The file is damaged, holds no rows, a row has no id or no value, or an id has two.
    """

    def __init__(self, path: Path) -> None:
        digests, values = bytearray(), array("d")
        for place, fields in read_rows(path):
            name, value = fields.get("id"), fields.get("value")
            if not isinstance(name, str | int):
                raise MissingInputError(f"`{place}` of the values has no `id`; `hornbook predict-value` writes it")
            if not isinstance(value, int | float) or isinstance(value, bool) or not -_MOST < value < _MOST:
                raise MissingInputError(f"`{place}` of the values: the `value` of `{name}` is {value!r}, no number")
            digests += _digest(str(name))
            values.append(value)
        if not values:
            raise MissingInputError(f"`{path}` holds no values")
        unsorted = np.frombuffer(digests, dtype=f"V{_DIGEST_BYTES}")
        order = np.argsort(unsorted, kind="stable")
        self._digests, self._values = unsorted[order], np.frombuffer(values)[order]
        self._require_one_value_each(path)

    def of(self, ids: Sequence[str]) -> NDArray[np.float64]:
        """The value of each; NaN where there is none."""
        wanted = np.frombuffer(b"".join(map(_digest, ids)), dtype=self._digests.dtype)
        at = np.minimum(np.searchsorted(self._digests, wanted), len(self._digests) - 1)
        values: NDArray[np.float64] = np.where(self._digests[at] == wanted, self._values[at], np.nan)
        return values

    def _require_one_value_each(self, path: Path) -> None:
        differ = (self._digests[1:] == self._digests[:-1]) & (self._values[1:] != self._values[:-1])
        if not differ.any():
            return
        twice = self._digests[1:][differ][0].tobytes()
        name = next(str(fields["id"]) for _, fields in read_rows(path) if _digest(str(fields["id"])) == twice)
        raise MissingInputError(f"`{path}` has several values for `{name}`; ids must be unique")


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True)
class _MeasurePart:
    measure: Callable[[Sequence[str]], Any]

    def __call__(self, part: Path, result: Path) -> None:
        texts = pq.read_table(part, columns=["text"]).column("text").to_pylist()
        with result.open("wb") as stream:
            np.save(stream, np.asarray(self.measure(texts)))


def _numbers_path(parts: Parts, part: int) -> Path:
    return parts.folder / f"numbers-{part:05d}.npy"
