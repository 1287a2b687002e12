"""An evaluation that is killed with SIGKILL while it asks, while it runs programs and while it grades, and goes on."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.evaluation import interrupted_evaluation as child
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.artifacts.stage import Artifact
from hornbook.artifacts.store import Store
from hornbook.evaluation.endpoint import derive_seed
from hornbook.records import Completion, Grade, Outcome, Timing, Verdict

Key = tuple[str, int]
WANTED = {(problem.task_id, index) for problem in child.PROBLEMS for index in range(child.NUM_SAMPLES)}
KEYS_BY_SEED = {derive_seed(child.SEED, task_id, str(index)): (task_id, index) for task_id, index in WANTED}
NUMBERS = {problem.task_id: number for number, problem in enumerate(child.PROBLEMS)}
KINDS = ("completions", "verdicts", "grades")


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
    """One life of the process."""

    asked: list[Asked] = field(default_factory=list)
    started: list[Key] = field(default_factory=list)
    """Samples whose programs were handed to the sandbox."""
    journaled: dict[str, list[Key]] = field(default_factory=dict)
    """What the journals held when it was killed."""

    def asked_for(self, *, grades: bool) -> list[Key]:
        return [key_of(asked) for asked in self.asked if is_grading(asked) is grades]


@dataclass
class Life:
    """Where an evaluation is made, and its attempts."""

    root: Path
    endpoint: ScriptedEndpoint
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def starts(self) -> Path:
        return self.root / "starts.txt"

    @contextlib.contextmanager
    def attempt(self, stand_still_after: int | None = None) -> Iterator["subprocess.Popen[bytes]"]:
        """Start the process; at the end of the block it is killed, where it has not ended."""
        num_asked = len(self.endpoint.asked)
        num_started = len(self.started())
        program = [sys.executable, child.__file__, str(self.root / "store"), self.endpoint.url, str(self.starts)]
        more = [] if stand_still_after is None else [str(stand_still_after)]
        process = subprocess.Popen([*program, *more])
        try:
            yield process
        finally:
            process.kill()
            process.wait()
        self.attempts.append(
            Attempt(
                asked=self.endpoint.asked[num_asked:],
                started=self.started()[num_started:],
                journaled={kind: self.journaled(kind) for kind in KINDS},
            )
        )
        self.endpoint.go_on()

    def journaled(self, kind: str) -> list[Key]:
        found = list((self.root / "store" / "partial").glob(f"*/scratch/{child.NAME}-{kind}.jsonl"))
        lines = [json.loads(line) for path in found for line in path.read_text().splitlines()]
        records = [line.get("verdict", line) for line in lines]
        return [(record["task_id"], record["sample_index"]) for record in records]

    def started(self) -> list[Key]:
        lines = self.starts.read_text().splitlines() if self.starts.exists() else []
        names = [line.split() for line in lines if line != "no sample"]
        return [(task_id, int(index)) for task_id, index in names]

    def finish(self) -> Artifact:
        with self.attempt() as process:
            assert process.wait() == 0
        [folder] = (self.root / "store" / "artifacts").iterdir()
        manifest = json.loads((folder / "manifest.json").read_text())
        artifact = Store(self.root / "store").find("evaluate", manifest["fingerprint"])
        assert artifact is not None
        return artifact

    def kill_while_asking(self, kind: str, num_more: int) -> None:
        """Let so many more answers come and be kept; kill the process when it waits for all that it may ask at once."""
        before = len(self.journaled(kind))
        self.endpoint.stand_still_after(num_more)
        with self.attempt() as process:
            wait_until(process, lambda: self.endpoint.num_waiting == child.CONCURRENCY)
            wait_until(process, lambda: len(self.journaled(kind)) == before + num_more)
            kill(process)

    def kill_while_judging(self, num_verdicts: int) -> None:
        with self.attempt(stand_still_after=num_verdicts) as process:
            wait_until(process, lambda: len(self.journaled("verdicts")) == num_verdicts)
            kill(process)


def wait_until(process: "subprocess.Popen[bytes]", holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it never came to the point where it was to be killed"
        time.sleep(0.005)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@dataclass
class Interrupted:
    life: Life
    artifact: Artifact
    undisturbed: Artifact


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interrupted]:
    with ScriptedEndpoint(scripted_answer) as endpoint:
        undisturbed = Life(tmp_path_factory.mktemp("undisturbed"), endpoint).finish()
        life = Life(tmp_path_factory.mktemp("interrupted"), endpoint)
        life.kill_while_asking("completions", 11)
        life.kill_while_asking("completions", 36)
        life.kill_while_judging(13)
        life.kill_while_judging(50)
        life.kill_while_asking("grades", 31)
        yield Interrupted(life, life.finish(), undisturbed)


def test_it_ends_with_the_results_of_an_undisturbed_one(interrupted: Interrupted) -> None:
    found, expected = interrupted.artifact, interrupted.undisturbed
    assert found.manifest.fingerprint == expected.manifest.fingerprint
    assert found.manifest.content_digest == expected.manifest.content_digest
    assert found.manifest.metrics == expected.manifest.metrics
    [score] = found.manifest.metrics["scores"]
    assert score["passed"] == sum(map(is_right, WANTED))
    assert score["num_samples"] == child.NUM_SAMPLES
    assert score["interval"] == "bootstrap"
    verdicts = found.records(f"{child.NAME}-verdicts", Verdict)
    assert all((one.outcome is Outcome.PASSED) == is_right((one.task_id, one.sample_index)) for one in verdicts)
    grades = {asked_key(one): one.grade for one in found.records(f"{child.NAME}-grades", Grade)}
    assert grades == {asked_key(one): one.grade for one in expected.records(f"{child.NAME}-grades", Grade)}
    assert len(set(grades.values())) > 5


def test_each_record_is_there_once(interrupted: Interrupted) -> None:
    tables = (
        ("completions", Completion),
        ("verdicts", Verdict),
        ("grades", Grade),
        ("times", Timing),
    )
    for name, record in tables:
        folder = "measured/" if record is Timing else ""
        keys = [asked_key(one) for one in interrupted.artifact.records(f"{folder}{child.NAME}-{name}", record)]
        assert Counter(keys) == Counter(WANTED)
    lengths = [[len(attempt.journaled[kind]) for kind in KINDS] for attempt in interrupted.life.attempts]
    assert lengths == [[11, 0, 0], [47, 0, 0], [80, 13, 0], [80, 50, 0], [80, 80, 31], [0, 0, 0]]
    assert all(len(set(keys)) == len(keys) for one in interrupted.life.attempts for keys in one.journaled.values())


def test_no_answer_that_was_kept_is_asked_for_again(interrupted: Interrupted) -> None:
    for kind, grades in (("completions", False), ("grades", True)):
        asked = [attempt.asked_for(grades=grades) for attempt in interrupted.life.attempts]
        kept = [attempt.journaled[kind] for attempt in interrupted.life.attempts]
        lost = check_nothing_is_done_twice(asked, kept)
        # Only those under way when it was killed: six while it asked, twice for completions and once for grades.
        assert sorted(filter(None, map(len, lost))) == [child.CONCURRENCY] * (1 if grades else 2)


def test_no_program_whose_verdict_was_kept_is_run_again(interrupted: Interrupted) -> None:
    started = [attempt.started for attempt in interrupted.life.attempts]
    lost = check_nothing_is_done_twice(
        started, [attempt.journaled["verdicts"] for attempt in interrupted.life.attempts]
    )
    # A worker has one program that it runs and one that comes next.
    assert all(len(keys) <= 2 * child.NUM_WORKERS for keys in lost)
    assert sum(map(bool, map(len, lost))) == 2
    assert [bool(keys) for keys in started] == [False, False, True, True, True, False]


def check_nothing_is_done_twice(done: Sequence[Sequence[Key]], kept: Sequence[Sequence[Key]]) -> list[set[Key]]:
    """What was done in each attempt and not kept. All else was done once, and what was lost once more each time."""
    lost = []
    known: set[Key] = set()
    for of_attempt, kept_then in zip(done[:-1], kept[:-1], strict=True):
        assert not known & set(of_attempt)
        assert len(set(of_attempt)) == len(of_attempt)
        known |= set(kept_then)
        lost.append(set(of_attempt) - known)
    assert not known & set(done[-1])
    assert sum(map(len, done)) == len(WANTED) + sum(map(len, lost))
    assert set().union(*done) == WANTED
    return lost


def asked_key(record: Completion | Verdict | Grade | Timing) -> Key:
    return record.task_id, record.sample_index
