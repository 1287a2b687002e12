"""Rows that are no documents go to a file beside the output, each with its reason."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.commands.written_files import beside, write_records

if TYPE_CHECKING:
    from hornbook.reading.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row that is no document."""

    id: str
    reason: str
    detail: str


def write_rejected(parts: "Parts", output: Path) -> dict[str, int]:
    """Write `OUTPUT.rejected…`, or remove that of an earlier command where no row is rejected.

    Returns:
        Reason → number of rows.

    Raises:
        StoreError: The file cannot be written.
    """
    path = beside(output, "rejected")
    counts: Counter[str] = Counter()

    def rows() -> Iterator[RejectedRow]:
        for one in parts.left_out():
            counts[one.reason] += 1
            yield RejectedRow(id=one.place, reason=one.reason, detail=one.detail)

    if next(parts.left_out(), None) is None:
        path.unlink(missing_ok=True)
    else:
        write_records(path, RejectedRow, rows())
    return dict(counts)
