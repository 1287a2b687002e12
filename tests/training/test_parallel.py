"""Several processes on gloo: the same batches, the same losses, and what they tell each other."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.rank_server import REPOSITORY, RankServer

from hornbook.errors import ConfigError
from hornbook.tokens.batches import batch_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.training.parallel import (
    Ranks,
    average_gradients,
    current_ranks,
    from_first,
    joined_ranks,
    on_first,
    summed,
)

SCRIPT = Path(__file__).parent / "rank.py"
TOLERANCE = 1e-5
ALONE = Ranks(0, 1)
MEETING = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}


def losses(folder: Path) -> list[float]:
    """Of all steps, then the held-out ones."""
    lines = [json.loads(text) for text in (folder / "log.jsonl").read_text().splitlines()]
    return [line[name] for name in ("loss", "held_out_loss") for line in lines if name in line]


def first_gradient_norm(folder: Path) -> float:
    """A sum where a mean should be would show here: AdamW's steps do not depend on the gradients' scale."""
    norm: float = json.loads((folder / "log.jsonl").read_text().splitlines()[0])["gradient_norm"]
    return norm


@pytest.fixture(scope="module")
def alone(server: RankServer, runs: Path) -> list[float]:
    return losses(server.trained(runs / "alone", num_steps=20))


@pytest.mark.parametrize("world_size", [2, 4])
def test_the_ranks_share_out_the_global_batch_of_one_process(runs: Path, world_size: int) -> None:
    stream = TokenStream(runs / "tokens", "train")
    for step in (0, 7, 500):
        where: dict[str, Any] = {"seed": 3, "step": step, "batch_size": 8, "sequence_length": 32}
        ranks = [{"rank": rank, "world_size": world_size} for rank in range(world_size)]
        rows = [batch_rows(stream, **where, **rank) for rank in ranks]
        starts = [row_starts(stream, **where, **rank) for rank in ranks]
        assert np.array_equal(np.concatenate(rows), batch_rows(stream, **where))
        assert np.array_equal(np.concatenate(starts), row_starts(stream, **where))


@pytest.mark.parametrize(
    ("parallel", "world_size"), [("ddp", 2), ("ddp", 4), ("fsdp", 2), pytest.param("fsdp", 4, marks=pytest.mark.slow)]
)
def test_several_processes_have_the_losses_of_one(
    server: RankServer, runs: Path, alone: list[float], parallel: str, world_size: int
) -> None:
    folder = server.trained(runs / f"{parallel}-{world_size}", world_size, num_steps=20, parallel=parallel)
    assert losses(folder) == pytest.approx(alone, abs=TOLERANCE)
    assert first_gradient_norm(folder) == pytest.approx(first_gradient_norm(runs / "alone"), rel=TOLERANCE)


@pytest.mark.slow
def test_torchrun_starts_the_ranks(runs: Path, alone: list[float]) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    subprocess.run([*torchrun, SCRIPT, runs / "torchrun", "num_steps=20"], env=environment, check=True)
    assert losses(runs / "torchrun") == pytest.approx(alone, abs=TOLERANCE)


def test_a_batch_that_cannot_be_shared_out_is_refused_by_every_rank(server: RankServer, runs: Path) -> None:
    ended = server.run(runs / "odd", world_size=2, batch_size=5)
    assert [process.status for process in ended] == [2, 2]
    for process in ended:
        assert "ConfigError: `batch_size` must be a multiple of the number of processes 2, got 5" in process.output


def test_a_mistake_that_the_first_rank_finds_is_told_by_all(server: RankServer, runs: Path) -> None:
    ended = server.run(runs / "no-base", world_size=2, base=str(runs / "nothing"))
    assert [process.status for process in ended] == [2, 2]
    assert len({process.output for process in ended}) == 1
    assert "MissingInputError" in ended[1].output


def test_a_rank_that_does_not_come_is_missed_after_a_while(server: RankServer, runs: Path) -> None:
    for missing in (0, 1):
        (ended,) = server.run(runs / "missing", world_size=2, missing=(missing,), timeout_seconds=1)
        assert ended.status == 2
        assert f"TrainingError: rank {1 - missing} did not meet all 2 processes" in ended.output
        assert "within 1 s" in ended.output


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"RANK": "2"}, "`RANK` must lie in 0 to 1 for `WORLD_SIZE` 2, got 2"),
        ({"RANK": ""}, "`WORLD_SIZE` is '2' but `RANK` is not set"),
        ({"MASTER_PORT": ""}, "`WORLD_SIZE` is '2' but `MASTER_PORT` is not set"),
        ({"RANK": "one"}, "`RANK` must be a number, got 'one'"),
        ({"WORLD_SIZE": "0"}, "`WORLD_SIZE` must be at least 1, got 0"),
    ],
)
def test_a_wrong_place_among_the_processes_is_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message), joined_ranks({**MEETING, **changes}):
        raise AssertionError("no process may come this far")


@pytest.mark.parametrize("environment", [{}, {"WORLD_SIZE": "1"}])
def test_a_process_without_others_stays_alone(environment: dict[str, str]) -> None:
    gradient = torch.nn.Parameter(torch.ones(2))
    gradient.grad = torch.tensor([3.0, 4.0])
    with joined_ranks(environment) as ranks:
        assert ranks == current_ranks() == ALONE
        average_gradients([gradient], ranks)
        assert gradient.grad.tolist() == [3.0, 4.0]
        assert summed([1.5], torch.device("cpu"), ranks) == [1.5]
        assert from_first("value", ranks) == "value"
        assert on_first(lambda: 7, ranks) == 7


def test_gradients_travel_in_buckets_and_come_back_in_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def all_reduce_of_three_equal_ranks(flat: torch.Tensor, *, async_op: bool) -> Any:
        sizes.append(flat.numel())
        flat *= 3
        return SimpleNamespace(wait=lambda: None)

    monkeypatch.setattr(torch.distributed, "all_reduce", all_reduce_of_three_equal_ranks)
    weights = [torch.nn.Parameter(torch.zeros(shape)) for shape in ((2, 3), (4,), (1, 1), (5,), (2,))]
    for number, weight in enumerate(weights[:-1]):
        weight.grad = torch.arange(weight.numel(), dtype=torch.float32).view_as(weight) + number
    before = [weight.grad.clone() for weight in weights[:-1] if weight.grad is not None]
    average_gradients(weights, Ranks(0, 2), bucket_elements=7)
    assert sizes == [10, 6]
    for weight, gradient in zip(weights, before, strict=False):
        assert weight.grad is not None
        torch.testing.assert_close(weight.grad, gradient * 1.5)
    assert weights[-1].grad is None
