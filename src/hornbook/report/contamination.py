"""What was compared with the benchmarks, what was found, and what nobody looked for."""

from collections.abc import Mapping
from typing import Any

from hornbook.artifacts.stage import Artifact
from hornbook.records import Dropped
from hornbook.report.data import Contamination, Finding, NearestPair
from hornbook.report.facts import metric
from hornbook.report.way import counts

_BENCHMARKS = {"humaneval": "HumanEval", "held_out": "held-out exercises"}
_NOT_CHECKED = (
    "Problems told in other words: no embeddings were compared.",
    "Solutions with the same idea in another shape: the trees must be near.",
    "Benchmarks other than these two.",
)


def contamination_of(artifacts: Mapping[str, Artifact], num_nearest: int) -> Contamination | None:
    """The findings of `decontaminate`; None where it did not run.

    Args:
        artifacts: Of the run, by stage.
        num_nearest: About how many pairs are shown, the nearest of each benchmark and detector.
    """
    if "decontaminate" not in artifacts:
        return None
    artifact = artifacts["decontaminate"]
    manifest = artifact.manifest
    return Contamination(
        num_checked=manifest.kept + sum(manifest.dropped.values()),
        num_dropped=sum(manifest.dropped.values()),
        dropped=counts(manifest.dropped),
        checks=_checks(artifact),
        not_checked=_NOT_CHECKED,
        findings=tuple(
            Finding(
                benchmark=benchmark,
                detector=detector,
                num_documents=found["num_documents"],
                num_problems=found["num_problems"],
            )
            for key, benchmark in _BENCHMARKS.items()
            if metric(artifact, key, "num_problems")
            for detector, found in sorted(metric(artifact, key, "detectors").items())
        ),
        nearest=_nearest(artifact, num_nearest),
    )


def _checks(artifact: Artifact) -> tuple[str, ...]:
    config = artifact.manifest.config
    num_words, rate = config["detectors"]["ngram_size"], config["match_rate"]
    num_humaneval, num_held_out = (metric(artifact, key, "num_problems") for key in _BENCHMARKS)
    checks = (
        f"HumanEval’s {num_humaneval} problems: a run of {num_words} words shared with a docstring, a whole docstring, "
        f"or a syntax tree that matches the solution’s at a rate of {rate:g} or more, whatever the names.",
        f"The {num_held_out} held-out exercises: a whole docstring. The same teacher wrote both sides, so shared words "
        "and like trees are counted, but are no reason to put a document aside.",
    )
    return checks if num_held_out else checks[:1]


def _nearest(artifact: Artifact, number: int) -> tuple[NearestPair, ...]:
    """The first rows of each benchmark and detector: the table holds the best ones first."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in artifact.table("nearest").to_pylist():
        groups.setdefault((row["benchmark"], row["detector"]), []).append(row)
    if not groups:
        return ()
    dropped = {record.id for record in artifact.records("dropped", Dropped)}
    share = -(-number // len(groups))
    return tuple(
        NearestPair(
            document_id=row["document_id"],
            benchmark=row["benchmark"],
            task_id=row["task_id"],
            measure=_measure(row["detector"], row["score"]),
            evidence=row["evidence"] if row["detector"] == "n-gram" else "",
            dropped=row["document_id"] in dropped,
            document_text=row["document_excerpt"],
            problem_text=row["problem_excerpt"],
        )
        for rows in groups.values()
        for row in rows[:share]
    )


def _measure(detector: str, score: float) -> str:
    if detector == "n-gram":
        return f"{score:.0f} shared words"
    return f"{detector}, match rate {score:.2f}" if detector == "syntax tree" else f"same {detector}"
