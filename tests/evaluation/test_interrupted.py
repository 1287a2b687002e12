"""An evaluation that is killed with SIGKILL while it asks, while it runs programs and while it grades, and goes on."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.evaluation import interrupted_evaluation as child
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.artifacts.stage import Artifact
from hornbook.artifacts.store import Store
from hornbook.evaluation.models import derive_seed
from hornbook.records import Completion, Grade, Outcome, Timing, Verdict

Key = tuple[str, int]
WANTED = {(problem.task_id, index) for problem in child.PROBLEMS for index in range(child.NUM_SAMPLES)}
KEYS_BY_SEED = {derive_seed(child.SEED, task_id, str(index)): (task_id, index) for task_id, index in WANTED}
NUMBERS = {problem.task_id: number for number, problem in enumerate(child.PROBLEMS)}
KINDS = {"completions": Completion, "verdicts": Verdict, "grades": Grade}


def is_right(key: Key) -> bool:
    return (NUMBERS[key[0]] + key[1]) % 3 > 0


def is_grading(asked: Asked) -> bool:
    return "You are a programming teacher" in asked.text


def key_of(asked: Asked) -> Key:
    """The sample that is asked for, or graded."""
    if is_grading(asked):
        found = child.MARK.search(asked.text)
        assert found is not None
        return found.group(1), int(found.group(2))
    return KEYS_BY_SEED[asked.body["seed"]]


def scripted_answer(asked: Asked) -> str:
    """The same for the same request, whenever it comes: two of three samples are right, and take their time."""
    if is_grading(asked):
        return f"Assessment: it was read and found to be code.\nGrade: {asked.body['seed'] % 11}"
    task_id, index = key_of(asked)
    problem = child.PROBLEMS[NUMBERS[task_id]]
    body = problem.canonical_solution.rstrip() if is_right((task_id, index)) else "    return object()"
    slow = 'class Slow:\n    __import__("time").sleep(0.02)\n'
    return f'Like this:\n```python\n{slow}\n\n{problem.prompt}{body}\n    "sample {task_id} {index}"\n```\nDone.'


@dataclass
class Attempt:
    """One life of the process: what it asked for and started, and what the journals held at its end."""

    done: dict[str, list[Key]]
    journaled: dict[str, list[Key]]


@dataclass
class Life:
    """Where an evaluation is made, and its attempts."""

    root: Path
    endpoint: ScriptedEndpoint
    attempts: list[Attempt] = field(default_factory=list)

    def attempt(self, kill_when: Callable[[], bool] | None = None, *more: str) -> None:
        """Start the process, and let it end or kill it when something holds."""
        num_asked, num_started = len(self.endpoint.asked), len(self.started())
        store, starts = str(self.root / "store"), str(self.root / "starts.txt")
        process = subprocess.Popen([sys.executable, child.__file__, store, self.endpoint.url, starts, *more])
        try:
            if kill_when is not None:
                wait_until(process, kill_when)
                process.kill()
            assert process.wait() == (0 if kill_when is None else -signal.SIGKILL)
        finally:
            process.kill()
            process.wait()
        asked = self.endpoint.asked[num_asked:]
        done = {
            "completions": [key_of(one) for one in asked if not is_grading(one)],
            "verdicts": self.started()[num_started:],
            "grades": [key_of(one) for one in asked if is_grading(one)],
        }
        self.attempts.append(Attempt(done, {kind: self.journaled(kind) for kind in KINDS}))
        self.endpoint.go_on()

    def journaled(self, kind: str) -> list[Key]:
        found = list((self.root / "store" / "partial").glob(f"*/scratch/{child.NAME}-{kind}.jsonl"))
        lines = [json.loads(line) for path in found for line in path.read_text().splitlines()]
        records = [line.get("verdict", line) for line in lines]
        return [(record["task_id"], record["sample_index"]) for record in records]

    def started(self) -> list[Key]:
        """Samples whose programs were handed to the sandbox."""
        path = self.root / "starts.txt"
        names = [line.split() for line in path.read_text().splitlines() if line != "no sample"] if path.exists() else []
        return [(task_id, int(index)) for task_id, index in names]

    def finish(self) -> Artifact:
        self.attempt()
        [folder] = (self.root / "store" / "artifacts").iterdir()
        manifest = json.loads((folder / "manifest.json").read_text())
        artifact = Store(self.root / "store").find("evaluate", manifest["fingerprint"])
        assert artifact is not None
        return artifact

    def kill_while_asking(self, kind: str, num_more: int) -> None:
        """Let so many more answers come and be kept; kill the process when it waits for all that it may ask at once."""
        wanted = len(self.journaled(kind)) + num_more
        self.endpoint.stand_still_after(num_more)
        self.attempt(lambda: self.endpoint.num_waiting == child.CONCURRENCY and len(self.journaled(kind)) == wanted)

    def kill_while_judging(self, num_verdicts: int) -> None:
        self.attempt(lambda: len(self.journaled("verdicts")) == num_verdicts, str(num_verdicts))


def wait_until(process: "subprocess.Popen[bytes]", holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it never came to the point where it was to be killed"
        time.sleep(0.005)


def test_an_evaluation_killed_while_it_asks_judges_and_grades_ends_with_the_bytes_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    with ScriptedEndpoint(scripted_answer) as endpoint:
        undisturbed = child.run(tmp_path / "undisturbed", endpoint.url)
        life = Life(tmp_path, endpoint)
        life.kill_while_asking("completions", 5)
        life.kill_while_judging(9)
        life.kill_while_asking("grades", 13)
        artifact = life.finish()
    assert artifact.manifest.content_digest == undisturbed.manifest.content_digest
    assert artifact.manifest.metrics == undisturbed.manifest.metrics
    verdicts = artifact.records(f"{child.NAME}-verdicts", Verdict)
    assert {(one.task_id, one.sample_index): one.outcome is Outcome.PASSED for one in verdicts} == {
        key: is_right(key) for key in WANTED
    }
    tables = [*((f"{child.NAME}-{name}", record) for name, record in KINDS.items())]
    for name, record in [*tables, (f"measured/{child.NAME}-times", Timing)]:
        keys = [(one.task_id, one.sample_index) for one in artifact.records(name, record)]
        assert Counter(keys) == Counter(WANTED)
    for kind in KINDS:
        lost = check_nothing_is_done_twice(kind, life.attempts)
        # Only what was under way when it was killed: six requests, or two programs of each worker.
        expected = 2 * child.NUM_WORKERS if kind == "verdicts" else child.CONCURRENCY
        assert all(len(keys) <= expected for keys in lost)
        assert sum(map(bool, lost)) == 1


def check_nothing_is_done_twice(kind: str, attempts: Sequence[Attempt]) -> list[set[Key]]:
    """What was done in each attempt and not kept. All else was done once, and what was lost once more each time."""
    lost = []
    known: set[Key] = set()
    for attempt in attempts[:-1]:
        done = attempt.done[kind]
        assert not known & set(done)
        assert len(set(done)) == len(done)
        known |= set(attempt.journaled[kind])
        lost.append(set(done) - known)
    last = attempts[-1].done[kind]
    assert not known & set(last)
    assert sum(len(attempt.done[kind]) for attempt in attempts) == len(WANTED) + sum(map(len, lost))
    assert set().union(*(attempt.done[kind] for attempt in attempts)) == WANTED
    return lost
