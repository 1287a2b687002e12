"""Ask a server that fails in every way that servers fail, and count whether each request had its reply.

    python -m tests.teacher.faults --num-calls 5000

A fifth of all attempts meet a fault, in equal shares: 429 with `Retry-After` (in seconds or as a date), 500, 503, a
stream cut within the answer, broken JSON, an answer without text, a body without bytes, a silence of 30 seconds, a
connection reset while the server takes no new ones. The client loses patience with a silence after `--patience` seconds
(0: it waits all of them out) and asks again. Prints one JSON line; the exit status is 1 if a request was lost, or asked
again after it was answered.
"""

import argparse
import asyncio
import json
import random
import sys
import time
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
SAMPLING = SamplingConfig(max_new_tokens=10, temperature=1.0, top_p=1.0)


class FaultyServer(RawServer):
    """What an attempt meets is drawn from the request's number and how often it was asked."""

    def __init__(self, *, share: float, stall_seconds: float, longest_wait: int) -> None:
        super().__init__(self.answer_or_fail)
        self.share = share
        self.stall_seconds = stall_seconds
        self.longest_wait = longest_wait
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
                writer.write(message("429 Too Many Requests", {"error": "slowly"}, f"retry-after: {self.wait(draw)}"))
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
                await asyncio.sleep(self.stall_seconds)
                if not writer.is_closing():
                    self.tell(text, writer)
            case _:
                writer.transport.abort()
                async with self.deaf:
                    self.deafen()
                    await asyncio.sleep(DEAF_SECONDS)
                    await self.listen()

    def wait(self, draw: random.Random) -> str:
        """What stands in `Retry-After`: mostly a tenth of a second."""
        kind = draw.random()
        if self.longest_wait and kind < 0.1:
            return formatdate(time.time() + self.longest_wait, usegmt=True)
        return str(self.longest_wait) if kind < 0.2 else "0.1"


def run(
    num_calls: int, *, share: float, stall_seconds: float, patience: float | None, longest_wait: int
) -> dict[str, Any]:
    """Ask all of it and count."""
    with FaultyServer(share=share, stall_seconds=stall_seconds, longest_wait=longest_wait) as server:
        config = EndpointConfig(
            url=server.url,
            timeout_seconds=patience or 600.0,
            max_concurrency=64,
            first_delay_seconds=0.05,
            max_attempts=10,
        )
        outcomes = Counter[str]()
        times = Counter[int]()
        num_wrong = 0
        start = time.perf_counter()
        with EndpointTeacher(config) as teacher:
            for index, reply in teacher.ask(_requests(num_calls)):
                times[index] += 1
                outcomes[reply.outcome.name] += 1
                is_answer = reply.outcome is ReplyOutcome.ANSWERED
                num_wrong += is_answer and reply.text != f"about request {index}"
        seconds = time.perf_counter() - start
    return {
        "num_calls": num_calls,
        "num_replies": times.total(),
        "outcomes": dict(outcomes),
        "lost": sum(not times[index] for index in range(num_calls)),
        "replied_twice": sum(count > 1 for count in times.values()),
        "asked_after_answer": len(server.asked_after_answer),
        "wrong_text": num_wrong,
        "num_attempts": server.num_asked.total(),
        "faults_met": dict(sorted(server.met.items())),
        "stall_seconds": stall_seconds,
        "patience_seconds": patience,
        "seconds": round(seconds, 1),
    }


def _requests(num_calls: int) -> Iterator[ChatRequest]:
    for number in range(num_calls):
        yield ChatRequest(messages=[{"role": "user", "content": f"request {number}"}], sampling=SAMPLING)


def is_clean(line: dict[str, Any]) -> bool:
    """Whether every request had one reply, its own, and none was asked again after an answer."""
    return not any(line[name] for name in ("lost", "replied_twice", "asked_after_answer", "wrong_text"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num-calls", type=int, default=5000)
    parser.add_argument("--patience", type=float, default=2.0, help="seconds; 0 waits every silence out")
    arguments = parser.parse_args()
    line = run(arguments.num_calls, share=0.2, stall_seconds=30.0, patience=arguments.patience or None, longest_wait=1)
    print(json.dumps(line))
    sys.exit(not is_clean(line))


if __name__ == "__main__":
    main()
