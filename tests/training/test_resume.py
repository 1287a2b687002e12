"""Killed, stopped or damaged, then started again: the same bytes, or on other processes the same data."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.kill_training import RUN, by_torchrun, forked, measure
from tests.training.rank_server import RankServer
from tests.training.test_parallel import TOLERANCE, losses

SIGKILL, SIGTERM = -signal.SIGKILL, 143
WAYS = [(1, "ddp"), (2, "ddp"), (2, "fsdp")]
QUICK_WAYS = [*WAYS[:2], pytest.param(*WAYS[2], marks=pytest.mark.slow)]


def same_bytes(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in ("model.safetensors", "log.jsonl"))


@pytest.mark.parametrize(("ranks", "parallel"), QUICK_WAYS)
def test_killed_in_random_steps_it_ends_with_the_bytes_of_an_undisturbed_run(
    server: RankServer, tmp_path: Path, ranks: int, parallel: str
) -> None:
    run = {**RUN, "num_steps": 21, "parallel": parallel}
    figures = measure(forked(server, ranks), tmp_path, ranks, 3, run, seed=ranks)
    assert figures["kills"] == 3, figures
    assert figures["equal"], figures


@pytest.mark.slow
@pytest.mark.parametrize(("ranks", "parallel"), WAYS)
def test_killed_twenty_times(server: RankServer, tmp_path: Path, ranks: int, parallel: str) -> None:
    figures = measure(forked(server, ranks), tmp_path, ranks, 20, {**RUN, "parallel": parallel}, seed=0)
    assert figures["kills"] == 20, figures
    assert figures["equal"], figures


@pytest.mark.slow
@pytest.mark.parametrize(("ranks", "parallel"), [(2, "ddp"), (2, "fsdp")])
def test_killed_twenty_times_under_torchrun(tmp_path: Path, ranks: int, parallel: str) -> None:
    figures = measure(by_torchrun(ranks), tmp_path, ranks, 20, {**RUN, "parallel": parallel}, seed=0)
    assert figures["kills"] == 20, figures
    assert figures["equal"], figures


@pytest.fixture(scope="module")
def alone(server: RankServer, runs: Path) -> list[float]:
    return losses(server.trained(runs / "alone-to-resume", num_steps=14))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((2, "ddp"), (1, "ddp")),
        ((2, "ddp"), (4, "ddp")),
        ((2, "fsdp"), (1, "ddp")),
        pytest.param((1, "ddp"), (2, "fsdp"), marks=pytest.mark.slow),
        pytest.param((4, "ddp"), (2, "ddp"), marks=pytest.mark.slow),
    ],
)
def test_on_another_number_of_processes_it_goes_on_with_the_same_data(
    server: RankServer, runs: Path, alone: list[float], before: tuple[int, str], after: tuple[int, str]
) -> None:
    folder = runs / "-".join(map(str, (*before, *after)))
    killed = server.run(folder, before[0], num_steps=14, parallel=before[1], kill_in_step=10, on_rank=-1)
    assert [ended.status for ended in killed] == [SIGKILL] * before[0]
    ended = server.run(folder, after[0], num_steps=14, parallel=after[1])
    assert [process.status for process in ended] == [0] * after[0], ended
    assert "resumed from the checkpoint of step 8" in ended[0].output
    assert losses(folder) == pytest.approx(alone, abs=TOLERANCE)


@pytest.mark.parametrize(("ranks", "parallel"), QUICK_WAYS)
def test_sigterm_to_any_rank_leaves_a_checkpoint_of_that_step_and_143_on_all(
    server: RankServer, runs: Path, ranks: int, parallel: str
) -> None:
    folder = runs / f"stopped-{ranks}-{parallel}"
    run: dict[str, Any] = {"parallel": parallel, "residual_dropout": 0.1, "checkpoint_every": 100}
    stopped = server.run(folder, ranks, term_in_step=5, on_rank=ranks - 1, **run)
    assert [ended.status for ended in stopped] == [SIGTERM] * ranks, stopped
    for ended in stopped:
        assert "StoppedError: stopped by SIGTERM after step " in ended.output
    (checkpoint,) = (folder / "scratch" / "checkpoints").glob("*.json")
    step = json.loads(checkpoint.read_text())["step"]
    assert step in (6, 7)  # heard in the step in which it came, or in the next
    ended = server.run(folder, ranks, **run)
    assert f"resumed from the checkpoint of step {step}" in ended[0].output
    assert same_bytes(folder, server.trained(runs / f"unstopped-{ranks}-{parallel}", ranks, **run))


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_taken(server: RankServer, runs: Path) -> None:
    ranks, folder = 2, runs / "damaged"
    killed = server.run(folder, ranks, kill_in_step=10, on_rank=-1)
    assert [ended.status for ended in killed] == [SIGKILL] * ranks
    weights = folder / "scratch" / "checkpoints" / "step-00000008.safetensors"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    ended = server.run(folder, ranks)
    assert [process.status for process in ended] == [0] * ranks, ended
    assert "checkpoint step-00000008.safetensors is damaged and was passed over" in ended[0].output
    assert "resumed from the checkpoint of step 4" in ended[0].output
    assert same_bytes(folder, server.trained(runs / "undamaged", ranks))


def test_checkpoints_of_another_run_are_refused_by_every_rank(server: RankServer, runs: Path) -> None:
    folder = runs / "another"
    server.run(folder, 2, kill_in_step=6, on_rank=-1)
    ended = server.run(folder, 2, learning_rate=0.02)
    assert [process.status for process in ended] == [2, 2]
    for process in ended:
        assert "belong to another run (`learning_rate` 0.01, now 0.02)" in process.output


def test_how_it_is_computed_may_change_on_the_way(server: RankServer, runs: Path, alone: list[float]) -> None:
    folder = runs / "other-execution"
    server.run(folder, num_steps=14, kill_in_step=10)
    server.trained(folder, num_steps=14, micro_batch=2, checkpoint_activations=True, asynchronous_checkpoints=False)
    assert losses(folder) == pytest.approx(alone, abs=TOLERANCE)


def test_the_best_of_a_killed_run_is_that_of_an_undisturbed_one(server: RankServer, runs: Path) -> None:
    best = {"keep_best": True, "num_steps": 40, "stop_step": 8, "eval_every": 2, "learning_rate": 1.0}
    whole = server.trained(runs / "best-whole", **best)
    broken = runs / "best-broken"
    for step in (5, 7):
        assert server.run(broken, kill_in_step=step, **best)[0].status == SIGKILL
    server.trained(broken, **best)
    assert same_bytes(whole, broken)
    results = [json.loads((folder / "metrics.json").read_text())["result_step"] for folder in (whole, broken)]
    assert results[0] == results[1] < 8
