"""One request to an endpoint and its answer, with as many attempts as it takes.

Source: the status codes are those of RFC 9110 and 6585; what is retried is what OpenAI's own client retries.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from hornbook.errors import EndpointError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.http import Client, LostError, Prepared, Response, UnreachableError, Upload
from hornbook.teacher.replies import MalformedError, read_refusal
from hornbook.teacher.throttle import Throttle
from hornbook.teacher.wire import LIMIT_FIELDS, wanted_limit_field, with_limit_field

T = TypeVar("T")

_KEY_REFUSED = (401, 403)
_KEY_HINT = "; `--api-key-env NAME` says which variable holds the key (for a grader `--grader-key-env NAME`)"
_NOT_FOUND = 404
_BAD_REQUEST = 400
_UNPAID = 402
_UNPAID_WORDS = ("insufficient_quota", "insufficient balance", "exceeded your current quota")
_OVERLOADED = (429, 503, 529)
"""The server is asked too much: 529 is how one of the hosted ones says it."""
_RETRIED_BELOW_500 = (408, 409, 429)
_NOT_IMPLEMENTED = 501
_LONGEST_DELAY_SECONDS = 60.0
_MOST_DOUBLINGS = 64
_MOST_REFUSALS = 100
"""Of one request for being one too many: beyond them it is itself what is too much."""


class RefusedError(EndpointError):
    """The server will never answer this request."""

    def __init__(self, message: str, *, status: int, said: str) -> None:
        """Keep beside the message the status, and what the server said in words."""
        super().__init__(message)
        self.status = status
        self.said = said


class NotFoundError(RefusedError):
    """The endpoint has nothing at this address."""


class UnpaidError(EndpointError):
    """The account behind the key has no money left."""


class GaveUpError(EndpointError):
    """No answer after all attempts."""

    def __init__(self, message: str, *, is_malformed: bool) -> None:
        """Keep beside the message whether the last attempt brought an answer that is none."""
        super().__init__(message)
        self.is_malformed = is_malformed


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """Why an attempt brought no answer, where another one may."""

    said: str
    is_too_many: bool = False
    is_malformed: bool = False
    retry_after: float | None = None
    """Seconds that the server asks to wait; None if it asks for nothing."""
    mark: int = 0
    """The throttle's."""


class Exchange:
    """An open HTTP client. To be made and used in one event loop."""

    def __init__(self, config: EndpointConfig) -> None:
        """Open it; nothing is contacted yet."""
        self.throttle = Throttle(config.max_concurrency)
        self._config = config
        self._address = config.address
        self._generator = random.Random()  # For the delays only: no answer depends on it.
        self._client = Client(config)
        self._limit_field = LIMIT_FIELDS[0]

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
    ) -> T:
        """The server's answer.

        A refusal for too many requests counts as an attempt only if no other request was answered since the one
        before: while the endpoint makes headway, waiting is right.

        Args:
            path: Behind the endpoint's address.
            body: The JSON object or the upload to post; None to get.
            given_up: Set when the answer is no longer wanted unless it is already under way.
            read: Makes the result from the body of an answer; what it finds malformed is asked for again.
            await_connection: Try again also where there is nobody to connect to.

        Raises:
            NotFoundError: 404.
            RefusedError: Any other refusal for good.
            UnpaidError: The account is empty.
            GaveUpError: No answer after all attempts, or one that is none.
            EndpointError: Nobody is there, and none is awaited.
            CancelledError: It was given up.
        """
        address = f"{self._address}/{path}"
        num_failures = num_refusals = 0
        num_answered = self.throttle.num_answered
        while True:
            outcome = await self._try(address, body, given_up, read, await_connection=await_connection)
            if not isinstance(outcome, _Failure):
                return outcome
            num_refusals += outcome.is_too_many
            is_headway = self.throttle.num_answered > num_answered and num_refusals < _MOST_REFUSALS
            if not (outcome.is_too_many and is_headway):
                num_failures += 1
            num_answered = self.throttle.num_answered
            if num_failures >= self._config.max_attempts:
                attempts = "1 attempt" if num_failures == 1 else f"{num_failures} attempts"
                raise GaveUpError(
                    f"`{address}` gave no answer in {attempts}; the last one: {outcome.said}",
                    is_malformed=outcome.is_malformed,
                )
            await _sleep(self._delay_seconds(address, outcome, num_failures), given_up)

    def _delay_seconds(self, address: str, failure: _Failure, num_failures: int) -> float:
        """How long to wait after `failure`; where the server says for how long, the other requests wait as well."""
        seconds = failure.retry_after
        if seconds is None:
            seconds = delay_seconds(max(1, num_failures), self._config.first_delay_seconds, self._generator)
        elif seconds > self._config.timeout_seconds:
            raise GaveUpError(
                f"`{address}` asks to wait for {seconds:.0f} seconds, longer than `timeout_seconds` "
                f"({self._config.timeout_seconds:g}): {failure.said}",
                is_malformed=False,
            )
        if failure.is_too_many:
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
        limit_field = self._limit_field
        request = self._prepare(address, body)
        async with self.throttle.slot() as slot:
            while (seconds := self.throttle.pause_seconds()) > 0:
                await _sleep(seconds, given_up)
            if given_up.is_set():
                raise asyncio.CancelledError
            try:
                response = await self._client.ask(request, slot.end)
                if self._takes_other_limit(limit_field, body, response):
                    response = await self._client.ask(self._prepare(address, body))
            except UnreachableError as error:
                if await_connection:
                    return _Failure(said=str(error))
                raise EndpointError(
                    f"`{address}` cannot be reached ({error}); is the server running, the address right?"
                ) from None
            except LostError as error:
                return _Failure(said=str(error))
            if not response.is_success:
                return self._failure(address, response, slot.mark)
            if body is not None:  # Whoever answers for a list of models may not answer a question so soon.
                self.throttle.answered()
        await asyncio.sleep(0)  # Another request is under way from here on: what is done with the answer delays none.
        try:
            return read(response.body)
        except MalformedError as error:
            return _Failure(said=self._hide(str(error)), is_malformed=True)

    def _prepare(self, address: str, body: dict[str, Any] | Upload | None) -> Prepared:
        if isinstance(body, dict):
            body = with_limit_field(body, self._limit_field)
        return self._client.prepare(address, body)

    def _failure(self, address: str, response: Response, mark: int) -> _Failure:
        """What the server refuses for now; raised if for good."""
        refusal = read_refusal(response.body, self._hide)
        said = f"{response.status} {response.reason}".strip() + (f": {refusal}" if refusal else "")
        if response.status == _UNPAID or _is_unpaid(response):
            raise UnpaidError(f"`{address}` wants to be paid first: {said}")
        if response.status == _NOT_FOUND:
            raise NotFoundError(f"`{address}` was not found: {said}", status=_NOT_FOUND, said=refusal)
        if not is_retried(response.status):
            hint = _KEY_HINT if response.status in _KEY_REFUSED else ""
            raise RefusedError(f"`{address}` refuses: {said}{hint}", status=response.status, said=refusal)
        return _Failure(
            said=said,
            is_too_many=response.status in _OVERLOADED,
            retry_after=retry_after_seconds(response.headers),
            mark=mark,
        )

    def _takes_other_limit(self, sent: str, body: dict[str, Any] | Upload | None, response: Response) -> bool:
        """Whether the server refused the name that was sent for the limit and wants the other, which it then gets."""
        if response.status != _BAD_REQUEST or not isinstance(body, dict) or "messages" not in body:
            return False
        other = wanted_limit_field(sent, response.body.decode(errors="replace"))
        if other is not None:
            self._limit_field = other
        return other is not None

    def _hide(self, text: str) -> str:
        """`text` without the key, which some servers repeat."""
        return text.replace(self._config.api_key, "…") if self._config.api_key else text


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
    """What the server asks for in `Retry-After`, as seconds from now; None if it asks for nothing understandable."""
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
    """Whether this "too many" means money: no waiting helps against that."""
    said = response.body.decode(errors="replace").lower()
    return response.status in _OVERLOADED and any(words in said for words in _UNPAID_WORDS)


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
