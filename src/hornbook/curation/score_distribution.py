"""What scores a corpus has, by the scores of the samples that were drawn from it.

Reads:  a draw (`draw.py`); scores of its samples.
Writes: the share of each score in the whole corpus, and of those of at least 3 with its interval.
Source: Horvitz and Thompson 1952; Cochran 1977, chapter 5 (strata).

A drawn sample without a score is taken to be like the others of its stratum: those that have one stand for it.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hornbook.curation.classifier import TEACHES
from hornbook.curation.draw import Draw
from hornbook.curation.label_agreement import NUM_SCORES
from hornbook.errors import MissingInputError

_NORMAL_95 = 1.96


@dataclass(frozen=True, kw_only=True)
class ScoreDistribution:
    """Estimates for all samples from which was drawn."""

    num: int
    """Samples in the strata that have a score."""
    num_unseen: int
    """Samples in strata of which none was scored: the estimates do not speak of them."""
    shares: tuple[float, ...]
    """Of the scores 0 to 5."""
    mean: float
    teaches: float
    """Share of scores of at least `TEACHES`."""
    teaches_interval: tuple[float, float]
    """About 95 %, by the normal distribution; one more of each kind is counted in a stratum, so that it never says that
    all are equal because all that were drawn are."""


def estimate_scores(draw: Draw, scores: Mapping[str, int]) -> ScoreDistribution:
    """Weigh the scores by the strata from which they were drawn.

    Args:
        draw: With its strata.
        scores: By the id of the sample; those of samples that were not drawn do not matter.

    Raises:
        MissingInputError: No drawn sample has a score.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for sample in draw.samples:
        score = scores.get(sample.same_as or sample.sample_id)
        if score is not None:
            found[sample.stratum].append(score)
    seen = [stratum for stratum in draw.strata if found[stratum.name]]
    if not seen:
        raise MissingInputError("no drawn sample has a score, so nothing can be said of the others")
    num = sum(stratum.size for stratum in seen)
    shares = [0.0] * NUM_SCORES
    variance = 0.0
    for stratum in seen:
        inside, part = found[stratum.name], stratum.size / num
        for score in inside:
            shares[score] += part / len(inside)
        likely = (sum(score >= TEACHES for score in inside) + 1) / (len(inside) + 2)
        not_drawn = 1 - len(inside) / stratum.size
        variance += part**2 * not_drawn * likely * (1 - likely) / len(inside)
    teaches = sum(shares[TEACHES:])
    reach = _NORMAL_95 * math.sqrt(variance)
    return ScoreDistribution(
        num=num,
        num_unseen=sum(stratum.size for stratum in draw.strata) - num,
        shares=tuple(shares),
        mean=sum(score * share for score, share in enumerate(shares)),
        teaches=teaches,
        teaches_interval=(max(0.0, teaches - reach), min(1.0, teaches + reach)),
    )
