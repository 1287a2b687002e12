"""A server that fails in every way that servers fail, in a share of all attempts, and each request's one reply."""

import asyncio
import random
from collections import Counter
from email.utils import formatdate

from tests.teacher.asked import chats
from tests.teacher.raw_server import Heard, RawServer, message, reply, spoken

from hornbook.teacher.endpoint import Endpoint
from hornbook.teacher.http import EndpointConfig

FAULTS = ("429", "500", "503", "cut stream", "broken JSON", "no text", "no bytes", "stall", "refused connections")
WAITS = ("0.1", "0", formatdate(0, usegmt=True), "soon")
SHARE = 0.4


class FaultyServer(RawServer):
    """What an attempt meets is drawn from the request's text and how often it was asked."""

    def __init__(self) -> None:
        super().__init__(self.answer_or_fail)
        self.num_asked = Counter[str]()
        self.answered = set[str]()
        self.met = set[str]()
        self.asked_after_answer: list[str] = []
        self.deaf = asyncio.Lock()

    async def answer_or_fail(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        text = heard.text
        if text in self.answered:
            self.asked_after_answer.append(text)
        draw = random.Random(f"{text} {self.num_asked[text]}")
        self.num_asked[text] += 1
        if draw.random() < SHARE:
            fault = draw.choice(FAULTS)
            self.met.add(fault)
            await self.fail(fault, text, draw, writer)
        else:
            self.tell(text, f"about {text}", writer)

    def tell(self, text: str, said: str, writer: asyncio.StreamWriter) -> None:
        reply(writer, 200, spoken(said))
        self.answered.add(text)

    async def fail(self, fault: str, text: str, draw: random.Random, writer: asyncio.StreamWriter) -> None:
        whole = message("200 OK", spoken(f"about {text}"))
        match fault:
            case "429":
                reply(writer, 429, {"error": "slowly"}, f"retry-after: {draw.choice(WAITS)}")
            case "500":
                reply(writer, 500, b"<html>oh</html>")
            case "503":
                reply(writer, 503, {"error": {"message": "overloaded"}})
            case "cut stream":
                writer.write(whole[: draw.randrange(1, len(whole))])
                await writer.drain()
                writer.close()
            case "broken JSON":
                reply(writer, 200, whole.partition(b"\r\n\r\n")[2][:-3])
            case "no text":
                self.tell(text, "", writer)
            case "no bytes":
                reply(writer, 200)
            case "stall":
                await asyncio.sleep(1000)
            case _:
                writer.transport.abort()
                async with self.deaf:
                    self.deafen()
                    await asyncio.sleep(0.05)
                    await self.listen()


def test_every_request_ends_in_one_reply_whatever_the_server_does() -> None:
    with FaultyServer() as server:
        patience = {"timeout_seconds": 1.0, "first_delay_seconds": 0.02, "max_attempts": 10}
        with Endpoint(EndpointConfig(url=server.url, max_concurrency=64, **patience)) as teacher:  # type: ignore[arg-type]
            replies = list(teacher.ask(chats(100)))
    assert sorted(index for index, _ in replies) == list(range(100))
    assert server.met == set(FAULTS)
    assert server.asked_after_answer == []
    outcomes = Counter(one.outcome.name for _, one in replies)
    assert set(outcomes) <= {"ANSWERED", "EMPTY", "UNANSWERED", "MALFORMED"}
    assert outcomes["ANSWERED"] > 80
    assert all(one.text == f"about question {index}" for index, one in replies if one.outcome.name == "ANSWERED")
