"""One optimiser step: rows, gradients, their mean over all processes, the weights' move or its refusal, the record."""

import hashlib
import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor

from hornbook.errors import MissingInputError, TrainingError
from hornbook.tokens.batches import batch_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine
from hornbook.training.optimizer import learning_rate_at, set_learning_rate
from hornbook.training.parallel import Ranks, summed
from hornbook.training.precision import clip_gradients
from hornbook.training.resume import Training

SHOWN_DOCUMENTS = 10
"""Ids in a message; the log has all."""

Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What this process has to tell the others in the coming step."""

    asked_to_end: signal.Signals | None = None
    failed: bool = False
    """It cannot go on after this step."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a step came to; equal on all processes."""

    loss: float
    """The mean over the global batch, in nats."""
    gradient_norm: float
    """Before clipping."""
    learning_rate: float
    asked_to_end: signal.Signals | None
    """Whether any process was asked."""
    failed: bool
    """Whether any process has failed."""

    @property
    def is_taken(self) -> bool:
        """Whether loss and gradient were finite, so that the optimisers moved the weights."""
        return math.isfinite(self.loss) and math.isfinite(self.gradient_norm)


@dataclass(frozen=True, kw_only=True)
class Stepper:
    """Takes steps; remembers nothing between them."""

    engine: Engine
    optimizers: Sequence[torch.optim.Optimizer]
    stream: TokenStream
    config: TrainConfig
    seed: int
    ranks: Ranks
    device: torch.device
    micro_batch: int
    """Rows of one pass."""

    def take(self, step: int, scale: float, request: Request) -> Outcome:
        """The step after `step` finished ones.

        Args:
            step: Determines rows, dropout and learning rate.
            scale: By which gradients are multiplied until they are in float32.
            request: Told to the others along with the loss.
        """
        rows = batch_rows(
            self.stream,
            seed=self.seed,
            step=step,
            batch_size=self.config.batch_size,
            sequence_length=self.config.sequence_length,
            rank=self.ranks.rank,
            world_size=self.ranks.world_size,
        )
        _seed_dropout(self.seed, step, self.ranks.rank)
        self.engine.renew()
        total = torch.zeros((), device=self.device)
        parts = torch.split(torch.from_numpy(rows).to(self.device), self.micro_batch)
        for number, part in enumerate(parts, 1):
            share = part.shape[0] / rows.shape[0]
            total += share * self.engine.backward(part, scale * share, is_last=number == len(parts))
        self.engine.reduce()
        told = [float(total) / self.ranks.world_size, *_encoded(request)]
        loss, *answer = summed(told, self.device, self.ranks)
        heard = _decoded(answer)
        outcome = Outcome(
            loss=loss,
            gradient_norm=clip_gradients(self.engine.model, self.config.clip_norm, scale),
            learning_rate=self._learning_rate(step),
            asked_to_end=heard.asked_to_end,
            failed=heard.failed,
        )
        if outcome.is_taken:
            set_learning_rate(self.optimizers, outcome.learning_rate)
            for optimizer in self.optimizers:
                optimizer.step()
        return outcome

    def _learning_rate(self, step: int) -> float:
        return learning_rate_at(
            step,
            peak=self.config.learning_rate,
            warmup_steps=self.config.warmup_steps,
            num_steps=self.config.num_steps,
        )


def record_step(training: Training, outcome: Outcome, stepper: Stepper) -> list[Line]:
    """Take the outcome of the step that just ended into `training`; returns the lines that were added to the log.

    A step whose loss or gradient is not finite has left the weights as they were. In float16 an overflow of the
    gradient halves the scale; where the scale cannot be at fault, the step counts as skipped.
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
    """Refuse to go on after too many skipped steps.

    Raises:
        TrainingError: It names the steps, the last one's documents, and weights that are not finite themselves.
    """
    most = stepper.config.max_skipped_steps
    if training.num_skipped <= most:
        return
    skipped = [line for line in training.log if "skipped_loss" in line]
    broken = [name for name, weight in stepper.engine.model.named_parameters() if not _is_finite(weight)]
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
    """The first few ids, and how many more there are."""
    more = f" and {len(ids) - SHOWN_DOCUMENTS} more" if len(ids) > SHOWN_DOCUMENTS else ""
    return (", ".join(ids[:SHOWN_DOCUMENTS]) or "that the shards do not name") + more


def documents_of_step(stepper: Stepper, step: int) -> list[str]:
    """The ids of the documents in the global batch of a step, each once, in the batch's order."""
    config = stepper.config
    starts = row_starts(
        stepper.stream,
        seed=stepper.seed,
        step=step,
        batch_size=config.batch_size,
        sequence_length=config.sequence_length,
    )
    ids: dict[str, None] = {}
    for start in starts:
        try:
            ids.update(dict.fromkeys(stepper.stream.documents_of(int(start), config.sequence_length + 1)))
        except MissingInputError:  # shards without their table still train; there is nothing to name
            return []
    return list(ids)


def _is_finite(weight: Tensor) -> bool:
    """Of a whole tensor, or one that lies in parts on all processes, which must then all ask."""
    total = weight.detach().sum()
    return math.isfinite(float(total.full_tensor() if isinstance(total, DTensor) else total))


def _encoded(request: Request) -> list[float]:
    asked = request.asked_to_end
    return [float(asked == signal.SIGTERM), float(asked == signal.SIGINT), float(request.failed)]


def _decoded(sums: Sequence[float]) -> Request:
    asked = signal.SIGTERM if sums[0] else signal.SIGINT if sums[1] else None
    return Request(asked_to_end=asked, failed=bool(sums[2]))


def _seed_dropout(seed: int, step: int, rank: int) -> None:
    """Dropout draws from PyTorch's global generator, the only one that it knows."""
    digest = hashlib.sha256(f"dropout\0{seed}\0{step}\0{rank}".encode()).digest()
    torch.manual_seed(int.from_bytes(digest[:8], "big") >> 1)
