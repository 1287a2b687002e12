"""One optimiser step: rows, gradients, their mean over all processes, and the weights' move or its refusal."""

import hashlib
import math
import signal
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from hornbook.tokens.batches import batch_rows
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine
from hornbook.training.optimizer import set_learning_rate
from hornbook.training.parallel import Ranks, summed
from hornbook.training.precision import clip_gradients
from hornbook.training.schedule import learning_rate_at


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
            schedule=self.config.schedule,
            decay_steps=self.config.decay_steps,
        )


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
