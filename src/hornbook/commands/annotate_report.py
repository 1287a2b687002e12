"""What `hornbook annotate` says at its end: the labels, and how far they agree with known ones."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hornbook.commands.code_to_annotate import CodeToAnnotate
    from hornbook.curation.annotate_samples import Annotated


def describe_annotated(code: "CodeToAnnotate", found: "Annotated") -> dict[str, Any]:
    """JSON values only.

    Args:
        code: What was asked about.
        found: What came of it.
    """
    scores = {label.sample_id: label.score for label in found.labels}
    counts = Counter(scores.values())
    compared = [(code.reference[name], score) for name, score in scores.items() if name in code.reference]
    return {
        "labels": len(found.labels),
        "of": code.num_found,
        "rejected": dict(Counter(entry.reason for entry in (*code.rejected, *found.dropped)).most_common()),
        "truncated": found.num_truncated,
        "scores": {str(score): counts[score] for score in range(6)},
        "agreement": agreement_of(compared) if compared else None,
        "tokens_per_answer": _per(found.completion_tokens, found.num_replies),
        "prompt_tokens_per_answer": _per(found.prompt_tokens, found.num_replies),
    }


def agreement_of(pairs: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """How well two annotators agree on the same code.

    Args:
        pairs: The known and the new score, 0 to 5, of each piece of code; at least one.

    Returns:
        `spearman`: rank correlation, ties at their mean rank. `kappa_at_least_3`: Cohen's kappa for scores of at least
        `TEACHES`. Either is None where it is not defined: all scores of one side are equal, or on one side of 3.
    """
    import numpy as np
    from sklearn.metrics import cohen_kappa_score

    from hornbook.curation.calibration import spearman
    from hornbook.curation.classifier import TEACHES

    known, given = np.array(pairs).T
    distance = np.abs(known - given)
    sides = {*(known >= TEACHES).tolist(), *(given >= TEACHES).tolist()}
    kappa = float(cohen_kappa_score(known >= TEACHES, given >= TEACHES)) if len(sides) > 1 else math.nan
    return {
        "compared": len(pairs),
        "spearman": _defined(spearman(known, given)),
        "exact": round(float((distance == 0).mean()), 4),
        "within_one": round(float((distance <= 1).mean()), 4),
        "kappa_at_least_3": _defined(kappa),
    }


def print_annotated(described: dict[str, Any]) -> None:
    """Print it for a reader."""
    typer.echo(f"{described['labels']:,} labels, {described['of']:,} pieces of code")
    typer.echo("scores: " + ", ".join(f"{number:,} of {score}" for score, number in described["scores"].items()))
    for reason, number in described["rejected"].items():
        typer.echo(f"{number:>8,} without a label: {reason}")
    if described["truncated"]:
        typer.echo(f"{described['truncated']:,} texts were longer than what was shown of them")
    agreement = described["agreement"]
    if agreement is not None:
        typer.echo(
            f"against {agreement['compared']:,} known scores: rank correlation {_said(agreement['spearman'])}, "
            f"{agreement['exact']:.0%} equal, {agreement['within_one']:.0%} at most one apart, "
            f"kappa of `at least 3` {_said(agreement['kappa_at_least_3'])}"
        )
    if described["files"]:
        typer.echo(f"the labels are in {described['files'][0]}")


def _defined(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _said(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def _per(number: int, total: int) -> float | None:
    return round(number / total, 1) if total else None
