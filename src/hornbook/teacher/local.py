"""A teacher on this machine: a GGUF file, served by llama.cpp (`xllamacpp`) in this process on a loopback port.

Reads: the model's file.
"""

import importlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.api import Reply, TeacherRequest, bounded
from hornbook.teacher.endpoint import Endpoint
from hornbook.teacher.http import EndpointConfig

_BATCH_TOKENS = 1024
_CONTEXT_TOKENS = 2048
"""Context of each request, its answer included. An answer that reaches the end is cut off, a longer prompt is rejected.
The memory for the contexts of all requests in flight is allocated at once."""
_TIMEOUT_SECONDS = 86_400.0


class LocalTeacher:
    """A `Teacher`. A context manager: the model is loaded on entry and freed on exit."""

    def __init__(self, path: Path, *, max_concurrency: int = 8) -> None:
        """Load nothing yet. `path` is a GGUF file; `max_concurrency` requests are answered at once, in one batch."""
        self._path = path
        self._max_concurrency = max_concurrency
        self._endpoint: Endpoint | None = None

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ConfigError: `xllamacpp` is not installed, or cannot read the file.
            MissingInputError: There is no such file.
        """
        key = secrets.token_hex()  # Other users of this machine cannot use the port.
        self._server = self._load(key)
        config = EndpointConfig(
            url=self._server.listening_address,
            model=self._path.stem,
            api_key=key,
            timeout_seconds=_TIMEOUT_SECONDS,
            max_concurrency=self._max_concurrency,
        )
        self._endpoint = Endpoint(config).__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        """Abandon the requests in flight, and free the model's memory."""
        self._entered.__exit__(*raised)
        self._endpoint = self._server = None

    @property
    def name(self) -> str:
        """The file's name without its suffix; known once entered."""
        return self._entered.name

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Send many requests at once; see `Endpoint.ask`."""
        return self._entered.ask(requests)

    @property
    def _entered(self) -> Endpoint:
        if self._endpoint is None:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._endpoint

    def _load(self, key: str) -> Any:
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
        params.api_keys = [key]
        try:
            return xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise ConfigError(f"`{self._path}` cannot be loaded as a GGUF model: {bounded(str(error))}") from error
