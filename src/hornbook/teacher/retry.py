"""Fetch the answer to one request from an endpoint, with as many attempts as it takes.

Source: the status codes are those of RFC 9110 and 6585; what is retried is what OpenAI's own client retries.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from hornbook.errors import EndpointError
from hornbook.teacher.api import bounded
from hornbook.teacher.concurrency import Throttle
from hornbook.teacher.http import Client, EndpointConfig, LostError, Response, UnreachableError, Upload

T = TypeVar("T")

UNAUTHORIZED, UNPAID, FORBIDDEN, NOT_FOUND = 401, 402, 403, 404
_KEY_HINT = "; `--api-key-env NAME` says which variable holds the key (for a grader `--grader-key-env NAME`)"
_UNPAID_WORDS = ("insufficient_quota", "insufficient balance", "exceeded your current quota")
_OVERLOADED = (429, 503, 529)
"""The server gets too many requests; 529 is used by one of the hosted APIs."""
_RETRIED_BELOW_500 = (408, 409, 429)
_NOT_IMPLEMENTED = 501
_LONGEST_DELAY_SECONDS = 60.0
_MOST_DOUBLINGS = 64
_MOST_REFUSALS = 100
"""Of one request for overload: beyond them the request itself is taken to be too much."""


class RefusedError(EndpointError):
    """The server will never answer this request."""

    def __init__(self, message: str, *, status: int, said: str) -> None:
        """Keep the HTTP status, 402 where an account is empty, and the server's own message."""
        super().__init__(message)
        self.status = status
        self.said = said


class GaveUpError(EndpointError):
    """No answer after all attempts."""

    def __init__(self, message: str, *, is_malformed: bool = False) -> None:
        """Keep whether the last attempt brought something that is no answer."""
        super().__init__(message)
        self.is_malformed = is_malformed


class MalformedError(EndpointError):
    """The server reported success and sent something that is no answer."""


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """Why an attempt got no answer, where another one may."""

    said: str
    is_overload: bool = False
    is_malformed: bool = False
    retry_after: float | None = None
    """Seconds that the server asks to wait; None if it asks for nothing."""
    mark: int = 0
    """From the throttle."""


class RetryingClient:
    """An open HTTP client. Create and use it in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Contact nobody yet."""
        self.throttle = Throttle(config.max_concurrency)
        self._config = config
        self._generator = random.Random()  # For the delays only: no answer depends on it.
        self._client = Client(config)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def fetch(
        self,
        path: str,
        body: dict[str, Any] | Upload | None,
        given_up: asyncio.Event,
        *,
        read: Callable[[bytes], T],
        await_connection: bool = True,
        max_attempts: int | None = None,
    ) -> T:
        """The server's answer.

        A refusal for overload counts as an attempt only if no other request was answered since the last one: while the
        endpoint makes progress, waiting is right.

        Args:
            path: The path behind the endpoint's address.
            body: As for `Client.ask`.
            given_up: Set when the answer is no longer wanted unless it is already in flight.
            read: Makes the result from the body of an answer; after a `MalformedError` another attempt is made.
            await_connection: Try again also where no connection can be made.
            max_attempts: The config's if None.

        Raises:
            RefusedError: The server refuses for good.
            GaveUpError: All attempts failed.
            EndpointError: No connection can be made, and none is awaited.
            CancelledError: It was given up.
        """
        address = f"{self._config.address}/{path}"
        num_failures = num_refusals = 0
        num_answered = self.throttle.num_answered
        while True:
            outcome = await self._try(address, body, given_up, read, await_connection=await_connection)
            if not isinstance(outcome, _Failure):
                return outcome
            num_refusals += outcome.is_overload
            is_progress = self.throttle.num_answered > num_answered and num_refusals < _MOST_REFUSALS
            if not (outcome.is_overload and is_progress):
                num_failures += 1
            num_answered = self.throttle.num_answered
            if num_failures >= (max_attempts or self._config.max_attempts):
                attempts = "1 attempt" if num_failures == 1 else f"{num_failures} attempts"
                raise GaveUpError(
                    f"`{address}` gave no answer in {attempts}, the last of which failed: {outcome.said}",
                    is_malformed=outcome.is_malformed,
                )
            await _sleep(self._delay_seconds(address, outcome, num_failures), given_up)

    def _delay_seconds(self, address: str, failure: _Failure, num_failures: int) -> float:
        """How long to wait after `failure`; where the server says for how long, all other requests wait as well."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = delay_seconds(max(1, num_failures), self._config.first_delay_seconds, self._generator)
        elif seconds > self._config.timeout_seconds:
            raise GaveUpError(
                f"`{address}` asks to wait for {seconds:.0f} seconds, longer than `timeout_seconds` "
                f"({self._config.timeout_seconds:g}): {failure.said}"
            )
        if failure.is_overload:
            self.throttle.refused(failure.mark, failure.retry_after or 0.0)
        return seconds

    async def _try(
        self,
        address: str,
        body: dict[str, Any] | Upload | None,
        given_up: asyncio.Event,
        read: Callable[[bytes], T],
        *,
        await_connection: bool,
    ) -> T | _Failure:
        mark = await self.throttle.take()
        try:
            while (seconds := self.throttle.pause_seconds()) > 0:
                await _sleep(seconds, given_up)
            if given_up.is_set():
                raise asyncio.CancelledError
            response = await self._client.ask(address, body)
        except UnreachableError as error:
            if await_connection:
                return _Failure(said=str(error))
            raise EndpointError(
                f"`{address}` cannot be reached ({error}); is the server running, the address right?"
            ) from None
        except LostError as error:
            return _Failure(said=str(error))
        finally:
            self.throttle.release()
        if not response.is_success:
            return self._failure(address, response, mark)
        self.throttle.answered()
        await asyncio.sleep(0)  # The next request is sent first, and then this answer is read.
        try:
            return read(response.body)
        except MalformedError as error:
            return _Failure(said=self._config.hide_key(str(error)), is_malformed=True)

    def _failure(self, address: str, response: Response, mark: int) -> _Failure:
        """Why the server refuses for now; raises `RefusedError` if for good."""
        refusal = read_refusal(response.body, self._config.hide_key)
        said = f"{response.status} {response.reason}".strip() + (f": {refusal}" if refusal else "")
        if response.status == UNPAID or _is_unpaid(response):
            raise RefusedError(f"`{address}` wants to be paid first: {said}", status=UNPAID, said=refusal)
        if response.status == NOT_FOUND:
            raise RefusedError(f"`{address}` was not found: {said}", status=NOT_FOUND, said=refusal)
        if not is_retried(response.status):
            hint = _KEY_HINT if response.status in (UNAUTHORIZED, FORBIDDEN) else ""
            raise RefusedError(f"`{address}` refuses: {said}{hint}", status=response.status, said=refusal)
        return _Failure(
            said=said,
            is_overload=response.status in _OVERLOADED,
            retry_after=retry_after_seconds(response.headers),
            mark=mark,
        )


def read_refusal(body: bytes, hide: Callable[[str], str] = str) -> str:
    """What the server says about its error, in one bounded line; empty if it says nothing.

    `hide` removes what must not be shown, before the line is cut.
    """
    text = body.decode(errors="replace")
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return bounded(hide(text))
    for key in ("error", "message", "detail"):
        while isinstance(said, dict) and key in said:
            said = said[key]
    return bounded(hide(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)))


def is_retried(status: int) -> bool:
    """Whether another attempt may succeed: the server was busy, slow or broken, and did not refuse for good."""
    return status in _RETRIED_BELOW_500 or (status >= 500 and status != _NOT_IMPLEMENTED)


def delay_seconds(num_failures: int, first_delay_seconds: float, generator: random.Random) -> float:
    """Exponential backoff: doubled with each failure up to a minute, and drawn from its upper half.

    The draw keeps requests that failed together from coming back together.
    """
    full = min(_LONGEST_DELAY_SECONDS, first_delay_seconds * 2.0 ** min(num_failures - 1, _MOST_DOUBLINGS))
    return full * generator.uniform(0.5, 1.0)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds from now that `Retry-After` asks to wait; None if it is missing or cannot be understood."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _is_unpaid(response: Response) -> bool:
    """Whether "too many requests" means that no money is left: waiting does not help then."""
    said = response.body.decode(errors="replace").lower()
    return response.status in _OVERLOADED and any(words in said for words in _UNPAID_WORDS)


async def _sleep(seconds: float, given_up: asyncio.Event) -> None:
    """Wait, but no longer than until the request is given up; raises `CancelledError` then."""
    try:
        await asyncio.wait_for(given_up.wait(), seconds)
    except TimeoutError:
        return
    raise asyncio.CancelledError
