"""HTTP requests to one endpoint over connections that are kept open: each is one attempt, whose answer is not judged.

Proxies and certificates that the environment names are used as other programs use them: `HTTPS_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`. Measurements of the client: docs/decisions/teacher-http.md.
"""

import json
import os
import re
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import SplitResult, urlsplit

import aiohttp

from hornbook.errors import ConfigError
from hornbook.teacher.api import bounded

_VERSION_SEGMENT = re.compile(r"v\d\w*")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 15.0
"""A server may close a connection that is idle for longer, just when the next request is sent."""
_MAX_BYTES = 1 << 30
"""Of one answer: the file of a full batch has some hundred megabytes, any other answer far less."""
_BUFFER_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class EndpointConfig:
    """Where an OpenAI-compatible endpoint is, and how patiently it is asked."""

    url: str
    """`http://127.0.0.1:8081` or `http://127.0.0.1:8081/v1`: `/v1` is added where the path names no version."""
    model: str = ""
    """The model's name at the endpoint; may be empty where there is only one."""
    api_key: str = field(default="", repr=False)
    """Sent as a bearer token; not sent if empty, and never printed."""
    timeout_seconds: float = 600.0
    """For one attempt, including the time in which the model writes, since answers are not streamed; also the longest
    wait that a `Retry-After` may ask for."""
    max_concurrency: int = 8
    """Maximum number of requests in flight. The endpoint gets fewer at the start and while it refuses some."""
    max_attempts: int = 6
    """Per request, the first included."""
    first_delay_seconds: float = 1.0
    """Longest wait before the second attempt; doubled with each further one, up to a minute."""

    def __post_init__(self) -> None:
        _check_url(self.url)
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable() and " " not in self.api_key):
            raise ConfigError("`api_key` must consist of visible ASCII characters, without spaces or line breaks")
        if not self.timeout_seconds > 0:
            raise ConfigError(f"`timeout_seconds` must be above 0, got {self.timeout_seconds!r}")
        for name in ("max_concurrency", "max_attempts"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not self.first_delay_seconds >= 0:
            raise ConfigError(f"`first_delay_seconds` must not be negative, got {self.first_delay_seconds!r}")

    @property
    def address(self) -> str:
        """The address of the API, its version included, without a slash at the end."""
        url = self.url.rstrip("/")
        has_version = any(_VERSION_SEGMENT.fullmatch(segment) for segment in urlsplit(url).path.split("/"))
        return url if has_version else f"{url}/v1"

    def hide_key(self, text: str) -> str:
        """`text` without the key, which some servers repeat."""
        return text.replace(self.api_key, "…") if self.api_key else text

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the address is a loopback address, which no proxy is asked for."""
        return urlsplit(self.url).hostname in _THIS_MACHINE


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"`url` must be an address like `http://127.0.0.1:8081/v1`, got {url!r}")
    if "@" in parts.netloc:
        raise ConfigError("`url` must not hold a user or a password: give the key as `api_key`")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/completions"):
        raise ConfigError(f"`url` must be the address up to `/v1`, without what comes behind it, got {url!r}")


class LostError(Exception):
    """The attempt got no answer; another one may. The message holds no secret."""


class UnreachableError(LostError):
    """No connection could be made."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    reason: str
    headers: Mapping[str, str] = field(repr=False)
    """Names are case-insensitive."""
    body: bytes = field(repr=False)
    """Some servers repeat the key in it."""

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is posted as it is."""

    content_type: str
    content: bytes = field(repr=False)


class Client:
    """A pool of connections. Create and use it in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Contact nobody yet. Requests to this machine do not use a proxy.

        Raises:
            ConfigError: The address names no host, or the environment names a proxy of an unsupported kind.
        """
        self._timeout_seconds = config.timeout_seconds
        server = urlsplit(config.address)
        _check_name(server.hostname or "")
        proxy = None if config.is_on_this_machine else _find_proxy(server)
        # The key is sent with each request: headers of the session are shown to a proxy as well.
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

    async def ask(self, address: str, body: dict[str, Any] | Upload | None) -> Response:
        """Send a request and read its answer to the end. A redirection is an answer like any other.

        When the wait is cancelled, the connection is closed.

        `address` is the whole address; `body` the JSON object or the upload to post, and None sends a GET.

        Raises:
            UnreachableError: No connection could be made.
            LostError: The connection broke, the answer came too late or is too long, or what came is not HTTP.
        """
        upload = Upload("application/json", json.dumps(body).encode()) if isinstance(body, dict) else body
        method = "GET" if upload is None else "POST"
        data = None if upload is None else _payload(upload)
        try:
            async with self._session.request(
                method, address, data=data, headers=self._key, allow_redirects=False
            ) as answer:
                content = await _read(answer.content)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._lost(error) from None
        return Response(answer.status, answer.reason or "", answer.headers, content)

    def _lost(self, error: Exception) -> LostError:
        """The error with a message that a person understands."""
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
                return LostError("what the server sent is not HTTP")
            case _:
                return LostError(_reason_of(error))


class _Connector(aiohttp.TCPConnector):
    """Reuses no connection on which unexpected data arrived: it would pass for the answer to the next request."""

    async def _get(self, key: Any, traces: Any) -> Any:
        while (connection := await super()._get(key, traces)) is not None:
            if connection.protocol is None or not connection.protocol.should_close:
                return connection
            connection.close()
        return None


def _payload(upload: Upload) -> aiohttp.payload.Payload:
    """The body; a large one is sent in pieces, between which other connections are served."""
    if len(upload.content) < _BUFFER_BYTES:
        return aiohttp.BytesPayload(upload.content, content_type=upload.content_type)
    return aiohttp.BytesIOPayload(BytesIO(upload.content), content_type=upload.content_type)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """The whole body; raises `LostError` if it is too long."""
    parts: list[bytes] = []
    num_bytes = 0
    async for part in content.iter_any():
        parts.append(part)
        num_bytes += len(part)
        if num_bytes > _MAX_BYTES:
            raise LostError(f"the answer is longer than {_MAX_BYTES:,} bytes")
    return b"".join(parts)


def _check_name(host: str) -> None:
    """Make sure that the name of a host can be written in ASCII, as DNS needs it."""
    try:
        host.encode("ascii" if ":" in host else "idna")
    except UnicodeError:
        raise ConfigError(f"`url` must name a machine, got `{bounded(host)}`") from None


def _find_proxy(server: SplitResult) -> str | None:
    """The address of the proxy that the environment names for a server, with its user and password."""
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
    """The message of the operating system, which other errors may wrap; else the error's own message."""
    words = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return cause.strerror or str(cause)
        if isinstance(cause, OSError) and cause.errno and not isinstance(cause, aiohttp.ClientConnectorError):
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    number = re.search(r"\[Errno (\d+)\]", words)  # The event loop writes it so if a host has several addresses.
    return os.strerror(int(number[1])) if number else words
