"""What was found of benchmarks in a run's training data, how well the detectors find it, and what none could see.

Reads:  the metrics of the stage `decontaminate`; which benchmarks were scored.
Writes: the same as records, and sentences, for the report and the model card; detectors and kinds are those that the
        metrics name.
Source: `docs/decisions/decontamination-rule.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.artifacts.manifest import Manifest
from hornbook.errors import MissingInputError

RULE_NAME = "rule"
"""Of the row of the calibration that speaks of all detectors together."""

_NEARNESS = {"n-gram": "words", "code embedding": "embeddings of code", "syntax tree": "syntax trees"}
"""Detector → what decides where no code could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorFinding:
    """What one detector found of one benchmark."""

    detector: str
    num_documents: int
    """That resemble a problem, whether or not that was decisive."""
    num_problems: int
    num_decided: int
    """Documents that are leaks by this detector's match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkLeaks:
    """What was found of one benchmark."""

    name: str
    """As in the tables of evaluations: `humaneval`."""
    title: str
    """For people: `HumanEval`."""
    num_problems: int
    num_telling: int
    """Problems whose inputs and outputs tell their function from others."""
    num_leaking_documents: int
    leaked_problems: tuple[str, ...]
    """Task ids, those for which at least one leaking document was found."""
    detectors: tuple[DetectorFinding, ...]
    """Those that ran, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share and its 95 % interval, all 0 to 1."""

    value: float
    ci95: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorQuality:
    """How a detector, or the rule made of all, does on the labelled pairs."""

    name: str
    threshold: float | None
    """From which score on it flags a pair; None where it has none."""
    num_found: int
    """Leaks among the flagged."""
    num_false: int
    """Clean pairs among the flagged."""
    recall: Proportion
    precision: Proportion | None
    """None where nothing was flagged."""
    found_by_kind: tuple[tuple[str, int], ...]
    """Kind of leak → found."""
    false_by_kind: tuple[tuple[str, int], ...]
    """Kind of clean pair → flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCalibration:
    """How all detectors do on the labelled pairs."""

    num_problems: int
    num_leaks: int
    num_clean: int
    num_of_kind: int
    """Pairs of each kind."""
    rows: tuple[DetectorQuality, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """All that `decontaminate` says."""

    num_checked: int
    """Documents."""
    dropped: tuple[tuple[str, int], ...]
    """Reason → documents, the largest first."""
    benchmarks: tuple[BenchmarkLeaks, ...]
    calibration: DetectorCalibration | None
    """None where the detectors were not measured."""

    @property
    def num_dropped(self) -> int:
        """Documents that were dropped."""
        return sum(number for _, number in self.dropped)

    @property
    def detectors(self) -> tuple[str, ...]:
        """The detectors that ran on any benchmark, each once."""
        names = (found.detector for benchmark in self.benchmarks for found in benchmark.detectors)
        return tuple(dict.fromkeys(names))


def read_leaks(manifest: Manifest) -> Leaks:
    """Read the metrics of `decontaminate`.

    Raises:
        MissingInputError: They lack something, as those of an older version do.
    """
    metrics = manifest.metrics
    try:
        found = metrics.get("calibration")
        counts = {name: found[name] for name in ("num_problems", "num_leaks", "num_clean", "num_of_kind") if found}
        return Leaks(
            num_checked=manifest.kept + sum(manifest.dropped.values()),
            dropped=tuple(sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0]))),
            benchmarks=tuple(_benchmark(one) for one in metrics["benchmarks"]),
            calibration=DetectorCalibration(**counts, rows=tuple(map(_quality, found["rows"]))) if found else None,
        )
    except KeyError as error:
        raise MissingInputError(f"the stage `{manifest.stage}` has no metric `{error.args[0]}`") from error


def _benchmark(found: Mapping[str, Any]) -> BenchmarkLeaks:
    counts = ("num_documents", "num_problems", "num_decided")
    return BenchmarkLeaks(
        **{name: found[name] for name in ("name", "title", "num_problems", "num_telling", "num_leaking_documents")},
        leaked_problems=tuple(found["leaked_problems"]),
        detectors=tuple(
            DetectorFinding(detector=detector, **{name: of_detector[name] for name in counts})
            for detector, of_detector in sorted(found["detectors"].items())
        ),
    )


def _quality(row: Mapping[str, Any]) -> DetectorQuality:
    return DetectorQuality(
        **{name: row[name] for name in ("name", "threshold", "num_found", "num_false")},
        recall=_proportion(row["recall"]),
        precision=_proportion(row["precision"]) if row["precision"] else None,
        found_by_kind=tuple(sorted(row["found_by_kind"].items())),
        false_by_kind=tuple(sorted(row["false_by_kind"].items())),
    )


def _proportion(numbers: tuple[float, float, float]) -> Proportion:
    value, low, high = numbers
    return Proportion(value=value, ci95=(low, high))


def rule_of(leaks: Leaks) -> str:
    """The rule by which a document is a leak, in a sentence or two, naming only the detectors that ran."""
    nearness = [words for detector, words in _NEARNESS.items() if detector in leaks.detectors]
    decide = f"{_joined(nearness)} decide, each from a threshold of its own"
    sentence = f"No document’s code was run; {decide}."
    if "behaviour" in leaks.detectors:
        sentence = (
            "A document is a leak if its function gives a problem’s outputs for the problem’s inputs, or if it has the "
            "problem’s whole docstring; it is clean if its function ran on those inputs and did something else; where "
            f"nothing ran that could tell, {decide}."
        )
    if "judge" in leaks.detectors:
        sentence += " Where a language model was asked, its answer stands in place of these."
    return sentence


def not_checked(leaks: Leaks, scored: Sequence[str]) -> tuple[str, ...]:
    """What the search could not see, or did not look at, the most specific first.

    Args:
        leaks: What was found, and by which detectors.
        scored: Titles of the benchmarks on which the run's models were evaluated.
    """
    compared = [benchmark.title for benchmark in leaks.benchmarks]
    gaps = ["Behaviour: no document’s code was run on a problem’s inputs."]
    if "behaviour" in leaks.detectors:
        gaps = [
            f"The behaviour of {one.num_problems - one.num_telling:,} of {_possessive(one.title)} {one.num_problems:,} "
            "problems: too few inputs, or too few different outputs, to tell; only words, trees and the like were "
            "compared."
            for one in leaks.benchmarks
            if one.num_telling < one.num_problems
        ]
        gaps.append(
            "The behaviour of code that does not run by itself or takes other kinds of arguments: functions inside "
            "others, code that needs other files, a task on numbers told of a text that holds them."
        )
    if "code embedding" not in leaks.detectors:
        gaps.append("Problems told in other words, where no code ran: no embeddings were compared.")
    if "judge" not in leaks.detectors:
        gaps.append("Doubtful matches: neither a person nor a language model read them.")
    gaps += [f"{title}: it was scored, but not compared." for title in dict.fromkeys(scored) if title not in compared]
    return (
        *gaps,
        f"Benchmarks other than {_joined(compared)}.",
        "What a document tells of a problem without its function or its words: a hint, a discussion, another language.",
    )


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
