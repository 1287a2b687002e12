"""How varied the run's passages and exercises are, from the manifests of the stages that wrote them."""

from collections.abc import Mapping
from typing import Any

from hornbook.artifacts.stage import Artifact
from hornbook.report.data import Diversity

_WRITERS = (("textbooks", "passages"), ("exercises", "exercises"))
_VARIETIES = (
    ("openings", "different openings"),
    ("shapes", "different shapes of code"),
    ("names", "different function names"),
)


def diversity_of(artifacts: Mapping[str, Artifact]) -> tuple[Diversity, ...]:
    """One for each stage that measured it: passages first."""
    return tuple(
        _diversity(unit, artifacts[stage].manifest.metrics["diversity"])
        for stage, unit in _WRITERS
        if stage in artifacts and "diversity" in artifacts[stage].manifest.metrics
    )


def _diversity(unit: str, figures: Mapping[str, Any]) -> Diversity:
    size = figures["common_count"]
    rows = [
        ("exact duplicates", _percent(figures["exact_share"])),
        (f"near duplicates (Jaccard {figures['similarity']:.2f})", _percent(figures["near_share"])),
    ]
    for name, title in _VARIETIES:
        at_size = figures[name]["at_size"]
        if at_size is not None:
            between = f"{_percent(at_size['low'])} to {_percent(at_size['high'])}"
            rows.append((f"{title} among {at_size['size']:,}", f"{_percent(at_size['share'])} ({between})"))
    novelty = figures["novelty"]
    if novelty is not None:
        rows.append(("runs of four words that are new", _percent(novelty["mean"])))
    if figures["new_shapes_at_size"] is not None:
        rows.append((f"new shapes per 1,000 after {size:,}", f"{figures['new_shapes_at_size']:.0f}"))
    if figures["saturation"]:
        last, rate = figures["saturation"][-1]
        rows.append((f"new shapes per 1,000 after {last:,}", f"{rate:.0f}"))
    for name, title in (("num_tokens", "tokens"), ("num_lines", "lines"), ("num_branches", "branches")):
        spread = figures[name]
        if spread is not None:
            rows.append(
                (f"{title}, quartiles", f"{spread['lower']:.0f}, {spread['median']:.0f}, {spread['upper']:.0f}")
            )
    return Diversity(unit=unit, num_records=figures["num_records"], rows=tuple(rows), stale=tuple(figures["stale"]))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
