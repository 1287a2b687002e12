"""A real HTTP server on loopback that answers as a test says, and a database."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import Kit
from tests.teacher.raw_server import Heard, RawServer, reply, spoken


@dataclass
class Sent:
    """An answer of the server."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)


class Server(RawServer):
    """`reply` is called for every request but the list of models, in a thread of its own."""

    def __init__(self) -> None:
        super().__init__(self._answer, lists_model=False)
        self.models: Sent | Callable[[], Sent] = Sent(body={"data": [{"id": "only-model"}]})
        self.reply: Callable[[Heard], Sent] = lambda asked: Sent(body=spoken(f"about {asked.text}"))
        self.asked: list[Heard] = []
        self.num_model_lists = 0
        self.num_running = 0
        self.most_running = 0
        self.lock = threading.Lock()
        self._threads = ThreadPoolExecutor(128)

    def in_turn(self, *replies: Sent) -> None:
        """Give one reply after the other, then refusals."""
        waiting = iter(replies)
        self.reply = lambda _asked: next(waiting, Sent(400))

    async def _answer(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        sent = await asyncio.get_running_loop().run_in_executor(self._threads, self._find, heard)
        reply(writer, sent.status, sent.body, *(f"{name}: {value}" for name, value in sent.headers.items()))

    def _find(self, heard: Heard) -> Sent:
        if heard.method == "GET":
            self.num_model_lists += 1
            models = self.models() if callable(self.models) else self.models
            return models if heard.target == "/v1/models" else Sent(404)
        with self.lock:
            self.asked.append(heard)
            self.num_running += 1
            self.most_running = max(self.most_running, self.num_running)
        try:
            return self.reply(heard)
        finally:
            with self.lock:
                self.num_running -= 1


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with Kit(tmp_path / "teacher.sqlite") as opened:
        yield opened
