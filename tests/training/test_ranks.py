"""Several processes on gloo: the losses and weights of one, and what becomes of all when something happens to one."""

import json
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.kill_training import RUN, forked, measure
from tests.training.rank import SHAPE
from tests.training.rank_server import Ended, RankServer
from tests.training.test_plain_loop import uniform

from hornbook.errors import ConfigError
from hornbook.model.phi import Phi
from hornbook.training.parallel import Ranks, average_gradients, joined_ranks

SIGKILL, SIGTERM = -signal.SIGKILL, 143
TOLERANCE = 1e-5
MEETING = {"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29500"}
ALL_OPTIONS: dict[str, Any] = {
    "micro_batch": 2,
    "checkpoint_activations": True,
    "mask_documents": True,
    "residual_dropout": 0.1,
    "attention_dropout": 0.1,
    "optimizer": "muon",
    "keep_best": True,
    "clip_norm": 1.0,
    "shape": {"vocab_size": 301, "hidden_size": 36, "intermediate_size": 51, "num_heads": 3},
}
"""The rows of these matrices cannot be split evenly among two or four processes."""
slow = pytest.mark.slow


def column(folder: Path, name: str) -> list[float]:
    lines = [json.loads(text) for text in (folder / "log.jsonl").read_text().splitlines()]
    return [line[name] for line in lines if name in line]


def assert_alike(one: Path, other: Path, tolerance: float = TOLERANCE) -> None:
    for name in ("loss", "validation_loss", "gradient_norm", "learning_rate"):
        assert column(one, name) == pytest.approx(column(other, name), abs=tolerance, rel=tolerance), name


def same_bytes(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in ("model.safetensors", "log.jsonl"))


def only_mistake(ended: list[Ended]) -> str:
    """What all ranks said, which must be one and the same mistake."""
    assert {process.status for process in ended} == {2}, ended
    messages = {process.output.strip().splitlines()[-1] for process in ended}
    assert len(messages) == 1, messages
    return messages.pop()


@pytest.fixture(scope="module")
def one(server: RankServer, runs: Path) -> Path:
    """Of one process, undisturbed."""
    return server.trained(runs / "one", num_steps=7)


@pytest.mark.parametrize(
    ("ranks", "parallel"),
    [
        (2, "fsdp"),
        pytest.param(2, "ddp", marks=slow),
        pytest.param(4, "ddp", marks=slow),
        pytest.param(4, "fsdp", marks=slow),
    ],
)
def test_several_processes_have_the_losses_norms_and_weights_of_one(
    server: RankServer, runs: Path, one: Path, ranks: int, parallel: str
) -> None:
    several = server.trained(runs / f"{ranks}-{parallel}", ranks, parallel=parallel, num_steps=7)
    assert_alike(one, several)
    weights, others = (load_file(folder / "model.safetensors") for folder in (one, several))
    for name, weight in weights.items():
        torch.testing.assert_close(others[name], weight, atol=1e-3, rtol=0)


@slow
@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
@pytest.mark.parametrize("ranks", [2, 4])
def test_parts_with_all_options_at_once_are_as_replicas(
    server: RankServer, runs: Path, ranks: int, optimizer: str
) -> None:
    run = {**ALL_OPTIONS, "optimizer": optimizer, "batch_size": 8 * ranks // 2}
    folders = [
        server.trained(runs / f"all-{ranks}-{optimizer}-{parallel}", ranks, parallel=parallel, **run)
        for parallel in ("ddp", "fsdp")
    ]
    assert_alike(*folders)


def test_each_rank_drops_out_by_itself(server: RankServer, runs: Path, tokens: Path) -> None:
    """Of rows that are all one, two ranks that draw alike would have the loss of one rank."""
    shards = str(uniform(tokens, runs / "uniform"))
    values = {"tokens": shards, "residual_dropout": 0.3, "num_steps": 1, "learning_rate": 1e-12, "eval_rows": 0}
    two = server.trained(runs / "two-drop", 2, batch_size=2, **values)
    one = server.trained(runs / "one-drops", 1, batch_size=1, **values)
    assert abs(column(two, "loss")[0] - column(one, "loss")[0]) > 1e-5


@pytest.mark.parametrize(
    ("ranks", "parallel", "kills"),
    [
        pytest.param(2, "fsdp", 3, marks=slow),
        *(pytest.param(ranks, parallel, 20, marks=slow) for ranks, parallel in ((1, "ddp"), (2, "ddp"), (2, "fsdp"))),
    ],
)
def test_killed_in_random_steps_it_ends_with_the_bytes_of_an_undisturbed_run(
    server: RankServer, tmp_path: Path, ranks: int, parallel: str, kills: int
) -> None:
    run = {**RUN, "num_steps": 60 if kills == 20 else 15, "parallel": parallel}
    figures = measure(forked(server, ranks), tmp_path, ranks, kills, run, seed=ranks)
    assert figures["kills"] == kills, figures
    assert figures["equal"], figures


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((2, "ddp"), (1, "ddp")),
        pytest.param((2, "fsdp"), (1, "ddp"), marks=slow),
        pytest.param((2, "ddp"), (4, "ddp"), marks=slow),
        pytest.param((1, "ddp"), (2, "fsdp"), marks=slow),
        pytest.param((4, "ddp"), (2, "ddp"), marks=slow),
    ],
)
def test_on_another_number_of_processes_it_goes_on_with_the_same_data(
    server: RankServer, runs: Path, one: Path, before: tuple[int, str], after: tuple[int, str]
) -> None:
    name = "-".join(map(str, (*before, *after)))
    run = {"num_steps": 7, "checkpoint_every": 2}  # that of step 2 is on the disk before that of step 4 is written
    killed = server.run(runs / name, before[0], parallel=before[1], kill_in_step=5, on_rank=-1, **run)
    assert [ended.status for ended in killed] == [SIGKILL] * before[0]
    (ended, *_) = server.run(runs / name, after[0], parallel=after[1], **run)
    assert "resumed from the checkpoint of step " in ended.output
    assert_alike(runs / name, one)


@pytest.mark.parametrize("parallel", ["ddp", pytest.param("fsdp", marks=slow)])
def test_sigterm_to_one_rank_leaves_a_checkpoint_and_143_on_all(server: RankServer, runs: Path, parallel: str) -> None:
    folder = runs / f"stopped-{parallel}"
    run: dict[str, Any] = {"parallel": parallel, "residual_dropout": 0.1, "checkpoint_every": 100, "num_steps": 8}
    stopped = server.run(folder, 2, term_in_step=5, on_rank=1, **run)
    assert [ended.status for ended in stopped] == [SIGTERM] * 2, stopped
    (checkpoint,) = (folder / "scratch" / "checkpoints").glob("*.json")
    assert json.loads(checkpoint.read_text())["step"] in (6, 7)  # heard in the step in which it came, or in the next
    if parallel == "ddp":  # what comes of it in one process is seen quickly in test_loop.py
        return
    server.trained(folder, 2, **run)
    assert same_bytes(folder, server.trained(runs / f"unstopped-{parallel}", 2, **run))


@pytest.mark.parametrize("parallel", ["ddp", pytest.param("fsdp", marks=slow)])
def test_a_step_that_is_not_finite_on_one_rank_moves_no_weight_on_any(
    server: RankServer, runs: Path, parallel: str
) -> None:
    folder = runs / f"nan-{parallel}"
    server.trained(folder, 2, nan_in_step=0, on_rank=1, num_steps=1, warmup_steps=0, parallel=parallel)
    untouched = Phi(SHAPE).initialize(torch.Generator().manual_seed(5)).state_dict()
    found = load_file(folder / "model.safetensors")
    assert all(torch.equal(weight, untouched[name]) for name, weight in found.items())
    assert json.loads((folder / "metrics.json").read_text())["skipped_steps"] == 1


def test_a_mistake_is_told_by_all_ranks(server: RankServer, runs: Path) -> None:
    assert "`batch_size`" in only_mistake(server.run(runs / "odd", 2, batch_size=5))
    assert "MissingInputError" in only_mistake(server.run(runs / "no-base", 2, base=str(runs / "nothing")))


@pytest.mark.parametrize("parallel", ["ddp", pytest.param("fsdp", marks=slow)])
def test_a_rank_that_is_killed_or_does_not_come_is_missed_by_the_other(
    server: RankServer, runs: Path, parallel: str
) -> None:
    killed, other = server.run(runs / f"lost-{parallel}", 2, kill_in_step=2, on_rank=0, parallel=parallel)
    assert (killed.status, other.status) == (SIGKILL, 2), other.output
    assert "TrainingError: rank 1 of 2 lost another process" in other.output
    (alone,) = server.run(runs / "missing", 2, missing=(1,), timeout_seconds=1)
    assert alone.status == 2
    assert "TrainingError: rank 0 did not meet all 2 processes" in alone.output


@pytest.mark.parametrize("changes", [{"RANK": "2"}, {"RANK": ""}, {"MASTER_PORT": ""}, {"RANK": "one"}], ids=str)
def test_a_wrong_place_among_the_processes_is_refused_by_name(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=f"`{next(iter(changes))}`"), joined_ranks({**MEETING, **changes}):
        raise AssertionError("no process may come this far")


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
        torch.testing.assert_close(weight.grad, gradient * 1.5)
    assert weights[-1].grad is None
