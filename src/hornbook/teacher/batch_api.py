"""The calls of a batch API: upload a file of requests, have it worked off, look how far it is, fetch the answers.

Source: the `/v1/files` and `/v1/batches` of OpenAI's API, as OpenAI and those who imitate it describe them.
"""

import random
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.errors import EndpointError
from hornbook.teacher.api import bounded
from hornbook.teacher.endpoint import Endpoint, read_json
from hornbook.teacher.http import Upload
from hornbook.teacher.retry import NOT_FOUND, GaveUpError, MalformedError, RefusedError, delay_seconds

MARK_FIELD = "hornbook_mark"
_WINDOW = "24h"
_LISTED = 100
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class BatchState:
    """How far a batch is."""

    id: str
    status: str
    """As the server says it."""
    num_requests: int
    num_done: int
    """Worked off, with an answer or without."""
    files: tuple[str, ...]
    """The ids of the files that hold answers and errors, as far as there are any."""
    said: str
    """What the server says about a batch that it did not take; in one bounded line."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in _ENDED


class BatchApi:
    """The batch API of an endpoint, which must be entered. Used from one thread.

    All calls raise an `EndpointError` if the endpoint is not there, refuses, or answers nonsense.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        """Contact nobody yet."""
        self._endpoint = endpoint

    def upload(self, lines: bytes) -> str:
        """Upload a JSONL file of requests; returns the file's id."""
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="requests.jsonl"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        content = head.encode() + lines + f"\r\n--{boundary}--\r\n".encode()
        form = Upload(f"multipart/form-data; boundary={boundary}", content)
        return self._endpoint.fetch("files", form, _read_id)

    def create(self, path: str, file: str, mark: str) -> str:
        """Have the requests of a file worked off; gives the batch's id.

        Where it is not known whether the server took it, the mark tells; so it is never begun twice.

        `mark` is kept with the batch by the server, and found again by `find`.
        """
        body = {
            "input_file_id": file,
            "endpoint": f"/v1/{path}",
            "completion_window": _WINDOW,
            "metadata": {MARK_FIELD: mark},
        }
        num_failures = 0
        while True:
            try:
                return self._endpoint.fetch("batches", body, _read_id, max_attempts=1)
            except GaveUpError:
                num_failures += 1
                if num_failures == self._endpoint.config.max_attempts:
                    raise
            time.sleep(delay_seconds(num_failures, self._endpoint.config.first_delay_seconds, random.Random()))
            if found := self.find(mark):
                return found

    def find(self, mark: str) -> str | None:
        """The id of the batch with this mark; None if the server lists none."""
        after = ""
        while True:
            try:
                page = self._endpoint.fetch(f"batches?limit={_LISTED}{after}", None, _read_object)
            except RefusedError as error:
                if error.status != NOT_FOUND:
                    raise
                return None
            batches = [batch for batch in page.get("data") or [] if isinstance(batch, dict)]
            for batch in batches:
                if (batch.get("metadata") or {}).get(MARK_FIELD) == mark:
                    return str(batch.get("id"))
            if not page.get("has_more") or not batches:
                return None
            after = f"&after={batches[-1].get('id')}"

    def state(self, batch: str) -> BatchState:
        """How far a batch is; raises a `RefusedError` with status 404 if the server knows no batch of this id."""
        said = self._endpoint.fetch(f"batches/{batch}", None, _read_object)
        counts = said.get("request_counts") or {}
        return BatchState(
            id=batch,
            status=str(said.get("status")),
            num_requests=int(counts.get("total") or 0),
            num_done=int(counts.get("completed") or 0) + int(counts.get("failed") or 0),
            files=tuple(str(said[name]) for name in ("output_file_id", "error_file_id") if said.get(name)),
            said=_errors_of(said),
        )

    def download(self, file: str) -> bytes:
        """The content of a file."""
        return self._endpoint.fetch(f"files/{file}/content", None, bytes)


def _read_object(body: bytes) -> dict[str, Any]:
    said = read_json(body)
    if not isinstance(said, dict):
        raise MalformedError(f"no JSON object: {bounded(body.decode(errors='replace'))}")
    return said


def _read_id(body: bytes) -> str:
    named = _read_object(body).get("id")
    if not isinstance(named, str) or not named:
        raise EndpointError(f"the batch API answered without an id: {bounded(body.decode(errors='replace'))}")
    return named


def _errors_of(said: Mapping[str, Any]) -> str:
    errors = said.get("errors")
    listed = errors.get("data") if isinstance(errors, dict) else errors
    words = [str(error.get("message") or error.get("code")) for error in listed or [] if isinstance(error, dict)]
    return bounded("; ".join(dict.fromkeys(words)))
