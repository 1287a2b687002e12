"""An evaluation that is killed with SIGKILL while it asks and while it runs programs, and goes on."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.evaluation import interrupted_evaluation as child
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.evaluation.models import derive_seed
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store
from hornbook.records import Completion, Grade, Outcome, Timing, Verdict

Key = tuple[str, int]
WANTED = {(problem.task_id, index) for problem in child.PROBLEMS for index in range(child.NUM_SAMPLES)}
KEYS_BY_SEED = {derive_seed(child.SEED, task_id, str(index)): (task_id, index) for task_id, index in WANTED}
NUMBERS = {problem.task_id: number for number, problem in enumerate(child.PROBLEMS)}
KINDS = {"completions": Completion, "verdicts": Verdict, "grades": Grade}


def is_right(key: Key) -> bool:
    return (NUMBERS[key[0]] + key[1]) % 3 > 0


def kind_and_key(asked: Asked) -> tuple[str, Key]:
    """Whether a sample is asked for or graded, and which one."""
    if "You are a programming teacher" not in asked.text:
        return "completions", KEYS_BY_SEED[asked.body["seed"]]
    found = child.MARK.search(asked.text)
    assert found is not None
    return "grades", (found.group(1), int(found.group(2)))


def scripted_answer(asked: Asked) -> str:
    """The same for the same request, whenever it comes: two of three samples are right, and take their time."""
    kind, (task_id, index) = kind_and_key(asked)
    if kind == "grades":
        return f"Assessment: it was read and found to be code.\nGrade: {asked.body['seed'] % 11}"
    problem = child.PROBLEMS[NUMBERS[task_id]]
    body = problem.canonical_solution.rstrip() if is_right((task_id, index)) else "    return object()"
    slow = 'class Slow:\n    __import__("time").sleep(0.02)\n'
    return f'Like this:\n```python\n{slow}\n\n{problem.prompt}{body}\n    "sample {task_id} {index}"\n```\nDone.'


class Life:
    """Where an evaluation is made."""

    def __init__(self, root: Path, endpoint: ScriptedEndpoint) -> None:
        self.root, self.endpoint = root, endpoint
        self.kept: dict[str, dict[Key, int]] = {kind: {} for kind in KINDS}
        """What a journal held when the process was killed, and how often it had been done by then."""

    def live(self, kill_when: Callable[[], bool] | None = None, *more: str) -> None:
        """Start the process, and let it end or kill it when something holds."""
        store, starts = str(self.root / "store"), str(self.root / "starts.txt")
        command = [sys.executable, "-m", child.__name__, store, self.endpoint.url, starts, *more]
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
        try:
            if kill_when is not None:
                wait_until(process, kill_when)
                process.kill()
            assert process.wait() == (0 if kill_when is None else -signal.SIGKILL)
        finally:
            process.kill()
            process.wait()
        for kind in KINDS:
            done = self.done(kind)
            self.kept[kind] = {key: done[key] for key in self.journaled(kind)} | self.kept[kind]
        self.endpoint.go_on()

    def journaled(self, kind: str) -> list[Key]:
        found = list((self.root / "store" / "partial").glob(f"*/scratch/{child.NAME}-{kind}.jsonl"))
        lines = [json.loads(line) for path in found for line in path.read_text().splitlines()]
        records = [line.get("verdict", line) for line in lines]
        return [(record["task_id"], record["sample_index"]) for record in records]

    def done(self, kind: str) -> Counter[Key]:
        """How often each sample was asked for or graded, or its program handed to the sandbox."""
        if kind == "verdicts":
            lines = (self.root / "starts.txt").read_text().splitlines()
            started = [line.split() for line in lines if line != "no sample"]
            return Counter((task_id, int(index)) for task_id, index in started)
        return Counter(key for found, key in map(kind_and_key, self.endpoint.asked) if found == kind)


def wait_until(process: "subprocess.Popen[bytes]", holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "it never came to the point where it was to be killed"
        time.sleep(0.005)


def test_an_evaluation_killed_while_it_asks_and_judges_ends_with_the_bytes_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    with ScriptedEndpoint(scripted_answer) as endpoint:
        undisturbed = child.run(tmp_path / "undisturbed", endpoint.url)
        endpoint.asked.clear()
        life = Life(tmp_path, endpoint)
        endpoint.stand_still_after(5)  # Five answers come and are kept; then it waits for all that it may ask at once.
        life.live(lambda: endpoint.num_waiting == child.CONCURRENCY and len(life.journaled("completions")) == 5)
        life.live(lambda: len(life.journaled("verdicts")) == 9, "9")
        life.live()
    artifact = RunFolder(Store(tmp_path / "store"), "twelve").artifacts()["evaluate"]
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
        done = life.done(kind)
        assert done.keys() == WANTED
        assert {key: done[key] for key in life.kept[kind]} == life.kept[kind], "what was kept was paid for again"
        # Only what was under way at the one kill is done twice: six requests, or two programs of each worker.
        under_way = 2 * child.NUM_WORKERS if kind == "verdicts" else child.CONCURRENCY
        num_again = done.total() - len(WANTED)
        assert num_again == 0 if kind == "grades" else 0 < num_again <= under_way
