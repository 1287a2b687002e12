"""The factor that keeps float16 gradients above zero: as large as they bear.

Source: Micikevicius et al. 2018, "Mixed Precision Training", section 3.2 (dynamic loss scaling).
"""

from dataclasses import dataclass, replace

GROWTH_STEPS = 2000
"""Good steps in a row after which the scale doubles."""


@dataclass(frozen=True, kw_only=True)
class LossScale:
    """The scale of the coming step, and how many steps in a row went well with it."""

    value: float = 2.0**16
    good_steps: int = 0

    def after_good_step(self) -> "LossScale":
        """The gradients were finite."""
        if self.good_steps + 1 >= GROWTH_STEPS:
            return LossScale(value=self.value * 2)
        return replace(self, good_steps=self.good_steps + 1)

    def after_overflow(self) -> "LossScale":
        """A gradient was not finite: half the scale, at least 1."""
        return LossScale(value=max(self.value / 2, 1.0))

    @property
    def is_lowest(self) -> bool:
        """Whether an overflow cannot be the scale's fault any more."""
        return self.value <= 1.0
