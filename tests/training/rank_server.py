"""Starts processes of trainings quickly: one process imports what they need, once, and forks them.

Run as a script it reads JSON lines, each a list of jobs (one for each process: folder, values, environment, output),
forks a process for each and answers with their exit statuses, negative for a signal. `RankServer` is its other end.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """One process that has ended."""

    status: int
    output: str


class RankServer:
    """Runs `rank.py` in one or several processes that meet."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        )

    def run(self, folder: Path, world_size: int = 1, missing: tuple[int, ...] = (), **values: Any) -> list[Ended]:
        """Train in `folder` on so many processes, without those of the ranks `missing`, and wait for all to end."""
        folder.mkdir(parents=True, exist_ok=True)
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(world_size)}
        ranks = [rank for rank in range(world_size) if rank not in missing]
        jobs = [
            {
                "folder": str(folder),
                "values": values,
                "environment": {**meeting, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                "output": str(folder / f"output-{rank}.txt"),
            }
            for rank in ranks
        ]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(jobs) + "\n")
        self._process.stdin.flush()
        statuses = json.loads(self._process.stdout.readline())
        outputs = [Path(job["output"]).read_text() for job in jobs]  # type: ignore[arg-type]
        return [Ended(status, output) for status, output in zip(statuses, outputs, strict=True)]

    def trained(self, folder: Path, world_size: int = 1, **values: Any) -> Path:
        """Train, see that it went well, and return `folder`."""
        for ended in self.run(folder, world_size, **values):
            assert ended.status == 0, ended.output
        return folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _serve() -> None:
    """Until the other end closes."""
    sys.path.insert(0, str(REPOSITORY))
    from tests.training import rank

    for line in sys.stdin:
        processes = [_forked(rank, job) for job in json.loads(line)]
        statuses = dict(os.wait() for _ in processes)
        print(json.dumps([os.waitstatus_to_exitcode(statuses[pid]) for pid in processes]), flush=True)


def _forked(rank: Any, job: dict[str, Any]) -> int:
    """A process that does `job`; returns its number."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        output = os.open(job["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = rank.run(Path(job["folder"]), job["values"], job["environment"])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve()
