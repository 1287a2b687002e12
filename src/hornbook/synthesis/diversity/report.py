"""What the monitor has to say about a collection: figures with their counts, and the same at a common count."""

from dataclasses import dataclass
from typing import Any

_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class AtSize:
    """What a random part of some size shows on average."""

    size: int
    """How many were drawn: the common count, or all where there are fewer."""
    distinct: float
    low: float
    """95 % interval of `distinct`: what another collection of as many from the same writer would show."""
    high: float
    entropy_bits: float

    @property
    def share(self) -> float:
        """Different ones among those drawn."""
        return self.distinct / self.size

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "size": self.size,
            "share": _rounded(self.share),
            "low": _rounded(self.low / self.size),
            "high": _rounded(self.high / self.size),
            "entropy_bits": _rounded(self.entropy_bits),
        }


@dataclass(frozen=True, kw_only=True)
class Variety:
    """How many kinds there are of something, and how evenly they came."""

    count: int
    """How many were counted."""
    distinct: int
    entropy_bits: float
    common: tuple[tuple[str, int], ...]
    """The commonest that came more than once, with their counts."""
    at_size: AtSize | None
    """None where nothing was counted."""

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "count": self.count,
            "distinct": self.distinct,
            "entropy_bits": _rounded(self.entropy_bits),
            "common": dict(self.common),
            "at_size": self.at_size and self.at_size.as_json(),
        }


@dataclass(frozen=True, kw_only=True)
class Average:
    """A mean over records, with its 95 % interval."""

    count: int
    mean: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {"count": self.count, **{name: _rounded(getattr(self, name)) for name in ("mean", "low", "high")}}


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Least, quartiles and most of a number."""

    count: int
    least: float
    lower: float
    median: float
    upper: float
    most: float

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        names = ("least", "lower", "median", "upper", "most")
        return {"count": self.count, **{name: _rounded(getattr(self, name)) for name in names}}


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of the topic tree was written about."""

    num_topics: int
    """Leaves of the tree."""
    count: int
    """Topics of records, a record's each counted."""
    covered: int
    """Leaves among them."""
    expected_if_even: float
    """Leaves that as many even draws would cover on average."""

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "num_topics": self.num_topics,
            "count": self.count,
            "covered": self.covered,
            "share": _rounded(self.covered / self.num_topics),
            "expected_if_even": _rounded(self.expected_if_even),
        }


@dataclass(frozen=True, kw_only=True)
class DiversityReport:
    """Everything about one collection."""

    num_records: int
    common_count: int
    """The size of what `at_size` tells of."""
    num_code: int
    """Pieces of code that parsed: the exercises, or the passages' blocks."""
    num_unparsed: int
    """Pieces that did not."""
    similarity: float
    """From which Jaccard similarity on two records are near."""
    texts: Variety
    """Kinds are texts apart from blank lines: what is not distinct is an exact duplicate."""
    clusters: Variety
    """Kinds are clusters of near duplicates: what is not distinct is a near duplicate of an earlier record."""
    openings: Variety
    shapes: Variety
    """Kinds are the shapes of the code of a record, all its pieces together."""
    names: Variety
    name_words: Variety
    imports: Variety
    num_importing: int
    """Records with an import."""
    novelty: Average | None
    """Share of a record's runs of four words that no earlier record had."""
    novelty_at_size: Average | None
    """The same where only the records of the same block of `common_count` records are earlier ones."""
    saturation: tuple[tuple[int, float], ...]
    """After so many records with code: new shapes per 1,000 since the point before."""
    new_shapes_at_size: float | None
    """New shapes per 1,000 records with code when the common count is reached, over all orders."""
    rarefied_shapes: tuple[tuple[int, float], ...]
    """Different shapes expected among so many records with code."""
    num_tokens: Spread | None
    num_lines: Spread | None
    num_branches: Spread | None
    coverage: Coverage | None
    stale: tuple[str, ...]
    """Why the last records count as stale; empty where they do not."""

    @property
    def exact_share(self) -> float:
        """Records that repeat an earlier text; 0 for none at all."""
        return 1 - self.texts.distinct / max(self.texts.count, 1) if self.texts.count else 0.0

    @property
    def near_share(self) -> float:
        """Records that are near to an earlier one, the exact repetitions among them."""
        return 1 - self.clusters.distinct / max(self.clusters.count, 1) if self.clusters.count else 0.0

    def as_json(self) -> dict[str, Any]:
        """For a manifest: small whatever the number of records; floats are rounded."""
        varieties = ("texts", "clusters", "openings", "shapes", "names", "name_words", "imports")
        optional = ("novelty", "novelty_at_size", "num_tokens", "num_lines", "num_branches", "coverage")
        return {
            "num_records": self.num_records,
            "common_count": self.common_count,
            "num_code": self.num_code,
            "num_unparsed": self.num_unparsed,
            "similarity": self.similarity,
            "exact_share": _rounded(self.exact_share),
            "near_share": _rounded(self.near_share),
            **{name: getattr(self, name).as_json() for name in varieties},
            "num_importing": self.num_importing,
            **{name: (value := getattr(self, name)) and value.as_json() for name in optional},
            "saturation": [[place, _rounded(rate)] for place, rate in self.saturation],
            "new_shapes_at_size": self.new_shapes_at_size and _rounded(self.new_shapes_at_size),
            "rarefied_shapes": [[size, _rounded(number)] for size, number in self.rarefied_shapes],
            "stale": list(self.stale),
        }


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS)
