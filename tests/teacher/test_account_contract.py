"""An account keeps to the contract of every teacher, whichever is behind it; a batch API keeps to what it can."""

from collections.abc import Callable, Iterator
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
)
from tests.teacher.test_contract import endpoint, http_reply, scripted, shuffled

from hornbook.teacher.batch import BatchTeacher
from hornbook.teacher.config import EndpointConfig

__all__ = ["endpoint"]  # a fixture
CHECKS = [*ANY_TEACHER, *SCRIPTED]
NOT_OF_BATCHES = (
    requests_are_read_lazily_and_no_further_once_the_replies_are_closed,  # It reads as many as fit into a batch.
    an_error_that_all_would_meet_is_raised_after_what_was_answered,  # No reply comes before the batch is read.
)


@pytest.fixture
def new_kit(tmp_path: Path) -> Iterator[Callable[[], Kit]]:
    kits: list[Kit] = []

    def open_another() -> Kit:
        kits.append(Kit(tmp_path / f"{len(kits)}.sqlite"))
        return kits[-1]

    yield open_another
    for kit in kits:
        kit.database.close()


@pytest.mark.parametrize("kind", ["endpoint", "scripted", "shuffled"])
@pytest.mark.parametrize("check", CHECKS)
def test_an_account_keeps_to_the_contract_of_a_teacher(
    check: Callable[[Make], None], kind: str, new_kit: Callable[[], Kit], request: pytest.FixtureRequest
) -> None:
    kinds: dict[str, Make] = {"scripted": scripted, "shuffled": shuffled}
    make: Any = kinds.get(kind) or request.getfixturevalue("endpoint")
    check(lambda script: new_kit().account(make(script)))


@pytest.mark.parametrize("is_accounted", [False, True])
@pytest.mark.parametrize("check", [check for check in CHECKS if check not in NOT_OF_BATCHES])
def test_a_batch_api_keeps_to_the_contract_as_far_as_it_can(
    check: Callable[[Make], None], is_accounted: bool, new_kit: Callable[[], Kit]
) -> None:
    def make(script: Script) -> Any:
        def answer(body: dict[str, Any]) -> tuple[int, Any]:
            text = body["messages"][-1]["content"] if "messages" in body else body["prompt"]
            return http_reply(script(text), is_chat="messages" in body)

        server.answer = answer
        kit = new_kit()
        config = EndpointConfig(url=server.url, api_key=KEY, first_delay_seconds=0.001)
        teacher = BatchTeacher(config, kit.database, most_requests=100, first_pause_seconds=0.001)
        return kit.account(teacher) if is_accounted else teacher

    with BatchServer() as server:
        check(make)
