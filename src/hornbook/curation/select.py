"""Keep the code samples that the classifier believes teach something.

Reads:  code samples; the predicted value of each (`classifier.py`).
Writes: the kept samples in input order; every dropped sample with its reason.
Source: section 2.1 of the paper (6B of 35B tokens kept).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.lexical_tokens import count_tokens
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Dropped, PredictedValue

OVER_BUDGET = "below the threshold"
OVERLAPPING = "overlaps a kept sample"


@dataclass(frozen=True, kw_only=True)
class SelectConfig:
    """The budget, in lexical tokens (`lexical_tokens.py`): the run's own tokenizer is trained on what is kept."""

    keep_share: float = 0.17
    """Share of the corpus' tokens to keep, the most valuable first; 0 to 1. Source: section 2.1 (6B of 35B)."""
    keep_tokens: int = 0
    """Number of tokens to keep in place of a share; 0: the share counts."""

    def __post_init__(self) -> None:
        if not 0 < self.keep_share <= 1:
            raise ConfigError(f"`keep_share` must lie in (0, 1], got {self.keep_share!r}")
        if self.keep_tokens < 0:
            raise ConfigError(f"`keep_tokens` must be at least 0, got {self.keep_tokens!r}")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is kept and what is not."""

    kept: list[CodeSample]
    """In input order."""
    dropped: list[Dropped]
    """In input order."""
    threshold: float
    """Value of the last sample that fitted into the budget."""
    num_kept_tokens: int
    num_tokens: int
    """Of all samples; a module and the definitions in it both count."""


def select(samples: Sequence[CodeSample], values: Sequence[PredictedValue], config: SelectConfig) -> Selection:
    """Split the samples into kept and dropped.

    The samples are taken by falling value, equal values in input order, until the next one would exceed the budget.
    A sample that shares lines with one already taken (a module and a class in it) is passed over.

    Args:
        samples: Ids unique.
        values: One per sample, in any order.
        config: The budget.

    Raises:
        MissingInputError: A sample has no value. Nothing is guessed in its place.
        ConfigError: Not even the most valuable sample fits into the budget.
    """
    value_of = {value.sample_id: value.value for value in values}
    for sample in samples:
        if sample.id not in value_of:
            raise MissingInputError(f"no value for {sample.id} ({sample.path}, line {sample.first_line})")
    sizes = count_tokens([sample.text for sample in samples])
    ranked = np.array([value_of[sample.id] for sample in samples])
    kept, overlapped = _take(samples, sizes, ranked, config.keep_tokens or int(config.keep_share * sum(sizes)))
    if samples and not kept:
        name = "keep_tokens" if config.keep_tokens else "keep_share"
        raise ConfigError(f"`{name}` is {getattr(config, name)!r}: not even the most valuable sample fits into it")
    threshold = min((value_of[samples[index].id] for index in kept), default=1.0)

    def drop(index: int) -> Dropped:
        sample, other = samples[index], overlapped.get(index)
        detail = f"value {value_of[sample.id]:.3f}, threshold {threshold:.3f}"
        if other is None:
            return Dropped(id=sample.id, reason=OVER_BUDGET, detail=detail)
        detail += f"; {other.id} holds lines {other.first_line} to {other.last_line} of {other.path}"
        return Dropped(id=sample.id, reason=OVERLAPPING, detail=detail)

    return Selection(
        kept=[sample for index, sample in enumerate(samples) if index in kept],
        dropped=[drop(index) for index in range(len(samples)) if index not in kept],
        threshold=threshold,
        num_kept_tokens=sum(sizes[index] for index in sorted(kept)),
        num_tokens=sum(sizes),
    )


def most_valuable(
    values: NDArray[np.float64],
    sizes: Sequence[int] | NDArray[np.int64],
    budget: int,
    is_passed_over: Callable[[int], bool] = lambda _index: False,
) -> Iterator[int]:
    """Indices by falling value, equal values in their order, until the next one would exceed the budget.

    Args:
        values: None is NaN.
        sizes: In tokens.
        budget: The sizes of what is given add up to no more.
        is_passed_over: Asked of each in turn; what is passed over costs nothing.
    """
    left = budget
    for index in map(int, np.argsort(-values, kind="stable")):
        if is_passed_over(index):
            continue
        left -= int(sizes[index])
        if left < 0:
            return
        yield index


def _take(
    samples: Sequence[CodeSample], sizes: Sequence[int], values: NDArray[np.float64], budget: int
) -> tuple[set[int], dict[int, CodeSample]]:
    """Indices taken within the budget; indices passed over, each with the taken sample that it overlaps."""
    taken: dict[tuple[str, str], list[CodeSample]] = {}
    kept: set[int] = set()
    overlapped: dict[int, CodeSample] = {}

    def overlaps(index: int) -> bool:
        sample = samples[index]
        other = next((one for one in taken.get((sample.source, sample.path), ()) if _overlap(sample, one)), None)
        if other is not None:
            overlapped[index] = other
        return other is not None

    for index in most_valuable(values, sizes, budget, overlaps):
        kept.add(index)
        taken.setdefault((samples[index].source, samples[index].path), []).append(samples[index])
    return kept, overlapped


def _overlap(first: CodeSample, second: CodeSample) -> bool:
    return first.first_line <= second.last_line and second.first_line <= first.last_line
