"""What was found of benchmarks in a run's training data, and how well the detectors find it.

Reads:  the metrics of the stage `decontaminate`.
Writes: the same as records, for the report and the model card; detectors and kinds are those that the metrics name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.artifacts.manifest import Manifest
from hornbook.errors import MissingInputError

RULE_NAME = "rule"
"""Of the row of the calibration that speaks of all detectors together."""


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
