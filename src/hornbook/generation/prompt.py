"""What is asked of a model: prompts, how their answers are chosen, and which of them are completed together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from hornbook.errors import ConfigError
from hornbook.generation.stop import StopRule


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A text to go on with."""

    text: str
    """Ends anywhere: within a word, after spaces, after a line break."""
    key: str
    """Together with the seed it determines the random numbers of the completion: equal keys, equal numbers."""
    stop: StopRule = field(default_factory=StopRule)


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How completions are chosen, and how long they may become."""

    max_new_tokens: int = 300
    temperature: float = 0.0
    """0 takes the likeliest token."""
    top_p: float = 1.0
    """Draw from the likeliest tokens of this total probability; no effect at temperature 0."""
    batch_size: int = 64
    """Prompts completed together."""

    def __post_init__(self) -> None:
        """Refuse what cannot be done.

        Raises:
            ConfigError: Names the field and the value.
        """
        for name in ("max_new_tokens", "batch_size"):
            if not getattr(self, name) >= 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not 0 <= self.temperature < float("inf"):
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")


def group_by_length(lengths: Sequence[int], batch_size: int, skip: Collection[int]) -> Iterator[list[int]]:
    """Which prompts are completed together: neighbours in length, the shortest first.

    In float32 the sums of a batch depend on all of its rows. So what has been done already changes no batch: one that
    is done is left out, one that is half done is given whole.

    Args:
        lengths: Of the prompts, in tokens.
        batch_size: At least 1.
        skip: Indices of the prompts that are done.

    Yields:
        Indices of prompts.
    """
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        if not all(index in skip for index in batch):
            yield batch


def max_prompt_tokens(max_position: int, max_new_tokens: int) -> int:
    """How many tokens of a prompt are read: as many as leave room for `max_new_tokens`, or for a quarter of all."""
    return max(1, max_position - min(max_new_tokens, max_position // 4))
