"""Judge 2,460 programs on a quiet machine and on a busy one, and compare their verdicts.

    python tests/slowed_machine.py [--repeats 10] [--spinners 1]

Prints one JSON line. Status 1 when a verdict differs.
The programs are HumanEval's 164 canonical solutions, ten times, and five mutants of each, in one order. On the busy
machine so many processes spin on each core that this process may use, pinned to it.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.judge import judge
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox.jail import Jail

MUTANTS_SCRIPT = Path(__file__).parent / "evaluation" / "mutants.py"
NUM_MUTANTS = 5
SPIN = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nprint(flush=True)\nwhile True: pass"


def samples_of(problems: list[Problem], repeats: int) -> list[Completion]:
    """The solutions, each so many times, and then the mutants; no two have the same task and index."""
    spec = importlib.util.spec_from_file_location("mutants", MUTANTS_SCRIPT)
    if spec is None or spec.loader is None:
        raise ImportError(MUTANTS_SCRIPT)
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    return [
        Completion(task_id=problem.task_id, sample_index=index, raw=text, text=text)
        for problem in problems
        for index, text in enumerate(
            [*[problem.canonical_solution] * repeats, *mutants.mutants_of(problem, NUM_MUTANTS, seed=0)]
        )
    ]


@contextlib.contextmanager
def busy_machine(num_spinners: int) -> Iterator[None]:
    """Keep each core busy with so many processes until the block ends."""
    spinners = [
        subprocess.Popen([sys.executable, "-c", SPIN, str(core)], stdout=subprocess.PIPE)
        for core in sorted(os.sched_getaffinity(0))
        for _ in range(num_spinners)
    ]
    try:
        for spinner in spinners:
            assert spinner.stdout is not None
            if spinner.stdout.readline() != b"\n":
                raise RuntimeError("a process that was to spin has ended")
        yield
        if any(spinner.poll() is not None for spinner in spinners):
            raise RuntimeError("a process that was to spin has ended")
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.communicate()


def timed_verdicts(problems: list[Problem], samples: list[Completion]) -> tuple[list[Verdict], float]:
    start = time.monotonic()
    with Jail() as jail:
        verdicts = [sample.verdict for sample in judge(problems, samples, jail)]
    return verdicts, time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=164, help="the first so many")
    parser.add_argument("--repeats", type=int, default=10, help="of each canonical solution")
    parser.add_argument("--spinners", type=int, default=1, help="for each core")
    arguments = parser.parse_args()
    problems = read_humaneval()[: arguments.problems]
    samples = samples_of(problems, arguments.repeats)
    unslowed, seconds_unslowed = timed_verdicts(problems, samples)
    with busy_machine(arguments.spinners):
        slowed, seconds_slowed = timed_verdicts(problems, samples)
    different = [
        {
            "task_id": before.task_id,
            "sample": before.sample_index,
            "unslowed": [before.outcome, before.detail],
            "slowed": [after.outcome, after.detail],
        }
        for before, after in zip(unslowed, slowed, strict=True)
        if before != after
    ]
    figures = {
        "samples": len(samples),
        "equal": len(samples) - len(different),
        "different": different,
        "outcomes": Counter(verdict.outcome for verdict in unslowed),
        "cores": len(os.sched_getaffinity(0)),
        "spinners_per_core": arguments.spinners,
        "seconds_unslowed": round(seconds_unslowed, 1),
        "seconds_slowed": round(seconds_slowed, 1),
    }
    print(json.dumps(figures))
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
