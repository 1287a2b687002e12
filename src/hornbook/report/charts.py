"""The geometry of the report's line charts.

A plot is drawn in a square of 100 × 100 units, x to the right and y downwards, which the page stretches to any width;
all text (ticks, labels, legend) is HTML outside of it, so that it stays readable on a small screen. The page also
prints each plot's numbers as a table, for readers who cannot see it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.report.data_flow import Training
from hornbook.report.synthesis import spread

Points = Sequence[tuple[float, float]]

Ticks = tuple[tuple[float, str], ...]
"""Position in percent from the left or from the bottom, and text."""

MAX_POINTS = 160
"""A longer series is averaged over equal stretches of x; more points would not be visible."""
_NUM_ROWS = 12
"""Rows of a plot's table."""
_QUARTERS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A chart, ready to be drawn."""

    title: str
    description: str
    """The plot in words, for readers who cannot see it."""
    x_label: str
    x_ticks: Ticks
    y_label: str
    y_ticks: Ticks
    series: Sequence[Mapping[str, Any]]
    """Lines, or clouds of dots (`dots`), each with `label`, `css_class` and `path` (SVG data in the plot's units)."""
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    """The numbers as a table, thinned out."""


def loss_plot(training: Training) -> Plot:
    """Loss against steps, the loss on a logarithmic scale.

    Raises:
        ValueError: There is no loss at all, or one is not positive.
    """
    points = [*training.train_loss, *training.validation_loss]
    losses = [loss for _, loss in points]
    if not losses or min(losses) <= 0:
        raise ValueError(f"the losses of `{training.name}` cannot be drawn: {losses[:3]!r}")
    last_step = max(step for step, _ in points)
    x = _linear(0, last_step)
    low, high = min(losses) * 0.9, max(losses) * 1.1
    y = _logarithmic(low, high)
    final = training.validation_loss[-1][1] if training.validation_loss else training.train_loss[-1][1]
    return Plot(
        title=f"Loss while it {'pretrains' if training.name == 'pretrain' else 'finetunes'}",
        description=f"Cross-entropy goes from {losses[0]:.2f} to {final:.2f} nats per token in {last_step:,} steps.",
        x_label="step",
        x_ticks=_ticks(_round_numbers(0, last_step), x, _whole),
        y_label="nats per token, log scale",
        y_ticks=_ticks(_log_numbers(low, high), y, lambda value: f"{value:g}"),
        series=[
            _series(label, name, _line(_thin(line), x, y))
            for label, name, line in (
                ("training batches", "train", training.train_loss),
                ("validation documents", "held-out", training.validation_loss),
            )
            if line
        ],
        columns=("step", "validation loss"),
        rows=[(f"{step:,}", f"{loss:.3f}") for step, loss in spread(training.validation_loss, _NUM_ROWS)],
    )


def reliability_plot(bins: Sequence[Mapping[str, Any]]) -> Plot:
    """The `predicted` probability against the `observed` share that readers scored 3 or more, per bin."""
    unit = _linear(0, 1)
    points = [(one["predicted"], one["observed"]) for one in bins]
    return Plot(
        title="Are its probabilities right?",
        description="Share of samples that readers scored 3 or more, against their predicted probability.",
        x_label="predicted probability",
        x_ticks=_ticks(_QUARTERS, unit, _percent),
        y_label="truly scored 3 or more",
        y_ticks=_ticks(_QUARTERS, unit, _percent),
        series=[
            _series("perfect agreement", "guide", "M0 100L100 0"),
            _series("held-out labels, in bins", "held-out", _line(points, unit, unit)),
            _series("", "held-out", _dots(points, unit, unit), dots=True),
        ],
        columns=("predicted", "true", "samples"),
        rows=[(_percent(one["predicted"]), _percent(one["observed"]), f"{one['count']:,}") for one in bins],
    )


def threshold_plot(curve: Points, threshold: float | None) -> Plot:
    """The share of the corpus' tokens that each threshold keeps, and the threshold of the run if there is one."""
    unit = _linear(0, 1)
    series = [_series("tokens kept", "held-out", _line(_thin(curve), unit, unit))]
    if threshold is not None:
        series.append(_series(f"threshold of this run: {threshold:.3f}", "mark", f"M{100 * threshold:.2f} 0V100"))
    return Plot(
        title="What a threshold costs",
        description="Share of the corpus' tokens that would be kept, for each threshold on the predicted probability.",
        x_label="threshold",
        x_ticks=_ticks(_QUARTERS, unit, lambda value: f"{value:g}"),
        y_label="tokens kept",
        y_ticks=_ticks(_QUARTERS, unit, _percent),
        series=series,
        columns=("threshold", "tokens kept"),
        rows=[(f"{threshold:.3f}", _percent(share)) for threshold, share in spread(curve, _NUM_ROWS)],
    )


def _series(label: str, css_class: str, path: str, *, dots: bool = False) -> dict[str, Any]:
    return {"label": label, "css_class": css_class, "path": path, "dots": dots}


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"


def _linear(low: float, high: float) -> Callable[[float], float]:
    span = (high - low) or 1.0
    return lambda value: 100 * (value - low) / span


def _logarithmic(low: float, high: float) -> Callable[[float], float]:
    scale = _linear(math.log(low), math.log(high))
    return lambda value: scale(math.log(value))


def _round_numbers(low: float, high: float) -> list[float]:
    """About five round numbers from `low` to `high`."""
    span = (high - low) or 1.0
    power = 10 ** math.floor(math.log10(span / 4))
    step = power * min((factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= span / 5.5), default=10)
    return [low + step * index for index in range(int(span / step + 1e-9) + 1)]


def _log_numbers(low: float, high: float) -> list[float]:
    """Round numbers between `low` and `high`: three to six of them where there are as many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    numbers: list[float] = []
    for factors in ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), [tenths / 10 for tenths in range(10, 100)]):
        numbers = [factor * 10.0**power for power in powers for factor in factors]
        numbers = [number for number in numbers if low <= number <= high]
        if len(numbers) >= 3:
            break
    return numbers[:: math.ceil(len(numbers) / 6)]


def _ticks(values: Sequence[float], scale: Callable[[float], float], text: Callable[[float], str]) -> Ticks:
    return tuple((round(scale(value), 2), text(value)) for value in values)


def _line(points: Points, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    return "M" + "L".join(f"{x(px):.2f} {100 - y(py):.2f}" for px, py in points) if points else ""


def _dots(points: Points, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    """Strokes without length: with round ends they are dots that stretching does not distort."""
    return "".join(f"M{x(px):.2f} {100 - y(py):.2f}h0.001" for px, py in points)


def _thin(points: Points) -> Points:
    """The points, or at most `MAX_POINTS` means over equal numbers of neighbours."""
    if len(points) <= MAX_POINTS:
        return points
    size = math.ceil(len(points) / MAX_POINTS)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
