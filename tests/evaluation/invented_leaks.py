"""What `decontaminate` could say of a run, invented number by number."""

import json
from collections.abc import Sequence
from typing import Any

from hornbook.pipeline.manifest import Manifest

DETECTORS = ("behaviour", "n-gram", "syntax tree")
LEAKS = ("renamed", "paraphrased", "restructured", "retold")
CLEAN = ("same topic", "near miss", "stock phrase", "unrelated")
QUALITY = (
    ("n-gram", 0.6, (23, 1, 1, 0), (0, 37, 2, 0), [0.15625, 0.108, 0.221], [0.390625, 0.281, 0.513]),
    ("13-gram (the paper's)", None, (23, 2, 0, 0), (0, 36, 2, 0), [0.15625, 0.108, 0.221], [0.397, 0.3, 0.5]),
    ("syntax tree", 0.95, (0, 0, 0, 0), (0, 0, 0, 0), [0.0, 0.0, 0.023], None),
    ("rule", None, (40, 40, 39, 38), (0, 1, 0, 0), [0.98125, 0.946, 0.994], [0.99367, 0.965, 0.999]),
)
"""Detector, threshold, found leaks and flagged clean records by kind, recall, precision."""


def benchmark_metrics(
    name: str,
    title: str,
    num_problems: int,
    leaked: Sequence[str] = (),
    *,
    num_telling: int | None = None,
    detectors: Sequence[str] = DETECTORS,
) -> dict[str, Any]:
    """What was found of one benchmark: the first detector decided one document for each leaked problem."""
    numbers = ("num_documents", "num_problems", "num_decided")
    by_detector = {
        detector: (7 + 100 * place, 3 + 10 * place, 0) if place else (len(leaked),) * 3
        for place, detector in enumerate(detectors)
    }
    return {
        "name": name,
        "title": title,
        "num_problems": num_problems,
        "num_telling": num_problems if num_telling is None else num_telling,
        "num_leaking_documents": len(leaked),
        "leaked_problems": list(leaked),
        "detectors": {detector: dict(zip(numbers, found, strict=True)) for detector, found in by_detector.items()},
        "by_match_rate": {},
    }


def leak_metrics(*benchmarks: dict[str, Any]) -> dict[str, Any]:
    """The metrics of the stage, calibrated on 320 pairs; their keys sorted as a manifest on disk has them."""
    rows = [
        {
            "name": name,
            "threshold": threshold,
            "num_found": sum(found),
            "num_false": sum(false),
            "recall": recall,
            "precision": precision,
            "found_by_kind": dict(zip(LEAKS, found, strict=True)),
            "false_by_kind": dict(zip(CLEAN, false, strict=True)),
        }
        for name, threshold, found, false, recall, precision in QUALITY
    ]
    calibration = {"num_problems": 40, "num_leaks": 160, "num_clean": 160, "num_of_kind": 40, "rows": rows}
    metrics: dict[str, Any] = json.loads(
        json.dumps({"benchmarks": benchmarks, "calibration": calibration}, sort_keys=True)
    )
    return metrics


def manifest(metrics: dict[str, Any], **dropped: int) -> Manifest:
    """Of a stage with these metrics, which kept 90 documents."""
    return Manifest(
        stage="decontaminate",
        fingerprint="0" * 64,
        version=1,
        seed=0,
        config={},
        inputs={},
        input_contents={},
        kept=90,
        unit="documents",
        dropped=dropped,
        metrics=metrics,
        files={},
        seconds=1.0,
    )
