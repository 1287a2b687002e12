"""Ask through a batch API: many requests in one file, answered within a day, at half the price where it is OpenAI's.

Reads, writes: the tables `batches` and `batched_requests` of the teacher's database (`cache.py`).

A batch goes on while nobody waits for it. The next run that asks the same things takes up the batch that holds them
instead of submitting them again; it is forgotten once its replies were taken.
"""

import itertools
import json
import time
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Self

from hornbook.errors import EndpointError
from hornbook.teacher.api import LIMIT_FIELDS, Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.batch_api import BatchApi, BatchState
from hornbook.teacher.cache import Database, request_key
from hornbook.teacher.endpoint import Endpoint, read_reply, rejection_outcome, wants_other_limit
from hornbook.teacher.http import EndpointConfig
from hornbook.teacher.retry import NOT_FOUND, MalformedError, RefusedError, is_retried, read_refusal

MOST_REQUESTS = 50_000
MOST_BYTES = 100_000_000
"""Of one batch; OpenAI takes 50,000 requests and 200 MB."""
_FIRST_PAUSE_DELAYS = 5.0
"""How often the config's first delay fits into the pause before a batch is looked after for the second time."""
_LONGEST_PAUSE_SECONDS = 60.0

Questions = dict[bytes, tuple[TeacherRequest, list[int]]]
"""By key: a request, and the indices that wait for its reply."""


class SubmittedBatch(NamedTuple):
    """A batch that was submitted, or was about to be."""

    mark: str
    """A name of our own, by which the server's list is searched."""
    id: str
    """The server's; empty as long as it is not known whether the server has it."""
    path: str
    """Path of its requests, as `chat/completions`."""


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
        return batch._replace(id=batch_id)

    def find(self, keys: Sequence[bytes]) -> dict[bytes, SubmittedBatch]:
        """The batches that hold requests of these keys, by key."""
        found = {}
        for key in keys:
            row = self._database.row(
                "SELECT mark, id, path FROM batched_requests JOIN batches USING (mark) WHERE key = ? AND model = ?",
                (key, self._model),
            )
            if row is not None:
                found[key] = SubmittedBatch(*row)
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
        """Forget a batch that will bring no reply."""
        with self._database.transaction() as connection:
            for table in ("batched_requests", "batches"):
                connection.execute(f"DELETE FROM {table} WHERE mark = ?", (batch.mark,))


class BatchTeacher:
    """A `Teacher` that reads as many requests as fit into a batch before the first reply comes."""

    def __init__(
        self, config: EndpointConfig, database: Database, *, report: Callable[[str], None] | None = None
    ) -> None:
        """Describe the endpoint; nothing is contacted yet.

        `database` is the account's, open; `report` receives the progress of the batches from time to time.
        """
        self._config = config
        self._database = database
        self._report = report or (lambda _line: None)
        self._endpoint = Endpoint(config)
        self._api = BatchApi(self._endpoint)
        self._limit_field = LIMIT_FIELDS[0]

    def __enter__(self) -> Self:
        """Contact the endpoint and learn the model's name; raises what `Endpoint` raises."""
        self._endpoint.__enter__()
        self._record = BatchRecord(self._database, self.name)
        return self

    def __exit__(self, *raised: object) -> None:
        """Close the connection. Batches that were submitted go on."""
        self._endpoint.__exit__(*raised)

    @property
    def name(self) -> str:
        """The model's name, as the endpoint has it; known once entered."""
        return self._endpoint.name

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Ask in batches, one after the other; see `Teacher`.

        Raises:
            EndpointError: The key is refused, the endpoint has no batch API, or it will not take a batch.
        """
        unread = enumerate(requests)
        while questions := self._read(unread):
            yield from self._answer(questions)

    def _read(self, unread: Iterator[tuple[int, TeacherRequest]]) -> Questions:
        """As many questions as fit into a batch."""
        questions: Questions = {}
        num_bytes = 0
        for index, request in itertools.islice(unread, MOST_REQUESTS):
            key = request_key(self.name, request)
            if key not in questions:
                questions[key] = request, []
                num_bytes += len(self._line(key, request))
            questions[key][1].append(index)
            if num_bytes >= MOST_BYTES:
                break
        return questions

    def _answer(self, questions: Questions) -> Iterator[tuple[int, Reply]]:
        """All replies to these questions."""
        open_batches = self._take_up(questions)
        held = {key for _, keys in open_batches for key in keys}
        for path in dict.fromkeys(request.path for request, _ in questions.values()):
            keys = [key for key, (request, _) in questions.items() if request.path == path and key not in held]
            open_batches += self._submit(path, keys, questions)
        pause_seconds = _FIRST_PAUSE_DELAYS * self._config.first_delay_seconds
        while open_batches:
            states = [(batch, keys, self._api.state(batch.id)) for batch, keys in open_batches]
            ended = [entry for entry in states if entry[2].has_ended]
            open_batches = [(batch, keys) for batch, keys, state in states if not state.has_ended]
            for batch, keys, state in ended:
                again = yield from self._collect(batch, keys, state, questions)
                open_batches += self._submit(batch.path, again, questions)
            if open_batches and not ended:
                self._report(_described(states))
                time.sleep(pause_seconds)
                pause_seconds = min(_LONGEST_PAUSE_SECONDS, 1.5 * pause_seconds)

    def _take_up(self, questions: Questions) -> list[tuple[SubmittedBatch, list[bytes]]]:
        """The batches of earlier runs that hold some of the questions, each with those that it holds."""
        held: dict[str, tuple[SubmittedBatch, list[bytes]]] = {}
        for key, batch in self._record.find(list(questions)).items():
            held.setdefault(batch.mark, (batch, []))[1].append(key)
        taken = []
        for batch, keys in held.values():
            found = batch
            if not batch.id:  # The run that submitted it did not live to hear whether the server took it.
                batch_id = self._api.find(batch.mark)
                found = self._record.confirm(batch, batch_id) if batch_id else batch
            if found.id and self._is_there(found):
                self._report(f"batch {found.id} of an earlier run is taken up")
                taken.append((found, keys))
            else:
                self._record.forget(batch)
        return taken

    def _is_there(self, batch: SubmittedBatch) -> bool:
        try:
            return self._api.state(batch.id).status != "failed"
        except RefusedError as error:
            if error.status != NOT_FOUND:
                raise
            return False

    def _submit(self, path: str, keys: list[bytes], questions: Questions) -> list[tuple[SubmittedBatch, list[bytes]]]:
        """Have questions of one path worked off; nothing if there are none."""
        if not keys:
            return []
        batch = self._record.intend(path, keys)
        try:
            file = self._api.upload(b"".join(self._line(key, questions[key][0]) for key in keys))
            batch = self._record.confirm(batch, self._api.create(path, file, batch.mark))
        except RefusedError as error:
            self._record.forget(batch)
            if error.status == NOT_FOUND:
                raise EndpointError(
                    f"`{self._config.address}` has no batch API: ask without `--batch` ({error})"
                ) from None
            raise
        self._report(f"batch {batch.id} is submitted: {len(keys):,} requests")
        return [(batch, keys)]

    def _line(self, key: bytes, request: TeacherRequest) -> bytes:
        """A request as it stands in the file."""
        body = request.body(self.name, self._limit_field)
        line = {"custom_id": key.hex(), "method": "POST", "url": f"/v1/{request.path}", "body": body}
        return json.dumps(line).encode() + b"\n"

    def _collect(
        self, batch: SubmittedBatch, keys: list[bytes], state: BatchState, questions: Questions
    ) -> Generator[tuple[int, Reply], None, list[bytes]]:
        """The replies of a batch that has ended; returns the keys of questions that must be asked in other words.

        Raises:
            EndpointError: The server did not take the batch.
        """
        if state.status == "failed":
            self._record.forget(batch)
            raise EndpointError(
                f"`{self._config.address}` did not take the batch {batch.id}: {state.said or 'no reason'}"
            )
        replies: dict[bytes, Reply] = {}
        again: set[bytes] = set()
        wanted = set(keys)
        sent_limit = self._limit_field
        for file in state.files:
            for line in self._api.download(file).splitlines():
                key, answer = _parse(line)
                if key not in wanted:
                    continue
                response = answer.get("response")
                if isinstance(response, dict) and wants_other_limit(
                    sent_limit, response.get("status_code", 0), json.dumps(response)
                ):
                    self._limit_field = LIMIT_FIELDS[1]
                    again.add(key)
                else:
                    replies[key] = self._reply(answer)
        missing = Reply(outcome=ReplyOutcome.UNANSWERED, detail=f"the batch ended without it ({state.status})")
        for key in keys:
            if key not in again:
                for index in questions[key][1]:
                    yield index, replies.get(key, missing)
        self._record.settle(batch, keys)  # Only now: every reply was taken, and whoever took it has it on disk.
        return [key for key in keys if key in again]

    def _reply(self, answer: dict[str, Any]) -> Reply:
        """What became of a request, from its line in the output or error file."""
        response = answer.get("response")
        if not isinstance(response, dict) or "status_code" not in response:
            said = read_refusal(json.dumps(answer.get("error") or answer).encode(), self._config.hide_key)
            return Reply(outcome=ReplyOutcome.UNANSWERED, detail=said)
        status, body = int(response["status_code"]), json.dumps(response.get("body")).encode()
        if 200 <= status < 300:
            try:
                return read_reply(body)
            except MalformedError as error:
                return Reply(outcome=ReplyOutcome.MALFORMED, detail=self._config.hide_key(str(error)))
        said = read_refusal(body, self._config.hide_key)
        outcome = ReplyOutcome.UNANSWERED if is_retried(status) else rejection_outcome(said)
        return Reply(outcome=outcome, detail=f"{status}: {said}")


def _parse(line: bytes) -> tuple[bytes, dict[str, Any]]:
    """The key that a line of an output or error file is about, and the line; an empty key where it is none of ours."""
    try:
        answer = json.loads(line)
        return bytes.fromhex(answer["custom_id"]), answer
    except (ValueError, KeyError, TypeError):
        return b"", {}


def _described(states: list[tuple[SubmittedBatch, list[bytes], BatchState]]) -> str:
    parts = [f"batch {s.id} {s.status.replace('_', ' ')}: {s.num_done:,} of {s.num_requests:,}" for _, _, s in states]
    return "; ".join(parts)
