"""A language model behind an OpenAI-compatible HTTP endpoint, asked many things at a time.

`EndpointTeacher` gives every request a reply with an outcome. `Endpoint` is for whoever measures a model: to it a
failed or refused answer is an `EndpointError`, never an empty text.
"""

import asyncio
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from types import TracebackType
from typing import Any, Self

from hornbook.errors import EndpointError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.exchange import Exchange, GaveUpError, NotFoundError, RefusedError
from hornbook.teacher.failures import FailureCount, stops_everything
from hornbook.teacher.loop_thread import LoopThread
from hornbook.teacher.model_list import check_listed, only_model
from hornbook.teacher.replies import read_reply
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.wire import (
    Answer,
    ChatRequest,
    CompletionRequest,
    SamplingConfig,
    bounded,
    read_answer,
    read_model_names,
)

__all__ = [
    "Answer",
    "ChatRequest",
    "CompletionRequest",
    "Endpoint",
    "EndpointConfig",
    "EndpointTeacher",
    "SamplingConfig",
]


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
                self._name = only_model(self._listed, self.config.address, flag="--teacher-model")
            elif self._listed and self.config.check_model:
                check_listed(self.config.model, self._listed, self.config.address)
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
            EndpointError: The key is refused, the account is empty, or more than `max_failed_share` of the requests
                was rejected or stays unanswered.
            ConfigError: The endpoint no longer knows the model.
        """
        count = FailureCount(self.config.max_failed_share, self.config.min_judged)
        handle = partial(self._reply, count)
        with closing(self._line.each(requests, handle)) as replies:
            for index, reply in replies:
                if reply is not None:
                    yield index, reply
        if count.error is not None:
            raise count.error

    async def _reply(self, count: FailureCount, request: TeacherRequest, given_up: asyncio.Event) -> Reply | None:
        """One reply; None where there is none and everything is to stop, which `given_up` tells the others."""
        try:
            reply = await self._line.exchange.fetch(request.path, request.body(self._name), given_up, read=read_reply)
        except EndpointError as error:
            stop = stops_everything(error, self.config, self._name, self._listed, count)
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
        """Contact the endpoint.

        Raises:
            EndpointError: As `check`.
        """
        self._line.open()
        try:
            self.check()
        except BaseException:
            self._line.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Abandon what is under way and close every connection."""
        self._line.close()

    def check(self) -> None:
        """See whether the endpoint is there and takes the key. One that lists no models (404) passes.

        Raises:
            EndpointError: There is nobody to connect to (said at once, without further attempts), the key is refused,
                or the server is still broken or loading after all attempts.
        """
        self._line.fetch_models(await_connection=False)

    def model_name(self) -> str:
        """The configured model, or the only one that the endpoint lists.

        Raises:
            ConfigError: None is configured, and the endpoint lists none or several; names them.
            EndpointError: The list cannot be had or is nonsense.
        """
        if not self._model:
            listed = self._line.list_models(await_connection=True)
            self._model = only_model(listed, self.config.address, flag="--endpoint-model")
        return self._model

    def chat(self, messages: Sequence[Mapping[str, str]], sampling: SamplingConfig) -> Answer:
        """Let the model continue a conversation.

        Args:
            messages: Each with `role` and `content`, the oldest first.
            sampling: How the answer is drawn, and where it ends.

        Raises:
            ConfigError: As `model_name`.
            EndpointError: No answer after all attempts, a refusal, or nonsense.
        """
        return self._ask_alone(ChatRequest(messages=messages, sampling=sampling))

    def complete(self, prompt: str, sampling: SamplingConfig) -> Answer:
        """Let the model continue a text; the prompt is not part of the answer.

        Raises:
            ConfigError: As `model_name`.
            EndpointError: No answer after all attempts, a refusal, or nonsense.
        """
        return self._ask_alone(CompletionRequest(prompt=prompt, sampling=sampling))

    def each(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Answer]]:
        """Ask many requests at once and yield each answer as it comes.

        Args:
            requests: Read in the calling thread, at most a quarter further than what runs at once.

        Yields:
            The request's index, counted from 0, and its answer; in any order, each index once.

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

    async def _ask(self, model: str, request: TeacherRequest, given_up: asyncio.Event) -> Answer | EndpointError:
        """One answer; where there is none, the requests that share `given_up` are told."""
        address = f"{self.config.address}/{request.path}"
        try:
            body = await self._line.exchange.fetch(request.path, request.body(model), given_up, read=bytes)
            return read_answer(body, address)
        except EndpointError as error:
            given_up.set()
            return error

    def _ask_alone(self, request: TeacherRequest) -> Answer:
        answer = self._line.call(self._ask(self.model_name(), request, asyncio.Event()))
        if isinstance(answer, EndpointError):
            raise answer
        return answer


class _Line:
    """The open connection to an endpoint: an exchange, in the event loop of a thread of its own."""

    def __init__(self, config: EndpointConfig) -> None:
        self._config = config

    def open(self) -> None:
        self._thread = LoopThread("endpoint")
        self.exchange = self._thread.call(_open(self._config))
        self.call = self._thread.call

    def close(self) -> None:
        self._thread.close(self.exchange.close)

    def each(self, items: Iterable[Any], handle: Any) -> Generator[tuple[int, Any], None, None]:
        return self._thread.each(items, handle, lambda: self.exchange.throttle.num_allowed)

    def list_models(self, *, await_connection: bool) -> list[str] | None:
        """The names; None if the endpoint has no such list."""
        body = self.fetch_models(await_connection=await_connection)
        return None if body is None else read_model_names(body, f"{self._config.address}/models")

    def fetch_models(self, *, await_connection: bool) -> bytes | None:
        """What the endpoint answers for `models`; None if it has no such list."""
        try:
            return self.call(
                self.exchange.fetch("models", None, asyncio.Event(), read=bytes, await_connection=await_connection)
            )
        except NotFoundError:
            return None


async def _open(config: EndpointConfig) -> Exchange:
    return Exchange(config)


def _outcome(error: EndpointError) -> ReplyOutcome:
    if isinstance(error, GaveUpError) and error.is_malformed:
        return ReplyOutcome.MALFORMED
    return ReplyOutcome.REJECTED if isinstance(error, RefusedError) else ReplyOutcome.UNANSWERED
