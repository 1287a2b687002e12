"""A real HTTP server on loopback that speaks an OpenAI-compatible API from a script, and keeps what it was asked.

It can stand still after so many answers, so that a test kills its client at that moment and at no other.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    """A request for an answer, as it arrived."""

    path: str
    body: Any
    authorization: str

    @property
    def is_chat(self) -> bool:
        return self.path.endswith("/chat/completions")

    @property
    def text(self) -> str:
        return str(self.body["messages"][-1]["content"] if self.is_chat else self.body["prompt"])


class ScriptedEndpoint:
    """A context manager; `answer` is called in the thread of a request and returns the text to send, or a status."""

    def __init__(
        self,
        answer: Callable[[Asked], str | int],
        *,
        models: tuple[str, ...] = ("scripted",),
        key: str = "",
        port: int = 0,
    ) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.num_waiting = 0
        """Requests that arrived and are not answered, because it stands still."""
        self._models = models
        self._key = key
        self._lock = threading.Lock()
        self._num_left: float = float("inf")
        self._goes_on = threading.Event()
        self._http = _Quiet(("127.0.0.1", port), self._make_handler())
        self._thread = threading.Thread(target=lambda: self._http.serve_forever(poll_interval=0.01))
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def stand_still_after(self, number: int) -> None:
        """Answer so many more requests; those that come then wait."""
        with self._lock:
            self._num_left, self.num_waiting, self._goes_on = number, 0, threading.Event()

    def go_on(self) -> None:
        """Answer whatever waits and comes, also to those who are no longer there."""
        with self._lock:
            self._num_left, self.num_waiting = float("inf"), 0
            self._goes_on.set()

    def handle(self, asked: Asked) -> tuple[int, Any]:
        """Status and body."""
        if asked.authorization != (f"Bearer {self._key}" if self._key else ""):
            return 401, {"error": {"message": f"this is no key: {asked.authorization}"}}
        if asked.body is None:
            return 200, {"data": [{"id": name} for name in self._models]}
        with self._lock:
            self.asked.append(asked)
            waits = self._num_left <= 0
            self._num_left -= 1
            self.num_waiting += waits
            goes_on = self._goes_on
        if waits:
            goes_on.wait()
        text = self.answer(asked)
        if isinstance(text, int):
            return text, {"error": {"message": "as the script says"}}
        choice = {"message": {"role": "assistant", "content": text}} if asked.is_chat else {"text": text}
        return 200, {"choices": [{**choice, "finish_reason": "stop"}]}

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # Head and body in one packet.

            def do_GET(self) -> None:
                self.send(None)

            def do_POST(self) -> None:
                self.send(json.loads(self.rfile.read(int(self.headers["content-length"]))))

            def send(self, body: Any) -> None:
                status, content = ours.handle(Asked(self.path, body, self.headers.get("authorization", "")))
                data = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Keep the test's output clean."""

        return Handler


class _Quiet(ThreadingHTTPServer):
    request_queue_size = 1024  # A shorter queue loses connections that arrive together, which come again seconds later.

    block_on_close = False
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""
