import os
import random
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import Kit
from tests.teacher.batch_server import KEY, BatchServer
from tests.teacher.contract import (
    ANY_TEACHER,
    SCRIPTED,
    Make,
    Script,
    an_error_that_all_would_meet_is_raised_after_what_was_answered,
    requests_are_read_lazily_and_no_further_once_the_replies_are_closed,
    text_of,
)
from tests.teacher.scripted import ScriptedTeacher

from hornbook.errors import EndpointError
from hornbook.teacher.batch import BatchTeacher
from hornbook.teacher.endpoint import EndpointConfig, EndpointTeacher
from hornbook.teacher.local import LocalTeacher
from hornbook.teacher.teacher import Reply, ReplyOutcome

GGUF_VARIABLE = "HORNBOOK_TEST_GGUF"
NOT_OF_BATCHES = (
    requests_are_read_lazily_and_no_further_once_the_replies_are_closed,
    an_error_that_all_would_meet_is_raised_after_what_was_answered,
)


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


def shuffled(script: Script) -> ScriptedTeacher:
    return ScriptedTeacher(lambda request: script(text_of(request)), num_ahead=20, shuffle=random.Random(5))


def batched(server: BatchServer, script: Script, kit: Kit) -> BatchTeacher:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        text = body["messages"][-1]["content"] if "messages" in body else body["prompt"]
        return http_reply(script(text), is_chat="messages" in body)

    server.answer = answer
    return BatchTeacher(EndpointConfig(url=server.url, api_key=KEY, first_delay_seconds=0.001), kit.database)


@pytest.mark.parametrize("is_accounted", [False, True])
@pytest.mark.parametrize("kind", ["endpoint", "shuffled", "batched"])
@pytest.mark.parametrize("check", [*ANY_TEACHER, *SCRIPTED])
def test_a_teacher_keeps_to_its_contract_and_its_account_does(
    check: Callable[[Make], None], kind: str, is_accounted: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if kind == "batched" and check in NOT_OF_BATCHES:
        pytest.skip("a batch API reads as many requests as fit into a batch before the first reply comes")
    with ExitStack() as stack:

        def make(script: Script) -> Any:
            kit = stack.enter_context(Kit(tmp_path / f"{random.random()}.sqlite"))
            if kind == "batched":
                teacher: Any = batched(stack.enter_context(BatchServer()), script, kit)
            elif kind == "shuffled":
                teacher = shuffled(script)
            else:
                teacher = request.getfixturevalue("endpoint")(script)
            return kit.account(teacher) if is_accounted else teacher

        check(make)


@pytest.mark.skipif(not os.environ.get(GGUF_VARIABLE), reason=f"{GGUF_VARIABLE} names no GGUF file")
@pytest.mark.parametrize("check", ANY_TEACHER)
def test_a_model_in_this_process_keeps_to_the_contract(check: Callable[[Make], None]) -> None:
    pytest.importorskip("xllamacpp")
    check(lambda _script: LocalTeacher(Path(os.environ[GGUF_VARIABLE]), max_concurrency=2))
