"""A model behind an OpenAI-compatible endpoint, asked by chat or by plain completion."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from hornbook.evaluation.chat import chat_messages
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

if TYPE_CHECKING:
    from hornbook.teacher.api import ChatRequest, CompletionRequest
    from hornbook.teacher.http import EndpointConfig

_FUNCTION_STOPS = ("\ndef ", "\nclass ", "\nif ", "\nprint(")
"""Where a function has surely ended; some hosted models take no more than four."""
_MOST_STOPS = 4


class Api(StrEnum):
    """Which of the two ways an endpoint is asked in."""

    CHAT = "chat"
    COMPLETIONS = "completions"


class EndpointModel:
    """Each request is asked on its own, many at a time; answers are yielded as they come.

    Whether equal seeds give equal answers is the endpoint's affair.
    """

    def __init__(self, config: "EndpointConfig", api: Api) -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self._config = config
        self._api = api

    @cached_property
    def _name(self) -> str:
        return _model_name(self._config)

    def identity(self) -> ModelIdentity:
        """The model's name as the endpoint has it. What lies behind a name can change; nothing here can tell.

        Raises:
            EndpointError: The endpoint is not there, or refuses.
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
        from hornbook.teacher.endpoint import Endpoint

        known = indices_of(requests, done)
        waiting = [index for index in range(len(requests)) if index not in known]
        if not waiting:
            return
        with Endpoint(self._config) as endpoint:
            asked = (self._request(requests[index], sampling, seed) for index in waiting)
            for number, answer in endpoint.each(asked):
                yield [(waiting[number], _without_surrogates(answer.text))]

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """None that is known of: an endpoint refuses a prompt that is too long for its model."""
        del requests, sampling
        return 0

    def _request(self, request: Request, sampling: SamplingConfig, seed: int) -> "ChatRequest | CompletionRequest":
        from hornbook.teacher.api import ChatRequest, CompletionRequest
        from hornbook.teacher.api import SamplingConfig as EndpointSampling

        chat = self._api is Api.CHAT
        stops = () if chat else (request.stop_strings or _FUNCTION_STOPS)[:_MOST_STOPS]
        drawn = EndpointSampling(
            max_new_tokens=sampling.max_new_tokens,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            stop=stops,
            seed=derive_seed(seed, request.task_id, str(request.sample_index)) if sampling.temperature > 0 else None,
        )
        if chat:
            return ChatRequest(messages=chat_messages(request.problem), sampling=drawn)
        return CompletionRequest(prompt=request.prompt, sampling=drawn)


class EndpointGrader:
    """A language model behind an endpoint that grades by chat; called as an `Asker`."""

    def __init__(self, config: "EndpointConfig") -> None:
        """Describe the endpoint; nothing is contacted yet."""
        self._config = config

    @cached_property
    def name(self) -> str:
        """The model's name as the endpoint has it.

        Raises:
            EndpointError: The endpoint is not there, or refuses.
            ConfigError: It serves several models, and none was named.
        """
        return _model_name(self._config)

    def __call__(self, requests: Sequence[GradingRequest]) -> Iterator[tuple[int, str]]:
        """Ask, many at a time; see `Asker`."""
        from hornbook.teacher.api import ChatRequest
        from hornbook.teacher.api import SamplingConfig as EndpointSampling
        from hornbook.teacher.endpoint import Endpoint

        with Endpoint(self._config) as endpoint:
            asked = (
                ChatRequest(
                    messages=request.messages,
                    sampling=EndpointSampling(
                        max_new_tokens=MAX_NEW_TOKENS, temperature=TEMPERATURE, top_p=1.0, seed=request.seed
                    ),
                )
                for request in requests
            )
            for index, answer in endpoint.each(asked):
                yield index, _without_surrogates(answer.text)


def _model_name(config: "EndpointConfig") -> str:
    from hornbook.teacher.endpoint import Endpoint

    with Endpoint(config) as endpoint:
        return endpoint.name


def _without_surrogates(text: str) -> str:
    """Half a surrogate pair, which JSON can hold and UTF-8 lacks, becomes `?`."""
    return text.encode(errors="replace").decode()
