"""Choose the micro-batch size and between DDP and FSDP, so that a training fits the memory of its devices.

The estimate (`estimate.py`) is compared with the available memory before the start. On a GPU with DDP, a trial pass
decides in the end, because the estimate contains neither libraries nor fragmentation. All processes choose alike: the
one with the least memory decides. Nothing here changes what is trained: a trial draws no number from the generators of
training and leaves no gradient.
"""

import gc
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import torch

from hornbook.errors import ConfigError, TrainingError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Progress
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine
from hornbook.training.estimate import USABLE_SHARE, MemoryEstimate, estimate_memory, format_bytes
from hornbook.training.hardware import available_bytes
from hornbook.training.parallel import Ranks, summed

CPU_ALLOCATOR = "can't allocate memory"
"""In the message of the plain `RuntimeError` that PyTorch raises on a CPU."""


@dataclass(frozen=True, kw_only=True)
class MemoryPlan:
    """How each step is split, with the memory that it takes by the estimate."""

    config: TrainConfig
    """The run, with `execution.parallel` set to `ddp` or `fsdp`."""
    micro_batch: int
    """Rows of one forward and backward pass on one process."""
    share: int
    """Rows per step on one process, a multiple of `micro_batch`."""
    estimate: MemoryEstimate
    available: int | None
    """Bytes available to the process with the least memory; None if unknown."""
    device: torch.device
    world_size: int

    @property
    def fits(self) -> bool:
        """Whether the estimate leaves a margin below the available memory."""
        return self.available is None or self.estimate.total <= USABLE_SHARE * self.available

    def describe(self) -> str:
        """One line for the user; if the estimate exceeds the available memory, with what to lower."""
        how = f"micro-batch size {self.micro_batch}"
        if self.share > self.micro_batch:
            how += f", {self.share // self.micro_batch} micro-batches per step"
        if self.world_size > 1:
            held = "the whole model" if self.config.execution.parallel == "ddp" else "a shard of the model"
            how += f", {held} on each of {self.world_size} processes"
        of = "" if self.available is None else f" of {format_bytes(self.available)} free"
        needed, parts = format_bytes(self.estimate.total), self.estimate.describe_parts()
        line = f"memory: about {needed}{of} on {self.device} with {how}: {parts}"
        return line if self.fits else f"{line}. This may not fit; to lower it: {self._ways_to_lower()}"

    @contextmanager
    def explained_errors(self) -> Iterator[None]:
        """Turn errors of insufficient memory into a `TrainingError` that says what to lower."""
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            if not isinstance(error, (MemoryError, torch.OutOfMemoryError)) and CPU_ALLOCATOR not in str(error):
                raise
            raise TrainingError(
                f"out of memory on {self.device} with micro-batch size {self.micro_batch}; try {self._ways_to_lower()}"
            ) from error

    def _ways_to_lower(self) -> str:
        """What takes less memory, with the next values to type."""
        config, ways = self.config, []
        smaller = next((rows for rows in divisors(self.share) if rows <= self.micro_batch // 2), None)
        if smaller is not None:
            in_recipe = f"in a recipe `--set {config.dataset}.execution.micro_batch={smaller}`"
            ways.append(f"`--micro-batch {smaller}` ({in_recipe}; now {self.micro_batch}; it changes rounding only)")
        if not config.execution.checkpoint_activations:
            ways.append("`--checkpoint-activations` (a third more work)")
        if config.execution.parallel == "ddp":
            ways.append("`--parallel fsdp` on several GPUs")
        shorter = config.sequence_length // 2
        ways.append(f"`--sequence-length {shorter}` (now {config.sequence_length}; this changes the training)")
        return " or ".join(", ".join(ways).rsplit(", ", 1))


def plan_memory(
    shape: ModelConfig,
    config: TrainConfig,
    *,
    device: torch.device,
    dtype: torch.dtype,
    ranks: Ranks,
    available: int | None,
) -> MemoryPlan:
    """Resolve `auto` of the config's `micro_batch` and `parallel` by the estimate.

    The automatic micro-batch size is the largest divisor of a process's rows that fits, or 1. Automatic parallelism is
    DDP if the whole model fits with a micro-batch of one row, else FSDP.

    `available` are the bytes from `least_available`.

    Raises:
        ConfigError: The batch does not divide evenly among processes and micro-batches.
    """
    if config.batch_size % ranks.world_size:
        raise ConfigError(
            f"`batch_size` must be a multiple of the number of processes {ranks.world_size}, got {config.batch_size!r}"
        )
    share = config.batch_size // ranks.world_size

    def plan(parallel: str, rows: int) -> MemoryPlan:
        estimate = estimate_memory(
            shape,
            config,
            micro_batch=rows,
            dtype=dtype,
            num_shards=ranks.world_size if parallel == "fsdp" else 1,
            on_cpu=device.type == "cpu",
        )
        return MemoryPlan(
            config=replace(config, execution=replace(config.execution, parallel=parallel)),
            micro_batch=rows,
            share=share,
            estimate=estimate,
            available=available,
            device=device,
            world_size=ranks.world_size,
        )

    parallel = config.execution.parallel
    if parallel == "auto":
        parallel = "ddp" if ranks.world_size == 1 or plan("ddp", 1).fits else "fsdp"
    asked = config.execution.micro_batch
    if asked == "auto":
        candidates = (plan(parallel, rows) for rows in divisors(share))
        return next((candidate for candidate in candidates if candidate.fits), plan(parallel, 1))
    rows = min(asked, share) if isinstance(asked, int) else share
    if share % rows:
        raise ConfigError(
            f"`batch_size` must be a multiple of `micro_batch` on each process: {share} of {config.batch_size!r} rows "
            f"do not divide into micro-batches of {asked!r}"
        )
    return plan(parallel, rows)


def announced_plan(
    model: Phi, config: TrainConfig, device: torch.device, dtype: torch.dtype, ranks: Ranks, progress: Progress
) -> MemoryPlan:
    """The plan for this machine, reported to `progress`."""
    held = sum(parameter.nbytes for parameter in model.parameters()) if ranks.is_first and device.type == "cpu" else 0
    available = least_available(device, held, ranks)
    plan = plan_memory(model.config, config, device=device, dtype=dtype, ranks=ranks, available=available)
    if ranks.is_first:
        progress(0, 0, plan.describe())
    return plan


def final_micro_batch(plan: MemoryPlan, used_before: int | None, engine: Engine, ranks: Ranks) -> int:
    """The micro-batch size to train with, after trial passes where they are needed.

    With `auto` a resumed run keeps the size `used_before` if it still fits, because another size rounds otherwise.
    """
    if plan.config.execution.micro_batch != "auto":
        return plan.micro_batch
    if used_before is not None and plan.share % used_before == 0 and used_before <= plan.micro_batch:
        return used_before
    if plan.device.type == "cpu" or plan.config.execution.parallel != "ddp":
        return plan.micro_batch
    return tried_micro_batch(plan, engine, ranks, plan.estimate.optimizer if used_before is None else 0)


def tried_micro_batch(plan: MemoryPlan, engine: Engine, ranks: Ranks, num_reserved_bytes: int) -> int:
    """The plan's micro-batch size, or the largest smaller one for which a pass succeeds on every process.

    The engine must hold the whole model: with FSDP, a process that runs out of memory would leave the others waiting.
    `num_reserved_bytes` is what the optimiser will take and has not allocated.

    Raises:
        torch.OutOfMemoryError: A single row does not fit on some process.
    """
    rows = plan.micro_batch
    while True:
        fits = _fits_in_trial(plan, rows, engine, num_reserved_bytes)
        if summed([float(not fits)], plan.device, ranks)[0] == 0:
            return rows
        smaller = [number for number in divisors(plan.share) if number <= rows // 2]
        if not smaller:
            raise torch.OutOfMemoryError(f"a micro-batch of {rows} rows does not fit")
        rows = smaller[0]


def divisors(share: int) -> list[int]:
    """The divisors of `share`, in descending order."""
    return [rows for rows in range(share, 0, -1) if share % rows == 0]


def least_available(device: torch.device, num_held_bytes: int, ranks: Ranks) -> int | None:
    """The memory in bytes available to the process that has the least, equal on all of them; None if unknown.

    Processes on the CPUs of one machine share its memory evenly. `num_held_bytes` is the CPU memory that this process's
    model already occupies, which counts as available.
    """
    own = (socket.gethostname(), _free_bytes(device), num_held_bytes)
    reports = [own] * ranks.world_size
    if ranks.world_size > 1:
        torch.distributed.all_gather_object(reports, own)
    free: dict[str, list[int]] = {}
    held: Counter[str] = Counter()
    for host, available, num_bytes in reports:
        if available is None:
            return None
        free.setdefault(host, []).append(available)
        held[host] += num_bytes
    if device.type != "cpu":
        return min(min(there) for there in free.values())
    return min((min(there) + held[host]) // len(there) for host, there in free.items())


def _free_bytes(device: torch.device) -> int | None:
    if device.type == "cpu":
        return available_bytes()
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _fits_in_trial(plan: MemoryPlan, rows: int, engine: Engine, num_reserved_bytes: int) -> bool:
    """Whether a step can be computed: two micro-batches if it has several, because of the accumulated gradients."""
    device, shape = plan.device, engine.model.config
    size = (rows, plan.config.sequence_length + 1)
    tokens = torch.randint(shape.vocab_size, size, generator=torch.Generator().manual_seed(0))
    fits = False
    with suppress(torch.OutOfMemoryError):
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            reserved = torch.empty(num_reserved_bytes, dtype=torch.uint8, device=device)
            engine.renew()
            for is_last in (False, True) if rows < plan.share else (True,):
                engine.backward(tokens.to(device), rows / plan.share, is_last=is_last)
            del reserved
        fits = True
    engine.renew()  # clears the gradients
    if not fits:
        gc.collect()  # the traceback may hold tensors of the failed pass
        if device.type == "cuda":
            torch.cuda.empty_cache()
    return fits
