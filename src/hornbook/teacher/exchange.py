"""One request to an endpoint and its answer, with as many attempts as it takes.

Source: the status codes are those of RFC 9110 and 6585; what is retried is what OpenAI's own client retries.
"""

import asyncio
import os
import random
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hornbook.errors import EndpointError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.retry import TOO_MANY_REQUESTS, delay_seconds, is_retried, retry_after_seconds
from hornbook.teacher.throttle import Throttle
from hornbook.teacher.wire import read_refusal

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 10.0
_KEY_REFUSED = (401, 403)
_KEY_HINT = "; `--api-key-env NAME` says which variable holds the key (for a grader `--grader-key-env NAME`)"
_NOT_FOUND = 404


class NotFoundError(EndpointError):
    """The endpoint has nothing at this address."""


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """Why an attempt brought no answer, where another one may."""

    said: str
    too_many: bool = False
    retry_after: float | None = None
    """Seconds that the server asks to wait; None if it asks for nothing."""
    mark: int = 0
    """The throttle's."""


class Exchange:
    """An open HTTP client. To be used in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Open it; nothing is contacted yet.

        Proxies and certificates that the environment names are used, except towards this machine itself.
        """
        # Imported here because it takes longer than the whole of `--help` should.
        import httpx

        self._config = config
        self._throttle = Throttle(config.max_concurrency)
        self._generator = random.Random()  # For the delays only: no answer depends on it.
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {config.api_key}"} if config.api_key else {},
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=config.max_concurrency),
            trust_env=not config.is_on_this_machine,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def fetch(
        self,
        path: str,
        body: dict[str, Any] | None,
        given_up: asyncio.Event,
        *,
        await_connection: bool = True,
    ) -> bytes:
        """The body of the server's answer.

        A refusal for too many requests counts as an attempt only if no other request was answered since the one
        before: while the endpoint makes headway, waiting is right.

        Args:
            path: Behind the endpoint's address.
            body: The JSON object to post; None to get.
            given_up: Set when the answer is no longer wanted unless it is already under way.
            await_connection: Try again also where there is nobody to connect to.

        Raises:
            NotFoundError: 404.
            EndpointError: Any other refusal, or no answer after all attempts; with what the server says.
            CancelledError: It was given up.
        """
        address = f"{self._config.address}/{path}"
        num_failures = 0
        num_answered = self._throttle.num_answered
        while True:
            outcome = await self._try(address, body, given_up, await_connection=await_connection)
            if isinstance(outcome, bytes):
                return outcome
            if not (outcome.too_many and self._throttle.num_answered > num_answered):
                num_failures += 1
            num_answered = self._throttle.num_answered
            if num_failures >= self._config.max_attempts:
                attempts = "1 attempt" if num_failures == 1 else f"{num_failures} attempts"
                raise EndpointError(f"`{address}` gave no answer in {attempts}; the last one: {outcome.said}")
            await _sleep(self._delay_seconds(address, outcome, num_failures), given_up)

    def _delay_seconds(self, address: str, failure: _Failure, num_failures: int) -> float:
        """How long to wait after `failure`; a refusal for too many requests makes the others wait as well."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = delay_seconds(max(1, num_failures), self._config.first_delay_seconds, self._generator)
        elif seconds > self._config.timeout_seconds:
            raise EndpointError(
                f"`{address}` asks to wait for {seconds:.0f} seconds, longer than `timeout_seconds` "
                f"({self._config.timeout_seconds:g}): {failure.said}"
            )
        if failure.too_many:
            self._throttle.refused(failure.mark, seconds)
        return seconds

    async def _try(
        self, address: str, body: dict[str, Any] | None, given_up: asyncio.Event, *, await_connection: bool
    ) -> bytes | _Failure:
        import httpx

        async with self._throttle.slot() as mark:
            while (seconds := self._throttle.pause_seconds()) > 0:
                await _sleep(seconds, given_up)
            if given_up.is_set():
                raise asyncio.CancelledError
            try:
                async with asyncio.timeout(self._config.timeout_seconds):
                    response = await self._client.request("GET" if body is None else "POST", address, json=body)
            except TimeoutError:
                return _Failure(said=f"no answer within {self._config.timeout_seconds:g} seconds")
            except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
                raise EndpointError(f"`{address}` cannot be asked: {self._hide(str(error))}") from error
            except httpx.TransportError as error:
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) and not await_connection:
                    raise EndpointError(
                        f"`{address}` cannot be reached ({_reason(error)}); is the server running, the address right?"
                    ) from error
                return _Failure(said=_reason(error))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise EndpointError(f"`{address}` cannot be asked: {self._hide(str(error))}") from error
            return self._read(address, response, mark)

    def _read(self, address: str, response: "httpx.Response", mark: int) -> bytes | _Failure:
        if response.is_success:
            self._throttle.answered()
            return response.content
        said = f"{response.status_code} {response.reason_phrase}".strip()
        if refusal := self._hide(read_refusal(response.content)):
            said = f"{said}: {refusal}"
        if response.status_code == _NOT_FOUND:
            raise NotFoundError(f"`{address}` was not found: {said}")
        if not is_retried(response.status_code):
            hint = _KEY_HINT if response.status_code in _KEY_REFUSED else ""
            raise EndpointError(f"`{address}` refuses: {said}{hint}")
        return _Failure(
            said=said,
            too_many=response.status_code == TOO_MANY_REQUESTS,
            retry_after=retry_after_seconds(response.headers),
            mark=mark,
        )

    def _hide(self, text: str) -> str:
        """`text` without the key, which some servers repeat."""
        return text.replace(self._config.api_key, "…") if self._config.api_key else text


async def _sleep(seconds: float, given_up: asyncio.Event) -> None:
    """Wait, but no longer than until the request is given up.

    Raises:
        CancelledError: It was given up.
    """
    try:
        await asyncio.wait_for(given_up.wait(), seconds)
    except TimeoutError:
        return
    raise asyncio.CancelledError


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
