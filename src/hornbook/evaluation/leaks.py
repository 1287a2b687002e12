"""What was found of benchmarks in a run's training data, and how well the detectors find it.

Reads:  the metrics of the stage `decontaminate`.
Writes: the same as records, for the report and the model card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hornbook.artifacts.manifest import Manifest
from hornbook.errors import MissingInputError

T = TypeVar("T")

RULE_NAME = "rule"
"""Of the row of the calibration that speaks of all detectors together."""
DETECTORS = ("behaviour", "n-gram", "syntax tree", "code embedding", "judge")
"""In the order in which they are shown; a manifest keeps none."""
KINDS = (
    *("renamed", "paraphrased", "restructured", "retold"),
    *("same topic", "near miss", "stock phrase", "unrelated"),
)
"""Of labelled pairs, in the same sense: leaks, then clean ones."""


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
    """Those that ran."""


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
        """Documents that were put aside."""
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
        calibration = metrics.get("calibration")
        return Leaks(
            num_checked=manifest.kept + sum(manifest.dropped.values()),
            dropped=tuple(sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0]))),
            benchmarks=tuple(_benchmark(found) for found in metrics["benchmarks"]),
            calibration=_calibration(calibration) if calibration else None,
        )
    except KeyError as error:
        raise MissingInputError(f"the stage `{manifest.stage}` has no metric `{error.args[0]}`") from error


def _benchmark(found: Mapping[str, Any]) -> BenchmarkLeaks:
    return BenchmarkLeaks(
        name=found["name"],
        title=found["title"],
        num_problems=found["num_problems"],
        num_telling=found["num_telling"],
        num_leaking_documents=found["num_leaking_documents"],
        leaked_problems=tuple(found["leaked_problems"]),
        detectors=tuple(
            DetectorFinding(
                detector=detector,
                num_documents=counts["num_documents"],
                num_problems=counts["num_problems"],
                num_decided=counts["num_decided"],
            )
            for detector, counts in _ordered(found["detectors"], DETECTORS)
        ),
    )


def _calibration(found: Mapping[str, Any]) -> DetectorCalibration:
    return DetectorCalibration(
        num_problems=found["num_problems"],
        num_leaks=found["num_leaks"],
        num_clean=found["num_clean"],
        num_of_kind=found["num_of_kind"],
        rows=tuple(
            DetectorQuality(
                name=row["name"],
                threshold=row["threshold"],
                num_found=row["num_found"],
                num_false=row["num_false"],
                recall=_proportion(row["recall"]),
                precision=_proportion(row["precision"]) if row["precision"] else None,
                found_by_kind=_ordered(row["found_by_kind"], KINDS),
                false_by_kind=_ordered(row["false_by_kind"], KINDS),
            )
            for row in found["rows"]
        ),
    )


def _ordered(of_name: Mapping[str, T], names: Sequence[str]) -> tuple[tuple[str, T], ...]:
    """The items in the order of `names`, unknown ones last by name."""
    places = {name: place for place, name in enumerate(names)}
    return tuple(sorted(of_name.items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def _proportion(numbers: tuple[float, float, float]) -> Proportion:
    value, low, high = numbers
    return Proportion(value=value, ci95=(low, high))
