"""What `hornbook annotate` says at its end: the labels, what they mean for all of the code, how far readings agree."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from hornbook.commands.code_to_annotate import CodeToAnnotate
    from hornbook.curation.annotate_samples import Annotated
    from hornbook.curation.draw import Draw
    from hornbook.curation.label_agreement import LabelAgreement


def describe_annotated(code: "CodeToAnnotate", found: "Annotated", seed: int) -> dict[str, Any]:
    """JSON values only.

    Args:
        code: What was asked about.
        found: What came of it.
        seed: For the intervals.
    """
    from hornbook.curation.label_agreement import agreement_of

    scores = {label.sample_id: label.score for label in found.labels}
    counts = Counter(scores.values())
    compared = [(code.reference[name], score) for name, score in scores.items() if name in code.reference]
    agreement = agreement_of([one for one, _ in compared], [other for _, other in compared], seed) if compared else None
    return {
        "labels": len(found.labels),
        "rejected": dict(Counter(entry.reason for entry in (*code.rejected, *found.dropped)).most_common()),
        "truncated": found.num_truncated,
        "scores": {str(score): counts[score] for score in range(6)},
        "draw": None if code.draw is None else _describe_draw(code.draw, scores),
        "passes": _describe_passes(found, seed) if len(found.unscored) > 1 else None,
        "agreement": None if agreement is None else _describe_agreement(agreement),
        "tokens_per_answer": _per(found.completion_tokens, found.num_replies),
        "prompt_tokens_per_answer": _per(found.prompt_tokens, found.num_replies),
    }


def print_annotated(described: dict[str, Any]) -> None:
    """Print it for a reader."""
    typer.echo(f"{described['labels']:,} labels")
    typer.echo("scores: " + ", ".join(f"{number:,} of {score}" for score, number in described["scores"].items()))
    for reason, number in described["rejected"].items():
        typer.echo(f"{number:>8,} without a label: {reason}")
    if described["truncated"]:
        typer.echo(f"{described['truncated']:,} texts were longer than what was shown of them")
    if described["draw"] is not None:
        _print_draw(described["draw"])
    if described["passes"] is not None:
        _print_passes(described["passes"])
    if described["agreement"] is not None:
        known = f"against {described['agreement']['compared']:,} known scores"
        typer.echo(f"{known}: {_say_agreement(described['agreement'])}")
    if described["files"]:
        typer.echo(f"the labels are in {described['files'][0]}")


def _describe_draw(draw: "Draw", scores: dict[str, int]) -> dict[str, Any]:
    from hornbook.curation.score_distribution import estimate_scores

    described = {
        "drawn": len(draw.samples),
        "of": sum(stratum.size for stratum in draw.strata),
        "near_duplicates": sum(bool(sample.same_as) for sample in draw.samples),
        "strata": [
            {"stratum": stratum.name, "size": stratum.size, "drawn": stratum.num_drawn} for stratum in draw.strata
        ],
        "estimate": None,
    }
    if scores:
        estimate = estimate_scores(draw, scores)
        described["estimate"] = {
            "of": estimate.num,
            "not_covered": estimate.num_unseen,
            "shares": {str(score): round(share, 4) for score, share in enumerate(estimate.shares)},
            "mean": round(estimate.mean, 4),
            "at_least_3": round(estimate.teaches, 4),
            "at_least_3_ci95": [round(bound, 4) for bound in estimate.teaches_interval],
        }
    return described


def _describe_passes(found: "Annotated", seed: int) -> dict[str, Any]:
    from hornbook.curation.readings import compare_passes

    compared = compare_passes(found.readings, seed)
    return {
        "scored": list(compared.num_scored),
        "scored_by_both": compared.num_by_both,
        "share_scored_by_both": _per(compared.num_by_both, found.num_replies / 2, digits=4),
        "unscored": [dict(reasons.most_common()) for reasons in found.unscored],
        "agreement": None if compared.agreement is None else _describe_agreement(compared.agreement),
    }


def _describe_agreement(agreement: "LabelAgreement") -> dict[str, Any]:
    interval = agreement.kappa_interval
    return {
        "compared": agreement.num,
        "spearman": None if agreement.spearman is None else round(agreement.spearman, 4),
        "exact": round(agreement.exact_share, 4),
        "within_one": round(agreement.within_one_share, 4),
        "kappa_at_least_3": None if agreement.kappa is None else round(agreement.kappa, 4),
        "kappa_at_least_3_ci95": None if interval is None else [round(bound, 4) for bound in interval],
        "table": [list(row) for row in agreement.table],
    }


def _print_draw(draw: dict[str, Any]) -> None:
    repeated = f"; {draw['near_duplicates']:,} nearly repeat another one" if draw["near_duplicates"] else ""
    typer.echo(f"{draw['drawn']:,} were drawn from {draw['of']:,}{repeated}")
    if len(draw["strata"]) > 1:
        for stratum in draw["strata"]:
            where = f"{stratum['stratum']} away from a value of 0.5"
            typer.echo(f"{stratum['drawn']:>8,} of {stratum['size']:,} at {where}")
    estimate = draw["estimate"]
    if estimate is not None:
        shares = ", ".join(f"{share:.1%} of {score}" for score, share in estimate["shares"].items())
        low, high = estimate["at_least_3_ci95"]
        typer.echo(f"weighted, for all {estimate['of']:,}: {shares}")
        typer.echo(f"at least 3 have {estimate['at_least_3']:.1%} of them ({low:.1%} to {high:.1%}, 95 %)")
        if estimate["not_covered"]:
            typer.echo(f"nothing is known of {estimate['not_covered']:,}: no sample of their strata has a score")


def _print_passes(passes: dict[str, Any]) -> None:
    first, second = passes["scored"]
    share = passes["share_scored_by_both"]
    said = "" if share is None else f" ({share:.0%})"
    both = f"{passes['scored_by_both']:,} by both{said}"
    typer.echo(f"two passes: {first:,} scored by the first, {second:,} by the second, {both}")
    if passes["agreement"] is not None:
        typer.echo(f"the second against the first: {_say_agreement(passes['agreement'])}")


def _say_agreement(agreement: dict[str, Any]) -> str:
    spearman, kappa = agreement["spearman"], agreement["kappa_at_least_3"]
    rank = "not defined, all scores are equal" if spearman is None else f"{spearman:.3f}"
    beyond = "not defined, all are on one side"
    if kappa is not None:
        low, high = agreement["kappa_at_least_3_ci95"]
        beyond = f"{kappa:.3f} ({low:.3f} to {high:.3f}, 95 %)"
    return (
        f"rank correlation {rank}, {agreement['exact']:.0%} equal, {agreement['within_one']:.0%} at most one apart, "
        f"kappa of `at least 3` {beyond}"
    )


def _per(number: int, total: float, digits: int = 1) -> float | None:
    return round(number / total, digits) if total else None
