"""HTTP requests to one endpoint over connections that are kept; no second attempt, no judgement.

Proxies and certificates that the environment names are used as other programs use them: `HTTPS_PROXY`, `NO_PROXY`,
`SSL_CERT_FILE`.
"""

import asyncio
import base64
import json
import ssl
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from hornbook.errors import ConfigError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.connection import Connection, LostError, Response, reason_of
from hornbook.teacher.wire import bounded

_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 15.0
"""Beyond it a server may be about to close the connection, and a request would meet the end."""
_NEXT_ADDRESS_SECONDS = 0.25
_PORTS = {"http": 80, "https": 443}
_KEPT_IN_PATHS = "/:@!$&'()*+,;=%~"


class UnreachableError(LostError):
    """There is nobody to connect to."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is posted as it is, where a request is no JSON object."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request as it is sent, with the key."""

    content: bytes = field(repr=False)


class Client:
    """Keeps its connections. To be used in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Nothing is contacted yet.

        A proxy is not used towards this machine itself.

        Raises:
            ConfigError: The address has no name of a machine, or the environment names a proxy of a kind that is not
                spoken here.
        """
        self._config = config
        self._server = urlsplit(config.address)
        self._proxy = None if config.is_on_this_machine else _find_proxy(self._server)
        self._idle: list[Connection] = []
        self._trusted: ssl.SSLContext | None = None
        key = [f"Authorization: Bearer {config.api_key}"] if config.api_key else []
        passed_on = self._proxy if self._server.scheme == "http" else None
        lines = [f"Host: {_netloc(self._server)}", "User-Agent: hornbook", "Accept: application/json", *key]
        self._head = "\r\n".join([*lines, *_proxy_key(passed_on), ""])
        self._origin = f"{self._server.scheme}://{_netloc(self._server)}" if passed_on else ""

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop().close()

    def prepare(self, address: str, body: dict[str, Any] | Upload | None) -> Prepared:
        """A request as it is sent.

        Args:
            address: Whole; the endpoint's, and what lies behind it.
            body: The JSON object or the upload to post; None to get.
        """
        parts = urlsplit(address)
        target = self._origin + quote(parts.path, safe=_KEPT_IN_PATHS) + (f"?{parts.query}" if parts.query else "")
        if body is None:
            return Prepared(f"GET {target} HTTP/1.1\r\n{self._head}\r\n".encode())
        upload = body if isinstance(body, Upload) else Upload("application/json", json.dumps(body).encode())
        kind = f"Content-Type: {upload.content_type}\r\nContent-Length: {len(upload.content)}\r\n"
        return Prepared(f"POST {target} HTTP/1.1\r\n{self._head}{kind}\r\n".encode() + upload.content)

    async def ask(self, request: Prepared, on_success: Callable[[], None] | None = None) -> Response:
        """Send a prepared request and read its answer to the end. Redirections are answers like any other.

        Args:
            request: Of `prepare`.
            on_success: Called as soon as a success is whole, which is a turn of the loop before this returns.

        Raises:
            UnreachableError: Nobody to connect to.
            LostError: The connection broke, the answer did not come in time, or what came is no HTTP.
        """
        try:
            async with asyncio.timeout(self._config.timeout_seconds):
                connection = self._take_idle() or await self._connect()
                response = await connection.ask(request.content, self._config.stall_seconds, on_success)
        except TimeoutError:
            raise LostError(f"no answer within {self._config.timeout_seconds:g} seconds") from None
        if connection.is_reusable:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()
        return response

    def _take_idle(self) -> Connection | None:
        """The connection that was used last, so that those beyond what is needed grow old and are closed."""
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._idle and self._idle[0].idle_since < oldest:
            self._idle.pop(0).close()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_reusable:
                return connection
        return None

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                if self._proxy is None:
                    return await self._open(self._server)
                connection = await self._open(self._proxy)
                if self._server.scheme == "https":
                    try:
                        await self._tunnel(connection)
                    except BaseException:
                        connection.close()
                        raise
                return connection
        except TimeoutError:
            raise UnreachableError(f"no connection within {_CONNECT_SECONDS:g} seconds") from None
        except OSError as error:
            raise UnreachableError(reason_of(error)) from None

    async def _open(self, whom: SplitResult) -> Connection:
        secure: dict[str, Any] = {"ssl": self._trust(), "server_hostname": whom.hostname}
        _, connection = await asyncio.get_running_loop().create_connection(
            Connection,
            whom.hostname or "",
            _port(whom),
            happy_eyeballs_delay=None if self._config.is_on_this_machine else _NEXT_ADDRESS_SECONDS,
            **(secure if whom.scheme == "https" else {}),
        )
        return connection

    async def _tunnel(self, connection: Connection) -> None:
        """Have the proxy connect to the server, and put what goes there under TLS."""
        goal = f"{self._server.hostname}:{_port(self._server)}"
        head = "\r\n".join([f"CONNECT {goal} HTTP/1.1", f"Host: {goal}", *_proxy_key(self._proxy), "", ""])
        said = await connection.open_tunnel(head.encode())
        if said:
            raise UnreachableError(f"the proxy refuses: {said}")
        await connection.start_tls(self._trust(), self._server.hostname or "")

    def _trust(self) -> ssl.SSLContext:
        """The system's certificates, and where it has none those of `certifi`."""
        if self._trusted is None:
            self._trusted = ssl.create_default_context()
            if not self._trusted.cert_store_stats()["x509_ca"]:
                import certifi

                self._trusted.load_verify_locations(certifi.where())
        return self._trusted


def _find_proxy(server: SplitResult) -> SplitResult | None:
    """The proxy that the environment names for a server.

    Raises:
        ConfigError: It is of a kind that is not spoken here.
    """
    if urllib.request.proxy_bypass(server.netloc):
        return None
    named = urllib.request.getproxies()
    address = named.get(server.scheme) or named.get("all")
    if not address:
        return None
    proxy = urlsplit(address if "://" in address else f"http://{address}")
    if proxy.scheme not in _PORTS or not proxy.hostname:
        raise ConfigError(
            f"a proxy must be an http:// or https:// address, but the environment names one that begins with "
            f"`{proxy.scheme}:`; set `{server.scheme.upper()}_PROXY` to another, or add the host to `NO_PROXY`"
        )
    return proxy


def _proxy_key(proxy: SplitResult | None) -> list[str]:
    """The header that shows the user and password in a proxy's address."""
    if proxy is None or proxy.username is None:
        return []
    words = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [f"Proxy-Authorization: Basic {base64.b64encode(words.encode()).decode()}"]


def _port(address: SplitResult) -> int:
    return address.port or _PORTS[address.scheme]


def _netloc(address: SplitResult) -> str:
    """Host and port as the `Host` header has them; the name in ASCII, however it is written."""
    host = address.hostname or ""
    try:
        host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise ConfigError(f"`url` must name a machine, got `{bounded(host)}`") from None
    return f"{host}:{address.port}" if address.port else host
