"""A Ray cluster of two nodes on this machine, which notes each try of a part, and the death of one of its workers.

Needs `pip install ray`. Each cluster belongs to a process of its own: `run_script`.
"""

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook import parallel

ROOT = Path(__file__).parents[1]
NUM_NODES = 2
MOST_SECONDS = 60
"""Until each node is at work."""


@dataclass(frozen=True)
class Try:
    """Of a part, on a core of a node."""

    node: str
    process: int
    result: Path
    """The folder that is to be made."""


@dataclass(frozen=True)
class TwoNodes:
    """A cluster of one core each."""

    address: str
    notes: Path
    killed: list[str] = field(default_factory=list)
    """What was being made where a worker was killed."""

    def kill_one_in(self, work: Path, num_results: int = 2) -> None:
        """Kill a worker in the midst of a part, once so many results are below this folder; returns at once."""
        threading.Thread(target=self._kill_one, args=(work, num_results), daemon=True).start()

    def seen(self) -> dict[str, Any]:
        """How many nodes were at work, what was killed, and what was tried more than once, as often as it was."""
        tries = tries_in(self.notes)
        num_tries = Counter(one.result for one in tries)
        again = {result.name: number for result, number in num_tries.items() if number > 1}
        return {"num_nodes": len({one.node for one in tries}), "killed": self.killed, "tried_again": again}

    def _kill_one(self, work: Path, num_results: int) -> None:
        is_killed = False
        while not is_killed:
            time.sleep(0.005)
            if not work.exists():  # Its command has not begun; reading all notes would take time from the one that has.
                continue
            tries = [one for one in tries_in(self.notes) if work in one.result.parents]
            if sum(one.result.exists() for one in tries) < num_results:
                continue
            for one in tries:
                if not one.result.exists() and killed_before(one.process, one.result):
                    self.killed.append(str(one.result.relative_to(work)))
                    is_killed = True
                    break


@contextmanager
def two_nodes(notes: Path, seconds_per_part: float = 0.0) -> Iterator[TwoNodes]:
    """Start the cluster, and end it.

    Args:
        notes: A folder that is made here, for what the workers note.
        seconds_per_part: Time that each part takes longer, so that a worker can be caught in the midst of it.
    """
    import ray
    from ray.cluster_utils import Cluster

    notes.mkdir(parents=True)
    parallel._Write = functools.partial(NotedWrite, notes=notes, seconds=seconds_per_part)  # type: ignore[assignment,misc]
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        yield TwoNodes(cluster.address, notes)
    finally:
        ray.shutdown()
        cluster.shutdown()


@dataclass(frozen=True)
class NotedWrite(parallel._Write[Any]):
    """Notes the try, and goes on when each node has one, so that no node is spared."""

    notes: Path
    seconds: float = 0.0

    def __call__(self, job: Any) -> Path:
        import ray

        node = ray.get_runtime_context().get_node_id()
        note = self.notes / f"{node} {os.getpid()} {uuid.uuid4().hex}"
        note.with_suffix(".partial").write_text(str(job[1]))
        note.with_suffix(".partial").rename(note)
        end = time.monotonic() + MOST_SECONDS
        while len({one.node for one in tries_in(self.notes)}) < NUM_NODES:
            if time.monotonic() > end:
                raise TimeoutError(f"after {MOST_SECONDS} s no more nodes are at work than {node}")
            time.sleep(0.01)
        time.sleep(self.seconds)
        return super().__call__(job)


def tries_in(notes: Path) -> list[Try]:
    """All that were noted."""
    found = [path for path in notes.iterdir() if path.suffix != ".partial"]
    parts = ((*path.name.split(" "), path.read_text()) for path in found)
    return [Try(node, int(process), Path(result)) for node, process, _, result in parts]


def killed_before(process: int, result: Path) -> bool:
    """Kill a process if it has not made the result; it is stopped while that is looked up."""
    try:
        os.kill(process, signal.SIGSTOP)
        while state_of(process) != "T":
            time.sleep(0.001)
        if not result.exists():
            os.kill(process, signal.SIGKILL)
            return True
        os.kill(process, signal.SIGCONT)
    except OSError:  # It is gone.
        pass
    return False


def state_of(process: int) -> str:
    """A letter, as `ps` shows it."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0]


def run_script(module: str, *arguments: str | Path) -> dict[str, Any]:
    """Run a module of the tests in a process of its own; returns the object in its last line."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said
