"""The model as it computes: whole on each process, or each process with its part.

`Replicas` adds up gradients in float32 on the master weights over all micro-batches of a step and averages them once
(docs/decisions/data-parallel.md says why not `DistributedDataParallel`). `Shards` is FSDP2: each block is gathered when
its turn comes; weights, gradients and the optimiser's state stay in parts, in float32.
"""

import shutil
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard, register_fsdp_forward_method

from hornbook.errors import ConfigError
from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Progress
from hornbook.tokens.batches import Rows
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks, average_gradients, spread, summed
from hornbook.training.precision import ComputeCopy

DEVICES = ("auto", "cpu", "cuda")

LossFunction = Callable[..., Tensor]
"""Mean loss of rows, shape (rows, sequence length + 1); takes `gradient_scale` as `Phi.loss` does."""


def choose_device(choice: str) -> torch.device:
    """The device that `Execution.device` names: for `auto` this process's GPU where there is one, else the CPU.

    Raises:
        ConfigError: It is none of `auto`, `cpu`, `cuda`, or there is no GPU.
    """
    if choice not in DEVICES:
        raise ConfigError(f"`device` must be one of {', '.join(DEVICES)}, got {choice!r}")
    if choice == "cuda" and not torch.cuda.is_available():
        raise ConfigError("`device` is 'cuda', but PyTorch finds no GPU: choose `cpu` or `auto`")
    if choice == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", torch.cuda.current_device())


def loss_function(model: Phi, separator: int | None = None) -> LossFunction:
    """The mean next-token loss of `model` as a function of rows of tokens; with a `separator`, within documents."""

    def loss_of(rows_BT: Tensor, *, gradient_scale: float = 1.0) -> Tensor:
        return model.loss(rows_BT, gradient_scale=gradient_scale, separator=separator)

    return loss_of


class Engine(Protocol):
    """Computes losses and gradients for `model`, whose weights the optimiser moves."""

    model: Phi
    """The master weights, float32, and their gradients."""

    def renew(self) -> None:
        """Take over the weights that the optimiser left, and clear the gradients."""

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """Add the gradients of one micro-batch, times `gradient_scale`; returns its mean loss, unscaled.

        With `is_last` no more follow in this step.
        """

    def reduce(self) -> None:
        """Turn the gradients into their mean over all processes."""

    def loss(self, rows_BT: Tensor) -> Tensor:
        """The mean loss of rows, for measuring: no gradient, no dropout. All processes must call it together."""


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
    """Bring `model` to where it computes, with the first process's weights, ready for training.

    Args:
        model: On the CPU. The other processes' weights are not looked at and may be unset: their memory is then never
            touched, so that a large model lies whole in the first process's memory only.
        config: The run.
        dtype: To compute in.
        separator: The token that ends a document, where attention stays within documents.
        device: Where to compute.
        ranks: The processes.
        progress: Told where compilation is not to be had.
    """
    model.train()
    model.set_dropout(residual=config.residual_dropout, attention=config.attention_dropout)
    model.checkpoint_activations = config.execution.checkpoint_activations
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
    """Each process holds the whole model; a process that is alone is the simplest case."""

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
        """Take charge of `model`, on its device; call `renew` before the first pass."""
        self.model = model
        self._compute = ComputeCopy(model, dtype)
        self._ranks = ranks
        self._plain_loss = loss_function(self._compute.model, separator)
        device = next(model.parameters()).device
        self._loss = maybe_compiled(self._plain_loss, compile_choice, device, progress)

    def renew(self) -> None:
        """See `Engine`."""
        self._compute.renew()

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """See `Engine`."""
        del is_last
        loss = self._loss(rows_BT, gradient_scale=gradient_scale)
        loss.backward()  # type: ignore[no-untyped-call]
        self._compute.collect()
        return loss.detach()

    def reduce(self) -> None:
        """See `Engine`."""
        average_gradients(list(self.model.parameters()), self._ranks)

    @torch.no_grad()
    def loss(self, rows_BT: Tensor) -> Tensor:
        """See `Engine`."""
        self._compute.model.eval()
        measured = self._plain_loss(rows_BT)
        self._compute.model.train()
        return measured


class Shards:
    """Each process holds its rows of every matrix; a block is one group, what lies outside the blocks another."""

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
        """Part `model`, still on the CPU, among the processes, and bring each part to its device.

        Blocks are compiled one by one: a graph over all of them could not wait for the next block's weights.
        """
        self.model = model
        mesh = init_device_mesh(device.type, (ranks.world_size,))
        # Rotary angles stay in float32: inputs are not cast.
        policy = MixedPrecisionPolicy(
            param_dtype=None if dtype == torch.float32 else dtype, reduce_dtype=torch.float32, cast_forward_inputs=False
        )
        for layer in model.model.layers:
            layer.forward = maybe_compiled(layer.forward, compile_choice, device, progress)
            fully_shard(layer, mesh=mesh, mp_policy=policy)
        fully_shard(model, mesh=mesh, mp_policy=policy)
        register_fsdp_forward_method(model, "loss")
        self._loss = loss_function(model, separator)

    def renew(self) -> None:
        """See `Engine`."""
        for parameter in self.model.parameters():
            parameter.grad = None

    def backward(self, rows_BT: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        """See `Engine`."""
        self.model.set_requires_gradient_sync(is_last)  # type: ignore[operator]
        loss = self._loss(rows_BT, gradient_scale=gradient_scale)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def reduce(self) -> None:
        """See `Engine`: the last backward pass has done it."""

    @torch.no_grad()
    def loss(self, rows_BT: Tensor) -> Tensor:
        """See `Engine`."""
        self.model.eval()
        measured = self._loss(rows_BT)
        self.model.train()
        self.model.reshard()  # type: ignore[operator]  # a backward pass would do it
        return measured


def held_out_loss(engine: Engine, validation: Rows, micro_batch: int, device: torch.device, ranks: Ranks) -> float:
    """The mean next-token loss in nats; equal on all processes, each of which computes its share.

    Args:
        engine: Its weights renewed.
        validation: At least one row.
        micro_batch: Rows of one pass.
        device: Where to compute.
        ranks: The processes. All take part in each pass, as FSDP needs; where rows run out, with a pass that is not
            counted.
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
    """Compile `function` for `device`, or hand it back as it is.

    On a CPU the step's time is in matrix products and in our own attention and loss, which leave a compiler nothing to
    gain (measured: within 4 % of each other, before half a minute of compiling); so `auto` compiles for GPUs only.
    Where no C++ compiler can be had, `on` falls back with one line of progress.

    Args:
        function: Takes and returns tensors.
        choice: `auto`, `on` or `off`.
        device: Where the function will run.
        progress: Told of the fallback.
    """
    if choice == "off" or (choice == "auto" and device.type == "cpu"):
        return function
    if device.type == "cpu" and not any(shutil.which(name) for name in ("g++", "clang++", "cl")):
        progress(0, 0, "no C++ compiler found (g++, clang++): training runs uncompiled")
        return function
    compiled: Callable[..., Tensor] = torch.compile(function, dynamic=False)
    return compiled
