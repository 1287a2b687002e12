"""Every answer that a language model gave, on disk, so that no question is paid twice.

Reads, writes: the table `replies` of the teacher's database (`database.py`).

The key of an answer is the SHA-256 of all that determines the question: the model's name, the kind of request, the
messages or the prompt, all sampling parameters, and which of several samples it is. Where the model runs is no part of
it and is not stored, nor is any key: two servers of one model share their answers.
"""

import dataclasses
import hashlib
import json
import time
import zlib
from dataclasses import dataclass
from typing import Any

from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, SamplingConfig, TeacherRequest
from hornbook.teacher.database import Database

_SELECT = (
    "SELECT outcome, text, finish_reason, detail, prompt_tokens, completion_tokens, tokens_in, tokens_out, usd, run, "
    "checksum FROM replies WHERE key = ?"
)
_INSERT = f"INSERT OR IGNORE INTO replies VALUES ({', '.join('?' * 16)})"
_OUTCOMES = {outcome.value: outcome for outcome in ReplyOutcome}
_SAMPLING_FIELDS = tuple((field.name, field.default) for field in dataclasses.fields(SamplingConfig))
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one answer took."""

    tokens_in: int
    """Of the prompt, by the server's count or estimated."""
    tokens_out: int
    """Of the answer, by the server's count or estimated."""
    usd: float | None
    """None where the price is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer that is on disk."""

    reply: Reply
    cost: Cost
    run: int
    """The ledger's number of the run that paid for it."""


class ReplyCache:
    """The answers in a database."""

    def __init__(self, database: Database) -> None:
        """Of this database."""
        self.database = database

    def __len__(self) -> int:
        """How many answers there are, of all models and stages."""
        [number] = self.database.row("SELECT count(*) FROM replies")
        return int(number)

    def get(self, key: bytes) -> Kept | None:
        """The answer to the question with this key; None if it was never answered.

        Raises:
            StoreError: The file cannot be read, or its bytes are not those that were written.
        """
        row = self.database.row(_SELECT, (key,))
        if row is None:
            return None
        *said, tokens_in, tokens_out, usd, run, checksum = row
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
        return Kept(reply=reply, cost=Cost(tokens_in=tokens_in, tokens_out=tokens_out, usd=usd), run=run)

    def put(
        self, key: bytes, reply: Reply, cost: Cost, *, model: str, request: TeacherRequest, stage: str, run: int
    ) -> None:
        """Keep a final answer; one that is there already stays. To be called in a transaction of the database.

        Raises:
            ValueError: The reply is not final.
            StoreError: Raised by the transaction.
        """
        if not reply.is_final:
            raise ValueError(f"a reply that is {reply.outcome.value} is not kept: it is to be asked again")
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
