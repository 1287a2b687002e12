"""What a training takes, against what autograd keeps and arithmetic by hand; what is chosen by it; what a plan says."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from tests.training.rank import SHAPE as TINY
from torch import Tensor
from torch.nn import functional

from hornbook.errors import ConfigError, TrainingError
from hornbook.model import phi as block
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Hardware, Stage
from hornbook.recipes import phi_1
from hornbook.training import micro_batch
from hornbook.training.config import Execution, TrainConfig
from hornbook.training.engine import Engine, Replicas
from hornbook.training.estimate import (
    MemoryEstimate,
    estimate,
    estimate_memory,
    find_hardware,
    paper_hardware,
)
from hornbook.training.micro_batch import MemoryPlan, least_available, plan_memory, tried_micro_batch
from hornbook.training.parallel import Ranks
from hornbook.training.stages import run_train

SHAPE = ModelConfig(vocab_size=64, num_layers=3, hidden_size=96, intermediate_size=384, num_heads=4)
PHI_1 = ModelConfig(vocab_size=51_200, num_layers=24, hidden_size=2048, intermediate_size=8192, num_heads=32)
PARAMETERS = 1_418_270_720
ROWS, GIBI = 5, 2**30
ALONE, EIGHT = Ranks(0, 1), Ranks(3, 8)
CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)
BOTH_DROPOUTS = {"residual_dropout": 0.1, "attention_dropout": 0.1}


def estimated(shape: ModelConfig, **changes: Any) -> MemoryEstimate:
    usual: dict[str, Any] = {"micro_batch": ROWS, "dtype": torch.float32}
    arguments = {
        name: changes.pop(name) for name in ("micro_batch", "dtype", "num_shards", "on_cpu") if name in changes
    }
    execution = Execution(checkpoint_activations=changes.pop("checkpoint_activations", False))
    run = replace(config(sequence_length=changes.pop("sequence_length", 300)), execution=execution, **changes)
    return estimate_memory(shape, run, **{**usual, **arguments})


def kept_bytes(shape: ModelConfig, *, dtype: torch.dtype = torch.float32, **changes: Any) -> int:
    """What autograd really keeps of a forward pass, each storage once; not the parameters and the head's gradient."""
    model = Phi(shape).initialize(torch.Generator().manual_seed(0)).to(dtype).train()
    model.set_dropout(residual=changes.get("residual_dropout", 0.0), attention=changes.get("attention_dropout", 0.0))
    model.set_checkpoint_activations(changes.get("checkpoint_activations", False))
    parameters = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            kept[storage.data_ptr()] = storage
        return tensor

    rows = torch.arange(ROWS * 301).remainder(shape.vocab_size).view(ROWS, 301)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model.loss(rows, separator=3 if changes.get("mask_documents") else None)
    head = dtype.itemsize * (shape.vocab_size * shape.hidden_size + shape.vocab_size)
    del loss
    return sum(storage.nbytes() for storage in kept.values()) - head


@pytest.mark.parametrize(
    ("dtype", "changes", "most"),
    [
        (torch.float32, {}, 1.02),
        (torch.float32, BOTH_DROPOUTS, 1.02),
        (torch.bfloat16, {"residual_dropout": 0.1}, 1.02),
        (torch.bfloat16, {"attention_dropout": 0.1}, 1.02),
        (torch.float32, {"mask_documents": True}, 1.2),
    ],
)
def test_the_estimate_counts_what_autograd_keeps(dtype: torch.dtype, changes: dict[str, Any], most: float) -> None:
    kept = kept_bytes(SHAPE, dtype=dtype, **changes)
    assert 0.99 * kept < estimated(SHAPE, dtype=dtype, on_cpu=True, **changes).activations < most * kept
    if not changes:  # with checkpoints the inputs of all blocks stay, and one block is whole
        one_block = kept - kept_bytes(replace(SHAPE, num_layers=2))
        kept = kept_bytes(SHAPE, checkpoint_activations=True) + one_block
        assert 0.99 * kept < estimated(SHAPE, on_cpu=True, checkpoint_activations=True).activations < 1.02 * kept


def test_on_a_gpu_attention_keeps_a_sum_per_row_instead_of_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's fused attention for CPUs keeps what its fused attention for GPUs keeps."""

    def fused(query: Tensor, key: Tensor, value: Tensor, **rest: Any) -> Tensor:
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)

    monkeypatch.setattr(block, "causal_attention", fused)
    kept = kept_bytes(SHAPE)
    assert 0.99 * kept < estimated(SHAPE).activations < 1.02 * kept


def test_the_parts_of_phi_1_are_those_of_the_arithmetic() -> None:
    usual: dict[str, Any] = {"micro_batch": 8, "sequence_length": 2048, "dtype": torch.bfloat16}
    whole = estimated(PHI_1, **usual)
    assert num_parameters(PHI_1) == PARAMETERS
    assert whole.weights == whole.gradients == (4 + 2) * PARAMETERS
    assert (whole.optimizer, whole.checkpoint, whole.update) == (8 * PARAMETERS, 0, 0)
    assert whole.total == 20 * PARAMETERS + whole.activations + whole.loss
    assert estimated(PHI_1, on_cpu=True).checkpoint == 12 * PARAMETERS
    parts = estimated(PHI_1, **usual, num_shards=8)
    assert (parts.optimizer, parts.activations) == (whole.optimizer // 8, whole.activations)
    for less in ({"micro_batch": 4}, {"sequence_length": 1024}, {"checkpoint_activations": True}, {"num_shards": 8}):
        assert estimated(PHI_1, **{**usual, **less}).total < whole.total, less
    muon, adamw = (estimated(PHI_1, micro_batch=1, optimizer=name, sequence_length=8) for name in ("muon", "adamw"))
    assert adamw.optimizer - muon.optimizer == 4 * 24 * (4 * 2048**2 + 2 * 2048 * 8192)
    assert muon.total == muon.weights + muon.gradients + muon.optimizer + muon.update


def config(batch_size: int = 64, sequence_length: int = 2048, **execution: Any) -> TrainConfig:
    return TrainConfig(
        dataset="pretrain",
        num_steps=6,
        batch_size=batch_size,
        sequence_length=sequence_length,
        learning_rate=0.01,
        warmup_steps=0,
        execution=Execution(**{"micro_batch": "auto", **execution}),
    )


def planned(available: int | None, ranks: Ranks = ALONE, **execution: Any) -> MemoryPlan:
    run = config(batch_size=64 * ranks.world_size, **execution)
    return plan_memory(PHI_1, run, device=GPU, dtype=torch.bfloat16, ranks=ranks, available=available)


def parallel_of(plan: MemoryPlan) -> str:
    return plan.config.execution.parallel


def test_auto_takes_the_largest_divisor_that_fits_and_rows_that_are_given_must_divide() -> None:
    chosen = planned(80 * GIBI)
    assert 1 < chosen.micro_batch < 64
    assert chosen.fits
    assert not planned(80 * GIBI, micro_batch=2 * chosen.micro_batch).fits
    assert planned(10_000 * GIBI).micro_batch == planned(None).micro_batch == 64
    least = planned(24 * GIBI)
    assert (least.micro_batch, least.fits) == (1, False)
    assert "may not fit" in least.describe()
    assert "may not fit" not in chosen.describe()
    assert [planned(1, micro_batch=rows).micro_batch for rows in (16, 100, None)] == [16, 64, 64]
    with pytest.raises(ConfigError, match=r"`micro_batch`.*64.*24"):
        planned(1, micro_batch=24)
    cpu = RuntimeError("DefaultCPUAllocator: can't allocate memory")
    for error in (torch.OutOfMemoryError("CUDA"), MemoryError(), cpu):
        with (
            pytest.raises(TrainingError, match=r"--micro-batch 8.*fsdp"),
            planned(1, micro_batch=16).explained_errors(),
        ):
            raise error
    with pytest.raises(RuntimeError, match="shape"), planned(1).explained_errors():
        raise RuntimeError("shape")


def test_auto_holds_the_model_whole_where_it_fits_beside_one_row_and_in_parts_elsewhere() -> None:
    whole, small = planned(80 * GIBI, EIGHT), planned(24 * GIBI, EIGHT)
    assert (parallel_of(whole), parallel_of(small), small.fits) == ("ddp", "fsdp", True)
    assert small.estimate.optimizer < whole.estimate.optimizer / 7
    assert parallel_of(planned(24 * GIBI, EIGHT, parallel="ddp")) == "ddp"
    assert parallel_of(planned(80 * GIBI, EIGHT, parallel="fsdp")) == "fsdp"
    assert parallel_of(planned(1, ALONE)) == "ddp"  # nobody to share with


def test_processes_on_one_machine_share_its_memory_and_the_one_with_the_least_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(micro_batch, "available_bytes", lambda: 10 * GIBI)
    assert least_available(CPU, 2 * GIBI, ALONE) == 12 * GIBI  # what this process holds already counts as room
    told: list[Any] = [("a", 10 * GIBI, 2 * GIBI), ("a", 9 * GIBI, 0), ("b", 8 * GIBI, 0)]
    monkeypatch.setattr(torch.distributed, "all_gather_object", lambda box, mine: box.__setitem__(slice(None), told))
    assert least_available(CPU, 0, Ranks(0, 3)) == 11 * GIBI // 2
    told[1] = ("a", None, 0)
    assert least_available(CPU, 0, Ranks(0, 3)) is None


class Small:
    """A device that holds passes of so many rows and fails in the middle of the backward pass of larger ones."""

    def __init__(self, engine: Replicas, most: int) -> None:
        self.model, self._engine, self._most = engine.model, engine, most
        self.tried: list[int] = []
        self.reduce, self.loss, self.renew = engine.reduce, engine.loss, engine.renew

    def backward(self, rows: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        self.tried.append(len(rows))
        if len(rows) > self._most:
            for parameter in list(self._engine._computing.parameters())[:5]:
                parameter.grad = torch.ones_like(parameter)
            raise torch.OutOfMemoryError("no more")
        return self._engine.backward(rows, gradient_scale, is_last=is_last)


def replicas(dtype: torch.dtype) -> Replicas:
    model = Phi(TINY).initialize(torch.Generator().manual_seed(0)).train()
    model.set_dropout(residual=0.1, attention=0.1)
    return Replicas(model, dtype, separator=None, compile_choice="off", ranks=ALONE, progress=lambda *_: None)


def tried(engine: Engine, rows: int) -> int:
    run = config(batch_size=12, sequence_length=32, micro_batch=rows)
    plan = plan_memory(TINY, run, device=CPU, dtype=torch.bfloat16, ranks=ALONE, available=None)
    return tried_micro_batch(plan, engine, ALONE, num_reserved_bytes=64)


def test_a_trial_goes_down_to_what_really_fits_and_leaves_no_trace() -> None:
    def gradients(engine: Replicas) -> list[Tensor]:
        engine.renew()
        torch.manual_seed(3)
        engine.backward(torch.arange(4 * 33).remainder(300).view(4, 33), 1.0, is_last=True)
        return [parameter.grad for parameter in engine.model.parameters() if parameter.grad is not None]

    fresh, used = replicas(torch.bfloat16), replicas(torch.bfloat16)
    before = torch.get_rng_state()
    engine = Small(used, most=4)
    assert tried(engine, 12) == 3
    assert engine.tried == [12, 6, 3, 3]  # the last as two passes, whose gradients add up
    assert torch.equal(torch.get_rng_state(), before)
    assert all(parameter.grad is None for parameter in used.model.parameters())
    for expected, found in zip(gradients(fresh), gradients(used), strict=True):
        assert torch.equal(found, expected)
    assert tried(Small(used, most=12), 12) == 12
    with pytest.raises(torch.OutOfMemoryError):
        tried(Small(used, most=0), 12)


def plan_of(config: object, hardware: Hardware | None = None) -> tuple[float, int, int]:
    """FLOPs, bytes on one GPU, bytes on the disk."""
    made = estimate(Stage("pretrain", run_train, config, 1), hardware)
    return made.flops, made.memory_bytes, made.disk_bytes


def test_a_plans_operations_are_six_for_each_weight_and_twelve_for_each_attended_position() -> None:
    weights = 24 * (4 * 2048**2 + 2 * 2048 * 8192) + 51_200 * 2048
    flops, memory_bytes, disk_bytes = plan_of(phi_1.PRETRAIN)
    assert flops == 24_000 * 1_024 * 2_048 * (6 * weights + 12 * 24 * 2048 * 2048) == pytest.approx(4.57e20, rel=0.001)
    assert (memory_bytes, disk_bytes) == (0, PARAMETERS * (3 * 12 + 4))  # memory of no GPU
    gpus = find_hardware("H100", num_gpus=8, utilisation=0.5)
    assert (gpus.gpu, gpus.memory_bytes) == ("h100", 80 * 10**9)
    assert gpus.hours(989.4e12 * 0.5 * 3600) == pytest.approx(1)
    assert paper_hardware().hours(flops) == pytest.approx(770, rel=0.01)

    execution = replace(phi_1.PRETRAIN.execution, micro_batch="auto", parallel="ddp")
    assert PARAMETERS * 16 < plan_of(replace(phi_1.PRETRAIN, execution=execution), gpus)[1] <= 0.9 * gpus.memory_bytes
    wrong = {"gpu": "potato", "num_gpus": 0, "utilisation": 55}
    for name, value in wrong.items():
        with pytest.raises(ConfigError, match=f"`--{name.replace('_', '-')}`"):
            find_hardware(**{"gpu": "h100", "num_gpus": 8, "utilisation": 0.5, name: value})  # type: ignore[arg-type]
