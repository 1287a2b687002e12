"""Measure the detectors and the rule on the labelled set: what they find, and what they find wrongly.

A leak is found if its own problem is named. A clean record that is taken for a leak of any problem is a false alarm.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import LabelledPair, LabelledProblem, PairKind, load_labelled_set
from hornbook.decontamination.prepare import Prepared, prepare
from hornbook.decontamination.rule import Detector, least_score
from hornbook.decontamination.search import Search
from hornbook.decontamination.words import Ngram, PhraseIndex, docstring_of, is_text, ngrams, words_of
from hornbook.records import Problem
from hornbook.sandbox.program import Sandbox
from hornbook.stats import wilson_interval

RULE = "rule"
WITHOUT_BEHAVIOUR = "rule without behaviour"
"""What is left of it where no code can run."""
_PAPERS_NGRAM_SIZE = 13
"""Source: section 5 of the paper."""

Flagged = set[tuple[str, str]]
"""The id of a record and the id of a task that it is said to give away."""


def calibrate(match_rate: float, sandbox: Sandbox | None, seed: int = 0) -> dict[str, Any]:
    """Measure each detector and the rule on the labelled set, as JSON values; takes seconds.

    `match_rate` is the threshold of syntax trees, `seed` that of the generated inputs; no sandbox leaves out what needs
    code to run.

    Raises:
        SandboxError: The sandbox broke down.
    """
    return calibration_on(prepare(labelled_benchmark(), sandbox, seed), match_rate, sandbox)


def labelled_benchmark() -> NamedProblems:
    """The problems of the labelled set as a benchmark has them: a test calls the function with the inputs."""
    labelled, _ = load_labelled_set()
    return NamedProblems(name="labelled", title="labelled set", problems=tuple(map(_with_test, labelled)))


def calibration_on(prepared: Prepared, match_rate: float, sandbox: Sandbox | None) -> dict[str, Any]:
    """As `calibrate`, with the labelled benchmark prepared."""
    _, pairs = load_labelled_set()
    benchmark = prepared.benchmark
    texts = [read_text(pair.text) for pair in pairs]
    ids = list(map(str, range(len(pairs))))
    counts = PhraseIndex(benchmark.problems).count(texts)
    without = rows = Search(benchmark, None, counts, match_rate).look(ids, texts, None)
    if sandbox is not None:
        rows = Search(benchmark, prepared.behaviour, counts, match_rate).look(ids, texts, sandbox)
    qualities = [
        quality_of(f"{_PAPERS_NGRAM_SIZE}-gram (the paper's)", None, pairs, _papers(benchmark.problems, pairs))
    ]
    for detector in Detector:
        if detector is Detector.JUDGE or (detector is Detector.BEHAVIOUR and sandbox is None):
            continue
        least = least_score(detector, match_rate)
        flagged = {(row.document_id, row.task_id) for row in rows if row.detector is detector and row.score >= least}
        qualities.append(quality_of(detector.value, least or None, pairs, flagged))
    qualities.append(quality_of(RULE, None, pairs, _leaks(rows)))
    if sandbox is not None:
        qualities.append(quality_of(WITHOUT_BEHAVIOUR, None, pairs, _leaks(without)))
    return {
        "num_problems": len({pair.task_id for pair in pairs}),
        "num_leaks": sum(pair.kind.is_leak for pair in pairs),
        "num_clean": sum(not pair.kind.is_leak for pair in pairs),
        "num_of_kind": len(pairs) // len(PairKind),
        "rows": qualities,
    }


def quality_of(name: str, threshold: float | None, pairs: Sequence[LabelledPair], flagged: Flagged) -> dict[str, Any]:
    """Compare what was flagged with the labels; a record is named by its index.

    There is no `threshold` where each match counts, or no single score decides.

    Returns:
        JSON values: counts by kind of record, recall and precision with their 95 % intervals; no precision where
        nothing was flagged.
    """
    any_task = {document_id for document_id, _ in flagged}
    found: Counter[PairKind] = Counter()
    false: Counter[PairKind] = Counter()
    for place, pair in enumerate(pairs):
        if pair.kind.is_leak:
            found[pair.kind] += (str(place), pair.task_id) in flagged
        else:
            false[pair.kind] += str(place) in any_task
    num_found, num_false = found.total(), false.total()
    return {
        "name": name,
        "threshold": threshold,
        "num_found": num_found,
        "num_false": num_false,
        "recall": _share(num_found, sum(pair.kind.is_leak for pair in pairs)),
        "precision": _share(num_found, num_found + num_false) if num_found + num_false else None,
        "found_by_kind": {kind.value: number for kind, number in found.items()},
        "false_by_kind": {kind.value: number for kind, number in false.items()},
    }


def _leaks(rows: Iterable[FoundRow]) -> Flagged:
    return {(row.document_id, row.task_id) for row in rows if row.decision is Decision.LEAK}


def _papers(problems: Sequence[Problem], pairs: Sequence[LabelledPair]) -> Flagged:
    """What the paper's first method flags: any 13 words in a row that a docstring has, too."""
    tasks: defaultdict[Ngram, set[str]] = defaultdict(set)
    for problem in problems:
        for ngram in filter(is_text, ngrams(words_of(docstring_of(problem)), _PAPERS_NGRAM_SIZE)):
            tasks[ngram].add(problem.task_id)
    return {
        (str(place), task_id)
        for place, pair in enumerate(pairs)
        for ngram in ngrams(words_of(pair.text), _PAPERS_NGRAM_SIZE)
        for task_id in tasks.get(ngram, ())
    }


def _share(number: int, total: int) -> list[float]:
    low, high = wilson_interval(number, total)
    return [round(number / total, 4), round(low, 4), round(high, 4)]


def _with_test(labelled: LabelledProblem) -> Problem:
    calls = [f"    candidate(*{arguments})" for arguments in labelled.inputs]
    return replace(labelled.problem, test="\n".join(["def check(candidate):", *calls, ""]))
