"""Which batches were submitted and which requests are in them, on disk, so that a later run picks them up.

Reads, writes: the tables `batches` and `batched_requests` of the teacher's database (`database.py`).
"""

import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hornbook.teacher.database import Database


@dataclass(frozen=True, kw_only=True)
class SubmittedBatch:
    """A batch of ours."""

    mark: str
    """Ours, by which the server's list is searched."""
    id: str
    """The server's; empty as long as it is not known whether the server has it."""
    path: str
    """Of its requests."""


class BatchRecord:
    """The batches of one model."""

    def __init__(self, database: Database, model: str) -> None:
        """In this database."""
        self._database = database
        self._model = model

    def intend(self, path: str, keys: Iterable[bytes]) -> SubmittedBatch:
        """Note a batch that is about to be submitted, with the keys of its requests."""
        batch = SubmittedBatch(mark=uuid.uuid4().hex, id="", path=path)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO batches (mark, model, path, begun_at) VALUES (?, ?, ?, ?)",
                (batch.mark, self._model, path, time.time()),
            )
            connection.executemany(
                "INSERT OR REPLACE INTO batched_requests (key, mark) VALUES (?, ?)", [(key, batch.mark) for key in keys]
            )
        return batch

    def confirm(self, batch: SubmittedBatch, batch_id: str) -> SubmittedBatch:
        """Note that the server has it, under this id."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE batches SET id = ? WHERE mark = ?", (batch_id, batch.mark))
        return SubmittedBatch(mark=batch.mark, id=batch_id, path=batch.path)

    def find(self, keys: Sequence[bytes]) -> dict[bytes, SubmittedBatch]:
        """The batches that hold requests of these keys, by key."""
        found = {}
        for key in keys:
            row = self._database.row(
                "SELECT mark, id, path FROM batched_requests JOIN batches USING (mark) WHERE key = ? AND model = ?",
                (key, self._model),
            )
            if row is not None:
                found[key] = SubmittedBatch(mark=row[0], id=row[1], path=row[2])
        return found

    def settle(self, batch: SubmittedBatch, keys: Iterable[bytes]) -> None:
        """Forget requests that have their replies, and the batch with the last of them."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM batched_requests WHERE key = ? AND mark = ?", [(key, batch.mark) for key in keys]
            )
            connection.execute(
                "DELETE FROM batches WHERE mark = ?1 AND NOT EXISTS (SELECT 1 FROM batched_requests WHERE mark = ?1)",
                (batch.mark,),
            )

    def forget(self, batch: SubmittedBatch) -> None:
        """Forget a batch of which nothing will come."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM batched_requests WHERE mark = ?", (batch.mark,))
            connection.execute("DELETE FROM batches WHERE mark = ?", (batch.mark,))
