"""Look at a whole collection at once, as the monitor would have seen it while it was written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.compression import Compression, compression_of
from hornbook.synthesis.diversity.monitor import COMMON_COUNT, Monitor
from hornbook.synthesis.diversity.report import DiversityReport
from hornbook.synthesis.diversity.rows import Row, text_of
from hornbook.synthesis.diversity.thresholds import DiversityThresholds


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Where the monitor would have stopped the generation."""

    after: int
    """The number of records that were there."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Everything about one collection that needs no model."""

    name: str
    report: DiversityReport
    stop: Stop | None
    compression: Compression | None
    """None where it was not asked for."""

    def as_json(self) -> dict[str, Any]:
        """For a file or a program."""
        return {
            "name": self.name,
            "stopped_after": self.stop and self.stop.after,
            "stop_reasons": list(self.stop.reasons) if self.stop else [],
            "compression": self.compression and self.compression.as_json(),
            **self.report.as_json(),
        }


def measure(
    records: Sequence[Exercise | Passage], *, max_records: int = 5_000, common_count: int = COMMON_COUNT, seed: int = 0
) -> DiversityReport:
    """The report on a collection, for a manifest: of records spread evenly over it where there are more.

    Args:
        records: In the order in which they were made.
        max_records: Bounds the time: well under a millisecond each.
        common_count: See `Monitor`; the figures at this count hold for the whole collection.
        seed: Of the intervals.
    """
    count = min(len(records), max_records)
    monitor = Monitor(common_count=common_count)
    monitor.add([records[number * len(records) // count] for number in range(count)])
    return monitor.report(seed)


def assess(
    name: str,
    rows: Sequence[Row],
    thresholds: DiversityThresholds,
    *,
    common_count: int,
    num_topics: int | None = None,
    compression: bool = False,
    seed: int = 0,
    progress: Callable[[int, int], None],
) -> Assessment:
    """Show the rows to a monitor one by one, and ask it after each until it would stop.

    Args:
        name: Of the collection, for people.
        rows: In the order in which they were made.
        thresholds: When it would stop.
        common_count: See `Monitor`.
        num_topics: See `Monitor`; the topics are those of the rows.
        compression: Whether to compress the texts, in blocks of `common_count`.
        seed: Of the intervals.
        progress: Told the number of rows done, and the total.
    """
    topics = {row.record.id: row.topics for row in rows if row.topics}
    monitor = Monitor(thresholds, common_count=common_count, topics=topics, num_topics=num_topics)
    stop = None
    for number, row in enumerate(rows, start=1):
        monitor.add([row.record])
        if stop is None and (reasons := monitor.stale()):
            stop = Stop(after=number, reasons=reasons)
        progress(number, len(rows))
    return Assessment(
        name=name,
        report=monitor.report(seed),
        stop=stop,
        compression=compression_of([text_of(row.record) for row in rows], common_count) if compression else None,
    )
