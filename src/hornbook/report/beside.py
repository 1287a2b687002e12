"""Our scores among those that others published."""

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.evaluation.published import PublishedScore, published_scores


@dataclass(frozen=True, kw_only=True)
class ScoreBeside:
    """One row of a chart of scores: ours, or what somebody published."""

    model: str
    parameters: str
    """Empty where it is not known."""
    score: float
    """0 to 1."""
    ci95: tuple[float, float] | None
    """Ours has one, published scores have none."""
    ours: str
    """`tuned`, `base`; empty for published ones."""
    source: int
    """Number of its source in `Beside.sources`, from 1; 0 for ours."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Our scores on a benchmark among those that others published, the highest first."""

    benchmark: str
    measure: str
    """`pass@1`, or `understanding`: a language model's grade."""
    rows: tuple[ScoreBeside, ...]
    sources: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Source → the models that a remark is about, and the remark."""


def beside_of(benchmark: str, title: str, ours: Sequence[ScoreBeside], *, measure: str = "pass@1") -> Beside | None:
    """A chart's rows, the highest score first; None where nothing was published that can be set beside ours.

    Args:
        benchmark: Its name.
        title: Its name for people.
        ours: At least one.
        measure: What ours are: `pass@1`, or `understanding`. Published scores of another measure are left out.
    """
    published = [score for score in published_scores(benchmark) if score.measure == measure]
    if not published:
        return None
    sources = list(dict.fromkeys(score.source for score in published))
    rows = [
        *ours,
        *(
            ScoreBeside(
                model=score.model,
                parameters=score.parameters,
                score=score.score,
                ci95=None,
                ours="",
                source=1 + sources.index(score.source),
            )
            for score in published
        ),
    ]
    return Beside(
        benchmark=title,
        measure=measure,
        rows=tuple(sorted(rows, key=lambda row: (-row.score, row.ours == ""))),
        sources=tuple(
            (source, _remarks([score for score in published if score.source == source])) for source in sources
        ),
    )


def our_row(model: str, score: float, ci95: tuple[float, float], ours: str) -> ScoreBeside:
    """A row of ours; `ours` chooses its colour: `tuned` or `base`."""
    return ScoreBeside(model=model, parameters="", score=score, ci95=ci95, ours=ours, source=0)


def _remarks(scores: Sequence[PublishedScore]) -> tuple[tuple[str, str], ...]:
    """Whom a remark is about, and the remark; the one about most of the source's rows is about all the others."""
    notes: dict[str, list[str]] = {}
    for score in scores:
        notes.setdefault(score.note, []).append(score.model)
    by_size = sorted(notes.items(), key=lambda item: -len(item[1]))
    return tuple(("" if at == 0 else ", ".join(models), note) for at, (note, models) in enumerate(by_size))
