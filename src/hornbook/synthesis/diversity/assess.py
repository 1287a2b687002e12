"""Look at a whole collection at once, as the monitor would have seen it while it was written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.diversity.compression import Compression, compression_of
from hornbook.synthesis.diversity.monitor import Monitor
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
