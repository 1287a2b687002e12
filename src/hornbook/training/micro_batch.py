"""How many rows one pass takes, and whether each device holds the model whole: what fits, said before the start.

The estimate (`memory.py`) decides, against what is free where the processes compute. On a GPU a trial pass has the last
word, because libraries and fragments are not in the estimate. All processes come to the same answer: the one with the
least room decides. Nothing here changes what is trained: a trial draws no number from the generators of training and
leaves no gradient.
"""

import gc
import socket
from dataclasses import dataclass

import torch
from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Progress
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine
from hornbook.training.host_memory import available_bytes
from hornbook.training.memory import USABLE_SHARE, MemoryEstimate, estimate_memory, in_words, ways_to_lower
from hornbook.training.parallel import Ranks, summed
from hornbook.training.resume import Training


@dataclass(frozen=True, kw_only=True)
class Passes:
    """How a step is cut, and what that is thought to take."""

    parallel: str
    """`ddp`: each process holds the whole model; `fsdp`: each holds a part."""
    micro_batch: int
    """Rows of one forward and backward pass on one process."""
    estimate: MemoryEstimate
    room: int | None
    """Bytes that the process with the least room can take; None where the system doesn't say."""

    @property
    def fits(self) -> bool:
        """Whether the estimate leaves a margin below `room`."""
        return self.room is None or self.estimate.total <= USABLE_SHARE * self.room


def choose_passes(
    shape: ModelConfig,
    config: TrainConfig,
    *,
    share: int,
    device: torch.device,
    dtype: torch.dtype,
    ranks: Ranks,
    room: int | None,
) -> Passes:
    """What `micro_batch` and `parallel` of the config come to here, by the estimate alone.

    Args:
        shape: Of the model.
        config: The run. `auto` rows are the largest divisor of `share` that fits, and 1 where none does; `auto`
            parallel is `ddp` where the whole model with the optimiser's state fits beside one row, `fsdp` elsewhere.
        share: Rows per step of each process.
        device: Where this process computes; only its kind matters.
        dtype: In which it computes.
        ranks: The processes.
        room: What `least_room` found.

    Raises:
        ConfigError: The config gives a number of rows that does not divide `share`.
    """

    def passes(parallel: str, rows: int) -> Passes:
        estimate = estimate_memory(
            shape,
            micro_batch=rows,
            sequence_length=config.sequence_length,
            dtype=dtype,
            optimizer=config.optimizer,
            num_shards=ranks.world_size if parallel == "fsdp" else 1,
            checkpoint_activations=config.execution.checkpoint_activations,
            on_cpu=device.type == "cpu",
            residual_dropout=config.residual_dropout,
            attention_dropout=config.attention_dropout,
            mask_documents=config.mask_documents,
        )
        return Passes(parallel=parallel, micro_batch=rows, estimate=estimate, room=room)

    parallel = config.execution.parallel
    if parallel == "auto":
        parallel = "ddp" if ranks.world_size == 1 or passes("ddp", 1).fits else "fsdp"
    asked = config.execution.micro_batch
    if asked == "auto":
        candidates = (passes(parallel, rows) for rows in divisors(share))
        return next((candidate for candidate in candidates if candidate.fits), passes(parallel, 1))
    return passes(parallel, _given_rows(asked, share, config.batch_size))


def share_of_batch(config: TrainConfig, ranks: Ranks) -> int:
    """Rows per step of each process."""
    if config.batch_size % ranks.world_size:
        raise ConfigError(
            f"`batch_size` must be a multiple of the number of processes {ranks.world_size}, got {config.batch_size!r}"
        )
    return config.batch_size // ranks.world_size


def announced_passes(
    model: Phi,
    config: TrainConfig,
    share: int,
    device: torch.device,
    dtype: torch.dtype,
    ranks: Ranks,
    progress: Progress,
) -> Passes:
    """What `choose_passes` says for this machine, told to `progress` before any work."""
    held = sum(parameter.nbytes for parameter in model.parameters()) if ranks.is_first and device.type == "cpu" else 0
    room = least_room(device, held, ranks)
    passes = choose_passes(model.config, config, share=share, device=device, dtype=dtype, ranks=ranks, room=room)
    if ranks.is_first:
        progress(0, 0, describe_passes(passes, config, share, device, ranks))
    return passes


def final_rows(
    passes: Passes,
    training: Training,
    engine: Engine,
    config: TrainConfig,
    share: int,
    device: torch.device,
    ranks: Ranks,
) -> int:
    """Rows of a pass: with `auto` those of the run before it was killed, which round alike, or what a trial leaves."""
    if config.execution.micro_batch != "auto":
        return passes.micro_batch
    kept = training.micro_batch
    if kept is not None and share % kept == 0 and kept <= passes.micro_batch:
        return kept
    if device.type == "cpu" or passes.parallel != "ddp":
        return passes.micro_batch
    return tried_rows(
        engine,
        passes.micro_batch,
        share=share,
        shape=engine.model.config,
        sequence_length=config.sequence_length,
        num_reserved_bytes=passes.estimate.optimizer if training.step == 0 else 0,
        device=device,
        ranks=ranks,
    )


def divisors(share: int) -> list[int]:
    """The numbers of rows into which `share` rows can be cut without a rest, the largest first."""
    return [rows for rows in range(share, 0, -1) if share % rows == 0]


def least_room(device: torch.device, num_held_bytes: int, ranks: Ranks) -> int | None:
    """What one process can take for training, of the process that can take least; equal on all of them.

    Args:
        device: Where this process computes. Processes that compute on the CPUs of one machine share its memory evenly.
        num_held_bytes: What of this process's training lies in the machine's memory already.
        ranks: The processes.

    Returns:
        Bytes; None where a machine doesn't say what is free.
    """
    free = _free_bytes(device)
    told = [(socket.gethostname(), free, num_held_bytes)]
    if ranks.world_size > 1:
        told = [("", None, 0)] * ranks.world_size
        torch.distributed.all_gather_object(told, (socket.gethostname(), free, num_held_bytes))
    known = [(host, room, held) for host, room, held in told if room is not None]
    if len(known) < len(told):
        return None
    if device.type != "cpu":
        return min(room for _, room, _ in known)
    machines = {host: [(room, held) for name, room, held in known if name == host] for host, _, _ in known}
    return min(
        (min(room for room, _ in there) + sum(held for _, held in there)) // len(there) for there in machines.values()
    )


def tried_rows(
    engine: Engine,
    rows: int,
    *,
    share: int,
    shape: ModelConfig,
    sequence_length: int,
    num_reserved_bytes: int,
    device: torch.device,
    ranks: Ranks,
) -> int:
    """The most rows, `rows` or at most half of what failed before, of which a pass really fits on every process.

    Args:
        engine: Holds the model whole: processes that hold parts wait for each other within a pass, and one without
            memory would leave the others waiting.
        rows: The first try, a divisor of `share`.
        share: Rows per step of each process.
        shape: Of the model.
        sequence_length: Tokens of a row.
        num_reserved_bytes: What the optimiser will take and does not hold yet.
        device: Where this process computes.
        ranks: The processes.

    Raises:
        torch.OutOfMemoryError: Not even one row fits, on some process.
    """
    while True:
        fits = _runs(engine, rows, share, shape, sequence_length, num_reserved_bytes, device)
        if summed([float(not fits)], device, ranks)[0] == 0:
            return rows
        smaller = [number for number in divisors(share) if number <= rows // 2]
        if not smaller:
            raise torch.OutOfMemoryError(f"a pass of {rows} rows does not fit")
        rows = smaller[0]


def describe_passes(passes: Passes, config: TrainConfig, share: int, device: torch.device, ranks: Ranks) -> str:
    """The line that a person reads before the start; where the estimate exceeds the room, with what to lower."""
    rows = f"{passes.micro_batch} {'row' if passes.micro_batch == 1 else 'rows'} a pass"
    if passes.micro_batch < share:
        rows += f", {share // passes.micro_batch} passes a step"
    if ranks.world_size > 1:
        whole = passes.parallel == "ddp"
        rows += f", {'the whole model' if whole else 'a part of the model'} on each of {ranks.world_size} processes"
    needed = in_words(passes.estimate.total)
    of = "" if passes.room is None else f" of {in_words(passes.room)} free"
    line = f"memory: about {needed}{of} on {device} at {rows}: {passes.estimate.describe_parts()}"
    if passes.fits:
        return line
    ways = ways_to_lower(config, passes.micro_batch, share, is_whole=passes.parallel == "ddp")
    return f"{line}. This may not fit; to lower it: {ways}"


def _given_rows(asked: int | str | None, share: int, batch_size: int) -> int:
    rows = min(asked, share) if isinstance(asked, int) else share
    if share % rows:
        raise ConfigError(
            f"`batch_size` must be a multiple of `micro_batch` on each process: {share} of {batch_size!r} rows "
            f"cannot be cut into passes of {asked!r}"
        )
    return rows


def _free_bytes(device: torch.device) -> int | None:
    if device.type == "cpu":
        return available_bytes()
    free, _ = torch.cuda.mem_get_info(device)
    return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)


def _runs(
    engine: Engine,
    rows: int,
    share: int,
    shape: ModelConfig,
    sequence_length: int,
    num_reserved_bytes: int,
    device: torch.device,
) -> bool:
    """Whether the passes of a step can be computed: two where there are several, for the gradients that stay."""
    tokens = torch.randint(shape.vocab_size, (rows, sequence_length + 1), generator=torch.Generator().manual_seed(0))
    try:
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            _compute(engine, tokens, share, num_reserved_bytes, device)
        fits = True
    except torch.OutOfMemoryError:
        fits = False
    engine.renew()  # no gradient stays
    if not fits:
        gc.collect()  # what the failed pass made may hang in its traceback
        if device.type == "cuda":
            torch.cuda.empty_cache()
    return fits


def _compute(engine: Engine, tokens: Tensor, share: int, num_reserved_bytes: int, device: torch.device) -> None:
    reserved = torch.empty(num_reserved_bytes, dtype=torch.uint8, device=device)
    engine.renew()
    for is_last in (False, True) if len(tokens) < share else (True,):
        engine.backward(tokens.to(device), len(tokens) / share, is_last=is_last)
    del reserved
