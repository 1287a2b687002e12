"""A few passages and exercises, chosen by rule, so that the same run shows the same ones; and how varied all are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hornbook.benchmarks.humaneval import structure_of_humaneval
from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, DocumentKind, exercise_of
from hornbook.units import percent

T = TypeVar("T")
_NUM_PASSAGES = 6
_NUM_EXERCISES = 8
_WRITERS = (("textbooks", "passages"), ("exercises", "exercises"))
_VARIETIES = (
    ("openings", "different openings"),
    ("shapes", "different shapes of code"),
    ("names", "different function names"),
)


def synthesis_of(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    """Passages and exercises of as many families as there are places, verified ones where the run has verified them.

    Returns:
        `passages`, `exercises`, the `diversity` of each, and whether they are `verified`: executed before they were
        kept. None where the run has neither.
    """
    passages = [
        {"family": "", "topic": "", "audience": "", "style": "", **json.loads(one.metadata), "text": one.text}
        for one in _written(run, "textbooks", DocumentKind.TEXTBOOK)
    ]
    exercises = [exercise_of(one) for one in _written(run, "exercises", DocumentKind.EXERCISE)]
    if not passages and not exercises:
        return None
    return {
        "passages": [passages[at] for at in by_turns([passage["family"] for passage in passages], _NUM_PASSAGES)],
        "exercises": [exercises[at] for at in by_turns([exercise.family for exercise in exercises], _NUM_EXERCISES)],
        "diversity": [
            _diversity(unit, run[role].manifest.metrics["diversity"])
            for role, unit in _WRITERS
            if role in run and "diversity" in run[role].manifest.metrics
        ],
        "verified": "verify" in run,
    }


def spread(items: Sequence[T], number: int) -> list[T]:
    """`number` of the items at equal distances, the first and the last among them; all where there are no more."""
    if len(items) <= number:
        return list(items)
    if number == 1:
        return [items[0]]
    return [items[round(index * (len(items) - 1) / (number - 1))] for index in range(number)]


def by_turns(groups: Sequence[str], number: int) -> list[int]:
    """Indices of `number` items, one of each group in turn, groups in order of first appearance.

    Within a group the items are spread evenly over its members, so that similar neighbours are not shown together.
    """
    members: dict[str, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    if not members:
        return []
    rounds = -(-number // len(members))
    chosen = [spread(indices, rounds) for indices in members.values()]
    turns = [indices[turn] for turn in range(rounds) for indices in chosen if turn < len(indices)]
    return turns[:number]


def _written(run: Mapping[str, Artifact], writer: str, kind: DocumentKind) -> list[Document]:
    """The documents of a kind that `verify` kept, or else those that were written."""
    found = [run[role] for role in ("verify", writer) if role in run]
    tables = [one.documents() for one in found if one.has("documents") or one.has("exercises")]
    return [one for one in tables[0] if one.kind is kind] if tables else []


def _diversity(unit: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        ("exact duplicates", percent(figures["exact_share"])),
        (f"near duplicates (Jaccard {figures['similarity']:.2f})", percent(figures["near_share"])),
    ]
    for name, title in _VARIETIES:
        total = figures[name]["count"]
        if total:
            rows.append((f"{title}, of all {total:,}", percent(figures[name]["distinct"] / total)))
    if figures.get("compression") is not None:
        rows.append(("bytes over bytes compressed", f"{figures['compression']:.1f}"))
    if structure := figures.get("structure"):
        theirs = structure_of_humaneval()["shares"]
        for name, share in structure["shares"].items():
            rows.append((f"{name} ({percent(theirs[name])} of HumanEval)", percent(share)))
    return {"unit": unit, "num_records": figures["num_records"], "rows": rows, "stale": figures["stale"]}
