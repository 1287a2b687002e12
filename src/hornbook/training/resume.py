"""What a training run has come to, and how it is taken up from its checkpoints.

Source: Micikevicius et al. 2018, "Mixed Precision Training", section 3.2 (dynamic loss scaling).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from hornbook.errors import ConfigError, DamagedArtifactError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.pipeline.fingerprint import encode
from hornbook.pipeline.stage import Progress
from hornbook.tokens.pack import TokenStream
from hornbook.training.checkpoint import Checkpoint, newest_checkpoint, read_checkpoint
from hornbook.training.config import TrainConfig
from hornbook.training.optimizer import optimizer_tensors, restore_optimizers
from hornbook.training.parallel import Ranks, from_first, gathered, on_first, spread

GROWTH_STEPS = 2000
"""Good steps in a row after which the scale doubles."""


@dataclass(frozen=True, kw_only=True)
class LossScale:
    """The factor that keeps float16 gradients above zero, and how many steps in a row went well with it."""

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


def identity_of(config: TrainConfig, shape: ModelConfig, stream: TokenStream, seed: int) -> dict[str, Any]:
    """What a checkpoint must share with the run that takes it up: JSON values by readable names."""
    fields = encode(config)
    fields.pop("model", None)
    return {
        **fields,
        **{f"model.{name}": value for name, value in encode(shape).items()},
        "seed": seed,
        "tokenizer": stream.tokenizer_sha256,
        "number of training tokens": len(stream),
    }


def whole_state(model: Phi, optimizers: Sequence[torch.optim.Optimizer], ranks: Ranks) -> dict[str, torch.Tensor]:
    """Copies of all tensors of a run, on the first process."""
    return gathered({**model.state_dict(), **optimizer_tensors(model, optimizers)}, ranks)


def resumed(
    model: Phi,
    optimizers: Sequence[torch.optim.Optimizer],
    folder: Path,
    identity: Mapping[str, Any],
    ranks: Ranks,
    progress: Progress,
) -> Training | None:
    """Fill model and optimisers from the newest whole checkpoint; None where there is none.

    The first process reads, the others hear from it.

    Raises:
        ConfigError: The checkpoints in `folder` are another run's; the message names what differs.
    """
    checkpoint = on_first(lambda: _find(folder, identity, progress), ranks)
    state = from_first(None if checkpoint is None else checkpoint.state["training"], ranks)
    if state is None:
        return None
    names = set(model.state_dict())
    tensors = {} if checkpoint is None else checkpoint.tensors
    spread(tensors, model.state_dict(), ranks)
    moments = {name: tensor for name, tensor in tensors.items() if name not in names}
    restore_optimizers(model, optimizers, moments, ranks)
    return Training.from_json(state)


def take_weights(model: Phi, folder: Path, step: int, ranks: Ranks) -> None:
    """Fill the model with the weights that it had after `step` steps.

    Raises:
        DamagedArtifactError: The checkpoint is damaged.
    """

    def read() -> Checkpoint:
        try:
            return read_checkpoint(folder, step)
        except DamagedArtifactError as error:
            raise DamagedArtifactError(
                f"{error}: it was the best of the run and should be its result; the same command goes on from an "
                "earlier checkpoint"
            ) from error

    checkpoint = on_first(read, ranks)
    spread({} if checkpoint is None else checkpoint.tensors, model.state_dict(), ranks)


def _find(folder: Path, identity: Mapping[str, Any], progress: Progress) -> Checkpoint | None:
    checkpoint, damaged = newest_checkpoint(folder)
    for name in damaged:
        progress(0, 0, f"checkpoint {name} is damaged and was passed over")
    if checkpoint is None:
        return None
    theirs = checkpoint.state["run"]
    different = [name for name in {**identity, **theirs} if identity.get(name) != theirs.get(name)]
    if different:
        listed = ", ".join(f"`{name}` {theirs.get(name)!r}, now {identity.get(name)!r}" for name in different[:5])
        raise ConfigError(
            f"the checkpoints in `{folder}` belong to another run ({listed}): give this run a folder of its own, "
            "or delete them to begin anew"
        )
    progress(0, 0, f"resumed from the checkpoint of step {checkpoint.step}")
    return checkpoint
