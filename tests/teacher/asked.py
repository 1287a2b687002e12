"""What the tests of the account ask, and whom."""

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from tests.teacher.scripted import ScriptedTeacher

from hornbook.teacher.account import Account
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, SamplingConfig, Teacher, TeacherRequest
from hornbook.teacher.cache import Database, ReplyCache
from hornbook.teacher.ledger import Budget, Figures, StageEntry, totals_of
from hornbook.teacher.prices import Price

SAMPLING = SamplingConfig(max_new_tokens=100, temperature=1.0, top_p=1.0)
PRICE = Price(usd_per_million_in=1.0, usd_per_million_out=2.0)


def chat(text: str, *, sample: int = 0, sampling: SamplingConfig = SAMPLING) -> ChatRequest:
    return ChatRequest(messages=[{"role": "user", "content": text}], sampling=sampling, sample=sample)


def chats(number: int, *, first: int = 0) -> list[ChatRequest]:
    return [chat(f"question {index}") for index in range(first, first + number)]


def answered(text: str, tokens_in: int | None = 10, tokens_out: int | None = 20) -> Reply:
    return Reply(
        outcome=ReplyOutcome.ANSWERED,
        text=text,
        finish_reason="stop",
        prompt_tokens=tokens_in,
        completion_tokens=tokens_out,
    )


def unanswered(detail: str = "the line was dead") -> Reply:
    return Reply(outcome=ReplyOutcome.UNANSWERED, detail=detail)


def text_of(request: TeacherRequest) -> str:
    return request.messages[-1]["content"] if isinstance(request, ChatRequest) else request.prompt


def echo(request: TeacherRequest) -> Reply:
    return answered(f"about {text_of(request)}, sample {request.sample}")


def quick(script: Callable[[TeacherRequest], Reply] = echo, *, num_at_once: int = 4) -> ScriptedTeacher:
    return ScriptedTeacher(script, name="quick", num_ahead=num_at_once, shuffle=random.Random(1))


class Kit:
    """A database in a file, and what belongs to it. A context manager."""

    def __init__(self, path: Path, price: Price | None = PRICE) -> None:
        self.database = Database(path)
        self.cache = ReplyCache(self.database)
        self.price = price

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.database.close()

    def account(
        self, teacher: Teacher, budget: Budget | None = None, stage: str = "write", output: str = ""
    ) -> Account:
        return Account(
            teacher,
            database=self.database,
            price_of=lambda _model: self.price,
            budget=budget,
            stage=stage,
            output=output,
        )

    def entry(self) -> StageEntry:
        return StageEntry(self.database, "write", "", "m", self.price)

    def totals(self) -> Figures:
        return totals_of(self.database, "write")


def replies(account: Account, requests: Iterable[TeacherRequest]) -> list[Reply]:
    """In the order of the requests, each of which must be answered once."""
    found = dict(account.ask(requests))
    assert sorted(found) == list(range(len(found)))
    return [found[index] for index in range(len(found))]
