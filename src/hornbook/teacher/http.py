"""HTTP requests to one endpoint over connections that are kept; no second attempt, no judgement.

Proxies and certificates that the environment names are used as other programs use them: `HTTPS_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`. What the client costs: docs/decisions/teacher-http.md.
"""

import json
import os
import re
import socket
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp

from hornbook.errors import ConfigError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.wire import bounded

_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 15.0
"""Beyond it a server may be about to close the connection, and a request would meet the end."""
_MOST_BYTES = 1 << 30
"""Of one answer: the file of a full batch has some hundred megabytes, any other answer far less."""
_BUFFER_BYTES = 1 << 20


class LostError(Exception):
    """The attempt brought no answer; another one may. The message is for people and holds no secret."""


class UnreachableError(LostError):
    """There is nobody to connect to."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    """Case does not matter in their names."""
    body: bytes = field(repr=False)
    """Some servers repeat the key in it."""

    @property
    def is_success(self) -> bool:
        """Whether the server calls it well."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Upload:
    """What is posted as it is, where a request is no JSON object."""

    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as it is sent."""

    address: str
    upload: Upload | None
    """None to get."""


class Client:
    """Keeps its connections. To be made and used in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Nothing is contacted yet. A proxy is not used towards this machine itself.

        Raises:
            ConfigError: The address has no name of a machine, or the environment names a proxy of a kind that is not
                spoken here.
        """
        self._timeout_seconds = config.timeout_seconds
        server = urlsplit(config.address)
        _check_name(server.hostname or "")
        proxy = None if config.is_on_this_machine else _find_proxy(server)
        # The key goes with each request: headers of the session are shown to a proxy as well.
        self._key = {"Authorization": f"Bearer {config.api_key}"} if config.api_key else None
        is_secure = "https" in (server.scheme, urlsplit(proxy or "").scheme)
        self._session = aiohttp.ClientSession(
            connector=_Connector(
                limit=0, keepalive_timeout=_IDLE_SECONDS, ssl=ssl.create_default_context() if is_secure else True
            ),
            headers={"User-Agent": "hornbook", "Accept": "application/json", "Accept-Encoding": "identity"},
            proxy=proxy,
            timeout=aiohttp.ClientTimeout(total=config.timeout_seconds, connect=_CONNECT_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=_BUFFER_BYTES,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    def prepare(self, address: str, body: dict[str, Any] | Upload | None) -> Prepared:
        """A request as it is sent.

        Args:
            address: Whole; the endpoint's, and what lies behind it.
            body: The JSON object or the upload to post; None to get.
        """
        upload = Upload("application/json", json.dumps(body).encode()) if isinstance(body, dict) else body
        return Prepared(address, upload)

    async def ask(self, request: Prepared, on_success: Callable[[], None] | None = None) -> Response:
        """Send a prepared request and read its answer to the end. Redirections are answers like any other.

        When the wait is cancelled, the connection is closed.

        Args:
            request: Of `prepare`.
            on_success: Called as soon as a success is whole.

        Raises:
            UnreachableError: Nobody to connect to.
            LostError: The connection broke, the answer did not come in time or is too long, or what came is no HTTP.
        """
        upload = request.upload
        method = "GET" if upload is None else "POST"
        sent = None if upload is None else _payload(upload)
        try:
            async with self._session.request(
                method, request.address, data=sent, headers=self._key, allow_redirects=False
            ) as answer:
                body = await _read(answer.content)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._lost(error) from None
        response = Response(answer.status, answer.reason or "", answer.headers, body)
        if on_success is not None and response.is_success:
            on_success()
        return response

    def _lost(self, error: Exception) -> LostError:
        """What happened, in words for people."""
        match error:
            case aiohttp.ConnectionTimeoutError():
                return UnreachableError(f"no connection within {_CONNECT_SECONDS:g} seconds")
            case aiohttp.ClientHttpProxyError():
                return UnreachableError(f"the proxy refuses: {error.status} {error.message}")
            case aiohttp.ClientConnectorError():
                return UnreachableError(_reason_of(error))
            case TimeoutError():
                return LostError(f"no answer within {self._timeout_seconds:g} seconds")
            case aiohttp.ServerDisconnectedError():
                return LostError("the connection was closed")
            case aiohttp.ClientPayloadError():
                return LostError("the connection was cut within the answer")
            case aiohttp.ClientResponseError():
                return LostError("what the server sent is no HTTP")
            case _:
                return LostError(_reason_of(error))


class _Connector(aiohttp.TCPConnector):
    """Takes no kept connection on which something came that nobody asked for: it would pass for the next answer."""

    async def _get(self, key: Any, traces: Any) -> Any:
        while (connection := await super()._get(key, traces)) is not None:
            if connection.protocol is None or not connection.protocol.should_close:
                return connection
            connection.close()
        return None


def _payload(upload: Upload) -> aiohttp.payload.Payload:
    """The body; a large one is sent in pieces, between which other connections have their turn."""
    if len(upload.content) < _BUFFER_BYTES:
        return aiohttp.BytesPayload(upload.content, content_type=upload.content_type)
    return aiohttp.BytesIOPayload(BytesIO(upload.content), content_type=upload.content_type)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """The whole body.

    Raises:
        LostError: It is too long.
    """
    parts: list[bytes] = []
    num_bytes = 0
    async for part in content.iter_any():
        parts.append(part)
        num_bytes += len(part)
        if num_bytes > _MOST_BYTES:
            raise LostError(f"the answer is longer than {_MOST_BYTES:,} bytes")
    return b"".join(parts)


def _check_name(host: str) -> None:
    """Make sure that a host can be looked up.

    Raises:
        ConfigError: Its name cannot be written in ASCII.
    """
    try:
        host.encode("ascii" if ":" in host else "idna")
    except UnicodeError:
        raise ConfigError(f"`url` must name a machine, got `{bounded(host)}`") from None


def _find_proxy(server: SplitResult) -> str | None:
    """The address of the proxy that the environment names for a server, with the user and password in it.

    Raises:
        ConfigError: It is of a kind that is not spoken here.
    """
    if urllib.request.proxy_bypass(server.netloc):
        return None
    named = urllib.request.getproxies()
    address = named.get(server.scheme) or named.get("all")
    if not address:
        return None
    address = address if "://" in address else f"http://{address}"
    proxy = urlsplit(address)
    if proxy.scheme not in ("http", "https") or not proxy.hostname:
        raise ConfigError(
            f"a proxy must be an http:// or https:// address, but the environment names one that begins with "
            f"`{proxy.scheme}:`; set `{server.scheme.upper()}_PROXY` to another, or add the host to `NO_PROXY`"
        )
    return address


def _reason_of(error: BaseException) -> str:
    """What the operating system said, which other errors may wrap; else the error's own words."""
    words = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return cause.strerror or str(cause)
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, aiohttp.ClientConnectorError):
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    number = re.search(r"\[Errno (\d+)\]", words)  # The loop's own text, where a host has several addresses.
    return os.strerror(int(number[1])) if number else words
