"""Forward and backward passes on one process or several: data-parallel replicas, or FSDP2 shards.

`Replicas` accumulates gradients in float32 on the master weights over all micro-batches of a step and averages them
once (docs/decisions/data-parallel.md says why not with `DistributedDataParallel`). `Shards` is FSDP2: each block is
gathered when it computes; weights, gradients and the optimiser's state stay sharded, in float32.
"""

import copy
import shutil
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Progress
from hornbook.tokens.batches import Rows
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks, average_gradients, spread, summed


class Engine(Protocol):
    """Computes losses and gradients of `model`, whose weights the optimiser updates."""

    model: Phi
    """The master weights in float32, with their gradients."""

    def renew(self) -> None:
        """Take over the updated weights and clear the gradients; needed before each step."""

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """Add the gradients of one micro-batch, times `gradient_scale`, and return its mean loss, unscaled.

        `is_last` marks the last micro-batch of a step.
        """

    def reduce(self) -> None:
        """Average the gradients over all processes."""

    def loss(self, rows_BT: Tensor) -> Tensor:
        """The mean loss of rows without gradients and dropout. All processes must call it together."""


def make_engine(
    model: Phi,
    config: TrainConfig,
    dtype: torch.dtype,
    *,
    separator: int | None,
    device: torch.device,
    ranks: Ranks,
    progress: Progress,
) -> Engine:
    """Move `model` to its device, with the first process's weights on all processes, ready for training.

    Only the first process's weights are read; the others' may be uninitialised, so that a large model takes the CPU
    memory of the first process only. `progress` is called if the model cannot be compiled.
    """
    model.train()
    model.set_dropout(residual=config.residual_dropout, attention=config.attention_dropout)
    model.set_checkpoint_activations(config.execution.checkpoint_activations)
    whole = dict(model.state_dict())
    choice = config.execution.compile
    engine: Engine
    if config.execution.parallel == "fsdp" and ranks.world_size > 1:
        engine = Shards(
            model, dtype, separator=separator, compile_choice=choice, device=device, ranks=ranks, progress=progress
        )
    else:
        model.to(device)
        engine = Replicas(model, dtype, separator=separator, compile_choice=choice, ranks=ranks, progress=progress)
    if ranks.world_size > 1:
        spread(whole, model.state_dict(), ranks)
    return engine


class Replicas:
    """Each process holds the whole model; also the engine of a single process.

    In another type than float32 a copy of the model computes. It is renewed once per step, and gradients are
    accumulated in float32. Compared with autocast, this saves the casts of all weights in every pass and the copies of
    activations.
    """

    def __init__(
        self,
        model: Phi,
        dtype: torch.dtype,
        *,
        separator: int | None,
        compile_choice: str,
        ranks: Ranks,
        progress: Progress,
    ) -> None:
        """Wrap `model`, which is on its device."""
        self.model = model
        self._computing = model if dtype == torch.float32 else copy.deepcopy(model).to(dtype)
        self._pairs: list[tuple[Tensor, Tensor]] = list(
            zip(model.parameters(), self._computing.parameters(), strict=True)
        )
        self._ranks = ranks
        self._separator = separator
        device = next(model.parameters()).device
        self._loss = maybe_compiled(self._computing.loss, compile_choice, device, progress)

    @torch.no_grad()
    def renew(self) -> None:
        """See `Engine`; clears all gradients, including those of an interrupted pass."""
        if self._computing is not self.model:
            weights, copies = [pair[0] for pair in self._pairs], [pair[1] for pair in self._pairs]
            torch._foreach_copy_(copies, weights)
        for weight, computed in self._pairs:
            weight.grad = computed.grad = None

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """See `Engine`."""
        del is_last
        loss = self._loss(rows_BT, gradient_scale=gradient_scale, separator=self._separator)
        loss.backward()  # type: ignore[no-untyped-call]
        if self._computing is not self.model:
            self._collect()
        return loss.detach()

    @torch.no_grad()
    def _collect(self) -> None:
        """Add the copy's gradients to those of the master weights, in float32, and clear them."""
        for weight, computed in self._pairs:
            assert computed.grad is not None, "every parameter of the model takes part in the loss"
            if weight.grad is None:
                weight.grad = computed.grad.float()
            else:
                weight.grad += computed.grad
            computed.grad = None

    def reduce(self) -> None:
        """See `Engine`."""
        average_gradients(list(self.model.parameters()), self._ranks)

    @torch.no_grad()
    def loss(self, rows_BT: Tensor) -> Tensor:
        """See `Engine`."""
        self._computing.eval()
        measured = self._computing.loss(rows_BT, separator=self._separator)
        self._computing.train()
        return measured


class Shards:
    """FSDP2: each process holds some rows of every matrix. Each block is one group, all else another."""

    def __init__(
        self,
        model: Phi,
        dtype: torch.dtype,
        *,
        separator: int | None,
        compile_choice: str,
        device: torch.device,
        ranks: Ranks,
        progress: Progress,
    ) -> None:
        """Shard `model`, which is on the CPU, over the processes' devices.

        Each block is compiled by itself, because the weights of a block are gathered between blocks.
        """
        # Imported here because it takes half a second, which only FSDP needs.
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method

        self.model = model
        mesh = init_device_mesh(device.type, (ranks.world_size,))
        # Inputs are not cast, so that rotary angles stay in float32.
        policy = MixedPrecisionPolicy(
            param_dtype=None if dtype == torch.float32 else dtype, reduce_dtype=torch.float32, cast_forward_inputs=False
        )
        for layer in model.model.layers:
            layer.forward = maybe_compiled(layer.forward, compile_choice, device, progress)
            fully_shard(layer, mesh=mesh, mp_policy=policy)
        fully_shard(model, mesh=mesh, mp_policy=policy)
        register_fsdp_forward_method(model, "loss")
        self._separator = separator

    def renew(self) -> None:
        """See `Engine`."""
        for parameter in self.model.parameters():
            parameter.grad = None

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """See `Engine`."""
        self.model.set_requires_gradient_sync(is_last)  # type: ignore[operator]
        loss = self.model.loss(rows_BT, gradient_scale=gradient_scale, separator=self._separator)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def reduce(self) -> None:
        """See `Engine`; the last backward pass has averaged the gradients."""

    @torch.no_grad()
    def loss(self, rows_BT: Tensor) -> Tensor:
        """See `Engine`."""
        self.model.eval()
        measured = self.model.loss(rows_BT, separator=self._separator)
        self.model.train()
        self.model.reshard()  # type: ignore[operator]  # otherwise done by a backward pass
        return measured


def validation_loss(engine: Engine, validation: Rows, micro_batch: int, device: torch.device, ranks: Ranks) -> float:
    """The mean next-token loss in nats, equal on all processes, each of which computes a part.

    All processes take part in each pass, as FSDP requires; the pass of a process without rows left does not count.
    """
    total = 0.0
    for round_start in range(0, len(validation), micro_batch * ranks.world_size):
        start = round_start + ranks.rank * micro_batch
        counts = start < len(validation)
        part = validation[start : start + micro_batch] if counts else validation[:1]
        loss = float(engine.loss(torch.from_numpy(part).to(device)))
        if counts:
            total += loss * len(part)
    return summed([total], device, ranks)[0] / len(validation)


def maybe_compiled(
    function: Callable[..., Tensor], choice: str, device: torch.device, progress: Progress
) -> Callable[..., Tensor]:
    """Compile `function` if `choice`, one of `auto`, `on` and `off`, says so for `device`.

    On a CPU a step's time is in matrix products and in Hornbook's own attention and loss, which compilation does not
    speed up (measured: within 4 %, after half a minute of compiling), so that `auto` compiles on GPUs only. Without a
    C++ compiler, `on` falls back to eager mode and reports it to `progress`.
    """
    if choice == "off" or (choice == "auto" and device.type == "cpu"):
        return function
    if device.type == "cpu" and not any(shutil.which(name) for name in ("g++", "clang++", "cl")):
        progress(0, 0, "no C++ compiler found (g++, clang++): training runs uncompiled")
        return function
    compiled: Callable[..., Tensor] = torch.compile(function, dynamic=False)
    return compiled
