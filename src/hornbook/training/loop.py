"""The training loop, for pretraining and finetuning alike.

Killed at any moment and started again with the same arguments, it ends with the same weights, bit for bit, provided
that the machine computes alike (same number of threads, same libraries): batches, dropout and learning rate are
functions of the seed and the step, and a checkpoint holds all the rest.

Source: Gunasekar et al. 2023, section 2.3.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hornbook.artifacts.stage import Progress
from hornbook.model.phi import Phi
from hornbook.tokens.batches import Rows, batch_rows, held_out_rows, num_rows
from hornbook.tokens.pack import TokenStream
from hornbook.training.allocator import keep_freed_memory
from hornbook.training.checkpoint import newest_checkpoint, save_checkpoint
from hornbook.training.compiling import maybe_compiled
from hornbook.training.config import TrainConfig
from hornbook.training.optimizer import make_optimizers, optimizer_tensors, restore_optimizers, set_learning_rate
from hornbook.training.parallel import Ranks, average_gradients, current_ranks
from hornbook.training.precision import ComputeCopy, choose_precision, clip_gradients
from hornbook.training.schedule import learning_rate_at

LossFunction = Callable[[Tensor], Tensor]
"""Mean loss of rows, shape (rows, sequence length + 1)."""


@dataclass
class Training:
    """What a run has come to: the loop's state outside the tensors."""

    step: int = 0
    """Finished steps."""
    log: list[dict[str, Any]] = field(default_factory=list)
    """Lines of the log: `step`, `loss`, `learning_rate`, `gradient_norm`; or `step`, `held_out_loss`. No times."""
    recent_losses: list[float] = field(default_factory=list)
    """Of the steps since the last line."""


def train(
    model: Phi,
    stream: TokenStream,
    held_out: TokenStream,
    config: TrainConfig,
    *,
    seed: int,
    scratch: Path,
    progress: Progress,
    device: torch.device,
) -> Training:
    """Train `model` in place for `config.num_steps` steps.

    Args:
        model: Initialised or loaded weights, float32.
        stream: The training split.
        held_out: The validation split; may be too short to be measured.
        config: The run; `config.model` is not looked at.
        seed: Determines the order of the rows and dropout.
        scratch: Where checkpoints are kept; one of an earlier, killed run of the same arguments is taken up.
        progress: Told the step, the loss and the speed.
        device: Where to compute. The model is moved there.

    Returns:
        The log of the whole run, the part before a kill included.
    """
    keep_freed_memory()
    num_rows(stream, config.sequence_length)  # refuses a stream without rows before any work
    ranks = current_ranks()
    model.to(device).train()
    model.set_dropout(residual=config.residual_dropout, attention=config.attention_dropout)
    dtype = choose_precision(config.precision, device)
    optimizers = make_optimizers(model, config.optimizer, config.weight_decay, dtype)
    training = _resumed(model, optimizers, scratch, progress, config.num_steps)
    compute = ComputeCopy(model, dtype)
    loss_of = maybe_compiled(loss_function(compute.model), config.execution.compile, device, progress)
    validation = held_out_rows(held_out, sequence_length=config.sequence_length, max_rows=config.eval_rows)
    speed = _Speed()
    while training.step < config.num_steps:
        _one_step(compute, optimizers, loss_of, stream, training, config, seed, ranks, device)
        ends = training.step == config.num_steps
        if len(validation) and (training.step % config.eval_every == 0 or ends):
            compute.renew()
            loss = _held_out_loss(compute.model, validation, config.batch_size, device)
            training.log.append({"step": training.step, "held_out_loss": loss})
        if ranks.is_first and training.step % config.checkpoint_every == 0 and not ends:
            tensors = {**model.state_dict(), **optimizer_tensors(model, optimizers)}
            state = {"log": training.log, "recent_losses": training.recent_losses}
            save_checkpoint(scratch, training.step, tensors, state)
        rate = speed.tokens_per_second(config.batch_size * config.sequence_length)
        progress(training.step, config.num_steps, f"loss {_last_loss(training):.3f}, {rate:,.0f} tokens/s")
    return training


def _one_step(
    compute: ComputeCopy,
    optimizers: Sequence[torch.optim.Optimizer],
    loss_of: LossFunction,
    stream: TokenStream,
    training: Training,
    config: TrainConfig,
    seed: int,
    ranks: Ranks,
    device: torch.device,
) -> None:
    """One optimiser step; appends to the log where a line is due."""
    step = training.step
    rate = learning_rate_at(
        step, peak=config.learning_rate, warmup_steps=config.warmup_steps, num_steps=config.num_steps
    )
    rows = batch_rows(
        stream,
        seed=seed,
        step=step,
        batch_size=config.batch_size,
        sequence_length=config.sequence_length,
        rank=ranks.rank,
        world_size=ranks.world_size,
    )
    _seed_dropout(seed, step, ranks.rank)
    compute.renew()
    micro_batch = config.execution.micro_batch
    size = micro_batch if isinstance(micro_batch, int) else rows.shape[0]
    total = torch.zeros((), device=device)
    for part in torch.split(torch.from_numpy(rows).to(device), size):
        loss = loss_of(part) * (part.shape[0] / rows.shape[0])
        loss.backward()
        compute.collect()
        total += loss.detach()
    mean_loss = average_gradients(compute.master, float(total), ranks)
    norm = clip_gradients(compute.master, config.clip_norm)
    set_learning_rate(optimizers, rate)
    for optimizer in optimizers:
        optimizer.step()
    training.step = step + 1
    training.recent_losses.append(mean_loss)
    if training.step % config.log_every == 0 or training.step == config.num_steps:
        loss = sum(training.recent_losses) / len(training.recent_losses)
        training.log.append({"step": training.step, "loss": loss, "learning_rate": rate, "gradient_norm": norm})
        training.recent_losses.clear()


def loss_function(model: Phi) -> LossFunction:
    """The mean next-token loss of `model` as a function of rows of tokens."""
    return model.loss


@torch.no_grad()
def _held_out_loss(model: Phi, validation: Rows, batch_size: int, device: torch.device) -> float:
    model.eval()
    loss_of = loss_function(model)
    total = 0.0
    for start in range(0, len(validation), batch_size):
        part = torch.from_numpy(validation[start : start + batch_size]).to(device)
        total += float(loss_of(part)) * part.shape[0]
    model.train()
    return total / len(validation)


def _resumed(
    model: Phi, optimizers: Sequence[torch.optim.Optimizer], scratch: Path, progress: Progress, num_steps: int
) -> Training:
    checkpoint, damaged = newest_checkpoint(scratch)
    for name in damaged:
        progress(0, num_steps, f"checkpoint {name} is damaged and was passed over")
    if checkpoint is None:
        return Training()
    names = set(model.state_dict())
    model.load_state_dict({name: tensor for name, tensor in checkpoint.tensors.items() if name in names})
    moments = {name: tensor for name, tensor in checkpoint.tensors.items() if name not in names}
    restore_optimizers(model, optimizers, moments)
    progress(checkpoint.step, num_steps, "resumed from a checkpoint")
    return Training(checkpoint.step, checkpoint.state["log"], checkpoint.state["recent_losses"])


def _seed_dropout(seed: int, step: int, rank: int) -> None:
    """Dropout draws from PyTorch's global generator, the only one that it knows."""
    digest = hashlib.sha256(f"dropout\0{seed}\0{step}\0{rank}".encode()).digest()
    torch.manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def _last_loss(training: Training) -> float:
    if training.recent_losses:
        return training.recent_losses[-1]
    return float(next(line["loss"] for line in reversed(training.log) if "loss" in line))


class _Speed:
    """Tokens per second over the whole of this process's run, for people to read."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._steps = 0

    def tokens_per_second(self, tokens_per_step: int) -> float:
        self._steps += 1
        return self._steps * tokens_per_step / (time.perf_counter() - self._start)
