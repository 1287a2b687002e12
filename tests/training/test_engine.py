"""A model in parts (FSDP) computes what whole replicas compute, with every option that a run may have."""

import json
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from tests.training.rank_server import RankServer
from tests.training.test_parallel import TOLERANCE, losses

UNEVEN = {"vocab_size": 301, "hidden_size": 36, "intermediate_size": 51, "num_heads": 3}
"""The rows of these cannot be split evenly among two or four processes."""
ALL_AT_ONCE: dict[str, Any] = {
    "micro_batch": 2,
    "checkpoint_activations": True,
    "mask_documents": True,
    "residual_dropout": 0.1,
    "attention_dropout": 0.1,
    "shape": UNEVEN,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "accumulation": {"micro_batch": 1},
    "activation checkpointing": {"checkpoint_activations": True},
    "document mask": {"mask_documents": True},
    "dropout": {"residual_dropout": 0.1, "attention_dropout": 0.1},
    "muon and uneven parts": {"optimizer": "muon", "shape": UNEVEN},
}


def both_ways(server: RankServer, runs: Path, name: str, world_size: int = 2, **values: Any) -> list[Path]:
    """The folders of the same run on replicas and in parts."""
    return [
        server.trained(runs / f"{name}-{parallel}", world_size, num_steps=20, parallel=parallel, **values)
        for parallel in ("ddp", "fsdp")
    ]


@pytest.mark.parametrize("optimizer", [pytest.param("adamw", marks=pytest.mark.slow), "muon"])
def test_parts_with_all_options_at_once_have_the_losses_of_replicas(
    server: RankServer, runs: Path, optimizer: str
) -> None:
    replicas, parts = both_ways(server, runs, f"all-{optimizer}", **ALL_AT_ONCE, optimizer=optimizer)
    assert losses(parts) == pytest.approx(losses(replicas), abs=TOLERANCE)
    plain = server.trained(runs / f"plain-{optimizer}", optimizer=optimizer, num_steps=20)
    assert max(map(abs, (a - b for a, b in zip(losses(parts), losses(plain), strict=True)))) > 1e-3  # the options act


@pytest.mark.slow
@pytest.mark.parametrize("world_size", [2, 4])
@pytest.mark.parametrize("option", OPTIONS)
def test_parts_have_the_losses_of_replicas_with(server: RankServer, runs: Path, option: str, world_size: int) -> None:
    name = f"{option.replace(' ', '-')}-{world_size}"
    replicas, parts = both_ways(server, runs, name, world_size, **OPTIONS[option])
    assert losses(parts) == pytest.approx(losses(replicas), abs=TOLERANCE)


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_parts_in_a_shorter_type_stay_within_its_rounding(server: RankServer, runs: Path, precision: str) -> None:
    replicas, parts = both_ways(server, runs, precision, precision=precision, micro_batch=1)
    assert losses(parts) == pytest.approx(losses(replicas), abs=5e-3)
    assert {str(weight.dtype) for weight in load_file(parts / "model.safetensors").values()} == {"torch.float32"}


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_the_best_weights_come_back_on_several_processes(server: RankServer, runs: Path, parallel: str) -> None:
    best = {"keep_best": True, "num_steps": 40, "stop_step": 6, "eval_every": 2, "learning_rate": 1.0}
    kept = server.trained(runs / f"best-{parallel}", 2, parallel=parallel, **best)
    metrics = json.loads((kept / "metrics.json").read_text())
    assert metrics["result_step"] < 6
    stopped = {**best, "keep_best": False, "stop_step": metrics["result_step"]}
    there = server.trained(runs / f"there-{parallel}", 2, parallel=parallel, **stopped)
    assert (kept / "model.safetensors").read_bytes() == (there / "model.safetensors").read_bytes()
