"""How much a base model is surprised by texts: low and even means that they say what it would have said anyway.

A collapsing collection loses its tail, so the quartiles stand beside the mean. Compare figures of one model only.
Source: Shumailov and others 2023, "The Curse of Recursion" (tails disappear).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LogLoss = Callable[[str], tuple[float, int]]
"""A text's loss in nats, summed over the tokens that are predicted, and their number; 0 tokens for a text too short."""


@dataclass(frozen=True, kw_only=True)
class Perplexity:
    """Under one base model."""

    model: str
    count: int
    """Texts."""
    num_tokens: int
    """That were predicted."""
    mean: float
    """Of all tokens together: the exponential of the mean loss."""
    low: float
    """95 % interval of `mean`, over texts."""
    high: float
    quartiles: tuple[float, float, float]
    """Of the texts' own perplexities."""

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "model": self.model,
            "count": self.count,
            "num_tokens": self.num_tokens,
            "mean": round(self.mean, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "quartiles": [round(value, 4) for value in self.quartiles],
        }


def perplexity_of(
    texts: Sequence[str], log_loss: LogLoss, model: str, progress: Callable[[int, int], None]
) -> Perplexity | None:
    """Ask the model about each text.

    Args:
        texts: Each read by itself, from its beginning.
        log_loss: The model.
        model: Its name, for people.
        progress: Told the number of texts done, and the total.

    Returns:
        None where no text has a token to predict.
    """
    losses, sizes = [], []
    for number, text in enumerate(texts, start=1):
        loss, num_tokens = log_loss(text)
        if num_tokens:
            losses.append(loss)
            sizes.append(num_tokens)
        progress(number, len(texts))
    if not sizes:
        return None
    by_text, weights = np.array(losses), np.array(sizes)
    mean = float(by_text.sum() / weights.sum())
    # The variance of a ratio of two sums, over texts.
    deviations = (by_text - mean * weights) / weights.mean()
    margin = 1.96 * math.sqrt(float((deviations**2).sum()) / max(len(sizes) - 1, 1) / len(sizes))
    lower, median, upper = np.exp(np.quantile(by_text / weights, [0.25, 0.5, 0.75])).tolist()
    return Perplexity(
        model=model,
        count=len(sizes),
        num_tokens=int(weights.sum()),
        mean=math.exp(mean),
        low=math.exp(mean - margin),
        high=math.exp(mean + margin),
        quartiles=(lower, median, upper),
    )
