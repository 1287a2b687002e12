"""Read sources into one sequence of documents, and keep those that are fit to be learnt from.

Reads:  the documents of sources (`sources/`), in their order.
Writes: a work folder, from which the same call goes on after a kill: the parts (`pipeline/parts.py`), and
        `judged-00000.parquet`, … for each of them: the text, masked, or the reason why it is dropped (`hygiene/`).
"""

import dataclasses
import functools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.filters.config import HygieneConfig
from hornbook.filters.judge import Judged, judge
from hornbook.parallel import Engine, map_parts
from hornbook.pipeline.parts import Parts, write_parts
from hornbook.sources.source import Source, SourceDocument, TextKind, documents_of_sources, read_about

PART_CHARACTERS = 2**22
"""Of a part; each process holds one."""
POST_LICENSES = ("CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0")
"""Of the posts of Stack Exchange, which have no other: who names a dump as an input has chosen them."""
_NO_LIMIT = 2**31
_SCHEMA = pa.schema(
    [("id", pa.string()), ("text", pa.large_string()), ("about", pa.large_string())]
    + [(name, pa.large_string()) for name in ("reason", "detail", "masked")]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedDocument:
    """A document that is not fit to be learnt from; its text is not repeated."""

    id: str
    reason: str
    """The rule that dropped it (`hygiene/filters.py`)."""
    detail: str
    source: str
    path: str
    repository: str
    licenses: tuple[str, ...]
    origin: str


def collect(
    sources: Sequence[Source],
    folder: Path,
    config: HygieneConfig | None,
    *,
    report: Callable[[int, int], None],
    engine: Engine = Engine.LOCAL,
    part_characters: int = PART_CHARACTERS,
) -> Parts:
    """Read all documents and judge them; `kept` and `dropped` give what came of it.

    Args:
        sources: In their order.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        config: Of the filters; None keeps every document as it is.
        report: Told the documents and the characters that were read.
        engine: Where they are judged.
        part_characters: Of text that a process holds, about; what it is for a folder must not change.

    Raises:
        MissingInputError: A source cannot be read to its end, or there is no document at all.
    """
    written = write_parts(documents_of_sources(sources), folder, part_characters=part_characters, report=report)
    parts = Parts(folder)
    jobs = ((parts.path(part), _judged_path(folder, part)) for part in written)
    for _ in map_parts(functools.partial(judge_part, config=config), jobs, engine):
        pass
    parts = Parts(folder)
    if not any(parts.num_documents(part) for part in range(parts.num_parts)):
        first = next(parts.left_out(), None)
        why = f"; the first place without one: `{first.place}`, {first.reason}: {first.detail}" if first else ""
        raise MissingInputError(f"there is no document in the inputs{why}")
    return parts


def kept(parts: Parts) -> Iterator[SourceDocument]:
    """The documents that stay, in their order, masked if they were judged."""
    for row in _rows(parts, "text"):
        if not row["reason"]:
            yield SourceDocument(id=row["id"], text=row["text"], **read_about(row["about"]))


def dropped(parts: Parts) -> Iterator[DroppedDocument]:
    """The others, in their order."""
    for row in _rows(parts):
        if row["reason"]:
            about = read_about(row["about"])
            del about["kind"]
            yield DroppedDocument(id=row["id"], reason=row["reason"], detail=row["detail"], **about)


def num_masked(parts: Parts) -> dict[str, int]:
    """What was masked in the documents that stay: kind → how many."""
    counts: dict[str, int] = {}
    for row in _rows(parts):
        for kind, number in json.loads(row["masked"]).items():
            counts[kind] = counts.get(kind, 0) + number
    return dict(sorted(counts.items()))


def judge_part(part: Path, result: Path, *, config: HygieneConfig | None) -> None:
    """Judge the documents of a part, and write what became of them to `result`, in the same order."""
    configs = None if config is None else {TextKind.CODE: config, TextKind.POST: config_of_posts(config)}
    columns: dict[str, list[str]] = {name: [] for name in _SCHEMA.names}
    for row in pq.read_table(part, columns=["id", "text", "about"]).to_pylist():
        about = read_about(row["about"])
        if configs is None:
            judged = Judged(row["text"], "")
        else:
            judged = judge(
                row["text"],
                path=about["path"],
                repository=about["repository"],
                licenses=about["licenses"],
                config=configs[about["kind"]],
            )
        masked = json.dumps(judged.masked, sort_keys=True)
        values = (row["id"], judged.text, row["about"], judged.reason, judged.detail, masked)
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    pq.write_table(pa.table(columns, schema=_SCHEMA), result, compression="lz4", write_statistics=False)


def config_of_posts(config: HygieneConfig) -> HygieneConfig:
    """The filters for prose: no grammar, no lines of code, and the licences that posts have."""
    return dataclasses.replace(
        config,
        must_parse=False,
        drop_generated=False,
        max_line=_NO_LIMIT,
        max_mean_line=float(_NO_LIMIT),
        allowed_licenses=(*config.allowed_licenses, *POST_LICENSES),
    )


def _judged_path(folder: Path, part: int) -> Path:
    return folder / f"judged-{part:05d}.parquet"


def _rows(parts: Parts, *more: str) -> Iterator[dict[str, Any]]:
    """The rows of all parts."""
    columns = ["id", "about", "reason", "detail", "masked", *more]
    for part in range(parts.num_parts):
        yield from pq.read_table(_judged_path(parts.folder, part), columns=columns).to_pylist()
