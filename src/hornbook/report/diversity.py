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
    ("name_words", "different words in names"),
)


def diversity_of(artifacts: Mapping[str, Artifact]) -> tuple[Diversity, ...]:
    """One for each stage that measured it: passages first."""
    return tuple(
        _diversity(unit, artifacts[stage].manifest.metrics["diversity"])
        for stage, unit in _WRITERS
        if stage in artifacts and "diversity" in artifacts[stage].manifest.metrics
    )


def _diversity(unit: str, figures: Mapping[str, Any]) -> Diversity:
    rows = [
        ("exact duplicates", _percent(figures["exact_share"])),
        (f"near duplicates (Jaccard {figures['similarity']:.2f})", _percent(figures["near_share"])),
    ]
    for name, title in _VARIETIES:
        variety = figures[name]
        if variety["count"]:
            rows.append((f"{title} among {variety['count']:,}", _percent(variety["share"])))
    if figures["compression"] is not None:
        rows.append(("compression ratio", f"{figures['compression']:.2f}"))
    return Diversity(unit=unit, num_records=figures["num_measured"], rows=tuple(rows), stale=tuple(figures["stale"]))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
