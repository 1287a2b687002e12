"""A real HTTP server on loopback whose answers a test writes byte by byte, in an event loop of its own thread."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

MODEL = "raw-model"


@dataclass
class Heard:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def text(self) -> str:
        return self.body["prompt"] if "prompt" in self.body else self.body["messages"][-1]["content"]


Answer = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


def message(status: str, body: Any = b"", *headers: str) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(data)}", *headers, "", ""]).encode() + data


def reply(writer: asyncio.StreamWriter, status: int, body: Any = b"", *headers: str) -> None:
    """Send a whole answer; status 0 closes the connection instead."""
    if status == 0:
        writer.close()
        return
    phrase = next((one.phrase for one in HTTPStatus if one == status), "")
    writer.write(message(f"{status} {phrase}", body, *headers))


def spoken(text: str, reason: str = "stop") -> dict[str, Any]:
    return {"choices": [{"message": {"content": text}, "finish_reason": reason}]}


class RawServer:
    """Every request is `answer`'s, which writes to its connection whatever it likes, but the list of its one model."""

    def __init__(self, answer: Answer, *, lists_model: bool = True, secure: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self._lists_model = lists_model
        self.heard: list[Heard] = []
        self.num_connections = 0
        self._secure = secure
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="raw-server")
        self._readers: dict[asyncio.StreamWriter, asyncio.StreamReader] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._greetings: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.listen(), self._loop).result()
        return self

    def __exit__(self, *raised: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self._secure else ''}://127.0.0.1:{self._port}"

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self._port}"

    async def listen(self) -> None:
        """Not `asyncio.start_server`, which loses a connection that arrives while it closes."""
        self._socket = socket.create_server(("127.0.0.1", self._port), backlog=1024)
        self._socket.setblocking(False)
        self._port = self._socket.getsockname()[1]
        self._loop.add_reader(self._socket, self._accept)

    def deafen(self) -> None:
        """Close the listening socket: who wants to connect is refused until `listen` is called again."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _accept(self) -> None:
        accepted, _ = self._socket.accept()
        greeting = self._loop.create_task(self._greet(accepted))
        self._greetings.add(greeting)
        greeting.add_done_callback(self._greetings.discard)

    async def _greet(self, accepted: socket.socket) -> None:
        reader = asyncio.StreamReader()
        try:
            await self._loop.connect_accepted_socket(
                lambda: asyncio.StreamReaderProtocol(reader, self._serve), accepted, ssl=self._secure
            )
        except OSError:
            accepted.close()

    def wait_until(self, event: asyncio.Event) -> None:
        """From outside: wait for an event of the server's loop."""
        asyncio.run_coroutine_threadsafe(asyncio.wait_for(event.wait(), 30), self._loop).result()

    async def connect_through(self, writer: asyncio.StreamWriter, netloc: str) -> None:
        """As a proxy does: pass on whatever comes, both ways, until one side ends."""
        host, _, port = netloc.partition(":")
        reader = self._readers[writer]
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))
        finally:
            inner_writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.num_connections += 1
        self._readers[writer] = reader
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while not writer.is_closing():
                heard = await _hear(reader)
                if self._lists_model and heard.method == "GET" and heard.target.endswith("/models"):
                    writer.write(message("200 OK", {"data": [{"id": MODEL}]}))
                else:
                    self.heard.append(heard)
                    await self.answer(heard, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            pass
        finally:
            del self._readers[writer]
            self._tasks.discard(task)
            writer.transport.abort()

    async def _end(self) -> None:
        self.deafen()
        await asyncio.gather(*self._greetings)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in list(self._readers):
            writer.transport.abort()
        for _ in range(10):  # The loop closes the sockets of aborted connections in its next rounds.
            await asyncio.sleep(0)


async def _hear(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = first.split(" ")
    return Heard(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
