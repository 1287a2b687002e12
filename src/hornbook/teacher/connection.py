"""One HTTP/1.1 connection, on which one request at a time is answered.

Source: RFC 9112; the parser is llhttp, Node's. Why not a whole library: docs/decisions/teacher-http.md.
"""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httptools


class LostError(Exception):
    """The attempt brought no answer; another one may. The message is for people and holds no secret."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    """By their names in lower case."""
    body: bytes = field(repr=False)
    """Some servers repeat the key in it."""

    @property
    def is_success(self) -> bool:
        """Whether the server calls it well."""
        return 200 <= self.status < 300


class Connection(asyncio.Protocol):
    """The client's side. What the server sends is read as it comes; the methods named `on_…` are the parser's."""

    def __init__(self) -> None:
        """It is connected by the loop."""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._is_kept = True
        self._is_tunnel = False
        self._timer: asyncio.TimerHandle | None = None
        self._stall_seconds: float | None = None
        self._on_success: Callable[[], None] | None = None
        self.idle_since = 0.0
        """By the loop's clock, for whoever keeps the connection."""
        self._begin()

    @property
    def is_reusable(self) -> bool:
        """Whether another request can be sent."""
        return self._is_kept and self._transport is not None and not self._transport.is_closing()

    async def ask(
        self, request: bytes, stall_seconds: float | None, on_success: Callable[[], None] | None = None
    ) -> Response:
        """Send a request and wait for the whole answer. When the wait is cancelled, the connection is closed.

        Args:
            request: Head and body.
            stall_seconds: Longest silence of the server; None for any.
            on_success: Called as soon as the answer is whole, and a success, before whoever waits goes on.

        Raises:
            LostError: The connection broke, the server fell silent, or what came is no HTTP.
        """
        if self._transport is None or self._transport.is_closing():
            raise LostError("the connection was closed")
        self._begin()
        self._answer = asyncio.get_running_loop().create_future()
        self._stall_seconds = stall_seconds
        self._on_success = on_success
        self._wind_up()
        try:
            self._transport.write(request)
            return await self._answer
        except BaseException:
            self.close()
            raise
        finally:
            self._answer = self._on_success = None
            if self._timer is not None:
                self._timer.cancel()

    async def open_tunnel(self, request: bytes) -> str:
        """Ask a proxy to connect to a server.

        Returns:
            What the proxy said instead; empty if it did.
        """
        self._is_tunnel = True
        response = await self.ask(request, None)
        return "" if response.is_success else f"{response.status} {response.reason}"

    async def start_tls(self, trusted: ssl.SSLContext, hostname: str) -> None:
        """Put what comes from now on under TLS."""
        assert self._transport is not None
        transport = await asyncio.get_running_loop().start_tls(self._transport, self, trusted, server_hostname=hostname)
        assert transport is not None
        self._is_tunnel = False
        self._parser = httptools.HttpResponseParser(self)
        self.connection_made(transport)

    def close(self) -> None:
        """Close it at once; what was not sent or read is dropped."""
        self._is_kept = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop, and again once the connection was put under TLS."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if (
            self._answer is None or self._answer.done()
        ):  # Nobody asked: whatever it is, no later answer may be mixed with it.
            self.close()
            return
        self._wind_up()
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, UnicodeDecodeError):
            self._is_kept = False
            self._fail("what the server sent is no HTTP")

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self._is_kept = False
        if self._ends_with_connection and error is None:
            self._finish()
        elif error is not None:
            self._fail(reason_of(error))
        else:
            self._fail("the connection was cut within the answer" if self._is_begun else "the connection was closed")

    def on_message_begin(self) -> None:
        """An answer begins: to our request, or one that nobody asked for."""
        self._begin()
        self._is_kept = self._is_kept and self._answer is not None and not self._answer.done()

    def on_status(self, status: bytes) -> None:
        """The words behind the status, in parts."""
        self._reason += status.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The body comes now, if there is one."""
        self._is_begun = True
        self._status = self._parser.get_status_code()
        has_end = "content-length" in self._headers or "transfer-encoding" in self._headers
        self._ends_with_connection = not has_end
        if self._is_tunnel and 200 <= self._status < 300:  # What comes now is no body, but the server's.
            self._finish()

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        self._body.append(data)

    def on_message_complete(self) -> None:
        """The answer is whole, or it was only an announcement (1xx) of it."""
        if self._status < 200:
            return
        self._is_kept = self._is_kept and self._parser.should_keep_alive()
        self._finish()

    def _begin(self) -> None:
        self._status = 0
        self._reason = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._is_begun = False
        self._ends_with_connection = False

    def _finish(self) -> None:
        self._ends_with_connection = False
        if self._answer is not None and not self._answer.done():
            response = Response(self._status, self._reason, self._headers, b"".join(self._body))
            self._answer.set_result(response)
            if self._on_success is not None and response.is_success:
                self._on_success()

    def _fail(self, said: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LostError(said))

    def _wind_up(self) -> None:
        """Begin to wait for the next byte."""
        if self._timer is not None:
            self._timer.cancel()
        if self._stall_seconds is not None:
            said = f"not a byte for {self._stall_seconds:g} seconds"
            self._timer = asyncio.get_running_loop().call_later(self._stall_seconds, self._fail, said)


def reason_of(error: BaseException) -> str:
    """What the operating system said, which other errors may wrap; else the error's own words."""
    words = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return cause.strerror or str(cause)
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    number = re.search(r"\[Errno (\d+)\]", words)  # The loop's own text, where a host has several addresses.
    return os.strerror(int(number[1])) if number else words
