"""Prepare benchmarks for a search: run their solutions, and choose inputs that tell functions apart."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex, make_index
from hornbook.decontamination.problem_behaviours import read_behaviours
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Sandbox
from hornbook.sandbox.unjailed import Unjailed

_CPU_SECONDS = 1.5
"""Of a program in which many functions run, each with a limit of its own."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A benchmark, and what its solutions do."""

    benchmark: NamedProblems
    behaviour: BehaviourIndex | None
    """None where no code is to run."""


def open_jail(num_workers: int | None = None) -> Jail:
    """The sandbox in which records and solutions run; to be entered."""
    return Jail(Limits(cpu_seconds=_CPU_SECONDS), num_workers=num_workers)


def open_unjailed(num_workers: int | None = None) -> Unjailed:
    """The same without walls, for machines that have no jail; only where the user wishes it."""
    return Unjailed(Limits(cpu_seconds=_CPU_SECONDS), num_workers=num_workers)


def prepare(benchmark: NamedProblems, sandbox: Sandbox | None, seed: int = 0) -> Prepared:
    """Run a benchmark's solutions, unless no code is to run, and choose the inputs by which functions are told apart.

    `seed` is that of the generated inputs.

    Raises:
        SandboxError: The sandbox broke down.
    """
    if sandbox is None:
        return Prepared(benchmark=benchmark, behaviour=None)
    behaviours = read_behaviours(benchmark.problems, sandbox, seed)
    return Prepared(benchmark=benchmark, behaviour=make_index(behaviours, sandbox))


def prepare_once(
    benchmarks: Sequence[NamedProblems],
    sandbox: Sandbox | None,
    folder: Path,
    seed: int,
    progress: Callable[[int, int, str], None],
) -> list[Prepared]:
    """Prepare all benchmarks, or read what an earlier attempt left in the folder.

    What a solution does can depend on the time that it takes, so an interrupted search continues with its own inputs.
    `folder` is the scratch folder of one search. See `prepare`.

    Raises:
        SandboxError: The sandbox broke down.
    """
    path = folder / "prepared.pickle"
    if path.exists():
        known: list[Prepared] = pickle.loads(path.read_bytes())
        return known
    prepared = []
    for number, one in enumerate(benchmarks):
        progress(number, len(benchmarks), f"preparing {one.title}")
        prepared.append(prepare(one, sandbox, seed))
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(pickle.dumps(prepared))
    partial.rename(path)
    return prepared
