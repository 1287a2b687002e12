"""The one SQLite file in which answers, spending and submitted batches are kept.

Reads, writes: the file that it is given, and SQLite's two beside it (`-wal`, `-shm`) while it is open.

What a finished transaction wrote survives a SIGKILL of the process: it lies with the operating system. After a power
cut the last moments may be missing, never more. Several processes on one machine may use one file at once; a network
file system is no place for it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hornbook.errors import StoreError

_APPLICATION = 0x686F726E  # "horn", so that a foreign database is not taken for ours.
_VERSION = 2
_BUSY_SECONDS = 60.0
_PAGES_BETWEEN_CHECKPOINTS = 4_000
_SCHEMA = """
CREATE TABLE replies (
    key BLOB PRIMARY KEY, model TEXT NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, text NOT NULL,
    finish_reason TEXT NOT NULL, detail TEXT NOT NULL, prompt_tokens INTEGER, completion_tokens INTEGER,
    tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL, usd REAL,
    stage TEXT NOT NULL, run INTEGER NOT NULL, received_at REAL NOT NULL, checksum INTEGER NOT NULL
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, stage TEXT NOT NULL, output TEXT NOT NULL DEFAULT '',
    finished INTEGER NOT NULL DEFAULT 0, model TEXT NOT NULL, begun_at REAL NOT NULL,
    calls INTEGER NOT NULL DEFAULT 0, tokens_in INTEGER NOT NULL DEFAULT 0, tokens_out INTEGER NOT NULL DEFAULT 0,
    usd REAL NOT NULL DEFAULT 0, unpriced_calls INTEGER NOT NULL DEFAULT 0, estimated_calls INTEGER NOT NULL DEFAULT 0,
    hits INTEGER NOT NULL DEFAULT 0, saved_tokens_in INTEGER NOT NULL DEFAULT 0,
    saved_tokens_out INTEGER NOT NULL DEFAULT 0, saved_usd REAL NOT NULL DEFAULT 0,
    unpriced_hits INTEGER NOT NULL DEFAULT 0, outcomes TEXT NOT NULL DEFAULT '{}',
    kept_records INTEGER, kept_tokens INTEGER
);
CREATE INDEX runs_of_stages ON runs (stage);
CREATE TABLE batches (
    mark TEXT PRIMARY KEY, model TEXT NOT NULL, path TEXT NOT NULL, id TEXT NOT NULL DEFAULT '', begun_at REAL NOT NULL
);
CREATE TABLE batched_requests (
    key BLOB PRIMARY KEY, mark TEXT NOT NULL REFERENCES batches (mark)
) WITHOUT ROWID;
CREATE INDEX requests_of_batches ON batched_requests (mark);
"""
_FROM_VERSION_1 = (
    "ALTER TABLE runs ADD COLUMN output TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE runs ADD COLUMN finished INTEGER NOT NULL DEFAULT 0",
    f"PRAGMA user_version = {_VERSION}",
)


class Database:
    """An open file. A context manager; for one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it with the folders above it.

        Raises:
            StoreError: It cannot be made or opened, is damaged, is no file of this kind, or is of a later version.
        """
        self.path = path
        with self._understood():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(f"`{path.parent}` cannot be made: {error.strerror or error}") from error
            self.connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self.connection.close()
                raise

    def __enter__(self) -> Self:
        """It is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; what was not in a finished transaction is forgotten."""
        self.close()

    def close(self) -> None:
        """Close the file. May be called twice."""
        self.connection.close()

    def row(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, as a tuple; None if there is none.

        Raises:
            StoreError: The file cannot be read.
        """
        with self._understood():
            return self.connection.execute(sql, values).fetchone()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write what the block executes: all of it or nothing; with the operating system when the block is left.

        Raises:
            StoreError: The disk is full, or the file cannot be written.
        """
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                with self._understood():
                    connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise self._store_error(error) from error
            raise

    def _prepare(self) -> None:
        connection = self.connection
        [application] = connection.execute("PRAGMA application_id").fetchone()
        [version] = connection.execute("PRAGMA user_version").fetchone()
        [num_tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if num_tables and application != _APPLICATION:
            raise StoreError(f"`{self.path}` is a database of something else; name another file with `--cache FILE`")
        if version > _VERSION:
            raise StoreError(
                f"`{self.path}` was written by a later Hornbook (format {version}, this one knows {_VERSION}); "
                "update Hornbook, or name another file with `--cache FILE`"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_BETWEEN_CHECKPOINTS}")
        with self.transaction():
            [num_tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if not num_tables:  # Asked again: another process may have made them meanwhile.
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
            elif connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
                for statement in _FROM_VERSION_1:
                    connection.execute(statement)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._store_error(error) from error

    def _store_error(self, error: sqlite3.Error) -> StoreError:
        """What SQLite says, and what a person can do."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return self.damaged(str(error))
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            return StoreError(
                f"`{self.path}` cannot be written ({error}): make room on its disk and run the same command again. "
                "Every answer handed on before is kept there; nothing that was paid is lost but what was under way"
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return StoreError(
                f"`{self.path}` cannot be opened for writing ({error}): see to its permissions, "
                "or name another file with `--cache FILE`"
            )
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreError(f"`{self.path}` is held by another process for over {_BUSY_SECONDS:.0f} s ({error})")
        return StoreError(f"`{self.path}`: {error}")

    def damaged(self, detail: str) -> StoreError:
        """The error to raise where the file holds what was never written there."""
        return StoreError(
            f"`{self.path}` is damaged ({detail}): bring back a copy of it, or move it away "
            "and begin a new one; the answers in it would then be asked, and paid, again"
        )
