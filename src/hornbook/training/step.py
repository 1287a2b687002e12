"""One optimiser step, and the state of a run that it updates.

Source: Micikevicius et al. 2018, "Mixed Precision Training", section 3.2 (dynamic loss scaling).
"""

import hashlib
import math
import signal
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import torch
from torch import nn

from hornbook.errors import MissingInputError, TrainingError
from hornbook.tokens.batches import read_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine
from hornbook.training.optimizer import learning_rate_at, set_learning_rate
from hornbook.training.parallel import Ranks, summed, unsharded

SHOWN_DOCUMENTS = 10
"""Number of document ids in a message; the log has all."""
GROWTH_STEPS = 2000
"""Consecutive steps without overflow after which the loss scale doubles."""

Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LossScale:
    """The dynamic loss scale of float16, with the number of consecutive steps without overflow."""

    value: float = 2.0**16
    good_steps: int = 0

    def after_good_step(self) -> "LossScale":
        """The scale after a step with finite gradients."""
        if self.good_steps + 1 >= GROWTH_STEPS:
            return LossScale(value=self.value * 2)
        return replace(self, good_steps=self.good_steps + 1)

    def after_overflow(self) -> "LossScale":
        """The scale after a gradient that was not finite: half, at least 1."""
        return LossScale(value=max(self.value / 2, 1.0))

    @property
    def is_lowest(self) -> bool:
        """Whether the scale cannot be the cause of an overflow."""
        return self.value <= 1.0


@dataclass(frozen=True, kw_only=True)
class Validation:
    """A validation loss in nats and the number of finished steps after which it was measured."""

    step: int
    loss: float


@dataclass
class Training:
    """The state of a training run apart from tensors."""

    step: int = 0
    """Finished steps, skipped ones included."""
    log: list[dict[str, Any]] = field(default_factory=list)
    """Lines of the log: `step`, `loss`, `learning_rate`, `gradient_norm`; or `step`, `validation_loss`; or `step`,
    `skipped_loss`, `skipped_gradient_norm`, `documents`; or `step`, `loss_scale`. No times."""
    recent_losses: list[float] = field(default_factory=list)
    """Losses of the steps since the last line of the log."""
    num_skipped: int = 0
    """Steps without finite loss and gradient."""
    loss_scale: LossScale = field(default_factory=LossScale)
    """Used in float16 only."""
    micro_batch: int | None = None
    """Micro-batch size of this run; another size rounds otherwise."""
    best: Validation | None = None
    """The lowest validation loss so far."""

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Training":
        """The inverse of `as_json`."""
        best = values["best"]
        nested = {"loss_scale": LossScale(**values["loss_scale"]), "best": best and Validation(**best)}
        return cls(**{**values, **nested})


@dataclass(frozen=True, kw_only=True)
class Request:
    """What this process tells the others with the next step."""

    asked_to_end: signal.Signals | None = None
    failed: bool = False
    """Whether this process must stop after the step."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a step, equal on all processes."""

    loss: float
    """Mean over the global batch, in nats."""
    gradient_norm: float
    """Norm before clipping."""
    learning_rate: float
    asked_to_end: signal.Signals | None
    """The signal, if any process received one."""
    failed: bool
    """Whether any process has failed."""

    @property
    def is_taken(self) -> bool:
        """Whether loss and gradient were finite, so that the weights were updated."""
        return math.isfinite(self.loss) and math.isfinite(self.gradient_norm)


@dataclass(frozen=True, kw_only=True)
class Stepper:
    """Takes optimiser steps; has no state of its own."""

    engine: Engine
    optimizers: Sequence[torch.optim.Optimizer]
    stream: TokenStream
    config: TrainConfig
    seed: int
    ranks: Ranks
    device: torch.device
    micro_batch: int

    def take(self, step: int, scale: float, request: Request) -> Outcome:
        """Take the step after `step` finished ones.

        `step` determines rows, dropout and learning rate; `request` is sent to the other processes along with the loss.
        """
        starts = row_starts(
            self.stream,
            seed=self.seed,
            step=step,
            batch_size=self.config.batch_size,
            sequence_length=self.config.sequence_length,
            rank=self.ranks.rank,
            world_size=self.ranks.world_size,
        )
        rows = read_rows(self.stream, starts, self.config.sequence_length)
        _seed_dropout(self.seed, step, self.ranks.rank)
        self.engine.renew()
        total = torch.zeros((), device=self.device)
        parts = torch.split(torch.from_numpy(rows).to(self.device), self.micro_batch)
        for number, part in enumerate(parts, 1):
            share = part.shape[0] / rows.shape[0]
            total += share * self.engine.backward(part, scale * share, is_last=number == len(parts))
        self.engine.reduce()
        signals = (signal.SIGTERM, signal.SIGINT)
        asked = [float(request.asked_to_end == number) for number in signals]
        told = [float(total) / self.ranks.world_size, float(request.failed), *asked]
        loss, failed, *heard = summed(told, self.device, self.ranks)
        outcome = Outcome(
            loss=loss,
            gradient_norm=clip_gradients(self.engine.model, self.config.clip_norm, scale),
            learning_rate=learning_rate_at(step, self.config),
            asked_to_end=next((number for number, count in zip(signals, heard, strict=True) if count), None),
            failed=bool(failed),
        )
        if outcome.is_taken:
            set_learning_rate(self.optimizers, outcome.learning_rate)
            for optimizer in self.optimizers:
                optimizer.step()
        return outcome


def record_step(training: Training, outcome: Outcome, stepper: Stepper) -> list[Line]:
    """Record the outcome of a step in `training`; returns the lines that were added to the log.

    A step whose loss or gradient is not finite leaves the weights unchanged. In float16 an overflow of the gradient
    halves the loss scale; if the scale cannot be the cause, the step counts as skipped.
    """
    config = stepper.config
    before = len(training.log)
    if outcome.is_taken:
        training.recent_losses.append(outcome.loss)
        if config.precision == "float16":
            training.loss_scale = training.loss_scale.after_good_step()
    elif config.precision == "float16" and math.isfinite(outcome.loss) and not training.loss_scale.is_lowest:
        training.loss_scale = training.loss_scale.after_overflow()
        training.log.append({"step": training.step, "loss_scale": training.loss_scale.value})
    else:
        training.num_skipped += 1
        training.log.append(
            {
                "step": training.step,
                "skipped_loss": str(outcome.loss),
                "skipped_gradient_norm": str(outcome.gradient_norm),
                "documents": documents_of_step(stepper, training.step - 1),
            }
        )
    is_due = training.step % config.log_every == 0 or training.step == config.last_step
    if is_due and training.recent_losses:
        training.log.append(
            {
                "step": training.step,
                "loss": sum(training.recent_losses) / len(training.recent_losses),
                "learning_rate": outcome.learning_rate,
                "gradient_norm": outcome.gradient_norm if outcome.is_taken else None,
            }
        )
        training.recent_losses.clear()
    return training.log[before:]


def check_skipped(training: Training, stepper: Stepper) -> None:
    """Raise an error after more than `max_skipped_steps` skipped steps.

    Raises:
        TrainingError: It names the steps, the last one's documents, and weights that are not finite.
    """
    most = stepper.config.max_skipped_steps
    if training.num_skipped <= most:
        return
    skipped = [line for line in training.log if "skipped_loss" in line]
    parameters = stepper.engine.model.named_parameters()  # of sharded weights all processes must ask for the sum
    broken = [name for name, weight in parameters if not math.isfinite(float(unsharded(weight.detach().sum())))]
    cause = (
        f"the weights themselves are not finite, first `{broken[0]}`: check the base model"
        if broken
        else "lower `learning_rate`, look at the documents, or raise `max_skipped_steps`"
    )
    raise TrainingError(
        f"{len(skipped)} steps had no finite loss and gradient and were skipped, `max_skipped_steps` is {most}: steps "
        f"{', '.join(str(line['step']) for line in skipped)}; the last had the loss {skipped[-1]['skipped_loss']}, the "
        f"gradient's norm {skipped[-1]['skipped_gradient_norm']} and the documents "
        f"{named_documents(skipped[-1]['documents'])}; {cause}"
    )


def named_documents(ids: list[str]) -> str:
    """The first few ids and the number of others."""
    more = f" and {len(ids) - SHOWN_DOCUMENTS} more" if len(ids) > SHOWN_DOCUMENTS else ""
    return (", ".join(ids[:SHOWN_DOCUMENTS]) or "that the shards do not name") + more


def documents_of_step(stepper: Stepper, step: int) -> list[str]:
    """The ids of the documents in the global batch of a step, without duplicates, in the batch's order."""
    config = stepper.config
    size = {"batch_size": config.batch_size, "sequence_length": config.sequence_length}
    starts = row_starts(stepper.stream, seed=stepper.seed, step=step, **size)
    ids: dict[str, None] = {}
    for start in starts:
        try:
            ids.update(dict.fromkeys(stepper.stream.documents_of(int(start), config.sequence_length + 1)))
        except MissingInputError:  # shards without a table of documents can be trained on
            return []
    return list(ids)


def clip_gradients(model: nn.Module, clip_norm: float, scale: float = 1.0) -> float:
    """Divide the gradients by `scale` and clip them to a Euclidean norm of at most `clip_norm`.

    Returns:
        The norm before clipping, of the whole model also if it is sharded; not finite if a gradient is not.
    """
    if scale != 1.0:
        torch._foreach_mul_([p.grad for p in model.parameters() if p.grad is not None], 1.0 / scale)
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    return float(unsharded(norm))


def _seed_dropout(seed: int, step: int, rank: int) -> None:
    """Seed PyTorch's global generator, from which dropout draws."""
    digest = hashlib.sha256(f"dropout\0{seed}\0{step}\0{rank}".encode()).digest()
    torch.manual_seed(int.from_bytes(digest[:8], "big") >> 1)
