"""Memory of the loss over a large vocabulary: taken chunk by chunk against whole logits, and how far gradients differ.

One step's head and loss, forward and backward, at phi-1's vocabulary: 8 rows of 2,048 tokens, 1,024 wide (phi-1-small).
Each way runs in a fresh process; its figure is the most that lay in memory above what lay there before, gradients of
states and head included. Whole logits go through `torch.nn.functional.cross_entropy` in the type of the head. bfloat16
is left out unless the CPU multiplies in it or `--dtypes` names it: elsewhere its products take an hour. Needs about
12 GiB of free memory. Prints one JSON line: `python bench/loss_memory.py`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from hornbook.model.loss import next_token_loss
from hornbook.training.hardware import has_bfloat16_instructions, resident_bytes

VOCAB_SIZE, HIDDEN_SIZE, NUM_TOKENS = 51_200, 1_024, 8 * 2_048
DTYPES = ("float32", "bfloat16")
WAYS = ("whole", "chunked")
NAMES = ("hidden", "weight", "bias")


def main() -> None:
    """Measure every way in its own process, compare their gradients and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", nargs=3, metavar=("WAY", "DTYPE", "FOLDER"), help="one way, in this process")
    native = DTYPES if has_bfloat16_instructions() else ("float32",)
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=native)
    arguments = parser.parse_args()
    if arguments.measure:
        way, dtype, folder = arguments.measure
        print(json.dumps(measure(way, getattr(torch, dtype), Path(folder))))
        return
    report: dict[str, object] = {
        "bench": "loss_memory",
        "vocab_size": VOCAB_SIZE,
        "hidden_size": HIDDEN_SIZE,
        "num_tokens": NUM_TOKENS,
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
    }
    with tempfile.TemporaryDirectory() as folder:
        for dtype in arguments.dtypes:
            results = {way: measure_apart(way, dtype, folder) for way in WAYS}
            report[dtype] = {
                **results,
                "whole_to_chunked": round(results["whole"]["peak_mib"] / results["chunked"]["peak_mib"], 2),
                "logits_mib": round(NUM_TOKENS * VOCAB_SIZE * getattr(torch, dtype).itemsize / 2**20),
                "gradients_differ": differences(Path(folder), ("chunked", dtype), ("whole", dtype)),
            }
        if set(arguments.dtypes) == set(DTYPES):
            report["bfloat16_gradients_to_whole_float32"] = {
                way: differences(Path(folder), (way, "bfloat16"), ("whole", "float32")) for way in WAYS
            }
    print(json.dumps(report))


def measure_apart(way: str, dtype: str, folder: str) -> dict[str, float]:
    """`measure` in a fresh process."""
    command = [sys.executable, __file__, "--measure", way, dtype, folder]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(output)
    return result


def measure(way: str, dtype: torch.dtype, folder: Path) -> dict[str, float]:
    """One forward and backward pass; leaves its gradients in `folder`.

    Returns:
        `peak_mib` above what lay in memory before, `seconds` and the `loss`.
    """
    generator = torch.Generator().manual_seed(0)
    hidden = drawn((NUM_TOKENS, HIDDEN_SIZE), 1.0, dtype, generator)
    targets = torch.randint(0, VOCAB_SIZE, (NUM_TOKENS,), generator=generator)
    head = nn.Linear(HIDDEN_SIZE, VOCAB_SIZE, device="meta", dtype=dtype)
    head.weight = nn.Parameter(drawn((VOCAB_SIZE, HIDDEN_SIZE), 0.02, dtype, generator))
    head.bias = nn.Parameter(drawn((VOCAB_SIZE,), 0.02, dtype, generator))
    hidden.requires_grad_()
    before, start = resident_bytes(), time.perf_counter()
    loss = next_token_loss(head, hidden, targets) if way == "chunked" else whole_loss(head, hidden, targets)
    loss.backward()  # type: ignore[no-untyped-call]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    gradients = dict(zip(NAMES, (hidden.grad, head.weight.grad, head.bias.grad), strict=True))
    torch.save(gradients, folder / file_name(way, str(dtype).removeprefix("torch.")))
    return {"peak_mib": round((peak - before) / 2**20), "seconds": round(seconds, 1), "loss": loss.item()}


def drawn(shape: tuple[int, ...], deviation: float, dtype: torch.dtype, generator: torch.Generator) -> Tensor:
    """Normal numbers that bfloat16 can hold, the same in every type; drawn by rows, so that no copy sets the peak."""
    tensor = torch.empty(shape, dtype=dtype)
    for row in torch.atleast_2d(tensor):
        row.copy_(torch.randn(row.shape, generator=generator).mul_(deviation).bfloat16())
    return tensor


def whole_loss(head: nn.Linear, hidden: Tensor, targets: Tensor) -> Tensor:
    """The plain computation."""
    return functional.cross_entropy(head(hidden), targets)


def differences(folder: Path, one: tuple[str, str], other: tuple[str, str]) -> dict[str, dict[str, float]]:
    """For each gradient the largest difference, absolute and as a share of the other's largest element."""
    first, second = (torch.load(folder / file_name(*which), weights_only=True) for which in (one, other))
    found = {}
    for name in NAMES:
        wanted = second[name].float()
        largest = (first[name].float() - wanted).abs_().max().item()
        found[name] = {"absolute": largest, "of_largest": largest / wanted.abs().max().item()}
    return found


def file_name(way: str, dtype: str) -> str:
    """Where `measure` leaves gradients."""
    return f"{way}-{dtype}.pt"


if __name__ == "__main__":
    main()
