"""What was found of benchmarks in a run's training data, how well the detectors find it, and what none could see.

Reads:  the metrics of the stage `decontaminate`; which benchmarks were scored.
Writes: the same, and sentences, for the report and the model card.
Source: `docs/decisions/decontamination-rule.md`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import Manifest

RULE_NAME = "rule"
"""Of the row of the calibration that speaks of all detectors together."""

_OF_BENCHMARK = (
    "name",
    "title",
    "num_problems",
    "num_telling",
    "num_leaking_documents",
    "leaked_problems",
    "detectors",
)
_OF_DETECTOR = ("num_documents", "num_problems", "num_decided")
_OF_CALIBRATION = ("num_problems", "num_leaks", "num_clean", "num_of_kind", "rows")
_OF_ROW = ("name", "threshold", "num_found", "num_false", "recall", "precision", "found_by_kind", "false_by_kind")
_NEARNESS = {"n-gram": "words", "syntax tree": "syntax trees"}
"""Detector → what decides where no code could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """All that `decontaminate` says."""

    num_checked: int
    """Documents."""
    dropped: tuple[tuple[str, int], ...]
    """Reason → documents, the largest first."""
    benchmarks: Sequence[Mapping[str, Any]]
    """JSON values, as `findings.measure` of the room `decontamination` gives them."""
    calibration: Mapping[str, Any] | None
    """JSON values, as `calibration.py` gives them; None where the detectors were not measured."""

    @property
    def num_dropped(self) -> int:
        """Documents that were dropped."""
        return sum(number for _, number in self.dropped)

    @property
    def detectors(self) -> set[str]:
        """The detectors that ran on any benchmark."""
        return {detector for benchmark in self.benchmarks for detector in benchmark["detectors"]}


def read_leaks(manifest: Manifest) -> Leaks:
    """Read the metrics of `decontaminate`.

    Raises:
        MissingInputError: They lack something, as those of an older version do.
    """

    def require(found: Mapping[str, Any], names: Sequence[str]) -> None:
        for name in names:
            if name not in found:
                raise MissingInputError(f"the stage `{manifest.stage}` has no metric `{name}`")

    metrics, calibration = manifest.metrics, manifest.metrics.get("calibration")
    require(metrics, ["benchmarks"])
    for benchmark in metrics["benchmarks"]:
        require(benchmark, _OF_BENCHMARK)
        for of_detector in benchmark["detectors"].values():
            require(of_detector, _OF_DETECTOR)
    if calibration:
        require(calibration, _OF_CALIBRATION)
        for row in calibration["rows"]:
            require(row, _OF_ROW)
    return Leaks(
        num_checked=manifest.kept + sum(manifest.dropped.values()),
        dropped=tuple(sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0]))),
        benchmarks=metrics["benchmarks"],
        calibration=calibration,
    )


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
    gaps = ["Behaviour: no document’s code was run on a problem’s inputs."]
    if "behaviour" in leaks.detectors:
        gaps = [
            f"The behaviour of {blind:,} of {one['num_problems']:,} problems of {one['title']}: too few inputs, or too "
            "few different outputs, to tell; only words, trees and the like were compared."
            for one in leaks.benchmarks
            if (blind := one["num_problems"] - one["num_telling"])
        ]
        gaps.append(
            "The behaviour of code that does not run by itself or takes other kinds of arguments: functions inside "
            "others, code that needs other files, a task on numbers told of a text that holds them."
        )
    if "judge" not in leaks.detectors:
        gaps.append("Doubtful matches: neither a person nor a language model read them.")
    compared = [benchmark["title"] for benchmark in leaks.benchmarks]
    gaps += [f"{title}: it was scored, but not compared." for title in dict.fromkeys(scored) if title not in compared]
    return (
        *gaps,
        f"Benchmarks other than {_joined(compared)}.",
        "What a document tells of a problem without its function or its words: a hint, a discussion, another language.",
    )


def _joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
