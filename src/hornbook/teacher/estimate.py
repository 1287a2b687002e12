"""What work for a language model will take, said before it starts. Arithmetic; nothing is called."""

from dataclasses import dataclass

from hornbook.teacher.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEstimate:
    """About what so many calls take."""

    model: str
    calls: int
    tokens_in: int
    """Of all prompts."""
    tokens_out: int
    """Of all answers."""
    is_measured: bool
    """Whether the length of an answer is the mean of earlier ones; otherwise it is the longest that is allowed."""
    price: Price | None

    @property
    def usd(self) -> float | None:
        """Of all calls; None where the price is not known."""
        return None if self.price is None else self.price.usd(self.tokens_in, self.tokens_out)

    def describe(self) -> str:
        """In one line."""
        basis = "answers as long as earlier ones" if self.is_measured else "answers as long as allowed"
        if self.price is None or self.usd is None:
            money = "at an unknown price (`--prices FILE` can say it)"
        elif self.price.is_free:
            money = f"0 USD: {self.price.source or 'it is free'}"
        else:
            money = f"{self.usd:,.4g} USD, at {self.price.describe()}"
        most = "about" if self.is_measured else "at most about"
        return (
            f"{self.model}: {self.calls:,} calls, {most} {self.tokens_in:,} tokens in and {self.tokens_out:,} out "
            f"({basis}; what is in the cache costs nothing): {money}"
        )
