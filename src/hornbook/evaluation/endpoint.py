"""A model behind an OpenAI-compatible endpoint, asked by chat or by plain completion; and a grader, asked by chat."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from hornbook.evaluation.grade import MAX_NEW_TOKENS, TEMPERATURE, GradingRequest
from hornbook.evaluation.models import (
    CHAT_ENDPOINT,
    COMPLETION_ENDPOINT,
    ModelIdentity,
    Request,
    derive_seed,
    indices_of,
)
from hornbook.generation.prompt import SamplingConfig
from hornbook.records import Problem
from hornbook.teacher.api import ChatRequest, CompletionRequest, fenced
from hornbook.teacher.api import SamplingConfig as EndpointSampling

if TYPE_CHECKING:
    from hornbook.teacher.http import EndpointConfig

CHAT_PROTOCOL_VERSION = 2
"""Raised when the request or the rule of extraction (`python_code/answers.py`) changes."""
CHAT_PROTOCOL_DESCRIPTION = (
    "chat: asked for the whole function in one Python block; the first block that defines it counts, without what only "
    "uses it"
)
_FUNCTION_STOPS = ("\ndef ", "\nclass ", "\nif ", "\nprint(")
"""Where a function has surely ended; some hosted models take no more than four."""
_MOST_STOPS = 4


class Api(StrEnum):
    """The API by which an endpoint is asked."""

    CHAT = "chat"
    COMPLETIONS = "completions"


def chat_messages(problem: Problem) -> list[dict[str, str]]:
    """The conversation that asks for a solution: one request, without a system message."""
    request = (
        f"Write the Python function `{problem.entry_point}` that this code begins or describes. Answer with the whole "
        "function, and the imports and helpers that it needs, in one ```python block, without tests or example calls."
    )
    return [{"role": "user", "content": f"{request}\n\n{fenced(problem.prompt.rstrip())}"}]


class EndpointModel:
    """Sends each request on its own, many at a time, and yields answers as they come.

    Whether equal seeds give equal answers depends on the endpoint.
    """

    def __init__(self, config: "EndpointConfig", api: Api) -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self._config = config
        self._api = api

    @cached_property
    def _name(self) -> str:
        return _model_name(self._config)

    def identity(self) -> ModelIdentity:
        """The name that the endpoint gives the model. The model behind a name can change without notice.

        Raises:
            EndpointError: The endpoint does not answer, or refuses.
            ConfigError: It serves several models, and none was named.
        """
        kind = CHAT_ENDPOINT if self._api is Api.CHAT else COMPLETION_ENDPOINT
        return ModelIdentity(kind=kind, name=self._name, digest="")

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """See `Model`; each group is one answer.

        Raises:
            EndpointError: The endpoint does not answer, after all attempts, or refuses.
        """
        known = indices_of(requests, done)
        waiting = [index for index in range(len(requests)) if index not in known]
        if waiting:
            asked = (self._request(requests[index], sampling, seed) for index in waiting)
            for number, text in _answers(self._config, asked):
                yield [(waiting[number], text)]

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """0: an endpoint refuses a prompt that is too long for its model."""
        del requests, sampling
        return 0

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        """Empty: few endpoints tell the probability of a text that is given."""
        del problems
        return []

    def _request(self, request: Request, sampling: SamplingConfig, seed: int) -> ChatRequest | CompletionRequest:
        is_chat = self._api is Api.CHAT
        drawn = EndpointSampling(
            max_new_tokens=sampling.max_new_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            stop=() if is_chat else (request.stop_strings or _FUNCTION_STOPS)[:_MOST_STOPS],
            seed=derive_seed(seed, request.task_id, str(request.sample_index)) if sampling.temperature > 0 else None,
        )
        if is_chat:
            return ChatRequest(messages=chat_messages(request.problem), sampling=drawn)
        return CompletionRequest(prompt=request.prompt, sampling=drawn)


class EndpointGrader:
    """A language model behind an endpoint that grades by chat; called as an `Asker`."""

    def __init__(self, config: "EndpointConfig") -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self._config = config

    @cached_property
    def name(self) -> str:
        """The name that the endpoint gives the model.

        Raises:
            EndpointError: The endpoint does not answer, or refuses.
            ConfigError: It serves several models, and none was named.
        """
        return _model_name(self._config)

    def __call__(self, requests: Sequence[GradingRequest]) -> Iterator[tuple[int, str]]:
        """Ask, many at a time; see `Asker`."""
        sampling = EndpointSampling(max_new_tokens=MAX_NEW_TOKENS, temperature=TEMPERATURE, top_p=1.0)
        asked = (ChatRequest(messages=one.messages, sampling=replace(sampling, seed=one.seed)) for one in requests)
        return _answers(self._config, asked)


def _model_name(config: "EndpointConfig") -> str:
    from hornbook.teacher.endpoint import Endpoint

    with Endpoint(config) as endpoint:
        return endpoint.name


def _answers(
    config: "EndpointConfig", requests: Iterable[ChatRequest | CompletionRequest]
) -> Iterator[tuple[int, str]]:
    """Number and text of each answer. Half a surrogate pair, which JSON can hold and UTF-8 lacks, becomes `?`."""
    from hornbook.teacher.endpoint import Endpoint

    with Endpoint(config) as endpoint:
        for number, answer in endpoint.each(requests):
            yield number, answer.text.encode(errors="replace").decode()
