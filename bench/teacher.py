"""Calls per second to an endpoint: ours, and plain `openai` AsyncOpenAI with a semaphore, in the same run.

A server in a process of its own answers each call after 100 ms and refuses (429) what exceeds 200 in flight, so that no
client can get more than 2,000 answers a second. Each side runs in a process of its own, with 200 calls in flight
allowed, from the first call to the last answer; the sides take turns. Prints one JSON line: the share of that ideal
rate (the median of the turns), the client's peak memory, and its CPU time for each call.
"""

import argparse
import asyncio
import json
import resource
import selectors
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

LATENCY_SECONDS = 0.1
MOST_IN_FLIGHT = 200
MODEL = "instant"
PROMPT = "Write a short Python function about " + "lists, " * 60
MAX_NEW_TOKENS = 200


def main() -> None:
    """Measure the sides in turn and print the line; or be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--num-calls", type=int, default=10_000)
    parser.add_argument("--num-turns", type=int, default=3, help="of each side")
    parser.add_argument("--role", choices=("serve", *SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role == "serve":
        # `select` keeps to microseconds, where `epoll` would round each latency up to the next millisecond.
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
            runner.run(serve())
    elif arguments.role:
        print(json.dumps(_measure(SIDES[arguments.role], arguments.port, arguments.num_calls)))
    else:
        turns = [{side: _turn(side, arguments.num_calls) for side in SIDES} for _ in range(arguments.num_turns)]
        line: dict[str, Any] = {"benchmark": "teacher", "num_calls": arguments.num_calls, "num_turns": len(turns)}
        for side in SIDES:
            line |= {
                f"{side}_{name}": round(statistics.median(turn[side][name] for turn in turns), 3)
                for name in turns[0][side]
            }
        print(json.dumps(line))


def _turn(side: str, num_calls: int) -> dict[str, float]:
    """One side's figures, against a server of its own."""
    with _process("serve") as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        with _process(side, "--port", port, "--num-calls", str(num_calls)) as client:
            figures: dict[str, float] = json.loads(client.communicate()[0])
        counts = json.loads(server.communicate("")[0])
    if counts["answered"] != num_calls:
        raise RuntimeError(f"{side}: the server answered {counts['answered']} calls of {num_calls}")
    return figures | {"refused": counts["refused"]}


@contextmanager
def _process(role: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, __file__, "--role", role, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _measure(run: Callable[[str, int], float], port: int, num_calls: int) -> dict[str, float]:
    """A side's figures, measured in this process."""
    cpu = time.process_time()
    seconds = run(f"http://127.0.0.1:{port}/v1", num_calls)
    ideal = MOST_IN_FLIGHT / LATENCY_SECONDS
    return {
        "rate_over_ideal": num_calls / seconds / ideal,
        "calls_per_second": num_calls / seconds,
        "cpu_milliseconds_per_call": 1000 * (time.process_time() - cpu) / num_calls,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_ours(url: str, num_calls: int) -> float:
    """Seconds from the first call to the last answer."""
    from hornbook.teacher.api import ChatRequest, ReplyOutcome, SamplingConfig
    from hornbook.teacher.endpoint import Endpoint
    from hornbook.teacher.http import EndpointConfig

    sampling = SamplingConfig(max_new_tokens=MAX_NEW_TOKENS, temperature=0.7, top_p=0.9)
    requests = (
        ChatRequest(messages=[{"role": "user", "content": f"{PROMPT}{number}"}], sampling=sampling)
        for number in range(num_calls)
    )
    with Endpoint(EndpointConfig(url=url, max_concurrency=MOST_IN_FLIGHT)) as teacher:
        start = time.perf_counter()
        num_answered = sum(reply.outcome is ReplyOutcome.ANSWERED for _, reply in teacher.ask(requests))
        seconds = time.perf_counter() - start
    if num_answered != num_calls:
        raise RuntimeError(f"{num_answered} answers to {num_calls} calls")
    return seconds


def run_openai(url: str, num_calls: int) -> float:
    """As `run_ours`."""
    return asyncio.run(_run_openai(url, num_calls))


async def _run_openai(url: str, num_calls: int) -> float:
    from openai import AsyncOpenAI

    at_once = asyncio.Semaphore(MOST_IN_FLIGHT)
    async with AsyncOpenAI(base_url=url, api_key="none") as client:

        async def ask(number: int) -> str | None:
            async with at_once:
                answer = await client.chat.completions.create(
                    model=MODEL,
                    messages=[{"role": "user", "content": f"{PROMPT}{number}"}],
                    max_tokens=MAX_NEW_TOKENS,
                    temperature=0.7,
                    top_p=0.9,
                )
            return answer.choices[0].message.content

        start = time.perf_counter()
        texts = await asyncio.gather(*map(ask, range(num_calls)))
        seconds = time.perf_counter() - start
    if not all(texts):
        raise RuntimeError("an answer without text")
    return seconds


SIDES = {"ours": run_ours, "openai": run_openai}


async def serve() -> None:
    """Print the port, serve until the standard input ends, print what was answered and refused."""
    loop = asyncio.get_running_loop()
    counts = {"in_flight": 0, "answered": 0, "refused": 0}
    server = await loop.create_server(lambda: _Connection(counts), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps(counts))


def _message(status: str, body: dict[str, Any], *headers: str) -> bytes:
    data = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(data)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + data


_MODELS = _message("200 OK", {"object": "list", "data": [{"id": MODEL, "object": "model"}]})
_REFUSAL = _message("429 Too Many Requests", {"error": {"message": "too many in flight"}}, "retry-after: 0")
_ANSWER = _message(
    "200 OK",
    {
        "id": "chat",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "def first(values):\n    return values[0]\n" * 8},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 130, "completion_tokens": 96, "total_tokens": 226},
    },
)


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as far as clients that send a `content-length` need it; cheap, since the client is what is measured."""

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n") + 4) >= 4:
            head = bytes(self._received[:end]).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            if len(self._received) < end + length:
                return
            del self._received[: end + length]
            self._answer(is_list=head.startswith(b"get "))

    def _answer(self, *, is_list: bool) -> None:
        if is_list:
            self._transport.write(_MODELS)
        elif self._counts["in_flight"] >= MOST_IN_FLIGHT:
            self._counts["refused"] += 1
            self._transport.write(_REFUSAL)
        else:
            self._counts["in_flight"] += 1
            asyncio.get_running_loop().call_later(LATENCY_SECONDS, self._finish)

    def _finish(self) -> None:
        self._counts["in_flight"] -= 1
        self._counts["answered"] += 1
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)


if __name__ == "__main__":
    main()
