"""Communication between the processes of a training.

In a single process everything here is a no-op. Under `torchrun` each process (a rank) trains on its part of the global
batch, over NCCL for tensors on GPUs and gloo for tensors on CPUs. In `hornbook run` only the first rank runs the
pipeline and writes to the store; for a training it calls the others (`Followers`), and all enter the same loop.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import Tensor

from hornbook.errors import ConfigError, HornbookError, TrainingError

TIMEOUT_SECONDS = 600.0
"""Time without an answer after which a process counts as lost."""
LONGEST_WAIT = timedelta(days=60)
"""Longest wait between two trainings, while the first process may work for days."""
BUCKET_ELEMENTS = 2**23
"""Gradients per all-reduce: 32 MiB, large enough for the bandwidth, small compared with the model."""
LOST_PROCESS = ("Connection closed by peer", "Connection reset by peer", "Timed out waiting", "Broken pipe", "NCCL")
"""In PyTorch's error messages when another process is gone."""

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """The rank of this process and the number of processes."""

    rank: int
    world_size: int

    @property
    def is_first(self) -> bool:
        """Whether this process writes files."""
        return self.rank == 0


def current_ranks() -> Ranks:
    """The ranks of the process group, or of a single process."""
    group = torch.distributed
    has_group = group.is_available() and group.is_initialized()
    return Ranks(group.get_rank(), group.get_world_size()) if has_group else Ranks(0, 1)


@contextmanager
def joined_ranks(environment: Mapping[str, str], timeout_seconds: float = TIMEOUT_SECONDS) -> Iterator[Ranks]:
    """Join the process group of `torchrun`, and leave it at the end unless there was an error.

    Args:
        environment: The environment variables `RANK`, `WORLD_SIZE`, `LOCAL_RANK`, `MASTER_ADDR` and `MASTER_PORT`.
            Without `WORLD_SIZE`, or with 1, there is no group.
        timeout_seconds: How long to wait for the others, here and in each exchange.

    Raises:
        ConfigError: A variable is missing or no number, or the machine has fewer GPUs than processes.
        TrainingError: Not all processes joined in time; or, inside the context, one of them is gone.
    """
    if environment.get("WORLD_SIZE", "1") == "1":
        yield Ranks(0, 1)
        return
    rank, world_size = _place(environment)
    _take_gpu(environment)
    where = f"{environment['MASTER_ADDR']}:{environment['MASTER_PORT']}"
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        torch.distributed.init_process_group(
            backend,
            init_method=f"tcp://{where}",
            rank=rank,
            world_size=world_size,
            timeout=timedelta(seconds=timeout_seconds),
        )
    except (torch.distributed.DistError, RuntimeError) as error:
        raise TrainingError(
            f"rank {rank} did not meet all {world_size} processes at {where} within {timeout_seconds:g} s: start them "
            f"with one `torchrun` command, as many as it is told ({_first_line(error)})"
        ) from error
    with _explained_loss(Ranks(rank, world_size)):
        yield Ranks(rank, world_size)
        torch.distributed.destroy_process_group()


def summed(values: Sequence[float], device: torch.device, ranks: Ranks) -> list[float]:
    """The sum over all processes of each of `values`; equal on all of them."""
    if ranks.world_size == 1:
        return list(values)
    tensor = torch.tensor(values, dtype=torch.float64, device=device)
    torch.distributed.all_reduce(tensor)
    return [float(value) for value in tensor]


def from_first(value: T, ranks: Ranks) -> T:
    """Broadcast the first process's `value`; the others' is ignored."""
    if ranks.world_size == 1:
        return value
    box = [value]
    torch.distributed.broadcast_object_list(box, device=torch.device("cpu"))
    return box[0]


def on_first(function: Callable[[], T], ranks: Ranks) -> T | None:
    """Call `function` on the first process; None on the others. A `HornbookError` of it is raised on all."""
    result: T | None = None
    mistake: HornbookError | None = None
    if ranks.is_first:
        try:
            result = function()
        except HornbookError as error:
            mistake = error
    mistake = from_first(mistake, ranks)
    if mistake is not None:
        raise mistake
    return result


def unsharded(tensor: Tensor) -> Tensor:
    """The whole tensor; of a shard (`DTensor`), all processes must ask for it together."""
    whole: Tensor = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
    return whole


@torch.no_grad()
def gathered(tensors: Mapping[str, Tensor], ranks: Ranks) -> dict[str, Tensor]:
    """CPU copies of the whole tensors on the first process; nothing on the others.

    A device holds one whole tensor at a time. All processes must pass the same names in the same order.
    """
    whole = {}
    for name, tensor in tensors.items():
        complete = unsharded(tensor)
        if ranks.is_first:
            whole[name] = complete.to("cpu", copy=True).contiguous()
    return whole


@torch.no_grad()
def spread(whole: Mapping[str, Tensor], targets: Mapping[str, Tensor], ranks: Ranks) -> None:
    """Fill `targets` on all processes with the whole tensors of the first process.

    `whole` is ignored on the other processes. `targets` are replicas or shards, in the same order on all processes.
    """
    # Imported here because it takes half a second, which `hornbook plan` and `hornbook complete` do not need.
    from torch.distributed.tensor import DTensor, distribute_tensor

    for name, target in targets.items():
        source = whole[name] if ranks.is_first else torch.empty(target.shape, dtype=target.dtype)
        if isinstance(target, DTensor):
            complete = source.to(target.device, target.dtype)
            parts = distribute_tensor(complete, target.device_mesh, target.placements, src_data_rank=0)
            target.to_local().copy_(parts.to_local())
            continue
        target.copy_(source)
        if ranks.world_size > 1:
            torch.distributed.broadcast(target, 0)


def average_gradients(parameters: Sequence[Tensor], ranks: Ranks, bucket_elements: int = BUCKET_ELEMENTS) -> None:
    """Replace each gradient by its mean over all processes, in buckets of at least `bucket_elements`.

    One bucket is packed while the previous one is sent. Parameters must have the same order on all processes.
    """
    if ranks.world_size == 1:
        return
    sent: tuple[list[Tensor], Tensor, Any] | None = None
    for gradients in _buckets([p.grad for p in parameters if p.grad is not None], bucket_elements):
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        work = torch.distributed.all_reduce(flat, async_op=True)
        if sent is not None:
            _unpack(*sent, ranks.world_size)
        sent = (gradients, flat, work)
    if sent is not None:
        _unpack(*sent, ranks.world_size)


@dataclass(frozen=True)
class Followers:
    """The processes that wait for calls from the first one."""

    group: Any
    """A process group of `torch.distributed`."""

    def serve(self, work: Callable[[Any], object]) -> None:
        """On the other processes: run each job, until the first process calls None."""
        while (job := self.call(None)) is not None:
            work(job)

    def call(self, job: Any) -> Any:
        """On the first process: start `job`, which must be picklable, on all others. Returns what the first called."""
        box = [job]
        try:
            torch.distributed.broadcast_object_list(box, src=0, group=self.group, device=torch.device("cpu"))
        except RuntimeError as error:
            raise TrainingError(f"the first process is gone; its own message says why ({error})") from error
        return box[0]


@contextmanager
def gathered_followers(ranks: Ranks) -> Iterator[Followers]:
    """Followers of the first process, which dismisses them at the end; after an error `torchrun` ends them."""
    followers = Followers(torch.distributed.new_group(backend="gloo", timeout=LONGEST_WAIT))
    yield followers
    if ranks.is_first:
        followers.call(None)


def _buckets(gradients: Sequence[Tensor], bucket_elements: int) -> Iterator[list[Tensor]]:
    bucket: list[Tensor] = []
    for gradient in gradients:
        bucket.append(gradient)
        if sum(item.numel() for item in bucket) >= bucket_elements:
            yield bucket
            bucket = []
    if bucket:
        yield bucket


def _unpack(gradients: Sequence[Tensor], flat: Tensor, work: Any, world_size: int) -> None:
    work.wait()
    flat /= world_size
    pieces = torch.split(flat, [gradient.numel() for gradient in gradients])
    torch._foreach_copy_(list(gradients), [p.view_as(g) for p, g in zip(pieces, gradients, strict=True)])


def _place(environment: Mapping[str, str]) -> tuple[int, int]:
    """Rank and world size, checked."""
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        value = environment.get(name, "")
        if not value or (name != "MASTER_ADDR" and not value.isdecimal()):
            raise ConfigError(
                f"`WORLD_SIZE` is {environment['WORLD_SIZE']!r} but `{name}` is {value!r}: start the command with "
                "`torchrun --nproc-per-node N`, or unset `WORLD_SIZE` to run alone"
            )
    rank, world_size = int(environment["RANK"]), int(environment["WORLD_SIZE"])
    if rank >= world_size:
        raise ConfigError(f"`RANK` must lie below `WORLD_SIZE` {world_size}, got {rank!r}")
    return rank, world_size


@contextmanager
def _explained_loss(ranks: Ranks) -> Iterator[None]:
    """Turn errors of an exchange with a process that is gone into a `TrainingError`."""
    try:
        yield
    except RuntimeError as error:  # torch.distributed.DistError is one of them
        is_of_group = isinstance(error, torch.distributed.DistError)
        if not is_of_group and not any(sign in str(error) for sign in LOST_PROCESS):
            raise
        raise TrainingError(
            f"rank {ranks.rank} of {ranks.world_size} lost another process, which ended or does not answer: its own "
            f"message says why; the same command resumes from the last checkpoint ({_first_line(error)[:200]})"
        ) from error


def _take_gpu(environment: Mapping[str, str]) -> None:
    """Select the GPU of this process's `LOCAL_RANK`, if the machine has GPUs."""
    if not torch.cuda.is_available():
        return
    local_rank = int(environment.get("LOCAL_RANK", "0"))
    if local_rank >= torch.cuda.device_count():
        raise ConfigError(
            f"the machine has {torch.cuda.device_count()} GPUs, too few for the process of `LOCAL_RANK` {local_rank}: "
            "lower `--nproc-per-node`"
        )
    torch.cuda.set_device(local_rank)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
