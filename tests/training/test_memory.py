import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from hornbook.model import block
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.training.memory import MemoryEstimate, estimate_memory, in_words

SCRIPT = Path(__file__).parent / "peak_of_training.py"
SHAPE = ModelConfig(vocab_size=64, num_layers=3, hidden_size=96, intermediate_size=384, num_heads=4)
PHI_1 = ModelConfig(vocab_size=51_200, num_layers=24, hidden_size=2048, intermediate_size=8192, num_heads=32)
ROWS, GIBI = 5, 2**30


def estimated(shape: ModelConfig, **changes: Any) -> MemoryEstimate:
    usual: dict[str, Any] = {
        "micro_batch": ROWS,
        "sequence_length": 300,
        "dtype": torch.float32,
        "optimizer": "adamw",
        "num_shards": 1,
        "checkpoint_activations": False,
    }
    return estimate_memory(shape, **{**usual, **changes})


def kept_bytes(
    shape: ModelConfig,
    *,
    dtype: torch.dtype = torch.float32,
    checkpoint_activations: bool = False,
    residual_dropout: float = 0.0,
    attention_dropout: float = 0.0,
    mask_documents: bool = False,
) -> int:
    """What autograd really keeps of a forward pass, each storage once; not the parameters and the head's gradient."""
    model = Phi(shape).initialize(torch.Generator().manual_seed(0)).to(dtype).train()
    model.set_dropout(residual=residual_dropout, attention=attention_dropout)
    model.checkpoint_activations = checkpoint_activations
    parameters = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage
        return tensor

    rows = torch.arange(ROWS * 301).remainder(shape.vocab_size).view(ROWS, 301)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model.loss(rows, separator=3 if mask_documents else None)
    head = dtype.itemsize * (shape.vocab_size * shape.hidden_size + shape.vocab_size)
    del loss
    return sum(storage.nbytes() for storage in kept.values()) - head


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "changes",
    [{}, {"residual_dropout": 0.1}, {"attention_dropout": 0.1}, {"residual_dropout": 0.1, "attention_dropout": 0.1}],
    ids=lambda changes: "+".join(changes) or "plain",
)
def test_the_estimate_counts_what_autograd_keeps(dtype: torch.dtype, changes: dict[str, float]) -> None:
    kept = kept_bytes(SHAPE, dtype=dtype, **changes)  # type: ignore[arg-type]
    assert 0.99 * kept < estimated(SHAPE, dtype=dtype, on_cpu=True, **changes).activations < 1.02 * kept


def test_within_documents_it_is_an_upper_bound() -> None:
    kept = kept_bytes(SHAPE, mask_documents=True)
    assert 0.99 * kept < estimated(SHAPE, on_cpu=True, mask_documents=True).activations < 1.2 * kept


def test_with_checkpoints_the_inputs_of_all_blocks_stay_and_one_block_is_whole() -> None:
    fewer = ModelConfig(vocab_size=64, num_layers=2, hidden_size=96, intermediate_size=384, num_heads=4)
    one_block = kept_bytes(SHAPE) - kept_bytes(fewer)
    kept = kept_bytes(SHAPE, checkpoint_activations=True) + one_block
    assert 0.99 * kept < estimated(SHAPE, on_cpu=True, checkpoint_activations=True).activations < 1.02 * kept


def test_on_a_gpu_attention_keeps_a_sum_per_row_instead_of_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's fused attention for CPUs keeps what its fused attention for GPUs keeps."""

    def fused(query: Tensor, key: Tensor, value: Tensor, **rest: Any) -> Tensor:
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)

    monkeypatch.setattr(block, "causal_attention", fused)
    kept = kept_bytes(SHAPE)
    assert 0.99 * kept < estimated(SHAPE).activations < 1.02 * kept


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize(
    ("optimizer", "micro_batch", "precision"),
    [("adamw", 8, "float32"), pytest.param("muon", 1, "float32", marks=pytest.mark.slow)],
)
def test_the_peak_of_a_real_training_is_near_the_estimate(optimizer: str, micro_batch: int, precision: str) -> None:
    """Near: from 0.9 to 1.4 of what the process' resident set rose by, in a process of its own."""
    shape = {"vocab_size": 2048, "num_layers": 4, "hidden_size": 256, "intermediate_size": 1024, "num_heads": 4}
    values = {
        "shape": shape,
        "batch_size": 8,
        "micro_batch": micro_batch,
        "sequence_length": 256,
        "optimizer": optimizer,
        "precision": precision,
    }
    command = [sys.executable, str(SCRIPT), json.dumps(values)]
    measured = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    estimate = estimated(
        ModelConfig(**shape), micro_batch=micro_batch, sequence_length=256, optimizer=optimizer, on_cpu=True
    )
    assert 0.9 * measured < estimate.total < 1.4 * measured, (measured, estimate)


def test_the_parts_of_phi_1_are_those_of_the_arithmetic() -> None:
    estimate = estimated(PHI_1, micro_batch=1, sequence_length=2048, dtype=torch.bfloat16)
    parameters = num_parameters(PHI_1)
    assert estimate.weights == estimate.gradients == (4 + 2) * parameters
    assert estimate.optimizer == 8 * parameters
    assert estimate.checkpoint == estimate.update == 0
    assert estimate.total == sum((20 * parameters, estimate.activations, estimate.loss))


def test_shards_take_their_part_of_weights_and_moments() -> None:
    whole = estimated(PHI_1, micro_batch=1, dtype=torch.bfloat16)
    parts = estimated(PHI_1, micro_batch=1, dtype=torch.bfloat16, num_shards=8)
    assert parts.optimizer == whole.optimizer // 8
    assert parts.weights < whole.weights / 3
    assert parts.activations == whole.activations


def test_what_takes_less_memory_is_estimated_to_take_less() -> None:
    base = estimated(PHI_1, micro_batch=8, sequence_length=2048, dtype=torch.bfloat16).total
    for change in ({"micro_batch": 4}, {"sequence_length": 1024}, {"checkpoint_activations": True}, {"num_shards": 8}):
        usual = {"micro_batch": 8, "sequence_length": 2048, "dtype": torch.bfloat16}
        assert estimated(PHI_1, **{**usual, **change}).total < base, change


def test_muon_holds_fewer_moments_and_needs_room_for_its_step() -> None:
    muon, adamw = (estimated(PHI_1, micro_batch=1, optimizer=name, sequence_length=8) for name in ("muon", "adamw"))
    assert muon.optimizer < adamw.optimizer
    assert muon.update > muon.activations + muon.loss
    assert muon.total == muon.weights + muon.gradients + muon.optimizer + muon.update


def test_a_line_for_people_names_the_total_and_what_takes_anything() -> None:
    estimate = MemoryEstimate(
        weights=2 * GIBI, gradients=GIBI, optimizer=0, activations=GIBI // 2, loss=GIBI // 4, update=9
    )
    assert estimate.describe() == ("3.8 GiB: weights 2.0 GiB, gradients 1.0 GiB, activations 512 MiB, loss 256 MiB")
    assert in_words(3 * 2**20) == "3 MiB"
