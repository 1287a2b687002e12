"""Write documents as token shards, however many there are, and go on after a kill with the same final bytes.

Reads:  documents, one after the other, and a tokenizer.
Writes: the folder that `pack.py` describes. While it is not finished it has no `tokens.json`, but a `progress.json`,
        which says how far the files are valid; what was written after it is cut off and written again.

Held in memory are a few batches of documents, whatever their number; one document must fit as a whole.
"""

import itertools
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from hornbook.errors import ConfigError, DamagedArtifactError
from hornbook.pipeline.alone import alone_in
from hornbook.records import Document
from hornbook.tokens.encode import Encoder
from hornbook.tokens.shards import SplitWriter
from hornbook.tokens.tokenizer import END_OF_TEXT, document_share, tokenizer_hash
from hornbook.tokens.workers import encode_in_order

SPLITS = ("train", "held-out")
DESCRIPTION, PROGRESS = "tokens.json", "progress.json"
BATCH_DOCUMENTS = 1000
SHARD_TOKENS = 2**26
_BATCH_CHARACTERS = 2**20
FIRST_DOCUMENTS = 1000
"""Those that are looked at to see whether chance holds any out."""
_FIRST_CHARACTERS = 2**24
_SECONDS_BETWEEN_SYNCS = 5.0

DocumentsFrom = Callable[[int], Iterable[Document]]
"""Gives the documents from this number on, counted from 0; the same ones in the same order at each call."""


@dataclass(frozen=True, kw_only=True)
class PackedCounts:
    """What a folder of shards holds."""

    num_documents: dict[str, int]
    num_tokens: dict[str, int]
    num_bytes: int
    """Of text in all splits."""
    num_empty: int
    """Documents without a character, which are left out."""


def write_shards(
    documents_from: DocumentsFrom,
    tokenizer: Tokenizer,
    folder: Path,
    *,
    held_out_share: float,
    report: Callable[[int, int], None],
    shard_tokens: int = SHARD_TOKENS,
    source: Mapping[str, Any] | None = None,
    state: str = "",
    num_workers: int | None = None,
    seconds_between_syncs: float = _SECONDS_BETWEEN_SYNCS,
) -> PackedCounts:
    """Tokenize documents in their order and write the shards of both splits into `folder`.

    A document is held out by its id alone (`document_share`), so the same documents are held out in every run. The very
    first one is held out as well where chance holds out none of the first 1,000 (or 16 million characters), unless it
    is the only one. Documents without a character are left out. The bytes depend on nothing but the documents, the
    tokenizer, `held_out_share`, `shard_tokens` and `source`.

    Args:
        documents_from: Where the documents come from.
        tokenizer: Must know `<|endoftext|>`.
        folder: Is created. Half-finished shards in it are gone on with, and finished ones left as they are.
        held_out_share: Share of the documents for validation, 0 to 1.
        report: Told the number of documents done and the bytes of their texts, before the first batch and after each.
        shard_tokens: A shard is closed once it holds this many tokens; a document never spans two shards.
        source: JSON values that say which documents these are; they are kept in `tokens.json`.
        state: Says more exactly, while the work is not finished, that the documents are the same as before.
        num_workers: Processes that encode, 1 for this one alone; None for one a core.
        seconds_between_syncs: What a kill can cost.

    Raises:
        ConfigError: The folder holds shards that were begun in another way, another process writes there, or the
            tokenizer does not know `<|endoftext|>`.
        DamagedArtifactError: Half-finished files are not as they were left.
    """
    encoder = Encoder(tokenizer)
    end_of_text: int | None = tokenizer.token_to_id(END_OF_TEXT)
    if end_of_text is None:
        raise ConfigError(f"the tokenizer lacks the token `{END_OF_TEXT}`, which ends each document")
    settings = {
        "tokenizer_sha256": tokenizer_hash(tokenizer),
        "held_out_share": held_out_share,
        "shard_tokens": shard_tokens,
        "source": dict(source or {}),
    }
    folder.mkdir(parents=True, exist_ok=True)
    with alone_in(folder, "writing token shards into"):
        if (finished := _read_json(folder / DESCRIPTION)) is not None:
            _require_same(settings, finished, folder)
            _remove_traces(folder)
            return _counts(finished)
        journal = _Journal(folder, {**settings, "state": state})
        writers: dict[str, SplitWriter] = {}
        closing = end_of_text.to_bytes(encoder.dtype.itemsize, "little")
        try:
            for split in SPLITS:
                state_of_split = journal.splits.get(split)
                writers[split] = SplitWriter(
                    folder, split, dtype=encoder.dtype, shard_tokens=shard_tokens, state=state_of_split
                )
            placed = _placed(documents_from(journal.num_documents), held_out_share, is_begin=not journal.num_documents)
            synced = time.monotonic()
            report(journal.num_documents, journal.num_bytes)
            for batch, token_lists in encode_in_order(_batches(placed), tokenizer, num_workers):
                for one, tokens in zip(batch, token_lists, strict=True):
                    if one.text:
                        writers[one.split].add(one.document.id, tokens + closing)
                        journal.num_bytes += _num_bytes(one.text)
                    else:
                        journal.num_empty += 1
                journal.num_documents += len(batch)
                report(journal.num_documents, journal.num_bytes)
                if time.monotonic() - synced >= seconds_between_syncs:
                    journal.write({split: writer.sync() for split, writer in writers.items()})
                    synced = time.monotonic()
            files = {name: digest for writer in writers.values() for name, digest in writer.finish().items()}
        finally:
            for writer in writers.values():
                writer.close()
        description = {
            "dtype": encoder.dtype.str,
            "vocab_size": tokenizer.get_vocab_size(),
            "end_of_text": end_of_text,
            **settings,
            "shards": {split: writer.lengths for split, writer in writers.items()},
            "num_documents": {split: writer.num_documents for split, writer in writers.items()},
            "num_tokens": {split: writer.num_tokens for split, writer in writers.items()},
            "num_bytes": journal.num_bytes,
            "num_empty": journal.num_empty,
            "files": files,
        }
        write_json(folder / DESCRIPTION, description)
        _remove_traces(folder)
        return _counts(description)


def write_json(path: Path, values: Any) -> None:
    """Write aside, bring to the disk, rename: there is the old file or the new one."""
    aside = _aside(path)
    with aside.open("w", encoding="utf-8") as stream:
        json.dump(values, stream, indent=1, ensure_ascii=False)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


class _Journal:
    """How far the work in a folder is."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self._path = folder / PROGRESS
        self._settings = settings
        state = _read_json(self._path)
        if state is not None and state["num_documents"]:
            _require_same(settings, state, folder)
        else:
            state = None
        self.num_documents: int = state["num_documents"] if state else 0
        """That were read, the empty ones among them."""
        self.num_bytes: int = state["num_bytes"] if state else 0
        self.num_empty: int = state["num_empty"] if state else 0
        self.splits: dict[str, Any] = state["splits"] if state else {}
        if state is None:
            self.write({})  # Before any other file: what lies here is ours from now on.

    def write(self, splits: dict[str, Any]) -> None:
        counts = {"num_documents": self.num_documents, "num_bytes": self.num_bytes, "num_empty": self.num_empty}
        write_json(self._path, {**self._settings, **counts, "splits": splits})


@dataclass(frozen=True, slots=True)
class _Placed:
    """A document and its split."""

    document: Document
    split: str

    @property
    def text(self) -> str:
        return self.document.text


def _placed(documents: Iterable[Document], held_out_share: float, *, is_begin: bool) -> Iterator[_Placed]:
    def split_of(document: Document) -> str:
        return SPLITS[document_share(document.id, "held-out") < held_out_share]

    waiting = iter(documents)
    if is_begin and held_out_share > 0:
        first: deque[_Placed] = deque()
        num_characters = 0
        for document in itertools.islice(waiting, FIRST_DOCUMENTS):
            first.append(_Placed(document, split_of(document)))
            num_characters += len(document.text)
            if num_characters >= _FIRST_CHARACTERS and len(first) > 1:
                break
        texts = [number for number, one in enumerate(first) if one.text]
        if len(texts) > 1 and all(first[number].split == SPLITS[0] for number in texts):
            first[texts[0]] = _Placed(first[texts[0]].document, SPLITS[1])
        while first:
            yield first.popleft()
    for document in waiting:
        yield _Placed(document, split_of(document))


def _batches(documents: Iterator[_Placed]) -> Iterator[list[_Placed]]:
    batch: list[_Placed] = []
    num_characters = 0
    for document in documents:
        batch.append(document)
        num_characters += len(document.text)
        if len(batch) >= BATCH_DOCUMENTS or num_characters >= _BATCH_CHARACTERS:
            yield batch
            batch, num_characters = [], 0
    if batch:
        yield batch


def _num_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _counts(description: Mapping[str, Any]) -> PackedCounts:
    return PackedCounts(
        num_documents=description["num_documents"],
        num_tokens=description["num_tokens"],
        num_bytes=description["num_bytes"],
        num_empty=description["num_empty"],
    )


def _require_same(settings: Mapping[str, Any], found: Mapping[str, Any], folder: Path) -> None:
    for name, value in settings.items():
        if found.get(name) != value:
            raise ConfigError(
                f"the shards in `{folder}` were begun with `{name}` {found.get(name)!r}, and it is {value!r} now: "
                "choose another folder, or delete this one"
            )


def _read_json(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedArtifactError(f"`{path}` is damaged ({error}): delete its folder and begin again") from error
    return values


def _remove_traces(folder: Path) -> None:
    """Of the work that is finished."""
    for path in (folder / PROGRESS, _aside(folder / PROGRESS)):
        path.unlink(missing_ok=True)
    for split in SPLITS:
        (folder / f"{split}-documents.rows").unlink(missing_ok=True)
