"""Keep the most valuable documents of a person's files within a budget; few dozen bytes for each are held.

Reads:  documents in their order (`reading/documents.py`); their values (`values_by_id.py`).
Writes: a work folder, from which the same call goes on after a kill: the parts (`reading/parts.py`), and
        `sizes-00000.npy` for each of them. Says which rows stay.
Source: section 2.1 of the paper (6B of 35B tokens kept). The rule is that of `select.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.curation.lexical_tokens import count_tokens
from hornbook.curation.select import OVER_BUDGET, most_valuable
from hornbook.curation.values_by_id import ValuesById
from hornbook.engine import Engine, map_parts
from hornbook.errors import ConfigError, MissingInputError
from hornbook.reading.documents import Documents
from hornbook.reading.parts import Parts, write_parts

PART_CHARACTERS = 2**22
"""Of a part; each process holds one."""
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may stay; one of the three is given."""

    keep_tokens: int | None = None
    keep_share: float | None = None
    """Of the tokens of all documents; above 0, to 1."""
    threshold: float | None = None
    """The least value that stays."""

    def __post_init__(self) -> None:
        given = [name for name, value in vars(self).items() if value is not None]
        if len(given) != 1:
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in given) or "none"
            raise ConfigError(f"give one of --keep-tokens, --keep-share and --threshold; {flags} is given")
        if self.keep_tokens is not None and self.keep_tokens < 1:
            raise ConfigError(f"`keep_tokens` must be at least 1, got {self.keep_tokens!r}")
        if self.keep_share is not None and not 0 < self.keep_share <= 1:
            raise ConfigError(f"`keep_share` must lie in (0, 1], got {self.keep_share!r}")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ConfigError(f"`threshold` must lie in [0, 1], got {self.threshold!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRow:
    """A document that does not stay."""

    id: str
    reason: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which documents stay."""

    rows: NDArray[np.int64]
    """The number of each document among all rows, ascending."""
    values: NDArray[np.float64]
    is_kept: NDArray[np.bool_]
    threshold: float
    """The least value that stays."""
    num_kept_tokens: int
    num_tokens: int


def measure_documents(
    documents: Documents,
    folder: Path,
    *,
    report: Callable[[int, int], None],
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> Parts:
    """Count the lexical tokens of all documents.

    Args:
        documents: To be counted.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        report: Told the rows and the characters that were read.
        engine: Where.
        part_characters: Of text that a process holds, about; what it is for a folder must not change.

    Raises:
        MissingInputError: A file cannot be read to its end.
    """
    written = write_parts(documents, folder, part_characters=part_characters, report=report)
    parts = Parts(folder)
    jobs = ((parts.path(part), _sizes_path(folder, part)) for part in written)
    for _ in map_parts(_count_part, jobs, engine):
        pass
    return Parts(folder)


def choose(parts: Parts, values: ValuesById, budget: Budget) -> Chosen:
    """Take documents by falling value, equal ones in their order, until the next one would exceed the budget.

    Args:
        parts: As `measure_documents` gave them.
        values: Of all documents.
        budget: What may stay.

    Raises:
        MissingInputError: A document has no value. Nothing is guessed in its place.
        ConfigError: Not even the most valuable document stays.
    """
    rows, sizes, ranked = [], [], []
    missing: list[str] = []
    num_missing = 0
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id")
        ids = table.column("id").to_pylist()
        found = values.of(ids)
        num_missing += int(np.isnan(found).sum())
        missing += [ids[at] for at in np.flatnonzero(np.isnan(found))[: _NAMED - len(missing)]]
        rows.append(table.column("row").to_numpy())
        sizes.append(np.load(_sizes_path(parts.folder, part)))
        ranked.append(found)
    if num_missing:
        named = ", ".join(f"`{name}`" for name in missing) + (", …" if num_missing > len(missing) else "")
        raise MissingInputError(
            f"{num_missing:,} documents have no value: {named}; `hornbook predict-value` gives them one"
        )
    return _chosen(np.concatenate(rows), np.concatenate(sizes), np.concatenate(ranked), budget)


def dropped_rows(parts: Parts, chosen: Chosen) -> Iterator[DroppedRow]:
    """The documents that do not stay, in their order."""
    place = 0
    for part in range(parts.num_parts):
        for name in parts.read(part, "id").column("id").to_pylist():
            if not chosen.is_kept[place]:
                yield DroppedRow(id=name, reason=OVER_BUDGET, value=float(chosen.values[place]))
            place += 1


def _chosen(rows: NDArray[np.int64], sizes: NDArray[np.int64], values: NDArray[np.float64], budget: Budget) -> Chosen:
    num_tokens = int(sizes.sum())
    if budget.threshold is not None:
        is_kept = values >= budget.threshold
    else:
        most = budget.keep_tokens or int((budget.keep_share or 0.0) * num_tokens)
        is_kept = np.zeros(len(values), dtype=np.bool_)
        for index in most_valuable(values, sizes, most):
            is_kept[index] = True
    if not is_kept.any():
        best = int(np.argmax(values))
        raise ConfigError(
            f"nothing would stay: the most valuable document has the value {values[best]} and {sizes[best]:,} of "
            f"{num_tokens:,} tokens; give a larger budget or a lower threshold"
        )
    return Chosen(
        rows=rows,
        values=values,
        is_kept=is_kept,
        threshold=float(values[is_kept].min()),
        num_kept_tokens=int(sizes[is_kept].sum()),
        num_tokens=num_tokens,
    )


def _count_part(part: Path, result: Path) -> None:
    texts = pq.read_table(part, columns=["text"]).column("text").to_pylist()
    with result.open("wb") as stream:
        np.save(stream, np.array(count_tokens(texts), dtype=np.int64))


def _sizes_path(folder: Path, part: int) -> Path:
    return folder / f"sizes-{part:05d}.npy"
