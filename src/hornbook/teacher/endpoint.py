"""A language model behind an OpenAI-compatible HTTP endpoint, asked many things at a time.

`EndpointTeacher` gives every request a reply with an outcome. `Endpoint` is for whoever measures a model: to it a
failed or refused answer is an `EndpointError`, never an empty text.
"""

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from http import HTTPStatus
from typing import Any, Self

from rapidfuzz import fuzz, process, utils

from hornbook.errors import ConfigError, EndpointError, HornbookError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.exchange import Exchange, GaveUpError, NotFoundError, RefusedError, UnpaidError
from hornbook.teacher.loop_thread import LoopThread
from hornbook.teacher.replies import read_model_names, read_reply, read_spoken
from hornbook.teacher.teacher import FailureCount, Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.wire import ChatRequest, CompletionRequest, SamplingConfig, bounded

__all__ = ["ChatRequest", "CompletionRequest", "Endpoint", "EndpointConfig", "EndpointTeacher", "SamplingConfig"]

_NAMED_MODELS = 20


class EndpointTeacher:
    """A `Teacher`. A context manager: the endpoint is contacted on entry; on exit what is under way is abandoned."""

    def __init__(self, config: EndpointConfig) -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self.config = config
        self.on_reply: Callable[[TeacherRequest, Reply], None] | None = None
        """Told of each request and its reply as it comes, before `ask` yields it; in the thread of the connections."""
        self._line = _Line(config)
        self._name = ""
        self._listed: list[str] | None = None

    def __enter__(self) -> Self:
        """Contact the endpoint and learn the model's name.

        Raises:
            EndpointError: There is nobody to connect to (said at once, without further attempts), the key is refused,
                or the server is still broken or loading after all attempts.
            ConfigError: The endpoint does not list the model, or none was named and it lists none or several.
        """
        self._line.open()
        try:
            self._listed = self._line.list_models(await_connection=False)
            if not self.config.model:
                self._name = _only_model(self._listed, self.config.address, flag="--teacher-model")
            elif self._listed and not any(_is_named(self.config.model, listed) for listed in self._listed):
                raise _unknown_model(self.config.model, self._listed, self.config.address)
            self._name = self._name or self.config.model
        except BaseException:
            self._line.close()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        """Abandon what is under way and close every connection."""
        self._line.close()

    @property
    def name(self) -> str:
        """The model's name, as the endpoint has it; known once entered."""
        if not self._name:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._name

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Ask many requests at once; see `Teacher`.

        Args:
            requests: Read in the calling thread, at most a quarter further than what runs at once.

        Raises:
            EndpointError: The key is refused, the account is empty, or too large a share of the requests was rejected
                or stays unanswered.
            ConfigError: The endpoint no longer knows the model.
        """
        count = FailureCount()
        with closing(self._line.each(requests, partial(self._reply, count))) as replies:
            for index, reply in replies:
                if reply is not None:
                    yield index, reply
        count.end()

    async def _reply(self, count: FailureCount, request: TeacherRequest, given_up: asyncio.Event) -> Reply | None:
        """One reply; None where there is none and everything is to stop, which `given_up` tells the others."""
        try:
            reply = await self._line.exchange.fetch(request.path, request.body(self._name), given_up, read=read_reply)
        except EndpointError as error:
            stop = self._stops_everything(error, has_answer=count.has_answer)
            if stop is not None:
                count.error = count.error or stop
                given_up.set()
                return None
            reply = Reply(outcome=_outcome(error), detail=bounded(str(error)))
        count.note(reply)
        if count.error is not None:
            given_up.set()
        if self.on_reply is not None:
            self.on_reply(request, reply)
        return reply

    def _stops_everything(self, error: EndpointError, *, has_answer: bool) -> HornbookError | None:
        """What to raise if `error` would meet every further request as well; None if it is this request's own.

        403 is also how some endpoints refuse a text that they find unfit, so after an answer it is the request's own.
        """
        if isinstance(error, UnpaidError):
            return error
        if isinstance(error, NotFoundError):
            is_model = "model" in error.said.lower() or (self._listed is None and not has_answer)
            return _unknown_model(self._name, self._listed, self.config.address) if is_model else None
        if isinstance(error, RefusedError):
            is_key = error.status == HTTPStatus.UNAUTHORIZED
            return error if is_key or (error.status == HTTPStatus.FORBIDDEN and not has_answer) else None
        return None


class Endpoint:
    """A context manager: the endpoint is contacted on entry; on exit what is under way is abandoned.

    Use it from one thread.
    """

    def __init__(self, config: EndpointConfig) -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self.config = config
        self._line = _Line(config)
        self._model = config.model

    def __enter__(self) -> Self:
        """See whether the endpoint is there and takes the key. One that lists no models (404) passes.

        Raises:
            EndpointError: There is nobody to connect to (said at once, without further attempts), the key is refused,
                or the server is still broken or loading after all attempts.
        """
        self._line.open()
        try:
            self._line.fetch_models(bytes, await_connection=False)
        except BaseException:
            self._line.close()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        """Abandon what is under way and close every connection."""
        self._line.close()

    def model_name(self) -> str:
        """The configured model, or the only one that the endpoint lists.

        Raises:
            ConfigError: None is configured, and the endpoint lists none or several; names them.
            EndpointError: The list cannot be had or is nonsense.
        """
        if not self._model:
            listed = self._line.list_models(await_connection=True)
            self._model = _only_model(listed, self.config.address, flag="--endpoint-model")
        return self._model

    def each(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Ask many requests at once and yield what the model said to each as it comes.

        Args:
            requests: Read in the calling thread, at most a quarter further than what runs at once.

        Yields:
            The request's index, counted from 0, and its reply, which is answered, cut off or empty; in any order, each
            index once.

        Raises:
            ConfigError: As `model_name`.
            EndpointError: A request failed for good. Then no further one is started and none is tried again; the
                answers that were under way are still yielded before it is raised, since they may have cost something.
        """
        failure: EndpointError | None = None
        with closing(self._line.each(requests, partial(self._ask, self.model_name()))) as answers:
            for index, answer in answers:
                if isinstance(answer, EndpointError):
                    failure = failure or answer
                else:
                    yield index, answer
        if failure is not None:
            raise failure

    async def _ask(self, model: str, request: TeacherRequest, given_up: asyncio.Event) -> Reply | EndpointError:
        """One answer; where there is none, the requests that share `given_up` are told."""
        try:
            return await self._line.exchange.fetch(request.path, request.body(model), given_up, read=read_spoken)
        except EndpointError as error:
            given_up.set()
            return error


class _Line:
    """The open connection to an endpoint: an exchange, in the event loop of a thread of its own."""

    def __init__(self, config: EndpointConfig) -> None:
        self._config = config

    def open(self) -> None:
        self._thread = LoopThread("endpoint")
        try:
            self.exchange = self._thread.call(open_exchange(self._config))
        except BaseException:
            self._thread.close()
            raise

    def close(self) -> None:
        self._thread.close(self.exchange.close)

    def each(self, items: Iterable[Any], handle: Any) -> Generator[tuple[int, Any], None, None]:
        return self._thread.each(items, handle, lambda: self.exchange.throttle.num_allowed)

    def list_models(self, *, await_connection: bool) -> list[str] | None:
        """The names; None if the endpoint has no such list."""
        names: list[str] | None = self.fetch_models(read_model_names, await_connection=await_connection)
        return names

    def fetch_models(self, read: Callable[[bytes], Any], *, await_connection: bool) -> Any:
        """What the endpoint answers for `models`; None if it has no such list."""
        fetching = self.exchange.fetch("models", None, asyncio.Event(), read=read, await_connection=await_connection)
        try:
            return self._thread.call(fetching)
        except NotFoundError:
            return None


async def open_exchange(config: EndpointConfig) -> Exchange:
    """An exchange, made in the loop that runs this."""
    return Exchange(config)


def _outcome(error: EndpointError) -> ReplyOutcome:
    if isinstance(error, GaveUpError) and error.is_malformed:
        return ReplyOutcome.MALFORMED
    return ReplyOutcome.REJECTED if isinstance(error, RefusedError) else ReplyOutcome.UNANSWERED


def _only_model(listed: Sequence[str] | None, address: str, *, flag: str) -> str:
    """The one name in the list.

    Raises:
        ConfigError: There are none or several; names them, and `flag`, with which a person chooses.
    """
    names = listed or []
    if len(names) != 1:
        shown = ", ".join(f"`{name}`" for name in names[:_NAMED_MODELS]) or "none"
        more = f" and {len(names) - _NAMED_MODELS} more" if len(names) > _NAMED_MODELS else ""
        raise ConfigError(f"name the model with `{flag}`: `{address}/models` lists {shown}{more}")
    return names[0]


def _is_named(model: str, listed: str) -> bool:
    """Whether a listed model is the one: by its name, with its owner before it, or with its tag behind it."""
    return listed == model or listed.endswith(f"/{model}") or listed.startswith(f"{model}:")


def _unknown_model(model: str, listed: Sequence[str] | None, address: str) -> ConfigError:
    """The error for a model that the endpoint does not know, with the nearest that it does."""
    others = [name for name in listed or () if name != model]
    found = process.extractOne(model, others, scorer=fuzz.WRatio, processor=utils.default_process)
    nearest = found[0] if found else others[0] if others else None
    hint = f"; the nearest that it lists is `{nearest}` (of {len(others)})" if nearest else ""
    return ConfigError(f"`{address}` has no model `{model}`{hint}")
