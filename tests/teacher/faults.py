"""Ask a server that fails in every way that servers fail, and count whether each request had its reply.

A share of all attempts meets a fault, in equal parts: 429 with `Retry-After` (in seconds or as a date), 500, 503, a
stream cut within the answer, broken JSON, an answer without text, a body without bytes, a long silence, a connection
reset while the server takes no new ones. The client loses patience with a silence and asks again.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

from tests.teacher.raw_server import Heard, RawServer, message, spoken

from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.endpoint import EndpointTeacher
from hornbook.teacher.teacher import ReplyOutcome
from hornbook.teacher.wire import ChatRequest, SamplingConfig

FAULTS = ("429", "500", "503", "cut stream", "broken JSON", "no text", "no bytes", "stall", "refused connections")
DEAF_SECONDS = 0.05
STALL_SECONDS = 30.0
WAITS = ("0.1", "0", formatdate(0, usegmt=True), "soon")
SAMPLING = SamplingConfig(max_new_tokens=10, temperature=1.0, top_p=1.0)


class FaultyServer(RawServer):
    """What an attempt meets is drawn from the request's number and how often it was asked."""

    def __init__(self, share: float) -> None:
        super().__init__(self.answer_or_fail)
        self.share = share
        self.num_asked = Counter[str]()
        self.num_answered = Counter[str]()
        self.met = Counter[str]()
        self.asked_after_answer: list[str] = []
        self.deaf = asyncio.Lock()

    async def answer_or_fail(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        text = heard.text
        if self.num_answered[text]:
            self.asked_after_answer.append(text)
        draw = random.Random(f"{text} {self.num_asked[text]}")
        self.num_asked[text] += 1
        if draw.random() >= self.share:
            self.tell(text, writer)
            return
        fault = draw.choice(FAULTS)
        self.met[fault] += 1
        await self.fail(fault, text, draw, writer)

    def tell(self, text: str, writer: asyncio.StreamWriter, said: str | None = None) -> None:
        writer.write(message("200 OK", spoken(f"about {text}" if said is None else said)))
        self.num_answered[text] += 1

    async def fail(self, fault: str, text: str, draw: random.Random, writer: asyncio.StreamWriter) -> None:
        whole = message("200 OK", spoken(f"about {text}"))
        match fault:
            case "429":
                writer.write(
                    message("429 Too Many Requests", {"error": "slowly"}, f"retry-after: {draw.choice(WAITS)}")
                )
            case "500":
                writer.write(message("500 Internal Server Error", b"<html>oh</html>"))
            case "503":
                writer.write(message("503 Service Unavailable", {"error": {"message": "overloaded"}}))
            case "cut stream":
                writer.write(whole[: draw.randrange(1, len(whole))])
                await writer.drain()
                writer.close()
            case "broken JSON":
                writer.write(message("200 OK", whole.partition(b"\r\n\r\n")[2][:-3]))
            case "no text":
                self.tell(text, writer, "")
            case "no bytes":
                writer.write(message("200 OK"))
            case "stall":
                await asyncio.sleep(STALL_SECONDS)
                if not writer.is_closing():
                    self.tell(text, writer)
            case _:
                writer.transport.abort()
                async with self.deaf:
                    self.deafen()
                    await asyncio.sleep(DEAF_SECONDS)
                    await self.listen()


def run(num_calls: int, *, share: float, patience_seconds: float) -> dict[str, Any]:
    """Ask all of it and count."""
    with FaultyServer(share) as server:
        config = EndpointConfig(
            url=server.url,
            timeout_seconds=patience_seconds,
            max_concurrency=64,
            first_delay_seconds=0.05,
            max_attempts=10,
        )
        outcomes = Counter[str]()
        times = Counter[int]()
        num_wrong = 0
        with EndpointTeacher(config) as teacher:
            for index, reply in teacher.ask(_requests(num_calls)):
                times[index] += 1
                outcomes[reply.outcome.name] += 1
                is_answer = reply.outcome is ReplyOutcome.ANSWERED
                num_wrong += is_answer and reply.text != f"about request {index}"
    return {
        "num_replies": times.total(),
        "outcomes": dict(outcomes),
        "lost": sum(not times[index] for index in range(num_calls)),
        "replied_twice": sum(count > 1 for count in times.values()),
        "asked_after_answer": len(server.asked_after_answer),
        "wrong_text": num_wrong,
        "faults_met": dict(sorted(server.met.items())),
    }


def _requests(num_calls: int) -> Iterator[ChatRequest]:
    for number in range(num_calls):
        yield ChatRequest(messages=[{"role": "user", "content": f"request {number}"}], sampling=SAMPLING)


def is_clean(line: dict[str, Any]) -> bool:
    """Whether every request had one reply, its own, and none was asked again after an answer."""
    return not any(line[name] for name in ("lost", "replied_twice", "asked_after_answer", "wrong_text"))
