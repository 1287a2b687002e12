"""Open one input as its source, and read it whole."""

from pathlib import Path
from typing import Any

from hornbook.curation.sources.find import SourcesConfig, open_sources
from hornbook.curation.sources.source import Source, SourceDocument
from hornbook.reading.documents import LeftOut


def open_one(given: Path | str, work: Path | None = None, **config: Any) -> Source:
    (source,) = open_sources([str(given)], SourcesConfig(**config), work or Path(), report=lambda *_: None)
    return source


def documents(source: Source, start: int = 0) -> list[SourceDocument]:
    return [one for one in source.read(start) if isinstance(one, SourceDocument)]


def left_out(source: Source) -> list[tuple[str, str]]:
    """Place and reason."""
    return [(one.place, one.reason) for one in source.read() if isinstance(one, LeftOut)]


def goes_on_at_every_number(source: Source) -> bool:
    """Whether the source gives the same from every number on."""
    whole = list(source.read())
    number = source.num_rows()
    assert number in (None, len(whole))
    return all(list(source.read(start)) == whole[start:] for start in range(len(whole) + 1))
