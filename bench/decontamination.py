"""Decontaminating exercises against HumanEval: our rule, datatrove's n-grams and Cosmopedia's difflib on equal records.

Prints one JSON line. The records are exercises of the curriculum, all different, with 50 planted leaks among them
(`planted_leaks.py`), ten of each kind, each of another problem. Each side is called once, in this process, kept to one
core. Its speed is by CPU time, that of programs in the jail included; building its index, and for ours the running of
the problems' solutions, counts, for a million records once; loading libraries does not.

What it flagged is counted among the leaks, by kind, and among the exercises. An exercise may happen to be a problem of
the benchmark: of those flagged, `num_checked`, as many as a time allows, are run against the tests of all problems,
and `num_that_solve_one` are right.

Needs `pip install 'hornbook[bench]'`.
"""

import argparse
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cpu_time import CpuTime
from decontamination_peers import flagged_by_datatrove, flagged_by_difflib
from hornbook.benchmarks.against import NamedProblems
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.findings import leaks_of
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.planted import LeakKind
from hornbook.decontamination.prepare import open_jail, prepare
from hornbook.decontamination.search import Search
from hornbook.decontamination.words import PhraseIndex
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, write_exercises
from planted_leaks import PlantedLeak, plant_leaks
from solved_problems import LIMITS, solved_problems

MOST_CHECKED = 100
"""Flagged exercises of each side that are run against the tests."""
SECONDS_OF_CHECK = 40.0
"""After which no more of a side are begun."""
CHECKED_AT_A_TIME = 10
NUM_OF_START = 2
"""Records of two first calls: one loads the libraries, one shows what the indices cost, which is paid once."""
_MILLION = 1_000_000


def main() -> None:
    """Measure all three and print the line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--num", type=int, default=50_000, help="exercises among which the leaks are planted")
    parser.add_argument("--num-of-each", type=int, default=10, help="planted leaks of each of the five kinds")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    problems = read_humaneval()
    exercises = list(write_exercises(ExercisesConfig(num_exercises=arguments.num), arguments.seed))
    with Jail() as jail:
        leaks = plant_leaks(problems, arguments.num_of_each, arguments.seed, jail)
    texts = [exercise.prompt + exercise.solution for exercise in exercises]
    records, planted = _mixed(texts, leaks, arguments.seed)
    sides: dict[str, Callable[[Sequence[str]], set[int]]] = {
        "ours": lambda some: ours(some, problems),
        "datatrove": lambda some: _datatrove(some, problems),
        "difflib": lambda some: flagged_by_difflib(some, problems),
    }
    with _on_one_core():
        measured = {name: _measured(side, records, planted) for name, side in sides.items()}
    _check_flagged(measured, records, problems, arguments.seed)
    print(
        json.dumps(
            {
                "benchmark": "decontamination",
                "num_records": len(records),
                "num_different_records": len(set(records)),
                "num_problems": len(problems),
                "planted": dict(Counter(leak.kind.value for leak in leaks)),
                **measured,
                "ratio_to_datatrove": _ratio(measured, "datatrove"),
                "ratio_to_difflib": _ratio(measured, "difflib"),
            }
        )
    )


def ours(records: Sequence[str], problems: Sequence[Problem]) -> set[int]:
    """Places of the records that our rule drops."""
    benchmark = NamedProblems(name="humaneval", title="HumanEval", problems=tuple(problems))
    texts = [read_text(record) for record in records]
    with open_jail(num_workers=1) as jail:
        behaviour = prepare(benchmark, jail).behaviour
        counts = PhraseIndex(problems).count(texts)
        ids = list(map(str, range(len(texts))))
        found = Search(benchmark, behaviour, counts).look(ids, texts, jail)
    return set(map(int, leaks_of(found)))


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Keep this thread and the processes that it begins to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _datatrove(records: Sequence[str], problems: Sequence[Problem]) -> set[int]:
    from loguru import logger

    logger.disable("datatrove")
    with tempfile.TemporaryDirectory() as folder:
        return flagged_by_datatrove(records, problems, Path(folder))


def _mixed(texts: Sequence[str], leaks: Sequence[PlantedLeak], seed: int) -> tuple[list[str], dict[int, PlantedLeak]]:
    """All records in an order drawn by the seed, and which of them are leaks, by their places."""
    order = list(range(len(texts) + len(leaks)))
    random.Random(seed).shuffle(order)
    records = [texts[one] if one < len(texts) else leaks[one - len(texts)].text for one in order]
    return records, {place: leaks[one - len(texts)] for place, one in enumerate(order) if one >= len(texts)}


def _measured(
    side: Callable[[Sequence[str]], set[int]], records: Sequence[str], planted: dict[int, PlantedLeak]
) -> dict[str, Any]:
    few = records[:NUM_OF_START]
    side(few)
    with CpuTime() as start:
        side(few)
    begin = time.perf_counter()
    with CpuTime() as cpu_time:
        flagged = side(records)
    seconds = time.perf_counter() - begin
    each = (cpu_time.seconds - start.seconds) / (len(records) - len(few))
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_time.seconds, 2),
        "start_cpu_seconds": round(start.seconds, 2),
        "records_per_core_second": round(len(records) / cpu_time.seconds, 1),
        "core_hours_per_million": round((start.seconds + each * _MILLION) / 3600, 3),
        "found": _found(flagged, planted),
        "num_found": len(flagged & planted.keys()),
        "num_flagged_exercises": len(flagged - planted.keys()),
        "flagged": sorted(flagged - planted.keys()),
    }


def _check_flagged(
    measured: dict[str, dict[str, Any]], records: Sequence[str], problems: Sequence[Problem], seed: int
) -> None:
    """Put in the place of the flagged exercises of each side how many of some of them solve a problem."""
    with Jail(LIMITS) as jail:
        for one in measured.values():
            flagged = one.pop("flagged")
            chosen = random.Random(seed).sample(flagged, min(MOST_CHECKED, len(flagged)))
            solved: list[list[str]] = []
            begin = time.perf_counter()
            while len(solved) < len(chosen) and time.perf_counter() - begin < SECONDS_OF_CHECK:
                some = chosen[len(solved) : len(solved) + CHECKED_AT_A_TIME]
                solved += solved_problems([records[place] for place in some], problems, jail)
            one.update(num_checked=len(solved), num_that_solve_one=sum(map(bool, solved)))


def _found(flagged: Collection[int], planted: dict[int, PlantedLeak]) -> dict[str, int]:
    return {
        kind.value: sum(leak.kind is kind and place in flagged for place, leak in planted.items()) for kind in LeakKind
    }


def _ratio(measured: dict[str, dict[str, Any]], peer: str) -> float:
    """How many times our CPU time the peer takes."""
    return round(float(measured[peer]["cpu_seconds"] / measured["ours"]["cpu_seconds"]), 2)


if __name__ == "__main__":
    main()
