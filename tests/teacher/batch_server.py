"""A real HTTP server on loopback that mimics a batch API, and can be made to misbehave as real ones do."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.teacher.raw_server import Heard, RawServer, reply

KEY = "sk-batch-secret"
_PART = re.compile(rb'name="(\w+)"(?:; filename="[^"]*")?\r\n(?:Content-Type: [^\r]*\r\n)?\r\n(.*)\Z', re.DOTALL)


def text_of(body: dict[str, Any]) -> str:
    return body["messages"][-1]["content"] if "messages" in body else body["prompt"]


def told(body: dict[str, Any]) -> tuple[int, Any]:
    """An answer to a request, with the model's usage."""
    said = f"about {text_of(body)}"
    choice = {"message": {"role": "assistant", "content": said}} if "messages" in body else {"text": said}
    usage = {"prompt_tokens": 10, "completion_tokens": 20}
    return 200, {"choices": [{**choice, "finish_reason": "stop"}], "usage": usage}


@dataclass
class Batch:
    id: str
    endpoint: str
    lines: list[dict[str, Any]]
    metadata: dict[str, str]
    status: str = "validating"
    num_looks: int = 0
    files: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


class BatchServer(RawServer):
    """Fields may be changed while it runs."""

    def __init__(self) -> None:
        super().__init__(self._answer, lists_model=False)
        self.tell: Callable[[dict[str, Any]], tuple[int, Any]] = told
        self.looks_needed = 2
        """So often a batch is looked at before it is ready."""
        self.expires_after: int | None = None
        """So many requests of a batch are answered before its day is over."""
        self.refuses: str = ""
        """What is said of a batch that is not taken."""
        self.has_batches = True
        self.loses_answer_to_create = 0
        """The connection breaks so often after a batch was begun, and before the client hears of it."""
        self.batches: dict[str, Batch] = {}
        self.files: dict[str, bytes] = {}
        self.num_uploads = 0
        self.on_look: Callable[[Batch], None] = lambda _batch: None

    async def _answer(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        if heard.method == "GET":
            url = urlsplit(heard.target)
            reply(writer, *self.get(url.path, parse_qs(url.query)))
        elif (key := heard.headers.get("authorization")) != f"Bearer {KEY}":
            reply(writer, 401, {"error": {"message": f"no key: {key}"}})
        else:
            reply(writer, *self.post(heard.target, heard.content, heard.headers["content-type"]))

    @property
    def submitted(self) -> list[str]:
        """The texts of all requests in all batches, in the order of submission."""
        return [text_of(line["body"]) for batch in self.batches.values() for line in batch.lines]

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/v1/models":
            return 200, {"data": [{"id": "batched"}]}
        if path == "/v1/batches" and self.has_batches:
            return 200, self._page(query)
        if path.startswith("/v1/batches/") and (batch := self.batches.get(path.rpartition("/")[2])):
            return 200, self._look(batch)
        if path.startswith("/v1/files/") and path.split("/")[3] in self.files:
            return 200, self.files[path.split("/")[3]]
        return 404, {"error": {"message": "there is no such thing"}}

    def post(self, path: str, content: bytes, content_type: str) -> tuple[int, Any]:
        if not self.has_batches:
            return 404, {"error": {"message": "Invalid URL"}}
        if path == "/v1/files":
            parts = content.split(b"--" + content_type.partition("boundary=")[2].encode())[1:-1]
            fields = {found[1].decode(): found[2].removesuffix(b"\r\n") for p in parts if (found := _PART.search(p))}
            assert fields["purpose"] == b"batch"
            self.num_uploads += 1
            name = f"file-{len(self.files)}"
            self.files[name] = fields["file"]
            return 200, {"id": name, "purpose": "batch"}
        assert path == "/v1/batches"
        asked = json.loads(content)
        assert asked["completion_window"] == "24h"
        lines = [json.loads(line) for line in self.files[asked["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {asked["endpoint"]}
        assert len({line["custom_id"] for line in lines}) == len(lines)
        batch = Batch(f"batch_{len(self.batches)}", asked["endpoint"], lines, asked["metadata"])
        self.batches[batch.id] = batch
        if self.loses_answer_to_create:
            self.loses_answer_to_create -= 1
            return 0, None
        return 200, {"id": batch.id, "status": batch.status}

    def _page(self, query: dict[str, list[str]]) -> Any:
        listed = [{"id": b.id, "metadata": b.metadata} for b in reversed(self.batches.values())]
        after = query.get("after")
        first = 1 + [batch["id"] for batch in listed].index(after[0]) if after else 0
        return {"data": listed[first : first + 2], "has_more": first + 2 < len(listed)}  # A page is small here.

    def _look(self, batch: Batch) -> Any:
        self.on_look(batch)
        batch.num_looks += 1
        if batch.status in ("validating", "in_progress"):
            batch.status = "in_progress"
            if self.refuses:
                batch.status, batch.said = "failed", [self.refuses]
            elif batch.num_looks >= self.looks_needed:
                self._finish(batch)
        errors = {"data": [{"code": "invalid", "message": said} for said in batch.said]} if batch.said else None
        counts = {"total": len(batch.lines), "completed": 0, "failed": 0}
        return {"id": batch.id, "status": batch.status, "errors": errors, "request_counts": counts, **batch.files}

    def _finish(self, batch: Batch) -> None:
        """Answers in another order than asked, errors in a file of their own."""
        good, bad = [], []
        for number, line in enumerate(reversed(batch.lines)):
            if self.expires_after is not None and number >= self.expires_after:
                error = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append({"custom_id": line["custom_id"], "response": None, "error": error})
                continue
            status, body = self.tell(line["body"])
            response = {"status_code": status, "request_id": "r", "body": body}
            (good if status == 200 else bad).append({"custom_id": line["custom_id"], "response": response})
        batch.status = "completed" if self.expires_after is None else "expired"
        for name, lines in (("output_file_id", good), ("error_file_id", bad)):
            if lines:
                batch.files[name] = f"{name}-{batch.id}"
                self.files[batch.files[name]] = "".join(json.dumps(line) + "\n" for line in lines).encode()
