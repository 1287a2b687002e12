"""Leaks of benchmarks in a run's training data, and the scores on the problems without a leak.

A problem whose leak was not found counts as clean: that score is only as good as the search.

Reads:  the metrics of the stage `decontaminate`; the problems and verdicts of evaluations.
Source: `docs/decisions/decontamination-rule.md`; Gunasekar et al. 2023, section 5, table 3, which scores the problems
        that resemble no exercise by themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.evaluation.score import score_verdicts
from hornbook.pipeline.manifest import Manifest
from hornbook.pipeline.stage import Artifact
from hornbook.records import Problem, Verdict

_NEARNESS = {"n-gram": "words", "syntax tree": "syntax trees"}
"""Detector → what decides where no code could tell."""


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """The findings of `decontaminate`."""

    num_checked: int
    """Number of documents."""
    dropped: tuple[tuple[str, int], ...]
    """Reason → dropped documents, the largest first."""
    benchmarks: Sequence[Mapping[str, Any]]
    """JSON values, as `findings.measure` of the room `decontamination` gives them."""
    calibration: Mapping[str, Any] | None
    """JSON values, as `calibration.py` gives them; None where the detectors were not measured."""
    rule: str
    """The rule by which a document is a leak, in a sentence or two. It names only the detectors that ran."""
    not_checked: tuple[str, ...]
    """What the search could not find or did not look at, the most specific first."""

    @property
    def num_dropped(self) -> int:
        """Number of dropped documents."""
        return sum(number for _, number in self.dropped)


def read_leaks(manifest: Manifest, scored: Sequence[str]) -> Leaks:
    """Read the findings in the manifest of `decontaminate`; `scored` are the titles of the evaluated benchmarks.

    Raises:
        MissingInputError: The manifest has no findings.
    """
    benchmarks = manifest.metrics.get("benchmarks")
    if benchmarks is None:
        raise MissingInputError(f"the stage `{manifest.stage}` has no metric `benchmarks`")
    detectors = {detector for benchmark in benchmarks for detector in benchmark["detectors"]}
    return Leaks(
        num_checked=manifest.kept + sum(manifest.dropped.values()),
        dropped=tuple(sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0]))),
        benchmarks=benchmarks,
        calibration=manifest.metrics.get("calibration"),
        rule=_rule_of(detectors),
        not_checked=_gaps_of(benchmarks, detectors, scored),
    )


def clean_scores(
    benchmarks: Sequence[Mapping[str, Any]], evaluations: Sequence[tuple[str, Artifact]]
) -> list[dict[str, Any]]:
    """Score each model on the problems without a leak, benchmark by benchmark; the findings of each are as in `Leaks`.

    Returns:
        For each benchmark that was evaluated and each model: `model`, `benchmark` (its title), `full` (the score as in
        the metrics), `num_leaked` (problems), and `clean`: the same score on the other problems, None where every
        problem leaked.

    Raises:
        MissingInputError: An evaluation has no tables for a benchmark with leaks, or does not know a leaked problem.
    """
    return [
        {
            "model": model,
            "benchmark": benchmark["title"],
            "full": full,
            "num_leaked": len(benchmark["leaked_problems"]),
            "clean": _score_without(benchmark, artifact) if benchmark["leaked_problems"] else full,
        }
        for benchmark in benchmarks
        for model, artifact in evaluations
        for full in artifact.manifest.metrics.get("scores", [])
        if full["benchmark"] == benchmark["name"]
    ]


def _score_without(benchmark: Mapping[str, Any], artifact: Artifact) -> dict[str, Any] | None:
    name, leaked = benchmark["name"], set(benchmark["leaked_problems"])
    problems = artifact.records(f"{name}-problems", Problem)
    unknown = sorted(leaked - {problem.task_id for problem in problems})
    if unknown:
        raise MissingInputError(
            f"`{name}` has no clean subset: `{artifact.manifest.stage}` does not know the leaked problem `{unknown[0]}`"
        )
    clean = [problem for problem in problems if problem.task_id not in leaked]
    verdicts = artifact.records(f"{name}-verdicts", Verdict)
    of_clean = [verdict for verdict in verdicts if verdict.task_id not in leaked]
    generator = np.random.default_rng(artifact.manifest.seed)
    return score_verdicts(name, clean, of_clean, protocol="", generator=generator) if clean else None


def _rule_of(detectors: set[str]) -> str:
    nearness = [words for detector, words in _NEARNESS.items() if detector in detectors]
    decide = f"{_joined(nearness)} decide, each from a threshold of its own"
    sentence = f"No document’s code was run; {decide}."
    if "behaviour" in detectors:
        sentence = (
            "A document is a leak if its function gives a problem’s outputs for the problem’s inputs, or if it has the "
            "problem’s whole docstring; it is clean if its function ran on those inputs and did something else; where "
            f"nothing ran that could tell, {decide}."
        )
    if "judge" in detectors:
        sentence += " Where a language model was asked, its answer stands in place of these."
    return sentence


def _gaps_of(benchmarks: Sequence[Mapping[str, Any]], detectors: set[str], scored: Sequence[str]) -> tuple[str, ...]:
    gaps = ["Behaviour: no document’s code was run on a problem’s inputs."]
    if "behaviour" in detectors:
        gaps = [
            f"The behaviour of {blind:,} of {one['num_problems']:,} problems of {one['title']}: too few inputs, or too "
            "few different outputs, to tell; only words, trees and the like were compared."
            for one in benchmarks
            if (blind := one["num_problems"] - one["num_telling"])
        ]
        gaps.append(
            "The behaviour of code that does not run by itself or takes other kinds of arguments: functions inside "
            "others, code that needs other files, a task on numbers told of a text that holds them."
        )
    if "judge" not in detectors:
        gaps.append("Doubtful matches: neither a person nor a language model read them.")
    compared = [benchmark["title"] for benchmark in benchmarks]
    gaps += [f"{title}: it was scored, but not compared." for title in dict.fromkeys(scored) if title not in compared]
    return (
        *gaps,
        f"Benchmarks other than {_joined(compared)}.",
        "What a document tells of a problem without its function or its words: a hint, a discussion, another language.",
    )


def _joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
