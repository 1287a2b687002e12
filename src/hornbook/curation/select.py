"""The stage `select`: keep the documents that the quality classifier believes teach something.

Reads:  the documents of its input; `values` of the other one, of these documents and perhaps of more.
Writes: `documents`: Document, those that stay, in their order; `dropped`: Dropped.
Source: section 2.1 of the paper (6B of 35B tokens kept).

A budget is in lexical tokens, since the run's own tokenizer is trained later, on what is kept here. Texts are read part
by part. Memory holds 24 bytes for each value and 48 for each document.
"""

import hashlib
import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, copy_rows, read_part
from hornbook.records import Document, Dropped, Value
from hornbook.sources.rows import read_rows

VERSION = 3
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
LEXICAL_TOKEN = re.compile(r"[^\W\d]\w*|\d+|[^\s\w]")
"""A word, a number, or one mark; white space is none."""
KEEP_SHARE = 0.17
"""Source: section 2.1, 6B of 35B tokens."""
OVER_BUDGET = "below the threshold"
OVERLAPPING = "overlaps a kept sample"
_NAMED = 5
_DIGEST_BYTES = 16
_MOST = 1e300
"""Values that are not numbers, infinity, and integers without bounds lie outside."""


@dataclass(frozen=True, kw_only=True)
class SelectConfig:
    """What may stay; at most one of the three is given, and without any `KEEP_SHARE` of all tokens stays."""

    keep_tokens: int | None = None
    """Number of lexical tokens that may stay, the most valuable documents first."""
    keep_share: float | None = None
    """Share of all lexical tokens that may stay, above 0 to 1, the most valuable documents first."""
    threshold: float | None = None
    """Least value of a document that stays, 0 to 1."""

    def __post_init__(self) -> None:
        given = [f"`{name}`" for name, value in vars(self).items() if value is not None]
        if len(given) > 1:
            raise ConfigError(f"give one of `keep_tokens`, `keep_share` and `threshold`; {', '.join(given)} are given")
        if self.keep_tokens is not None and self.keep_tokens < 1:
            raise ConfigError(f"`keep_tokens` must be at least 1, got {self.keep_tokens!r}")
        if self.keep_share is not None and not 0 < self.keep_share <= 1:
            raise ConfigError(f"`keep_share` must lie in (0, 1], got {self.keep_share!r}")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ConfigError(f"`threshold` must lie in [0, 1], got {self.threshold!r}")


@dataclass(frozen=True, kw_only=True)
class ReadValuesConfig:
    """Which file holds the values."""

    path: str = field(default="", metadata=NOT_IN_FINGERPRINT)
    """Of rows of `id` and `value`. The fingerprint has the file's hash in its place."""


def select(documents: Stage, values: Stage, config: SelectConfig | None = None, name: str = "select") -> Stage:
    """The stage that keeps the documents with the highest values."""
    return Stage(name, run_select, config or SelectConfig(), VERSION, {"documents": documents, "values": values})


def read_values(config: ReadValuesConfig, name: str = "values") -> Stage:
    """The stage that reads the values that `hornbook classify` has written to a file."""
    return Stage(name, run_read_values, config, VERSION, identity=_hash_of_file)


def run_select(config: SelectConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take documents by falling value, equal ones in their order, until the next one would exceed the budget.

    A document that shares lines of a file with one already taken (a module and a class in it) is passed over.

    Raises:
        MissingInputError: A document has no value, or an id has several. Nothing is guessed.
        ConfigError: Not even the most valuable document stays.
    """
    parts = inputs["documents"].documents().parts
    measured = workspace.map_parts("measured", measure_part, parts, note="parts measured")
    ids = Table(Document, tuple(result / "ids.parquet" for result in measured))
    values = ValuesById(inputs["values"].table("values", Value)).of_all(ids.parts)
    sizes, files, first, last = (
        np.concatenate([np.load(result / f"{name}.npy") for result in measured])
        for name in ("sizes", "files", "first", "last")
    )
    overlaps = _Overlaps(files, first, last)
    is_kept = _choose(values, sizes, config, overlaps)
    threshold = float(values[is_kept].min())
    named = dict.fromkeys(overlaps.overlapped.values(), "")
    if named:
        for number, name in enumerate(ids.ids()):
            if number in named:
                named[number] = name

    def dropped() -> Iterator[Dropped]:
        for number, name in enumerate(ids.ids()):
            if is_kept[number]:
                continue
            reason, detail = OVER_BUDGET, f"value {values[number]:.3f}, threshold {threshold:.3f}"
            other = overlaps.overlapped.get(number)
            if other is not None:
                reason = OVERLAPPING
                detail += f"; {named[other]} holds lines {first[other]} to {last[other]} of the same file"
            yield Dropped(id=name, reason=reason, detail=detail)

    workspace.write_records("dropped", Dropped, dropped())
    ends = np.cumsum([len(np.load(result / "sizes.npy", mmap_mode="r")) for result in measured])
    jobs = [
        (part, rows)
        for part, chosen in zip(parts, np.split(is_kept, ends[:-1]), strict=True)
        if len(rows := np.flatnonzero(chosen))
    ]
    kept = workspace.gather(workspace.map_parts("kept", copy_rows, jobs, note="parts written"), "documents", Document)
    return Result(
        kept=kept.num_rows,
        unit="documents",
        dropped=count_reasons(Table.of_folder(workspace.folder / "dropped", Dropped)),
        metrics={
            "threshold": threshold,
            "num_kept_tokens": int(sizes[is_kept].sum()),
            "num_tokens": int(sizes.sum()),
        },
    )


def run_read_values(config: ReadValuesConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Read the values of a file.

    Raises:
        MissingInputError: The file is damaged, holds no rows, or a row has no id or no value.
    """
    del inputs
    path = Path(config.path)

    def rows() -> Iterator[Value]:
        for place, fields in read_rows(path):
            name, value = fields.get("id"), fields.get("value")
            if not isinstance(name, str | int):
                raise MissingInputError(f"`{place}` of the values has no `id`; `hornbook classify` writes it")
            if not isinstance(value, int | float) or isinstance(value, bool) or not -_MOST < value < _MOST:
                raise MissingInputError(f"`{place}` of the values: the `value` of `{name}` is {value!r}, no number")
            yield Value(id=str(name), value=float(value))

    num_values = workspace.write_records("values", Value, rows())
    if not num_values:
        raise MissingInputError(f"`{path}` holds no values")
    return Result(kept=num_values, unit="values")


def measure_part(part: Path, folder: Path) -> None:
    """Write the id of each document of a part, its lexical tokens, and the lines that it holds of its file."""
    ids: list[str] = []
    sizes, files, first, last = array("q"), array("Q"), array("q"), array("q")
    for document in read_part(part, Document):
        metadata = json.loads(document.metadata)
        ids.append(document.id)
        sizes.append(count_tokens([document.text])[0])
        place = f"{metadata.get('source', '')}\0{metadata.get('path', '')}"
        files.append(int.from_bytes(hashlib.blake2b(place.encode(), digest_size=8).digest()))
        first.append(metadata.get("first_line", 1))
        last.append(metadata.get("last_line", 0))
    pq.write_table(pa.table({"id": pa.array(ids, pa.string())}), folder / "ids.parquet")
    np.save(folder / "sizes.npy", np.array(sizes, dtype=np.int64))
    np.save(folder / "files.npy", np.array(files, dtype=np.uint64))
    np.save(folder / "first.npy", np.array(first, dtype=np.int64))
    np.save(folder / "last.npy", np.array(last, dtype=np.int64))


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Number of lexical tokens of each text."""
    return [sum(1 for _ in LEXICAL_TOKEN.finditer(text)) for text in texts]


class ValuesById:
    """The values of many documents, looked up by id; 24 bytes for each are held.

    Raises:
        MissingInputError: An id has several values.
    """

    def __init__(self, table: Table[Value]) -> None:
        digests, values = bytearray(), array("d")
        for one in table:
            digests += _digest(one.id)
            values.append(one.value)
        unsorted = np.frombuffer(digests, dtype=f"V{_DIGEST_BYTES}")
        order = np.argsort(unsorted, kind="stable")
        self._digests, self._values = unsorted[order], np.frombuffer(values)[order]
        differ = (self._digests[1:] == self._digests[:-1]) & (self._values[1:] != self._values[:-1])
        if differ.any():
            twice = self._digests[1:][differ][0].tobytes()
            name = next(one.id for one in table if _digest(one.id) == twice)
            raise MissingInputError(f"there are several values for `{name}`; ids must be unique")

    def of(self, ids: Sequence[str]) -> NDArray[np.float64]:
        """The value of each; NaN where there is none."""
        wanted = np.frombuffer(b"".join(map(_digest, ids)), dtype=self._digests.dtype)
        at = np.minimum(np.searchsorted(self._digests, wanted), len(self._digests) - 1)
        values: NDArray[np.float64] = np.where(self._digests[at] == wanted, self._values[at], np.nan)
        return values

    def of_all(self, parts: Sequence[Path]) -> NDArray[np.float64]:
        """The value of each document of some parts.

        Raises:
            MissingInputError: A document has none.
        """
        found: list[NDArray[np.float64]] = []
        missing: list[str] = []
        num_missing = 0
        for part in parts:
            ids = pq.read_table(part, columns=["id"]).column("id").to_pylist()
            some = self.of(ids)
            without = np.flatnonzero(np.isnan(some))
            num_missing += len(without)
            missing += [ids[at] for at in without[: _NAMED - len(missing)]]
            found.append(some)
        if num_missing:
            named = ", ".join(f"`{name}`" for name in missing) + (", …" if num_missing > len(missing) else "")
            raise MissingInputError(
                f"{num_missing:,} documents have no value: {named}; `hornbook classify` gives them one"
            )
        return np.concatenate(found)


class _Overlaps:
    """Tells of documents, asked in turn, whether they share a line with one for which it has said no."""

    def __init__(self, files: NDArray[np.uint64], first: NDArray[np.int64], last: NDArray[np.int64]) -> None:
        self._files, self._first, self._last = files, first, last
        self._of_file: dict[int, list[int]] = {}
        self.overlapped: dict[int, int] = {}
        """Document → the one that holds lines of it."""

    def __call__(self, index: int) -> bool:
        if self._last[index] < self._first[index]:  # Nothing is known of its lines.
            return False
        taken = self._of_file.setdefault(int(self._files[index]), [])
        for other in taken:
            if self._first[index] <= self._last[other] and self._first[other] <= self._last[index]:
                self.overlapped[index] = other
                return True
        taken.append(index)
        return False


def _choose(
    values: NDArray[np.float64], sizes: NDArray[np.int64], config: SelectConfig, overlaps: Callable[[int], bool]
) -> NDArray[np.bool_]:
    num_tokens = int(sizes.sum())
    if config.threshold is None:
        share = KEEP_SHARE if config.keep_share is None else config.keep_share
        candidates, budget = np.arange(len(values)), config.keep_tokens or int(share * num_tokens)
    else:
        candidates, budget = np.flatnonzero(values >= config.threshold), num_tokens
    is_kept = np.zeros(len(values), dtype=np.bool_)
    for index in candidates[np.argsort(-values[candidates], kind="stable")].tolist():
        if overlaps(index):
            continue
        budget -= int(sizes[index])
        if budget < 0:
            break
        is_kept[index] = True
    if not is_kept.any():
        best = int(np.argmax(values))
        raise ConfigError(
            f"nothing would stay: the most valuable document has the value {values[best]} and {sizes[best]:,} of "
            f"{num_tokens:,} tokens; give a larger budget or a lower threshold"
        )
    return is_kept


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).digest()


def _hash_of_file(config: ReadValuesConfig, sha256_of: FileHash) -> list[str]:
    return [sha256_of(Path(config.path))]
