"""Training speed of the laptop's model, ours against transformers' `PhiForCausalLM`, in one run.

Prints one JSON line: tokens per second (median over steps, variants taking turns), their ratio, and the share of this
machine's bfloat16 matrix-product peak that our step reaches. Run on an idle machine: `python bench/training.py`.
"""

import json
import statistics
import time
from collections.abc import Callable

import torch
from transformers import PhiConfig, PhiForCausalLM

from hornbook.model.config import ModelConfig, flops_per_token, num_parameters
from hornbook.model.phi import Phi
from hornbook.training.allocator import keep_freed_memory
from hornbook.training.engine import loss_function
from hornbook.training.optimizer import make_optimizers, set_learning_rate
from hornbook.training.precision import ComputeCopy, clip_gradients

SHAPE = ModelConfig(
    vocab_size=2048, num_layers=4, hidden_size=256, intermediate_size=1024, num_heads=4, max_position=384
)
BATCH_SIZE, SEQUENCE_LENGTH = 16, 384
LEARNING_RATE = 1e-3
ROUNDS = 6

Step = Callable[[], object]


def main() -> None:
    """Measure and print."""
    keep_freed_memory()
    rows = torch.randint(0, SHAPE.vocab_size, (BATCH_SIZE, SEQUENCE_LENGTH + 1), generator=torch.Generator())
    steps: dict[str, Step] = {
        "hornbook": our_step(rows),
        "transformers_bf16": their_step(rows, compiled=False),
        "transformers_bf16_compiled": their_step(rows, compiled=True),
    }
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for step in steps.values():
        step()
        step()
    for _ in range(ROUNDS):
        for name, step in steps.items():
            seconds[name].append(timed(step))
    speed = {name: BATCH_SIZE * SEQUENCE_LENGTH / statistics.median(times) for name, times in seconds.items()}
    peak = matrix_product_peak()
    report = {
        "bench": "training",
        "num_parameters": num_parameters(SHAPE),
        "batch_size": BATCH_SIZE,
        "sequence_length": SEQUENCE_LENGTH,
        "num_threads": torch.get_num_threads(),
        "tokens_per_second": {name: round(value) for name, value in speed.items()},
        "ratio_to_compiled": round(speed["hornbook"] / speed["transformers_bf16_compiled"], 3),
        "peak_gflops": round(peak / 1e9),
        "share_of_peak": round(speed["hornbook"] * flops_per_token(SHAPE, SEQUENCE_LENGTH) / peak, 3),
    }
    print(json.dumps(report))


def our_step(rows: torch.Tensor) -> Step:
    """One optimiser step as `training/loop.py` takes it."""
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0))
    optimizers = make_optimizers(model, "adamw", weight_decay=0.1)
    compute = ComputeCopy(model, torch.bfloat16)
    loss_of = loss_function(compute.model)

    def step() -> None:
        compute.renew()
        loss_of(rows).backward()  # type: ignore[no-untyped-call]
        compute.collect()
        clip_gradients(model, 1.0)
        set_learning_rate(optimizers, LEARNING_RATE)
        for optimizer in optimizers:
            optimizer.step()

    return step


def their_step(rows: torch.Tensor, *, compiled: bool) -> Step:
    """One step of a plain loop around `PhiForCausalLM` under bfloat16 autocast."""
    torch.manual_seed(0)
    model = PhiForCausalLM(
        PhiConfig(
            vocab_size=SHAPE.vocab_size,
            hidden_size=SHAPE.hidden_size,
            intermediate_size=SHAPE.intermediate_size,
            num_hidden_layers=SHAPE.num_layers,
            num_attention_heads=SHAPE.num_heads,
            max_position_embeddings=SHAPE.max_position,
            hidden_act="gelu_new",
        )
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    forward = torch.compile(model) if compiled else model
    tokens, targets = rows[:, :-1].contiguous(), rows[:, 1:].contiguous()

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            logits = forward(tokens).logits
        torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def matrix_product_peak() -> float:
    """The best speed of a bfloat16 matrix product of 1,024 to 4,096 rows here, in operations per second."""
    best = 0.0
    for size in (1024, 2048, 4096):
        left, right = torch.randn(size, 1024).bfloat16(), torch.randn(1024, 1024).bfloat16()
        seconds = min(timed(lambda left=left, right=right: left @ right) for _ in range(12))  # type: ignore[misc]
        best = max(best, 2.0 * size * 1024 * 1024 / seconds)
    return best


def timed(action: Step) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
