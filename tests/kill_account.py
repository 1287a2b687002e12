"""Kill a process that asks a language model with SIGKILL at random moments, start it again each time, and count.

    python tests/kill_account.py --requests 2000 --kills 20

The server is a real one on loopback, in this process, which answers each request after 50 to 150 ms; the process that
is killed asks it through the product's account, with 32 requests at once. Prints one JSON line. Status 1 when the
records differ from those of an undisturbed run by a byte, when a request is asked again although its answer was on
disk, when more are asked again than can have been under way at the kills, or when a kill came too late to strike.

A request is under way at a kill if it was sent, and its answer is not on the disk of the process that asked. The server
sees fewer: those that it has not answered.
"""

import argparse
import asyncio
import dataclasses
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, Self

from hornbook.teacher.api import ChatRequest, SamplingConfig
from hornbook.teacher.cache import request_key
from hornbook.teacher.options import TeacherOptions

SAMPLING = SamplingConfig(max_new_tokens=200, temperature=1.0, top_p=1.0)
LATENCY_SECONDS = (0.05, 0.15)
CONCURRENCY = 32
MOST_UNDER_WAY = CONCURRENCY + CONCURRENCY // 4
"""The teacher lets so many begin before their replies are taken."""
MODEL = "slow"


class SlowServer:
    """An OpenAI-compatible server in a thread. A context manager."""

    def __init__(self, generator: random.Random) -> None:
        self._generator = generator
        self.calls: Counter[str] = Counter()
        """How often each text was asked for."""
        self.num_open = 0
        """Requests that were read and are not answered."""
        self._watch: tuple[int, subprocess.Popen[bytes]] | None = None
        self.open_at_kill: int | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *raised: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def kill_after(self, num_answers: int, process: "subprocess.Popen[bytes]") -> None:
        """Kill a process a random moment after it was sent so many more answers."""
        self.open_at_kill = None
        self._watch = (num_answers, process)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
                )
                body = json.loads(await reader.readexactly(length)) if length else None
                content = await self._answer(body)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
                await writer.drain()
                self._strike(answered=body is not None)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: Any) -> bytes:
        if body is None:
            return json.dumps({"data": [{"id": MODEL}]}).encode()
        text = body["messages"][-1]["content"]
        self.calls[text] += 1
        self.num_open += 1
        try:
            await asyncio.sleep(self._generator.uniform(*LATENCY_SECONDS))
        finally:
            self.num_open -= 1
        choice = {"message": {"content": f"about {text}: {'word ' * 50}"}, "finish_reason": "stop"}
        return json.dumps({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 55}}).encode()

    def _strike(self, *, answered: bool) -> None:
        if self._watch is None or not answered:
            return
        num_left, process = self._watch
        if num_left > 1:
            self._watch = num_left - 1, process
            return
        self._watch = None
        self._loop.call_later(self._generator.uniform(0.0, LATENCY_SECONDS[0]), self._kill, process)

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        self.open_at_kill = self.num_open


def requests(number: int) -> list[ChatRequest]:
    """What is asked."""
    return [
        ChatRequest(messages=[{"role": "user", "content": f"question {index}"}], sampling=SAMPLING)
        for index in range(number)
    ]


def ask(url: str, database: Path, output: Path, num_requests: int) -> None:
    """What the process does that is killed: ask, and write the records once all are there."""
    options = TeacherOptions(teacher=url, concurrency=CONCURRENCY, cache=database)
    with options.open("write", output, database.parent) as account:
        found = dict(account.ask(requests(num_requests)))
    lines = [json.dumps(dataclasses.asdict(found[index])) + "\n" for index in range(num_requests)]
    output.write_text("".join(lines))


def start(server: SlowServer, database: Path, output: Path, num_requests: int) -> "subprocess.Popen[bytes]":
    words = [sys.executable, __file__, "--ask", server.url, str(database), str(output), "--requests", str(num_requests)]
    return subprocess.Popen(words)


def stored(database: Path, num_requests: int) -> set[str]:
    """The texts whose answers are on disk."""
    if not database.exists():
        return set()
    connection = sqlite3.connect(database)
    try:
        keys = {key for (key,) in connection.execute("SELECT key FROM replies")}
    except sqlite3.OperationalError:  # It was killed before it made the tables.
        keys = set()
    finally:
        connection.close()
    asked = requests(num_requests)
    return {request.messages[-1]["content"] for request in asked if request_key(MODEL, request) in keys}


def kill_and_resume(num_requests: int, num_kills: int, seed: int) -> dict[str, Any]:
    """The figures of a run that is killed so often, beside an undisturbed one."""
    generator = random.Random(seed)
    moments = sorted(generator.sample(range(1, num_requests - 3 * MOST_UNDER_WAY), num_kills))
    under_way, open_at_server, num_missed, though_stored = [], [], 0, 0
    with tempfile.TemporaryDirectory() as folder, SlowServer(generator) as server:
        whole, killed = Path(folder) / "whole.jsonl", Path(folder) / "killed.jsonl"
        ask(server.url, Path(folder) / "whole.sqlite", whole, num_requests)
        undisturbed = sum(server.calls.values())
        server.calls.clear()
        database = Path(folder) / "killed.sqlite"
        for moment in [*moments, None]:
            calls, known = server.calls.copy(), stored(database, num_requests)
            with start(server, database, killed, num_requests) as process:
                if moment is not None:
                    server.kill_after(max(1, moment - len(known)), process)
                num_missed += (process.wait() == 0) != (moment is None)
            _settle(server)
            asked = server.calls - calls
            though_stored += sum(number for text, number in asked.items() if text in known)
            if moment is not None:
                under_way.append(len(set(asked) - stored(database, num_requests)))
                open_at_server.append(server.open_at_kill or 0)
        identical = whole.exists() and killed.exists() and whole.read_bytes() == killed.read_bytes()
    num_calls = sum(server.calls.values())
    return {
        "requests": num_requests,
        "kills": num_kills,
        "kills_that_missed": num_missed,
        "calls_undisturbed": undisturbed,
        "calls_with_kills": num_calls,
        "distinct_requests": len(server.calls),
        "asked_again": num_calls - len(server.calls),
        "asked_again_though_stored": though_stored,
        "under_way_at_kills": sum(under_way),
        "unanswered_by_the_server_at_kills": sum(open_at_server),
        "most_under_way_at_a_kill": max(under_way, default=0),
        "concurrency": CONCURRENCY,
        "identical_records": identical,
    }


def _settle(server: SlowServer) -> None:
    """Wait until the server has read and answered all that was sent to it."""
    calls = -1
    while server.num_open or calls != sum(server.calls.values()):
        calls = sum(server.calls.values())
        time.sleep(0.05)


def is_good(figures: dict[str, Any]) -> bool:
    """Whether nothing was paid twice but what was under way."""
    return (
        figures["identical_records"]
        and figures["kills_that_missed"] == 0
        and figures["calls_undisturbed"] == figures["requests"] == figures["distinct_requests"]
        and figures["asked_again_though_stored"] == 0
        and figures["asked_again"] <= figures["under_way_at_kills"]
        and figures["most_under_way_at_a_kill"] <= MOST_UNDER_WAY
    )


def main() -> int:
    """Run it and print the figures; or be the process that is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ask", nargs=3, metavar=("URL", "DATABASE", "OUTPUT"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ask:
        url, database, output = arguments.ask
        ask(url, Path(database), Path(output), arguments.requests)
        return 0
    figures = kill_and_resume(arguments.requests, arguments.kills, arguments.seed)
    print(json.dumps(figures))
    return 0 if is_good(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
