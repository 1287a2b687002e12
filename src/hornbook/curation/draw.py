"""Draw the samples that are to be scored: at random, or more of those that the classifier is unsure about.

Reads:  ids; for a draw by uncertainty the value of each, the classifier's probability of a score of at least 3.
Writes: the drawn samples, each with the probability that it had of being drawn.
Source: Neyman 1934 (strata); Horvitz and Thompson 1952 (weights); Webster's rule for the places of each stratum.

By uncertainty: samples lie in strata of equal width by |value - 0.5|. A share of the places goes to the strata by their
sizes, as a draw at random would give them; the rest by the uncertainty of all values in them, summed up. Within its
stratum each sample is as likely to be drawn as any other.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from hornbook.errors import ConfigError, MissingInputError

EVERYTHING = "everything"
"""The one stratum of a draw at random."""
DEFAULT_RANDOM_SHARE = 0.5
"""The classifier learns more than from a draw at random, and the scores of the corpus are estimated no worse:
`docs/curation.md` has the measurement. A smaller share gives up some of the second for more of the first."""
_LEAST_PER_STRATUM = 2
"""With one sample nobody could say how far the scores in a stratum differ."""


class DrawBy(StrEnum):
    """What decides how likely a sample is drawn."""

    RANDOM = "random"
    UNCERTAINTY = "uncertainty"


@dataclass(frozen=True, kw_only=True)
class DrawConfig:
    """How many are drawn, and by what rule."""

    num: int
    by: DrawBy = DrawBy.RANDOM
    random_share: float = DEFAULT_RANDOM_SHARE
    """Of a draw by uncertainty: share of the places that goes to the strata by size alone. No sample weighs more than
    about 1 / `random_share` times what it would in a draw at random."""
    num_strata: int = 5
    """At most; there are fewer where less than two samples for each would be drawn."""

    def __post_init__(self) -> None:
        if self.num < 1:
            raise ConfigError(f"`num` must be at least 1, got {self.num!r}")
        if not 0 < self.random_share <= 1:
            raise ConfigError(f"`random_share` must lie in (0, 1], got {self.random_share!r}")
        if self.num_strata < 1:
            raise ConfigError(f"`num_strata` must be at least 1, got {self.num_strata!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSample:
    """One of those that were drawn."""

    sample_id: str
    stratum: str
    """`everything`, or the range of |value - 0.5|: `0.10 to 0.20`."""
    inclusion_probability: float
    """How likely it was to be drawn, over all seeds."""
    weight: float
    """1 / `inclusion_probability`: for so many samples it stands."""
    same_as: str = ""
    """Id of the drawn sample that it nearly repeats, whose score counts for it, too; empty where it has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Samples that are all equally likely to be drawn."""

    name: str
    size: int
    num_drawn: int


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What was drawn, in the order of the ids, and from which strata."""

    samples: list[DrawnSample]
    strata: list[Stratum]
    """None of them empty; the most uncertain first."""


def draw_samples(ids: Sequence[str], values: Sequence[float] | None, config: DrawConfig, seed: int) -> Draw:
    """Draw some of the ids.

    A function of the set of ids with their values, of the config and the seed: the order of the ids changes only the
    order of what is drawn. With the same values a larger `num` draws what a smaller one draws and more, as soon as the
    smaller one is twice `num_strata`.

    Args:
        ids: Unique.
        values: Of each id, in [0, 1]; not needed for a draw at random.
        config: How many and how. Where there are no more than `num`, all are drawn.
        seed: Decides which ones of a stratum.

    Raises:
        MissingInputError: A draw by uncertainty has no values, or one that is no probability.
        ValueError: There are not as many values as ids.
    """
    if config.by is DrawBy.RANDOM:
        names, members = [EVERYTHING], [list(range(len(ids)))]
        weights = [1.0]
    else:
        names, members, weights = _strata(ids, values, config)
    places = _places([len(one) for one in members], weights, min(config.num, len(ids)))
    drawn: dict[int, DrawnSample] = {}
    for name, inside, number in zip(names, members, places, strict=True):
        first = sorted(inside, key=lambda index: _rank(seed, ids[index]))[:number]
        for index in first:
            drawn[index] = DrawnSample(
                sample_id=ids[index],
                stratum=name,
                inclusion_probability=number / len(inside),
                weight=len(inside) / number,
            )
    return Draw(
        samples=[drawn[index] for index in sorted(drawn)],
        strata=[
            Stratum(name=name, size=len(inside), num_drawn=number)
            for name, inside, number in zip(names, members, places, strict=True)
            if inside
        ],
    )


def share_scores(draw: Draw, repeats: Mapping[str, str]) -> Draw:
    """The same draw, in which some samples take the score of another one.

    Args:
        draw: Without such samples.
        repeats: Id of a sample → id of the drawn one that it nearly repeats.
    """
    samples = [replace(sample, same_as=repeats.get(sample.sample_id, "")) for sample in draw.samples]
    return replace(draw, samples=samples)


def uncertainty(value: float) -> float:
    """How unsure a probability is: 1 at a half, 0 where it is certain; the square leaves little to what is nearly."""
    return (4 * value * (1 - value)) ** 2


def _strata(
    ids: Sequence[str], values: Sequence[float] | None, config: DrawConfig
) -> tuple[list[str], list[list[int]], list[float]]:
    """Of each stratum: its name, the indices in it, the share of the places that it should have."""
    if values is None:
        raise MissingInputError("a draw by uncertainty needs the value of each sample")
    num_strata = max(1, min(config.num_strata, config.num // _LEAST_PER_STRATUM))
    members: list[list[int]] = [[] for _ in range(num_strata)]
    unsure = [0.0] * num_strata
    for index, (name, value) in enumerate(zip(ids, values, strict=True)):
        if not 0 <= value <= 1:
            raise MissingInputError(f"the value of {name!r} is no probability: {value!r}")
        at = min(num_strata - 1, int(abs(value - 0.5) * 2 * num_strata))
        members[at].append(index)
        unsure[at] += uncertainty(value)
    by_size = [len(inside) / max(1, len(ids)) for inside in members]
    by_uncertainty = [part / sum(unsure) for part in unsure] if any(unsure) else by_size
    shares = [
        config.random_share * plain + (1 - config.random_share) * favoured
        for plain, favoured in zip(by_size, by_uncertainty, strict=True)
    ]
    edges = [0.5 * at / num_strata for at in range(num_strata + 1)]
    names = [f"{low:.2f} to {high:.2f}" for low, high in pairwise(edges)]
    return names, members, shares


def _places(sizes: Sequence[int], shares: Sequence[float], num: int) -> list[int]:
    """How many are drawn from each stratum: some from each, then one after the other by Webster's rule."""
    places = [0] * len(sizes)
    for _ in range(num):
        open_ones = [at for at, size in enumerate(sizes) if places[at] < size]
        poorest = [at for at in open_ones if places[at] < _LEAST_PER_STRATUM]
        if poorest:
            chosen = min(poorest, key=lambda at: (places[at], at))
        else:
            chosen = max(open_ones, key=lambda at: (shares[at] / (places[at] + 0.5), -at))
        places[chosen] += 1
    return places


def _rank(seed: int, name: str) -> bytes:
    """Orders the samples as if at random, each independent of which others there are."""
    return hashlib.blake2b(f"{seed}\n{name}".encode(errors="surrogatepass"), digest_size=16).digest()
