"""A jail, and an account with a teacher that answers over a real HTTP server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits
from hornbook.teacher.account import Account
from hornbook.teacher.options import TeacherOptions

Answer = Callable[[Asked], str | int]
Asking = Callable[..., AbstractContextManager[tuple[Account, ScriptedEndpoint]]]


@pytest.fixture(scope="session")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5)) as opened:
        yield opened


class CountingEndpoint(ScriptedEndpoint):
    """Says with each answer that 7 tokens were read and 50 written."""

    def handle(self, asked: Asked) -> tuple[int, Any]:
        status, body = super().handle(asked)
        return status, {**body, "usage": {"prompt_tokens": 7, "completion_tokens": 50}} if "choices" in body else body


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    """`with asking(answer) as (account, endpoint)`: `answer` gives a text for a request, or a status."""

    @contextmanager
    def opened(answer: Answer, concurrency: int = 4) -> Iterator[tuple[Account, ScriptedEndpoint]]:
        number = len(list(tmp_path.glob("*.sqlite")))
        with CountingEndpoint(answer, models=("tiny",)) as endpoint:
            options = TeacherOptions(
                teacher=endpoint.url, concurrency=concurrency, cache=tmp_path / f"cache{number}.sqlite"
            )
            with options.open("test", None, tmp_path) as account:
                yield account, endpoint

    return opened
