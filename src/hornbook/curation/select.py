"""Keep the code samples, or the documents of a person's files, that the classifier believes teach something.

Reads:  code samples, or documents that were measured (`value_files.py`); the predicted value of each (`classifier.py`).
Writes: what is kept in input order; everything dropped with its reason.
Source: section 2.1 of the paper (6B of 35B tokens kept).

A budget is in lexical tokens: the run's own tokenizer is trained later, on what is kept here.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.value_files import ValuesById, numbers_of
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.parts import Parts
from hornbook.records import CodeSample, Dropped, PredictedValue

LEXICAL_TOKEN = re.compile(r"[^\W\d]\w*|\d+|[^\s\w]")
"""A word, a number, or one mark; white space is none."""
OVER_BUDGET = "below the threshold"
OVERLAPPING = "overlaps a kept sample"
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class SelectConfig:
    """The budget, in lexical tokens."""

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


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may stay; one of the three is given."""

    keep_tokens: int | None = None
    keep_share: float | None = None
    """Of the tokens of all documents; above 0, to 1."""
    threshold: float | None = None
    """The least value that stays."""

    def __post_init__(self) -> None:
        given = [name for name, value in vars(self).items() if value is not None]
        if len(given) != 1:
            flags = ", ".join(f"--{name.replace('_', '-')}" for name in given) or "none"
            raise ConfigError(f"give one of --keep-tokens, --keep-share and --threshold; {flags} is given")
        if self.keep_tokens is not None and self.keep_tokens < 1:
            raise ConfigError(f"`keep_tokens` must be at least 1, got {self.keep_tokens!r}")
        if self.keep_share is not None and not 0 < self.keep_share <= 1:
            raise ConfigError(f"`keep_share` must lie in (0, 1], got {self.keep_share!r}")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise ConfigError(f"`threshold` must lie in [0, 1], got {self.threshold!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRow:
    """A document that does not stay."""

    id: str
    reason: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which documents stay."""

    rows: NDArray[np.int64]
    """The number of each document among all rows, ascending."""
    values: NDArray[np.float64]
    is_kept: NDArray[np.bool_]
    threshold: float
    """The least value that stays."""
    num_kept_tokens: int
    num_tokens: int


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Number of lexical tokens of each text."""
    return [sum(1 for _ in LEXICAL_TOKEN.finditer(text)) for text in texts]


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
    kept: dict[int, CodeSample] = {}
    overlapped: dict[int, CodeSample] = {}
    of_file: dict[tuple[str, str], list[CodeSample]] = {}

    def overlaps(index: int) -> bool:
        sample = samples[index]
        for other in of_file.get((sample.source, sample.path), []):
            if sample.first_line <= other.last_line and other.first_line <= sample.last_line:
                overlapped[index] = other
                return True
        return False

    budget = config.keep_tokens or int(config.keep_share * sum(sizes))
    for index in most_valuable(ranked, sizes, budget, overlaps):
        kept[index] = sample = samples[index]
        of_file.setdefault((sample.source, sample.path), []).append(sample)
    if samples and not kept:
        name = "keep_tokens" if config.keep_tokens else "keep_share"
        raise ConfigError(f"`{name}` is {getattr(config, name)!r}: not even the most valuable sample fits into it")
    threshold = min((value_of[sample.id] for sample in kept.values()), default=1.0)
    dropped = []
    for index, sample in enumerate(samples):
        reason, detail = OVER_BUDGET, f"value {value_of[sample.id]:.3f}, threshold {threshold:.3f}"
        if other := overlapped.get(index):
            reason = OVERLAPPING
            detail += f"; {other.id} holds lines {other.first_line} to {other.last_line} of {other.path}"
        if index not in kept:
            dropped.append(Dropped(id=sample.id, reason=reason, detail=detail))
    return Selection(
        kept=[sample for index, sample in enumerate(samples) if index in kept],
        dropped=dropped,
        threshold=threshold,
        num_kept_tokens=sum(sizes[index] for index in kept),
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


def choose(parts: Parts, values: ValuesById, budget: Budget) -> Chosen:
    """Take documents by falling value, equal ones in their order, until the next one would exceed the budget.

    Args:
        parts: Of documents that were measured by `count_tokens`.
        values: Of all documents.
        budget: What may stay.

    Raises:
        MissingInputError: A document has no value. Nothing is guessed in its place.
        ConfigError: Not even the most valuable document stays.
    """
    rows, sizes, ranked = [], [], []
    missing: list[str] = []
    num_missing = 0
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id")
        ids = table.column("id").to_pylist()
        found = values.of(ids)
        num_missing += int(np.isnan(found).sum())
        missing += [ids[at] for at in np.flatnonzero(np.isnan(found))[: _NAMED - len(missing)]]
        rows.append(table.column("row").to_numpy())
        sizes.append(numbers_of(parts, part).astype(np.int64))
        ranked.append(found)
    if num_missing:
        named = ", ".join(f"`{name}`" for name in missing) + (", …" if num_missing > len(missing) else "")
        raise MissingInputError(
            f"{num_missing:,} documents have no value: {named}; `hornbook predict-value` gives them one"
        )
    return _chosen(np.concatenate(rows), np.concatenate(sizes), np.concatenate(ranked), budget)


def dropped_rows(parts: Parts, chosen: Chosen) -> Iterator[DroppedRow]:
    """The documents that do not stay, in their order."""
    place = 0
    for part in range(parts.num_parts):
        for name in parts.read(part, "id").column("id").to_pylist():
            if not chosen.is_kept[place]:
                yield DroppedRow(id=name, reason=OVER_BUDGET, value=float(chosen.values[place]))
            place += 1


def _chosen(rows: NDArray[np.int64], sizes: NDArray[np.int64], values: NDArray[np.float64], budget: Budget) -> Chosen:
    num_tokens = int(sizes.sum())
    if budget.threshold is not None:
        is_kept = values >= budget.threshold
    else:
        most = budget.keep_tokens or int((budget.keep_share or 0.0) * num_tokens)
        is_kept = np.zeros(len(values), dtype=np.bool_)
        for index in most_valuable(values, sizes, most):
            is_kept[index] = True
    if not is_kept.any():
        best = int(np.argmax(values))
        raise ConfigError(
            f"nothing would stay: the most valuable document has the value {values[best]} and {sizes[best]:,} of "
            f"{num_tokens:,} tokens; give a larger budget or a lower threshold"
        )
    return Chosen(
        rows=rows,
        values=values,
        is_kept=is_kept,
        threshold=float(values[is_kept].min()),
        num_kept_tokens=int(sizes[is_kept].sum()),
        num_tokens=num_tokens,
    )
