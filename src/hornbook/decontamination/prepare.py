"""Make benchmarks ready to be looked for: what their solutions do, on inputs that tell.

Reads:  the problems of benchmarks.
Writes: for each benchmark an index of behaviour; the quality of the detectors, measured on the labelled set.
"""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex, make_index
from hornbook.decontamination.calibration import (
    WITHOUT_BEHAVIOUR,
    Quality,
    calibration_of,
    qualities_of,
    quality_of,
    record_id,
    rule_quality,
)
from hornbook.decontamination.findings import Compared
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import LabelledPair, LabelledProblem, load_labelled_set
from hornbook.decontamination.ngrams import NgramIndex
from hornbook.decontamination.phrases import PhraseIndex, docstring_of
from hornbook.decontamination.problem_behaviours import read_behaviours
from hornbook.decontamination.search import Search
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Sandbox
from hornbook.sandbox.unjailed import Unjailed

_CPU_SECONDS = 1.5
"""Of a program in which many functions run, each with a limit of its own."""
_PAPERS_NGRAM_SIZE = 13
"""Source: section 5 of the paper."""

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A benchmark, and what its solutions do."""

    benchmark: NamedProblems
    behaviour: BehaviourIndex | None
    """None where no code is to run."""

    @property
    def compared(self) -> Compared:
        """What texts are held against."""
        return Compared(
            name=self.benchmark.name,
            title=self.benchmark.title,
            task_ids=tuple(problem.task_id for problem in self.benchmark.problems),
            num_telling=self.behaviour.num_telling if self.behaviour else 0,
            ran_code=self.behaviour is not None,
        )


def open_jail(num_workers: int | None = None) -> Jail:
    """The sandbox in which records and solutions run; to be entered."""
    return Jail(Limits(cpu_seconds=_CPU_SECONDS), num_workers=num_workers)


def open_unjailed(num_workers: int | None = None) -> Unjailed:
    """The same without walls, for machines that have no jail; only where the user wishes it."""
    return Unjailed(Limits(cpu_seconds=_CPU_SECONDS), num_workers=num_workers)


def prepare(benchmark: NamedProblems, sandbox: Sandbox | None, seed: int = 0) -> Prepared:
    """Run a benchmark's solutions, and choose the inputs by which functions are told apart.

    Args:
        benchmark: Its problems.
        sandbox: Entered; None where no code is to run.
        seed: Of the inputs that are made beside the benchmark's own.

    Raises:
        SandboxError: The sandbox broke down.
    """
    if sandbox is None:
        return Prepared(benchmark=benchmark, behaviour=None)
    behaviours = read_behaviours(benchmark.problems, sandbox, seed)
    return Prepared(benchmark=benchmark, behaviour=make_index(behaviours, sandbox))


def make_ready(
    benchmarks: Sequence[NamedProblems],
    match_rate: float,
    sandbox: Sandbox | None,
    folder: Path,
    seed: int = 0,
    *,
    measures: bool = True,
    report: Report,
) -> tuple[list[Prepared], dict[str, Any]]:
    """Prepare all benchmarks and measure the detectors, or take what an earlier try left in the folder.

    What a solution does can depend on the time that it takes, so who goes on with a search goes on with its inputs.

    Args:
        benchmarks: What texts are to be held against.
        match_rate: The threshold of syntax trees.
        sandbox: Entered; None where no code is to run.
        folder: Of the work on one search.
        seed: As for `prepare`.
        measures: Whether the detectors are measured; else their quality is empty.
        report: Told what is under way, and how much of it is done.

    Returns:
        The benchmarks, and what `calibrate` says.

    Raises:
        SandboxError: The sandbox broke down.
    """
    path = folder / "ready.pickle"
    if path.exists():
        ready: tuple[list[Prepared], dict[str, Any]] = pickle.loads(path.read_bytes())
        return ready
    total = len(benchmarks) + measures
    prepared = []
    for number, one in enumerate(benchmarks):
        report(f"making {one.title} ready", number, total)
        prepared.append(prepare(one, sandbox, seed))
    if measures:
        report("measuring the detectors on the labelled set", total - 1, total)
    calibration = calibrate(match_rate, sandbox, seed) if measures else {}
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(pickle.dumps((prepared, calibration)))
    partial.rename(path)
    return prepared, calibration


def calibrate(match_rate: float, sandbox: Sandbox | None, seed: int = 0) -> dict[str, Any]:
    """Measure each detector and the rule on the labelled set; takes seconds.

    Args:
        match_rate: The threshold of syntax trees.
        sandbox: Entered; None leaves out what needs code to run.
        seed: As for `prepare`.

    Raises:
        SandboxError: The sandbox broke down.
    """
    return calibration_on(prepare(labelled_benchmark(), sandbox, seed), match_rate, sandbox)


def labelled_benchmark() -> NamedProblems:
    """The problems of the labelled set as a benchmark has them: a test calls the function with the inputs."""
    labelled, _ = load_labelled_set()
    return NamedProblems(name="labelled", title="labelled set", problems=tuple(map(_with_test, labelled)))


def calibration_on(prepared: Prepared, match_rate: float, sandbox: Sandbox | None) -> dict[str, Any]:
    """As `calibrate`, with the labelled benchmark made ready."""
    _, pairs = load_labelled_set()
    benchmark = prepared.benchmark
    texts = [read_text(pair.text) for pair in pairs]
    ids = [record_id(place) for place in range(len(pairs))]
    counts = PhraseIndex(benchmark.problems).count(texts)
    without = Search(benchmark, None, counts, match_rate).look(ids, texts, None)
    qualities = [_papers_ngrams(benchmark.problems, pairs)]
    if sandbox is None:
        qualities += qualities_of(pairs, without, match_rate, ran_code=False)
    else:
        rows = Search(benchmark, prepared.behaviour, counts, match_rate).look(ids, texts, sandbox)
        qualities += qualities_of(pairs, rows, match_rate, ran_code=True)
        qualities.append(rule_quality(WITHOUT_BEHAVIOUR, pairs, without))
    return calibration_of(pairs, qualities)


def _with_test(labelled: LabelledProblem) -> Problem:
    calls = [f"    candidate(*{arguments})" for arguments in labelled.inputs]
    return replace(labelled.problem, test="\n".join(["def check(candidate):", *calls, ""]))


def _papers_ngrams(problems: Sequence[Problem], pairs: Sequence[LabelledPair]) -> Quality:
    """What the paper's first method finds: any 13 words in a row."""
    index = NgramIndex({problem.task_id: docstring_of(problem) for problem in problems}, _PAPERS_NGRAM_SIZE)
    shared = {
        (record_id(place), run.task_id) for place, pair in enumerate(pairs) for run in index.shared_runs(pair.text)
    }
    return quality_of(f"{_PAPERS_NGRAM_SIZE}-gram (the paper's)", None, pairs, shared)
