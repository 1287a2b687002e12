"""Evaluate the model behind an endpoint, in a process that is made to be killed (`test_interrupted.py`).

    python -m tests.evaluation.interrupted_evaluation STORE URL STARTS [NUMBER]

Each program that is handed to the sandbox is noted in the file STARTS. With NUMBER, the process stands still when so
many verdicts are in the journal, and waits for its end.
"""

import os
import re
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.display import TerminalObserver, make_console
from hornbook.evaluation.endpoint import Api, EndpointGrader, EndpointModel
from hornbook.evaluation.evaluate import EvaluationSettings
from hornbook.evaluation.grade import GradeConfig
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.judge import JudgedSample
from hornbook.evaluation.models import SamplingConfig
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.run import run as run_pipeline
from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store
from hornbook.recipes.evaluation import evaluation
from hornbook.records import Record
from hornbook.sandbox.program import Program
from hornbook.sandbox.worker import Worker
from hornbook.teacher.http import EndpointConfig

PROBLEMS = tuple(read_humaneval()[:12])
NAME, SEED, NUM_SAMPLES = "twelve", 5, 2
CONCURRENCY, NUM_WORKERS = 6, 2
GRADING = GradeConfig(num_gradings=1)
MARK = re.compile(r'"sample (\S+) (\d)"')
"""Stands in each sample's program, and in no other one."""


def pipeline(url: str) -> Pipeline:
    endpoint = EndpointConfig(url=url, max_concurrency=CONCURRENCY)
    settings = EvaluationSettings(
        sampling=SamplingConfig(temperature=0.5), num_samples=NUM_SAMPLES, grading=GRADING, grader="scripted"
    )
    model = EndpointModel(endpoint, Api.CHAT)
    protocol = Protocol(name="humaneval", version=1, description="")
    benchmark = Benchmark(name=NAME, title=NAME, protocol=protocol, problems=PROBLEMS, source="")
    return evaluation(model, [benchmark], settings, seed=SEED, ask=EndpointGrader(endpoint)).until("evaluate")


def note_starts(path: Path) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    start = Worker.start

    def start_and_note(worker: Worker, program: Program) -> None:
        found = MARK.search(program.source)
        os.write(file, f"{found.group(1)} {found.group(2)}\n".encode() if found else b"no sample\n")
        start(worker, program)

    Worker.start = start_and_note  # type: ignore[method-assign]


def stand_still_after(number: int) -> None:
    append = Journal.append

    def append_and_wait(journal: Journal[Any], records: Iterable[Record]) -> None:
        append(journal, records)
        entries = journal.entries()
        if len(entries) == number and isinstance(entries[0], JudgedSample):
            signal.pause()

    Journal.append = append_and_wait  # type: ignore[method-assign, assignment]


def run(store: Path, url: str) -> Artifact:
    opened = Store(store)
    opened.open_for_writing()
    folder = RunFolder(opened, NAME)
    folder.begin(Run(name=NAME, recipe="own", seed=SEED))
    with TerminalObserver(make_console(quiet=True), folder) as observer:
        return run_pipeline(pipeline(url), opened, observer)["evaluate"].artifact


if __name__ == "__main__":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:NUM_WORKERS])
    note_starts(Path(sys.argv[3]))
    if len(sys.argv) > 4:
        stand_still_after(int(sys.argv[4]))
    run(Path(sys.argv[1]), sys.argv[2])
