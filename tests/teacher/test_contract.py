import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.contract import ANY_TEACHER, SCRIPTED, Make, Script, text_of

from hornbook.errors import EndpointError
from hornbook.teacher.endpoint import EndpointConfig, EndpointTeacher
from hornbook.teacher.local import LocalTeacher
from hornbook.teacher.scripted import ScriptedTeacher
from hornbook.teacher.teacher import Reply, ReplyOutcome

GGUF_VARIABLE = "HORNBOOK_TEST_GGUF"


def http_reply(said: Reply | EndpointError, *, is_chat: bool) -> tuple[int, Any]:
    """Status and body by which an endpoint says it."""
    if isinstance(said, EndpointError):
        return 401, {"error": {"message": str(said)}}
    content: dict[str, Any] = {"message": {"content": said.text}} if is_chat else {"text": said.text}
    answer = {
        "choices": [content | {"finish_reason": said.finish_reason or "stop"}],
        "usage": {"prompt_tokens": said.prompt_tokens, "completion_tokens": said.completion_tokens},
    }
    match said.outcome:
        case ReplyOutcome.REFUSED:
            return 200, {"choices": [{"message": {"content": None, "refusal": "I will not"}}]}
        case ReplyOutcome.MALFORMED:
            return 200, {"choices": []}
        case ReplyOutcome.REJECTED:
            return 422, {"error": "no"}
        case ReplyOutcome.UNANSWERED:
            return 500, {}
        case _:
            return 200, answer


@pytest.fixture
def endpoint(server: Any) -> Make:
    def make(script: Script) -> EndpointTeacher:
        def reply(asked: Any) -> Any:
            status, body = http_reply(script(asked.text), is_chat="messages" in asked.body)
            return type("Sent", (), {"status": status, "body": body, "headers": {}})()

        server.reply = reply
        return EndpointTeacher(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_attempts=2))

    return make


def scripted(script: Script) -> ScriptedTeacher:
    return ScriptedTeacher(lambda request: script(text_of(request)))


def shuffled(script: Script) -> ScriptedTeacher:
    return ScriptedTeacher(lambda request: script(text_of(request)), num_ahead=20, shuffle=random.Random(5))


@pytest.fixture(params=["endpoint", "scripted", "shuffled"])
def make(request: pytest.FixtureRequest) -> Make:
    kinds: dict[str, Make] = {"scripted": scripted, "shuffled": shuffled}
    return kinds.get(request.param) or request.getfixturevalue("endpoint")


@pytest.mark.parametrize("check", [*ANY_TEACHER, *SCRIPTED])
def test_a_teacher_keeps_to_its_contract(check: Callable[[Make], None], make: Make) -> None:
    check(make)


@pytest.mark.skipif(not os.environ.get(GGUF_VARIABLE), reason=f"{GGUF_VARIABLE} names no GGUF file")
@pytest.mark.parametrize("check", ANY_TEACHER)
def test_a_model_in_this_process_keeps_to_the_contract(check: Callable[[Make], None]) -> None:
    pytest.importorskip("xllamacpp")
    check(lambda _script: LocalTeacher(Path(os.environ[GGUF_VARIABLE]), max_concurrency=2, context_tokens=256))
