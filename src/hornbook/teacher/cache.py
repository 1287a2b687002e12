"""The one SQLite file of a teacher's account: every answer that a language model gave, so that none is paid twice.

Reads, writes: the file that it is given, and SQLite's two beside it (`-wal`, `-shm`) while it is open. Its tables
`runs` and `batches` belong to `ledger.py` and `batch.py`.

The key of an answer is the SHA-256 of all that determines the question: the model's name, the kind of request, the
messages or the prompt, all sampling parameters, and which of several samples it is. The address of the model and the
API key are not part of it and not stored: two servers of one model share their answers.

A finished transaction survives a SIGKILL of the process. After a power cut the last moments may be missing, never more.
Several processes on one machine may use one file at once; it must not lie on a network file system.
"""

import dataclasses
import hashlib
import json
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from hornbook.errors import StoreError
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, SamplingConfig, TeacherRequest

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
_SELECT = (
    "SELECT outcome, text, finish_reason, detail, prompt_tokens, completion_tokens, tokens_in, tokens_out, usd, "
    "checksum FROM replies WHERE key = ?"
)
_INSERT = f"INSERT OR IGNORE INTO replies VALUES ({', '.join('?' * 16)})"
_OUTCOMES = {outcome.value: outcome for outcome in ReplyOutcome}
_SAMPLING_FIELDS = tuple((field.name, field.default) for field in dataclasses.fields(SamplingConfig))
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Database:
    """An open file. A context manager; for one thread at a time.

    All methods raise a `StoreError` if the file cannot be read or written.
    """

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

    def __exit__(self, *raised: object) -> None:
        """Close the file; what was not in a finished transaction is lost."""
        self.close()

    def close(self) -> None:
        """Close the file. May be called twice."""
        self.connection.close()

    def row(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, as a tuple; None if there is none."""
        with self._understood():
            return self.connection.execute(sql, values).fetchone()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write what the block executes: all of it or nothing; with the operating system when the block is left."""
        connection = self.connection
        with self._understood():
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one answer took."""

    tokens_in: int
    """Of the prompt, by the server's count or estimated."""
    tokens_out: int
    """Of the answer, by the server's count or estimated."""
    usd: float | None
    """None where the price is not known."""


class ReplyCache:
    """The answers in a database."""

    def __init__(self, database: Database) -> None:
        """Of this database."""
        self.database = database

    def __len__(self) -> int:
        """How many answers there are, of all models and stages."""
        [number] = self.database.row("SELECT count(*) FROM replies")
        return int(number)

    def get(self, key: bytes) -> tuple[Reply, Cost] | None:
        """The answer to the question with this key, and what it took; None if it was never answered.

        Raises:
            StoreError: The file cannot be read, or its bytes are not those that were written.
        """
        row = self.database.row(_SELECT, (key,))
        if row is None:
            return None
        *said, tokens_in, tokens_out, usd, checksum = row
        outcome, stored, finish_reason, detail, prompt_tokens, completion_tokens = said
        data = stored if isinstance(stored, bytes) else stored.encode()
        if zlib.crc32(data) != checksum or outcome not in _OUTCOMES:
            raise self.database.damaged(f"the answer {key.hex()[:16]}… is not as it was written")
        reply = Reply(
            outcome=_OUTCOMES[outcome],
            text=stored if isinstance(stored, str) else data.decode("utf-8", "surrogatepass"),
            finish_reason=finish_reason,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            detail=detail,
        )
        return reply, Cost(tokens_in=tokens_in, tokens_out=tokens_out, usd=usd)

    def put(
        self, key: bytes, reply: Reply, cost: Cost, *, model: str, request: TeacherRequest, stage: str, run: int
    ) -> None:
        """Keep a final answer; one that is there already stays. To be called in a transaction of the database."""
        assert reply.is_final, "other replies are asked again"
        data = reply.text.encode("utf-8", "surrogatepass")
        self.database.connection.execute(
            _INSERT,
            (
                key,
                model,
                _kind(request),
                reply.outcome.value,
                _as_text(reply.text, data),
                _plain(reply.finish_reason),
                _plain(reply.detail),
                reply.prompt_tokens,
                reply.completion_tokens,
                cost.tokens_in,
                cost.tokens_out,
                cost.usd,
                stage,
                run,
                time.time(),
                zlib.crc32(data),
            ),
        )


def request_key(model: str, request: TeacherRequest) -> bytes:
    """What identifies a question, as 32 bytes: equal for requests that differ in nothing that reaches the model.

    A sampling parameter that has its default value is left out, so that a parameter which comes into the world later
    changes no key. `0` and `0.0` are one temperature.
    """
    asked = [dict(message) for message in request.messages] if isinstance(request, ChatRequest) else request.prompt
    described = [1, model, _kind(request), asked, _sampling(request.sampling), request.sample]
    return hashlib.sha256(_ENCODE(described).encode()).digest()


def _kind(request: TeacherRequest) -> str:
    return "chat" if isinstance(request, ChatRequest) else "completion"


def _sampling(sampling: SamplingConfig) -> dict[str, Any]:
    values = {}
    for name, default in _SAMPLING_FIELDS:
        value = getattr(sampling, name)
        if value != default:
            values[name] = int(value) if isinstance(value, float) and value.is_integer() else value
    return values


def _as_text(text: str, data: bytes) -> str | bytes:
    """As text where SQLite can hold it, which halves of a surrogate pair prevent."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return data
    return text


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
