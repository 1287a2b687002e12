"""Training speed on a CPU: our step against transformers' `PhiForCausalLM` in a plain loop and in its `Trainer`.

One run on one machine, variants taking turns, so that all see the same weather. Ours is the step of `training/loop.py`
in the precision that it chooses here, with AdamW as theirs and with the laptop recipe's Muon; theirs is a plain loop in
float32 and under bfloat16 autocast, eager and compiled, and the `Trainer` with its defaults (float32, 8 rows a step).
Every step reads tokens, clips gradients and moves weights.

On a CPU without bfloat16 instructions a bfloat16 step takes some twenty times as long as a float32 step; there those
variants are left out unless `--only` names them.

Prints one JSON line: tokens per second (median over rounds, with quartiles), the ratios of ours to theirs, and the
share of this machine's matrix-product peak, in the type in which ours computes, that our step reaches. Needs an idle
machine, a C++ compiler, transformers and accelerate: `python bench/training.py [--shape 4x256]`.
"""

import argparse
import dataclasses
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import transformers
from transformers import PhiConfig, PhiForCausalLM, Trainer, TrainerCallback, TrainingArguments

from hornbook.model.config import ModelConfig, flops_per_token, num_parameters
from hornbook.model.phi import Phi
from hornbook.recipes.laptop import FINETUNE, MODEL
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.engine import make_engine
from hornbook.training.hardware import choose_precision, has_bfloat16_instructions, keep_freed_memory
from hornbook.training.optimizer import make_optimizers
from hornbook.training.parallel import current_ranks
from hornbook.training.step import Request, Stepper

SHAPES = {
    "laptop": MODEL,
    "4x256": dataclasses.replace(MODEL, num_layers=4, hidden_size=256, intermediate_size=1024, num_heads=4),
}
SEQUENCE_LENGTH = FINETUNE.sequence_length
TRAINER_STEPS = 3
"""Of a turn; the first is not timed."""

CPU = torch.device("cpu")

Turn = Callable[[], Sequence[float]]
"""Takes steps and returns the tokens per second of each."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="laptop")
    parser.add_argument("--batch-size", type=int, default=FINETUNE.batch_size, help="rows a step; not the Trainer's")
    parser.add_argument("--rounds", type=int, default=8, help="at least 2, for quartiles")
    parser.add_argument("--only", nargs="+", metavar="VARIANT", help="these variants, by name")
    arguments = parser.parse_args()
    shape = SHAPES[arguments.shape]
    keep_freed_memory()
    variants = make_variants(shape, arguments.batch_size)
    chosen = arguments.only or [name for name in variants if "bfloat16" not in name or has_bfloat16_instructions()]
    turns = {name: variants[name]() for name in chosen}
    speeds: dict[str, list[float]] = {name: [] for name in turns}
    dtype = choose_precision(FINETUNE.precision, CPU)
    peaks = dict.fromkeys((torch.float32, dtype), 0.0)
    for turn in turns.values():
        turn()
    for _ in range(arguments.rounds):
        for name, turn in turns.items():
            speeds[name] += turn()
        peaks = {of: max(peak, matrix_product_peak(of)) for of, peak in peaks.items()}
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    report: dict[str, Any] = {
        "bench": "training",
        "cpu": cpu_name(),
        "has_bfloat16_instructions": has_bfloat16_instructions(),
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "shape": arguments.shape,
        "num_parameters": num_parameters(shape),
        "batch_size": arguments.batch_size,
        "left_out": [name for name in variants if name not in chosen],
        "sequence_length": SEQUENCE_LENGTH,
        "our_precision": type_name(dtype),
        "tokens_per_second": {name: round(value) for name, value in medians.items()},
        "quartiles": {name: [round(value) for value in quartiles(values)] for name, values in speeds.items()},
        "peak_gflops": {type_name(of): round(peak / 1e9) for of, peak in peaks.items()},
    }
    if "hornbook" in medians:
        ours = medians["hornbook"]
        report["ratio_to"] = {name: round(ours / value, 3) for name, value in medians.items() if name != "hornbook"}
        report["share_of_peak"] = round(ours * flops_per_token(shape, SEQUENCE_LENGTH) / peaks[dtype], 3)
    print(json.dumps(report))


def make_variants(shape: ModelConfig, batch_size: int) -> dict[str, Callable[[], Turn]]:
    """Makers of all that takes turns, by name."""
    float32, bfloat16 = torch.float32, torch.bfloat16
    return {
        "hornbook": lambda: our_turn(shape, batch_size, "adamw"),
        "hornbook_muon": lambda: our_turn(shape, batch_size, "muon"),
        "transformers_float32": lambda: their_turn(shape, batch_size, float32, compiled=False),
        "transformers_float32_compiled": lambda: their_turn(shape, batch_size, float32, compiled=True),
        "transformers_bfloat16": lambda: their_turn(shape, batch_size, bfloat16, compiled=False),
        "transformers_bfloat16_compiled": lambda: their_turn(shape, batch_size, bfloat16, compiled=True),
        "trainer_defaults": lambda: trainer_turn(shape),
    }


class RandomStream:
    """Tokens out of memory, with what a step asks of a `TokenStream`."""

    def __init__(self, vocab_size: int) -> None:
        self._tokens = np.random.default_rng(0).integers(0, vocab_size, 2**20)

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self._tokens)

    def read(self, start: int, length: int) -> np.ndarray:
        """As `TokenStream.read`."""
        return np.take(self._tokens, range(start, start + length), mode="wrap")


def our_turn(shape: ModelConfig, batch_size: int, optimizer: str) -> Turn:
    """One step of the training loop."""
    config: TrainConfig = dataclasses.replace(FINETUNE, model=shape, batch_size=batch_size, optimizer=optimizer)
    model = Phi(shape).initialize(torch.Generator().manual_seed(0))
    dtype, ranks = choose_precision(config.precision, CPU), current_ranks()
    engine = make_engine(model, config, dtype, separator=None, device=CPU, ranks=ranks, progress=silent)
    stepper = Stepper(
        engine=engine,
        optimizers=make_optimizers(model, config, dtype),
        stream=cast("TokenStream", RandomStream(shape.vocab_size)),
        config=config,
        seed=0,
        ranks=ranks,
        device=CPU,
        micro_batch=batch_size,
    )
    return timed_turn(lambda number: stepper.take(number, 1.0, Request()), batch_size)


def silent(done: int, total: int, note: str = "") -> None:
    """Progress that nobody hears."""
    del done, total, note


def their_turn(shape: ModelConfig, batch_size: int, dtype: torch.dtype, *, compiled: bool) -> Turn:
    """One step of a plain loop around `PhiForCausalLM`."""
    model = their_model(shape)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    forward = torch.compile(model) if compiled else model
    stream = RandomStream(shape.vocab_size)

    def step(number: int) -> None:
        num_tokens = batch_size * (SEQUENCE_LENGTH + 1)
        rows = torch.from_numpy(stream.read(number * num_tokens, num_tokens)).view(batch_size, -1)
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype == torch.bfloat16):
            logits = forward(rows[:, :-1].contiguous()).logits
        loss = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), rows[:, 1:].flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return timed_turn(step, batch_size)


class StepClock(TrainerCallback):
    """When each step of the `Trainer` ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        """Note the time."""
        self.ends.append(time.perf_counter())


def trainer_turn(shape: ModelConfig) -> Turn:
    """A few steps of the `Trainer`'s own loop, reading of the data included; its defaults but for the silence."""
    model = their_model(shape)
    rows = np.random.default_rng(0).integers(0, shape.vocab_size, (64, SEQUENCE_LENGTH))
    dataset = [{"input_ids": row, "labels": row} for row in torch.from_numpy(rows)]

    def turn() -> list[float]:
        clock = StepClock()
        with tempfile.TemporaryDirectory() as folder:
            arguments = TrainingArguments(
                folder, max_steps=TRAINER_STEPS, use_cpu=True, save_strategy="no", report_to="none", disable_tqdm=True
            )
            trainer = Trainer(model=model, args=arguments, train_dataset=cast("Any", dataset), callbacks=[clock])
            trainer.pop_callback(transformers.PrinterCallback)
            trainer.train()
        tokens = arguments.per_device_train_batch_size * SEQUENCE_LENGTH
        return [tokens / seconds for seconds in np.diff(clock.ends).tolist()]

    return turn


def their_model(shape: ModelConfig) -> PhiForCausalLM:
    """Transformers' phi of `shape`, with new weights."""
    torch.manual_seed(0)
    return PhiForCausalLM(
        PhiConfig(
            vocab_size=shape.vocab_size,
            hidden_size=shape.hidden_size,
            intermediate_size=shape.intermediate_size,
            num_hidden_layers=shape.num_layers,
            num_attention_heads=shape.num_heads,
            max_position_embeddings=shape.max_position,
            hidden_act="gelu_new",
        )
    )


def timed_turn(step: Callable[[int], object], batch_size: int) -> Turn:
    """Take the next two steps, the second of them timed: the first fills the caches that another variant emptied."""
    numbers: Iterator[int] = iter(range(10**9))

    def turn() -> list[float]:
        step(next(numbers))
        return [batch_size * SEQUENCE_LENGTH / timed(lambda: step(next(numbers)))]

    return turn


def matrix_product_peak(dtype: torch.dtype) -> float:
    """The best speed of a matrix product of 1,024 to 4,096 rows here, in operations per second."""
    best = 0.0
    for size in (1024, 2048, 4096):
        left, right = torch.randn(size, 1024).to(dtype), torch.randn(1024, 1024).to(dtype)
        seconds = min(timed(lambda left=left, right=right: left @ right) for _ in range(4))  # type: ignore[misc]
        best = max(best, 2.0 * size * 1024 * 1024 / seconds)
    return best


def timed(action: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def quartiles(values: Sequence[float]) -> list[float]:
    """The first and the third."""
    first, _, third = statistics.quantiles(values, n=4)
    return [first, third]


def type_name(dtype: torch.dtype) -> str:
    """`float32` for `torch.float32`."""
    return str(dtype).removeprefix("torch.")


def cpu_name() -> str:
    """The processor's name as Linux gives it, else as Python does."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
