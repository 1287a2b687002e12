"""Deduplicate files of any size: texts on the disk in parts, in memory a few numbers for each.

Reads:  files of rows or source files, in their order.
Writes: a work folder, from which the same call goes on after a kill with the same result:
        the parts (`pipeline/parts.py`), and for each of them `signed-00000.npy` (which texts are signed: those that are
        not known to repeat an earlier one), `keys-00000.npy` (a number for each band of their signatures), and
        `shingled-00000.npy` with `shingles-00000.npy` (the texts that agree with another one in a band).

Held are 8 bytes for each document and band where bands are compared, one band at a time, 32 for its digest, a part for
each core, and some 100 bytes for each of the first million different digests.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.deduplication.exact import EXACT, first_equal, normalised_hash
from hornbook.deduplication.minhash import (
    NEAR,
    NGRAM_SIZE,
    NUM_HASHES,
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
from hornbook.parallel import Engine, Job, collect, frame_of, map_parts
from hornbook.pipeline.parts import PART_CHARACTERS, Parts, digests_of, require_some, write_parts
from hornbook.sources.documents import Fields, documents_of
from hornbook.sources.input_files import InputFile

_MOST_KNOWN_DIGESTS = 2**20

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
    keys = _gather_keys(parts, unique, band_shape(config.threshold, NUM_HASHES)[0])
    shingles = _gather_shingles(parts, unique, _agreeing_with_another(keys), engine, report)
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
    jobs = _signing_jobs(Parts(folder), written)
    for _ in map_parts(functools.partial(_sign, config=config), jobs, engine, in_threads=True):
        pass


def _signing_jobs(parts: Parts, written: Iterable[int]) -> Iterator[Job]:
    """A job for each part; says beside it which of its texts are to be signed."""
    known: set[bytes] = set()
    for part in written:
        is_new = []
        for digest in parts.read(part, "digest").column("digest").to_pylist():
            is_new.append(digest not in known)
            if len(known) < _MOST_KNOWN_DIGESTS:
                known.add(digest)
        path = parts.path(part)
        _save_mask(_beside(path, "signed"), np.array(is_new, dtype=np.bool_))
        yield path, _beside(path, "keys")


def _sign(part: Path, path: Path, config: NearConfig) -> None:
    texts = pq.read_table(part, columns=["row", "text"]).filter(pa.array(np.load(_beside(part, "signed"))))
    keys = np.empty((0, 0), np.uint64)
    if len(texts):
        signed = collect(with_signature(with_tokens(frame_of(texts))), sort_by="row", num_rows=len(texts))
        keys = band_keys(signatures_of(signed), config.threshold)
    with path.open("wb") as stream:
        np.save(stream, keys)


def _beside(part: Path, name: str) -> Path:
    """`keys-00007.npy` beside `documents-00007.parquet`."""
    return part.with_name(f"{name}-{part.stem.rpartition('-')[2]}.npy")


def _save_mask(path: Path, mask: NDArray[np.bool_]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as stream:
        np.save(stream, mask)
    partial.rename(path)


def _gather_keys(parts: Parts, unique: NDArray[np.intp], num_bands: int) -> BandKeys:
    """The keys of the documents at these places among all, in a file: bands × their number."""
    path = parts.folder / "keys.bin"
    if not len(unique):
        return np.empty((num_bands, 0), np.uint64)
    keys = np.memmap(path, dtype=np.uint64, mode="w+", shape=(num_bands, len(unique)))
    place = written = 0
    for part in range(parts.num_parts):
        signed = np.load(_beside(parts.path(part), "signed"))
        begin, end = np.searchsorted(unique, [place, place + len(signed)])
        if begin < end:
            columns = np.searchsorted(np.flatnonzero(signed), unique[begin:end] - place)
            keys[:, written : written + end - begin] = np.load(_beside(parts.path(part), "keys"))[:, columns]
        place, written = place + len(signed), written + int(end - begin)
    return keys


def _agreeing_with_another(keys: BandKeys) -> NDArray[np.bool_]:
    """Whether each document agrees with another one in some band."""
    agrees = np.zeros(keys.shape[1], dtype=np.bool_)
    for of_band in keys:
        for members in agreeing(of_band):
            agrees[members] = True
    return agrees


class _ShingleFiles:
    """The shingles of some documents, in a file for each part."""

    def __init__(self, paths: Sequence[Path], documents: Sequence[NDArray[np.intp]]) -> None:
        self._files: list[NDArray[np.uint64]] = []
        self._documents = np.concatenate([np.empty(0, np.intp), *documents])
        """Whose shingles there are, ascending."""
        self._file_of = np.repeat(np.arange(len(paths)), [len(one) for one in documents])
        ends = [np.empty(0, np.int64)]
        for path in paths:
            with path.open("rb") as stream:
                ends.append(np.load(stream))
                offset = stream.tell()
            self._files.append(np.memmap(path, dtype=np.uint64, mode="r", offset=offset))
        self._ends = np.concatenate(ends)

    def __getitem__(self, document: int) -> Shingles:
        at = int(np.searchsorted(self._documents, document))
        file = self._file_of[at]
        begin = self._ends[at - 1] if at and self._file_of[at - 1] == file else 0
        shingles: Shingles = self._files[file][begin : self._ends[at]]
        return shingles


def _gather_shingles(
    parts: Parts,
    unique: NDArray[np.intp],
    wanted: NDArray[np.bool_],
    engine: Engine,
    report: Report,
) -> _ShingleFiles:
    """Write the shingles of the documents that are wanted, each named by its place among the unique ones."""
    jobs: list[Job] = []
    documents: list[NDArray[np.intp]] = []
    place = 0
    for part in range(parts.num_parts):
        path, size = parts.path(part), parts.num_documents(part)
        begin, end = np.searchsorted(unique, [place, place + size])
        chosen = begin + np.flatnonzero(wanted[begin:end])
        if len(chosen):
            mask = np.zeros(size, dtype=np.bool_)
            mask[unique[chosen] - place] = True
            _save_mask(_beside(path, "shingled"), mask)
            jobs.append((path, _beside(path, "shingles")))
            documents.append(chosen)
        place += size
    for number, _ in enumerate(map_parts(_Shingle(), jobs, engine), start=1):
        report("parts read again", number, len(jobs))
    return _ShingleFiles([path for _, path in jobs], documents)


class _Shingle:
    """Writes the shingles of a part's chosen texts: where those of each end, then all of them."""

    def __init__(self) -> None:
        self._shingler = Shingler(NGRAM_SIZE)

    def __call__(self, part: Path, path: Path) -> None:
        texts = pq.read_table(part, columns=["row", "text"]).filter(pa.array(np.load(_beside(part, "shingled"))))
        tokens = collect(with_tokens(frame_of(texts)), sort_by="row", num_rows=len(texts)).column("tokens").to_pylist()
        shingles = [self._shingler.shingles_of(one) for one in tokens]
        with path.open("wb") as stream:
            np.save(stream, np.cumsum([len(one) for one in shingles]))
            for one in shingles:
                stream.write(one.tobytes())


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
