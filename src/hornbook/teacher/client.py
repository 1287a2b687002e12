"""One HTTP request and its whole answer, over connections that are kept; no second attempt, no judgement.

Source: aiohttp rather than httpx for its C parser and its pool: docs/decisions/teacher-http.md.
"""

import json
import os
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hornbook.teacher.config import EndpointConfig

_CONNECT_SECONDS = 10.0
_IDLE_SECONDS = 15.0
_HEADERS = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "hornbook"}


class LostError(Exception):
    """The attempt brought no answer; another one may. The message is for people and holds no secret."""


class UnreachableError(LostError):
    """There is nobody to connect to."""


class CannotAskError(Exception):
    """No attempt can succeed, since the request cannot be sent at all."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What is posted as it is, where a request is no JSON object."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status."""

    status: int
    reason: str
    headers: Mapping[str, str]
    """Found by their names in any spelling."""
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the server calls it well."""
        return 200 <= self.status < 300


class Client:
    """Keeps its connections. To be made and used in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Open it; nothing is contacted yet.

        Proxies that the environment names are used, except towards this machine itself; so are certificates, its
        `SSL_CERT_FILE` and `SSL_CERT_DIR` among them.
        """
        # Imported here because it takes longer than the whole of `--help` should.
        import aiohttp

        self._config = config
        self._proxy = None if config.is_on_this_machine else _proxy(config.address)
        self._session = aiohttp.ClientSession(
            headers=_HEADERS | ({"Authorization": f"Bearer {config.api_key}"} if config.api_key else {}),
            timeout=aiohttp.ClientTimeout(
                total=config.timeout_seconds, sock_connect=_CONNECT_SECONDS, sock_read=config.stall_seconds
            ),
            connector=aiohttp.TCPConnector(
                limit=config.max_concurrency, ssl=_trusted(config.address), keepalive_timeout=_IDLE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def ask(self, address: str, body: dict[str, Any] | Upload | None) -> Response:
        """Send a request and read its answer to the end. Redirections are answers like any other.

        Args:
            address: Whole.
            body: The JSON object or the upload to post; None to get.

        Raises:
            UnreachableError: Nobody to connect to.
            LostError: The connection broke, the answer did not come in time, or what came is no HTTP.
            CannotAskError: The address cannot be asked.
        """
        import aiohttp

        headers = {"Content-Type": body.content_type} if isinstance(body, Upload) else None
        content = body.content if isinstance(body, Upload) else json.dumps(body).encode()
        method, data = ("GET", None) if body is None else ("POST", content)
        try:
            async with self._session.request(
                method, address, data=data, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response:
                return Response(response.status, response.reason or "", response.headers, await response.read())
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError) as error:
            raise UnreachableError(_reason(error)) from None
        except aiohttp.SocketTimeoutError:
            raise LostError(f"not a byte for {self._config.stall_seconds:g} seconds") from None
        except TimeoutError:
            raise LostError(f"no answer within {self._config.timeout_seconds:g} seconds") from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as error:
            raise CannotAskError(str(error)) from None
        except aiohttp.ClientResponseError as error:  # Its own text names the headers that were sent.
            raise LostError(f"no HTTP: {error.message}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise LostError(_reason(error)) from None


def _proxy(address: str) -> str | None:
    """The proxy that the environment names for an address."""
    parts = urlsplit(address)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    named = urllib.request.getproxies()
    return named.get(parts.scheme) or named.get("all")


def _trusted(address: str) -> ssl.SSLContext | bool:
    """The system's certificates, and where it has none those of `certifi`."""
    if urlsplit(address).scheme != "https":
        return True
    context = ssl.create_default_context()
    if not context.cert_store_stats()["x509_ca"]:
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _reason(error: BaseException) -> str:
    """What the operating system said, which the client's error wraps; else the client's own words."""
    words = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BaseExceptionGroup):
            cause = cause.exceptions[0]
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return cause.strerror or str(cause)
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return words
