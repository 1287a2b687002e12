"""A few passages and exercises, chosen by rule: the same run shows the same ones; and how varied all of them are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hornbook.pipeline.stage import Artifact
from hornbook.records import Exercise, Passage, R
from hornbook.report.plain import percent

T = TypeVar("T")
_WRITERS = (("textbooks", "passages"), ("exercises", "exercises"))
_VARIETIES = (
    ("openings", "different openings"),
    ("shapes", "different shapes of code"),
    ("names", "different function names"),
)


@dataclass(frozen=True, kw_only=True)
class Diversity:
    """How varied what was written is."""

    unit: str
    """`passages` or `exercises`."""
    num_records: int
    """Those that were looked at, spread evenly over all."""
    rows: tuple[tuple[str, str], ...]
    """What was measured, and the figure in words."""
    stale: tuple[str, ...]
    """Why the last of them count as stale; empty where they do not."""


def passage_excerpts(artifacts: Mapping[str, Artifact], number: int) -> list[Passage]:
    """Passages of as many families as there are places; verified ones where the run has verified them."""
    passages = _written(artifacts, "textbooks", ("passages", "passages"), Passage)
    return [passages[at] for at in by_turns([passage.family for passage in passages], number)]


def exercise_excerpts(artifacts: Mapping[str, Artifact], number: int) -> list[Exercise]:
    """Exercises of as many families as there are places; verified ones where the run has verified them."""
    exercises = _written(artifacts, "exercises", ("exercises", "kept"), Exercise)
    return [exercises[at] for at in by_turns([exercise.family for exercise in exercises], number)]


def _written(artifacts: Mapping[str, Artifact], stage: str, tables: tuple[str, str], record: type[R]) -> list[R]:
    """All that was written, from the first table; from the second, that of `verify`, where that stage has run."""
    if "verify" in artifacts:
        return artifacts["verify"].records(tables[1], record)
    return artifacts[stage].records(tables[0], record) if stage in artifacts else []


def spread(items: Sequence[T], number: int) -> list[T]:
    """`number` of the items at equal distances, first and last among them; all where there are no more."""
    if len(items) <= number:
        return list(items)
    if number == 1:
        return [items[0]]
    return [items[round(index * (len(items) - 1) / (number - 1))] for index in range(number)]


def by_turns(groups: Sequence[str], number: int) -> list[int]:
    """Indices of `number` items, one of each group in turn, groups in order of first appearance.

    Within a group the items are spread evenly over its members, so that neighbours made alike are not shown together.
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


def diversity_of(artifacts: Mapping[str, Artifact]) -> tuple[Diversity, ...]:
    """One for each stage that measured it: passages first."""
    return tuple(
        _diversity(unit, artifacts[stage].manifest.metrics["diversity"])
        for stage, unit in _WRITERS
        if stage in artifacts and "diversity" in artifacts[stage].manifest.metrics
    )


def _diversity(unit: str, figures: Mapping[str, Any]) -> Diversity:
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
    return Diversity(unit=unit, num_records=figures["num_records"], rows=tuple(rows), stale=tuple(figures["stale"]))
