"""What a language model's work costs, from how much is asked and what a token costs. Arithmetic; nothing is called."""

from dataclasses import dataclass

from hornbook.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class TeacherWork:
    """Work of one kind for one model. All of it is assumed until it has been done; `basis` says on what grounds."""

    model: str
    calls: int
    tokens_in: int
    """Of one call: the prompt."""
    tokens_out: int
    """Of one call: the answer."""
    usd_per_million_in: float
    usd_per_million_out: float
    basis: str
    """Where lengths and prices come from, with the date of the prices."""

    def __post_init__(self) -> None:
        for name in ("calls", "tokens_in", "tokens_out", "usd_per_million_in", "usd_per_million_out"):
            if getattr(self, name) < 0:
                raise ConfigError(f"`{name}` must not be negative, got {getattr(self, name)!r}")

    @property
    def total_tokens_in(self) -> int:
        """Of all calls."""
        return self.calls * self.tokens_in

    @property
    def total_tokens_out(self) -> int:
        """Of all calls."""
        return self.calls * self.tokens_out

    @property
    def price_usd(self) -> float:
        """Of all calls, without those that fail and are asked again."""
        spent = self.total_tokens_in * self.usd_per_million_in + self.total_tokens_out * self.usd_per_million_out
        return spent / 1_000_000

    def describe(self) -> str:
        """The assumptions in a sentence."""
        return (
            f"{self.model}, {self.tokens_in:,} tokens in and {self.tokens_out:,} out a call, at "
            f"{self.usd_per_million_in:g} and {self.usd_per_million_out:g} USD a million: {self.basis}."
        )
