"""Deduplicate files of any size: texts on the disk in parts, in memory a few numbers for each.

Reads:  files of rows or source files, in their order.
Writes: a work folder, from which the same call goes on after a kill with the same result:
        the parts (`reading/parts.py`), `keys-00000.npy` for each of them (a number for each band of each text's
        signature), and `shingles.bin` of the texts that agree with another one in a band.

Held are 8 bytes for each document and band where bands are compared, one band at a time, 32 for its digest, and a part.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hornbook.deduplication.exact import EXACT, first_equal, normalised_hash
from hornbook.deduplication.minhash import (
    NEAR,
    BandKeys,
    NearConfig,
    NearDuplicates,
    agreeing,
    band_keys,
    band_shape,
    join_near,
    signatures_of,
    with_signature,
    with_tokens,
)
from hornbook.deduplication.shingles import Shingler, Shingles
from hornbook.engine import Engine, collect, frame_of, frame_of_file, map_parts
from hornbook.reading.documents import Fields, documents_of
from hornbook.reading.files import InputFile
from hornbook.reading.parts import PART_CHARACTERS, Parts, digests_of, require_some, write_parts

_SHINGLES, _ENDS = "shingles.bin", "shingle-ends.npy"

Report = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much; 0 where that is not known."""


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A document that is not kept."""

    row: int
    first: int
    """The row that it repeats."""
    kept: int
    """The row of its cluster that is kept: `first`, or what `first` itself repeats nearly."""
    jaccard: float
    """With `first`; 1 where they are equal but for blank lines and spaces at line ends."""
    is_exact: bool

    @property
    def reason(self) -> str:
        """Why it is not kept."""
        return EXACT if self.is_exact else NEAR


@dataclass(frozen=True, kw_only=True)
class Repeated:
    """What the documents of some files repeat."""

    num_documents: int
    duplicates: list[Duplicate]
    """By row."""
    num_compared: int
    """Pairs whose shingles were compared."""


def find_repeated(
    files: Sequence[InputFile],
    folder: Path,
    fields: Fields,
    config: NearConfig,
    *,
    report: Report,
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> Repeated:
    """Find the documents that repeat an earlier one, word for word or nearly.

    Exact duplicates go first, then near ones among the rest; the kept member of a cluster is its first in the order of
    the files. What comes out depends on the files, `fields` and `config` alone.

    Args:
        files: In their order.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        fields: Of the rows.
        config: What is near.
        report: Told how far it is.
        engine: Where signatures are computed.
        part_characters: Of text held at once, about; what it is for a folder must not change.

    Raises:
        MissingInputError: A file cannot be read to its end, or there is no document.
    """
    sign_files(files, folder, fields, config, report=report, engine=engine, part_characters=part_characters)
    parts = Parts(folder)
    require_some(parts, fields)
    numbers, digests = digests_of(parts)
    first = first_equal(digests)
    del digests
    unique = np.flatnonzero(first == np.arange(len(first)))
    keys = _gather_keys(parts, unique, band_shape(config.threshold, config.num_hashes)[0])
    shingles = _gather_shingles(parts, unique, _agreeing_with_another(keys), config, report)
    near = join_near(
        keys,
        shingles.__getitem__,
        config.threshold,
        lambda band, num_pairs: report(f"bands compared; {num_pairs:,} pairs in full", band, len(keys)),
    )
    return Repeated(
        num_documents=len(numbers),
        duplicates=_duplicates(numbers, first, unique, near),
        num_compared=near.num_compared,
    )


def sign_files(
    files: Sequence[InputFile],
    folder: Path,
    fields: Fields,
    config: NearConfig,
    *,
    report: Report,
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> None:
    """Lay the documents out in parts, and meanwhile sign those that are written; the first step of `find_repeated`."""
    num_bytes = sum(file.size for file in files)

    def say(num_rows: int, num_characters: int) -> None:
        report(f"MB read; {num_rows:,} rows", num_characters // 1_000_000, max(1, num_bytes // 1_000_000))

    written = write_parts(
        documents_of(files, fields), folder, digest=normalised_hash, part_characters=part_characters, report=say
    )
    parts = Parts(folder)
    jobs = ((parts.path(part), _keys_path(folder, part)) for part in written)
    for _ in map_parts(functools.partial(_sign, config=config), jobs, engine, in_threads=True):
        pass


def _sign(part: Path, path: Path, config: NearConfig) -> None:
    frame = frame_of_file(part, ["row", "text"])
    signed = collect(with_signature(with_tokens(frame), config), sort_by="row")
    keys = band_keys(signatures_of(signed), config.threshold) if len(signed) else np.empty((0, 0), np.uint64)
    with path.open("wb") as stream:
        np.save(stream, keys)


def _keys_path(folder: Path, part: int) -> Path:
    return folder / f"keys-{part:05d}.npy"


def _gather_keys(parts: Parts, unique: NDArray[np.intp], num_bands: int) -> BandKeys:
    """The keys of the documents at these places among all, in a file: bands × their number."""
    path = parts.folder / "keys.bin"
    if not len(unique):
        return np.empty((num_bands, 0), np.uint64)
    keys = np.memmap(path, dtype=np.uint64, mode="w+", shape=(num_bands, len(unique)))
    place = written = 0
    for part in range(parts.num_parts):
        of_part = np.load(_keys_path(parts.folder, part))
        if not of_part.size:
            continue
        size = of_part.shape[1]
        begin, end = np.searchsorted(unique, [place, place + size])
        keys[:, written : written + end - begin] = of_part[:, unique[begin:end] - place]
        place, written = place + size, written + int(end - begin)
    return keys


def _agreeing_with_another(keys: BandKeys) -> NDArray[np.bool_]:
    """Whether each document agrees with another one in some band."""
    agrees = np.zeros(keys.shape[1], dtype=np.bool_)
    for of_band in keys:
        for members in agreeing(of_band):
            agrees[members] = True
    return agrees


class _ShingleFile:
    """The shingles of some documents, in a file."""

    def __init__(self, path: Path, ends: NDArray[np.int64]) -> None:
        self._ends = ends
        self._all = np.memmap(path, dtype=np.uint64, mode="r") if path.stat().st_size else np.empty(0, np.uint64)

    def __getitem__(self, index: int) -> Shingles:
        shingles: Shingles = self._all[self._ends[index - 1] if index else 0 : self._ends[index]]
        return shingles


def _gather_shingles(
    parts: Parts, unique: NDArray[np.intp], wanted: NDArray[np.bool_], config: NearConfig, report: Report
) -> _ShingleFile:
    """Write the shingles of the documents that are wanted; the others get none."""
    path = parts.folder / _SHINGLES
    ends = np.zeros(len(unique), dtype=np.int64)
    shingler = Shingler(config.ngram_size)
    place = written = end = 0
    with path.open("wb") as stream:
        for part in range(parts.num_parts):
            report("parts read again", part, parts.num_parts)
            table = parts.read(part, "row", "text")
            begin, stop = np.searchsorted(unique, [place, place + len(table)])
            chosen = unique[begin:stop][wanted[begin:stop]] - place
            for is_wanted, tokens in _with_gaps(wanted[begin:stop], table.take(pa.array(chosen))):
                if is_wanted:
                    shingles = shingler.shingles_of(tokens)
                    stream.write(shingles.tobytes())
                    end += len(shingles)
                ends[written] = end
                written += 1
            place += len(table)
    return _ShingleFile(path, ends)


def _with_gaps(wanted: NDArray[np.bool_], chosen: pa.Table) -> Iterator[tuple[bool, str]]:
    """For each document whether it is wanted, and then its tokens."""
    tokens = iter(())
    if len(chosen):
        tokens = iter(collect(with_tokens(frame_of(chosen)), sort_by="row").column("tokens").to_pylist())
    for is_wanted in wanted.tolist():
        yield is_wanted, next(tokens) if is_wanted else ""


def _duplicates(
    numbers: NDArray[np.int64], first: NDArray[np.intp], unique: NDArray[np.intp], near: NearDuplicates
) -> list[Duplicate]:
    place_in_unique = np.full(len(first), -1, dtype=np.int64)
    place_in_unique[unique] = np.arange(len(unique))
    duplicates = []
    for place, its_first in enumerate(first.tolist()):
        at = int(place_in_unique[its_first])
        kept = int(unique[near.keepers[at]])
        if place != its_first:
            repeated, similarity = its_first, 1.0
        elif kept != place:
            repeated, similarity = kept, near.jaccard[at]
        else:
            continue
        duplicates.append(
            Duplicate(
                row=int(numbers[place]),
                first=int(numbers[repeated]),
                kept=int(numbers[kept]),
                jaccard=similarity,
                is_exact=place != its_first,
            )
        )
    return duplicates
