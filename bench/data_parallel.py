"""Steps per second of a training on several processes: our replicas, PyTorch's `DistributedDataParallel`, our shards.

The laptop model in float32, the same random rows and AdamW for all; every step accumulates `--passes` passes. The ways
take turns in the same processes, so that they see the same machine. Prints one JSON line, with the largest difference
of the losses:
`OMP_NUM_THREADS=1 torchrun --standalone --nproc-per-node 2 bench/data_parallel.py`.
"""

import argparse
import contextlib
import json
import os
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from hornbook.model.phi import Phi
from hornbook.recipes.laptop import MODEL
from hornbook.training.config import Execution, TrainConfig
from hornbook.training.engine import make_engine
from hornbook.training.hardware import choose_device
from hornbook.training.optimizer import make_optimizers, set_learning_rate
from hornbook.training.parallel import Ranks, joined_ranks, summed
from hornbook.training.step import clip_gradients

WAYS = ("replicas", "DistributedDataParallel", "shards")
ROWS, TOKENS, LEARNING_RATE = 4, 384, 1e-3
Step = Callable[[list[Tensor]], Tensor]
"""Takes the rows of each pass and moves the weights; returns the mean loss of this process's rows."""


class Loss(nn.Module):
    """The model as a module that gives its loss, as the wrapper needs it."""

    def __init__(self, model: Phi) -> None:
        """Wrap `model`."""
        super().__init__()
        self.model = model

    def forward(self, rows: Tensor) -> Tensor:
        """The mean loss of rows."""
        return self.model.loss(rows)


def make_step(way: str, ranks: Ranks, device: torch.device) -> Step:
    """One way to train a fresh model, the same weights for all."""
    model = Phi(MODEL).initialize(torch.Generator().manual_seed(0))
    execution = Execution(parallel="fsdp" if way == "shards" else "ddp")
    config = TrainConfig(
        dataset="pretrain", num_steps=1, batch_size=1, sequence_length=TOKENS, learning_rate=1.0, warmup_steps=0,
        execution=execution,
    )  # fmt: skip
    if way == "DistributedDataParallel":
        wrapped = DistributedDataParallel(Loss(model.to(device).train()))
    else:
        engine = make_engine(
            model, config, torch.float32, separator=None, device=device, ranks=ranks, progress=lambda *_: None
        )
    optimizers = make_optimizers(model, config, torch.float32)

    def by_wrapper(passes: list[Tensor]) -> Tensor:
        wrapped.zero_grad()
        total = torch.zeros((), device=device)
        for number, rows in enumerate(passes, 1):
            with contextlib.nullcontext() if number == len(passes) else wrapped.no_sync():
                loss = wrapped(rows) / len(passes)
                loss.backward()
            total += loss.detach()
        return total

    def by_engine(passes: list[Tensor]) -> Tensor:
        engine.renew()
        total = torch.zeros((), device=device)
        for number, rows in enumerate(passes, 1):
            total += engine.backward(rows, 1 / len(passes), is_last=number == len(passes)) / len(passes)
        engine.reduce()
        return total

    def step(passes: list[Tensor]) -> Tensor:
        total = by_wrapper(passes) if way == "DistributedDataParallel" else by_engine(passes)
        clip_gradients(model, 1.0)
        set_learning_rate(optimizers, LEARNING_RATE)
        for optimizer in optimizers:
            optimizer.step()
        return total

    return step


def main() -> None:
    """Measure all ways in turns and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=1, help="accumulated in a step")
    parser.add_argument("--steps", type=int, default=10, help="of each turn")
    parser.add_argument("--turns", type=int, default=4)
    arguments = parser.parse_args()
    with joined_ranks(os.environ) as ranks:
        device = choose_device("auto")
        steps = {way: make_step(way, ranks, device) for way in WAYS}
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        losses: dict[str, list[float]] = {way: [] for way in WAYS}
        for turn in range(arguments.turns + 1):  # the first warms up
            for way, step in steps.items():
                generator = torch.Generator().manual_seed(turn * ranks.world_size + ranks.rank)
                shape = (arguments.steps, arguments.passes, ROWS, TOKENS + 1)
                rows = torch.randint(MODEL.vocab_size, shape, generator=generator).to(device)
                start = time.perf_counter()
                measured = [step(list(passes)) for passes in rows]
                mean = summed([float(loss) for loss in measured], device, ranks)
                losses[way] += [loss / ranks.world_size for loss in mean]
                if turn:
                    rates[way].append(arguments.steps / (time.perf_counter() - start))
        if ranks.is_first:
            print(json.dumps(report(rates, losses, ranks, arguments.passes)))


def report(
    rates: dict[str, list[float]], losses: dict[str, list[float]], ranks: Ranks, passes: int
) -> dict[str, object]:
    """The figures of all ways; differences and ratios are to the wrapper's."""
    wrapper = "DistributedDataParallel"
    median = {way: statistics.median(values) for way, values in rates.items()}
    return {
        "bench": "data_parallel",
        "ranks": ranks.world_size,
        "passes": passes,
        "rows_and_tokens_of_a_pass": [ROWS, TOKENS],
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "steps_per_second": {way: round(rate, 3) for way, rate in median.items()},
        "to_wrapper": {way: round(rate / median[wrapper], 3) for way, rate in median.items()},
        "steps_compared": len(losses[wrapper]),
        "losses_differ": {
            way: max(abs(a - b) for a, b in zip(values, losses[wrapper], strict=True)) for way, values in losses.items()
        },
    }


if __name__ == "__main__":
    main()
