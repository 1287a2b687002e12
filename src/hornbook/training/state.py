"""What a training run has come to, outside the tensors; kept in every checkpoint."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hornbook.training.loss_scale import LossScale


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """A held-out loss and the number of finished steps after which it was measured."""

    step: int
    loss: float


@dataclass
class Training:
    """The loop's state."""

    step: int = 0
    """Finished steps, skipped ones included."""
    log: list[dict[str, Any]] = field(default_factory=list)
    """Lines of the log: `step`, `loss`, `learning_rate`, `gradient_norm`; or `step`, `held_out_loss`; or `step`,
    `skipped_loss`, `skipped_gradient_norm`, `documents`; or `step`, `loss_scale`. No times."""
    recent_losses: list[float] = field(default_factory=list)
    """Of the steps since the last line."""
    num_skipped: int = 0
    """Steps without a finite loss and gradient."""
    loss_scale: LossScale = field(default_factory=LossScale)
    """Without effect but in float16."""
    micro_batch: int | None = None
    """Rows of a pass that this run found or was given: another number rounds otherwise."""
    best: HeldOut | None = None
    """The lowest held-out loss so far."""

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Training":
        """What `as_json` gave."""
        best = values["best"]
        return cls(
            **{
                **values,
                "loss_scale": LossScale(**values["loss_scale"]),
                "best": None if best is None else HeldOut(**best),
            }
        )
