"""A real HTTP server on loopback that answers as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Asked:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def text(self) -> str:
        return self.body["prompt"] if "prompt" in self.body else self.body["messages"][-1]["content"]


@dataclass
class Reply:
    """What the server sends; `body` is sent as JSON if it is no bytes. Status 0 closes the connection instead."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer(text: str | None, **more: Any) -> Reply:
    return Reply(
        body={"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"} | more]}
    )


class Server:
    """Keeps what was asked; `reply` is called for every POST, in its connection's thread."""

    def __init__(self) -> None:
        self.models: Reply | Callable[[], Reply] = Reply(body={"data": [{"id": "only-model"}]})
        self.reply: Callable[[Asked], Reply] = lambda asked: answer(f"about {asked.text}")
        self.asked: list[Asked] = []
        self.num_model_lists = 0
        self.num_running = 0
        self.most_running = 0
        self.lock = threading.Lock()
        self.url = ""

    def handle(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            self.num_running += 1
            self.most_running = max(self.most_running, self.num_running)
        try:
            return self.reply(asked)
        finally:
            with self.lock:
                self.num_running -= 1

    def in_turn(self, *replies: Reply) -> None:
        """Give one reply after the other."""
        waiting = iter(replies)
        self.reply = lambda _asked: next(waiting)


class _Quiet(ThreadingHTTPServer):
    request_queue_size = 1024  # A shorter queue loses connections that arrive together, which come again seconds later.

    block_on_close = False
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""


@pytest.fixture
def server() -> Iterator[Server]:
    ours = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # Head and body in one packet, or each answer waits for an acknowledgement.

        def do_GET(self) -> None:
            ours.num_model_lists += 1
            models = ours.models() if callable(ours.models) else ours.models
            self.send(models if self.path == "/v1/models" else Reply(status=404))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.send(ours.handle(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body)))

        def send(self, reply: Reply) -> None:
            if reply.status == 0:
                self.close_connection = True
                return
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keep the test's output clean."""

    http = _Quiet(("127.0.0.1", 0), Handler)
    ours.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=lambda: http.serve_forever(poll_interval=0.01))
    thread.start()
    yield ours
    http.shutdown()
    thread.join()
    http.server_close()
