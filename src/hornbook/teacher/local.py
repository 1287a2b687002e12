"""A teacher in this process: a GGUF file, run by llama.cpp through `xllamacpp`.

Reads: the model's file.
"""

import asyncio
import importlib
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, TeacherRequest, bounded
from hornbook.teacher.concurrency import LoopThread, ask_all
from hornbook.teacher.endpoint import rejection_outcome, reply_of
from hornbook.teacher.retry import MalformedError

_BATCH_TOKENS = 1024
_CONTEXT_TOKENS = 2048
"""Context of each request, its answer included. An answer that reaches the end is cut off, a longer prompt is rejected.
The memory for the contexts of all requests in flight is allocated at once."""
_SERVER_FAILED = 500


class LocalTeacher:
    """A `Teacher`. A context manager: the model is loaded on entry and freed on exit."""

    def __init__(self, path: Path, *, max_concurrency: int = 8) -> None:
        """Load nothing yet.

        Args:
            path: A GGUF file.
            max_concurrency: Requests answered at once, in one batch.
        """
        self._path = path
        self._max_concurrency = max_concurrency
        self._server: Any = None

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ConfigError: `xllamacpp` is not installed, or cannot read the file.
            MissingInputError: There is no such file.
        """
        self._server = self._load()
        self._pool = ThreadPoolExecutor(self._max_concurrency, thread_name_prefix="local-teacher")
        self._thread = LoopThread("local-teacher")
        return self

    def __exit__(self, *raised: object) -> None:
        """Abandon the requests in flight, and free the model's memory."""
        self._thread.close()
        self._pool.shutdown(wait=True)
        self._server = None

    @property
    def name(self) -> str:
        """The file's name without its suffix; known once entered."""
        if self._server is None:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._path.stem

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Send many requests at once; see `Teacher`.

        Raises:
            EndpointError: More than a quarter of the requests were rejected or failed.
        """
        stopped = threading.Event()

        async def ask_one(request: TeacherRequest, given_up: asyncio.Event) -> Reply:
            if given_up.is_set():
                raise asyncio.CancelledError
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._generate, request, stopped)

        try:
            yield from ask_all(self._thread, requests, ask_one, lambda: self._max_concurrency)
        finally:
            stopped.set()

    def _generate(self, request: TeacherRequest, stopped: threading.Event) -> Reply:
        """One reply, in a thread that waits for it; `stopped` ends it with the next token."""
        answer = _Answer(stopped, is_chat=isinstance(request, ChatRequest))
        body = request.body(self._path.stem) | {"stream": True, "stream_options": {"include_usage": True}}
        handle = self._server.handle_chat_completions if answer.is_chat else self._server.handle_completions
        try:
            said = handle(body, answer.take)
        except ValueError as error:
            return Reply(outcome=ReplyOutcome.REJECTED, detail=bounded(str(error)))
        except RuntimeError as error:
            return Reply(outcome=ReplyOutcome.UNANSWERED, detail=bounded(str(error)))
        return answer.reply(said)

    def _load(self) -> Any:
        try:
            xllamacpp = importlib.import_module("xllamacpp")
        except ImportError:
            raise ConfigError(
                "a GGUF file needs the package `xllamacpp`: run `pip install 'hornbook[local]'`, "
                "or give the address of an endpoint as the teacher"
            ) from None
        if not self._path.is_file():
            raise MissingInputError(f"there is no model file `{self._path}`")
        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.model_alias = {self._path.stem}
        params.n_parallel = self._max_concurrency
        params.n_ctx = _CONTEXT_TOKENS * self._max_concurrency
        params.ctx_shift = False  # A prompt that is too long is rejected, and not cut.
        params.n_batch = _BATCH_TOKENS
        params.cpuparams.n_threads = os.cpu_count() or 1
        params.verbosity = 0
        params.api_keys = [secrets.token_hex()]  # It also opens a port on loopback, which nobody else may use.
        try:
            return xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise ConfigError(f"`{self._path}` cannot be loaded as a GGUF model: {bounded(str(error))}") from error


class _Answer:
    """An answer that comes token by token."""

    def __init__(self, stopped: threading.Event, *, is_chat: bool) -> None:
        self.is_chat = is_chat
        self._stopped = stopped
        self._texts: list[str] = []
        self._reason = ""
        self._usage: Any = None
        self._error: Any = None

    def take(self, part: Any) -> bool:
        """Called with each part by the thread that generates; returns whether to stop."""
        if isinstance(part, dict):
            self._error = part.get("error", self._error)
            self._usage = part.get("usage") or self._usage
            for choice in part.get("choices") or ():
                said = choice.get("delta", {}).get("content") if self.is_chat else choice.get("text")
                self._texts.append(said or "")
                self._reason = choice.get("finish_reason") or self._reason
        return self._stopped.is_set()

    def reply(self, said: Any) -> Reply:
        """The reply, once all parts were taken.

        Args:
            said: What the call returned: an error, a whole answer, or nothing.
        """
        error = self._error or (said.get("error") if isinstance(said, dict) else None)
        if isinstance(error, dict):
            message = bounded(str(error.get("message", error)))
            is_rejection = isinstance(error.get("code"), int) and error["code"] < _SERVER_FAILED
            outcome = rejection_outcome(message) if is_rejection else ReplyOutcome.UNANSWERED
            return Reply(outcome=outcome, detail=message)
        if not self._reason and not self._stopped.is_set():
            return Reply(outcome=ReplyOutcome.UNANSWERED, detail=f"the answer ended early: {bounded(repr(said))}")
        text = "".join(self._texts)
        spoken = {"message": {"content": text}} if self.is_chat else {"text": text}
        try:
            return reply_of({"choices": [spoken | {"finish_reason": self._reason}], "usage": self._usage})
        except MalformedError as failure:
            return Reply(outcome=ReplyOutcome.MALFORMED, detail=str(failure))
