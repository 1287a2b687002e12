"""Ask a language model behind an OpenAI-compatible HTTP endpoint, many requests at a time.

A failed or refused answer is an `EndpointError`, never an empty text: what comes back was written by the model.
Requests run as tasks of an event loop in a thread of its own, so that an abandoned one is closed at once instead of
being waited for, and the server can stop writing it.
"""

import asyncio
import queue
import threading
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from hornbook.errors import ConfigError, EndpointError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.exchange import Exchange, NotFoundError
from hornbook.teacher.wire import (
    Answer,
    ChatRequest,
    CompletionRequest,
    SamplingConfig,
    read_answer,
    read_model_names,
)

__all__ = ["Answer", "ChatRequest", "CompletionRequest", "Endpoint", "EndpointConfig", "SamplingConfig"]

T = TypeVar("T")

_NAMED_MODELS = 20


class Endpoint:
    """A context manager: the endpoint is contacted on entry; on exit what is under way is abandoned.

    Use it from one thread.
    """

    def __init__(self, config: EndpointConfig) -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self.config = config
        self._model = config.model

    def __enter__(self) -> "Endpoint":
        """Contact the endpoint.

        Raises:
            EndpointError: As `check`.
        """
        self._exchange = Exchange(self.config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="endpoint", daemon=True)
        self._thread.start()
        try:
            self.check()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Abandon what is under way and close every connection."""
        self._close()

    def check(self) -> None:
        """See whether the endpoint is there and takes the key. One that lists no models (404) passes.

        Raises:
            EndpointError: There is nobody to connect to (said at once, without further attempts), the key is refused,
                or the server is still broken or loading after all attempts.
        """
        self._list_models(await_connection=False)

    def model_name(self) -> str:
        """The configured model, or the only one that the endpoint lists.

        Raises:
            ConfigError: None is configured, and the endpoint lists none or several; names them.
            EndpointError: The list cannot be had or is nonsense.
        """
        if not self._model:
            listed = self._list_models()
            names = [] if listed is None else read_model_names(listed, f"{self.config.address}/models")
            if len(names) != 1:
                shown = ", ".join(f"`{name}`" for name in names[:_NAMED_MODELS]) or "none"
                more = f" and {len(names) - _NAMED_MODELS} more" if len(names) > _NAMED_MODELS else ""
                raise ConfigError(
                    f"name the model with `--endpoint-model`: `{self.config.address}/models` lists {shown}{more}"
                )
            [self._model] = names
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

    def each(self, requests: Iterable[ChatRequest | CompletionRequest]) -> Iterator[tuple[int, Answer]]:
        """Ask many requests at once and yield each answer as it comes.

        Args:
            requests: Read in the calling thread, at most twice `max_concurrency` ahead of the answers taken.

        Yields:
            The request's index, counted from 0, and its answer; in any order, each index once.

        Raises:
            ConfigError: As `model_name`.
            EndpointError: A request failed for good. Then no further one is started and none is tried again; the
                answers that were under way are still yielded before it is raised, since they may have cost something.
        """
        model = self.model_name()
        given_up = asyncio.Event()
        finished: queue.SimpleQueue[tuple[int, Future[Answer]]] = queue.SimpleQueue()
        running: dict[int, Future[Answer]] = {}
        waiting = enumerate(requests)
        failure: EndpointError | None = None
        try:
            while True:
                while failure is None and len(running) < 2 * self.config.max_concurrency:
                    index, request = next(waiting, (-1, None))
                    if request is None:
                        break
                    running[index] = self._start(self._ask(request, model, given_up))
                    running[index].add_done_callback(partial(_put, finished, index))
                if not running:
                    break
                index, future = finished.get()
                del running[index]
                try:
                    answer = future.result()
                except EndpointError as error:
                    failure = failure or error
                except CancelledError:  # It was not yet under way when another one failed.
                    continue
                else:
                    yield index, answer
        finally:
            if running:  # First, lest a request that waits take the place of one that is cancelled.
                self._loop.call_soon_threadsafe(given_up.set)
            for future in running.values():
                future.cancel()
        if failure is not None:
            raise failure

    async def _ask(self, request: ChatRequest | CompletionRequest, model: str, given_up: asyncio.Event) -> Answer:
        """One answer; where there is none, the requests that share `given_up` are told."""
        try:
            body = await self._exchange.fetch(request.path, request.body(model), given_up)
            return read_answer(body, f"{self.config.address}/{request.path}")
        except EndpointError:
            given_up.set()
            raise

    def _ask_alone(self, request: ChatRequest | CompletionRequest) -> Answer:
        return self._await(self._ask(request, self.model_name(), asyncio.Event()))

    def _list_models(self, *, await_connection: bool = True) -> bytes | None:
        """What the endpoint answers for `models`; None if it has no such list."""
        try:
            return self._await(self._exchange.fetch("models", None, asyncio.Event(), await_connection=await_connection))
        except NotFoundError:
            return None

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        future = self._start(coroutine)
        try:
            return future.result()
        finally:
            future.cancel()  # Where the wait was interrupted; a finished one takes no notice.

    def _close(self) -> None:
        self._await(self._abandon())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _abandon(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._exchange.close()
        await asyncio.get_running_loop().shutdown_asyncgens()
        await asyncio.get_running_loop().shutdown_default_executor()


def _put(finished: queue.SimpleQueue[tuple[int, Future[Answer]]], index: int, future: Future[Answer]) -> None:
    finished.put((index, future))
