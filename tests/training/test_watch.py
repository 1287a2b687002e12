"""The log, the line on the screen, and trackers; real ones where they are installed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.rank import SHAPE

from hornbook.errors import ConfigError
from hornbook.model.config import flops_per_token
from hornbook.training import trackers as trackers_module
from hornbook.training import watch as watch_module
from hornbook.training.config import TRACKERS, Execution, TrainConfig
from hornbook.training.hardware import Peak
from hornbook.training.parallel import Ranks
from hornbook.training.trackers import MAKERS, Tracker, Trackers, require_trackers
from hornbook.training.watch import Watch

CONFIG = TrainConfig(
    dataset="pretrain", num_steps=100, batch_size=8, sequence_length=32, learning_rate=0.01, warmup_steps=0
)
TOKENS_PER_STEP = 8 * 32
RATE = TOKENS_PER_STEP / 2
"""A step takes two seconds."""


class Clock:
    """Stands still until it is moved."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def peak(monkeypatch: pytest.MonkeyPatch) -> list[torch.dtype]:
    """A device of 10^9 operations per second, and the types it was asked for."""
    asked: list[torch.dtype] = []
    monkeypatch.setattr(watch_module, "peak_flops", lambda device, dtype: asked.append(dtype) or Peak(1e9, "invented"))
    return asked


def watching(
    path: Path | None,
    clock: Clock,
    *,
    ranks: Ranks = Ranks(0, 1),  # noqa: B008
    notes: list[str] | None = None,
    config: TrainConfig = CONFIG,
) -> Watch:
    heard: list[str] = [] if notes is None else notes
    return Watch(
        shape=SHAPE,
        config=config,
        device=torch.device("cpu"),
        dtype=torch.float32,
        ranks=ranks,
        log_path=path,
        progress=lambda done, total, note="": heard.append(f"{done}/{total} {note}"),
        clock=clock,
    )


def train_steps(watch: Watch, clock: Clock, first: int, last: int) -> None:
    for step in range(first, last + 1):
        clock.seconds += 2.0
        watch.step(step, 5.0)
        watch.line({"step": step, "loss": 5.0})


def read_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]


def test_a_line_has_what_was_given_and_what_was_measured(tmp_path: Path, clock: Clock, peak: list[torch.dtype]) -> None:
    path = tmp_path / "new" / "log.jsonl"
    watch = watching(path, clock, ranks=Ranks(0, 4))
    clock.seconds += 500  # the first step compiles: it counts in no rate
    for step in range(1, 12):
        watch.step(step, 5.0)
        clock.seconds += 2
    watch.line({"step": 11, "loss": 5.25, "gradient_norm": float("nan"), "validation_loss": 5.5})
    assert path.read_text(encoding="utf8").endswith("}\n")  # others can read it at once
    (line,) = read_log(path)
    assert line.pop("memory_bytes") > 10_000_000
    assert line == {
        "step": 11,
        "loss": 5.25,
        "gradient_norm": None,
        "validation_loss": 5.5,
        "tokens_per_second": RATE,
        "utilisation": round(RATE * flops_per_token(SHAPE, 32) / 4e9, 4),
        "seconds": 522.0,
        "run": 1,
    }
    assert peak == [torch.float32]


def test_evaluation_checkpoints_and_the_lines_themselves_lower_no_rate(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock)
    train_steps(watch, clock, 1, 2)
    with watch.paused(), watch.paused():
        clock.seconds += 2000
        watch.line({"step": 2, "validation_loss": 5.0})
    train_steps(watch, clock, 3, 3)
    assert [line["tokens_per_second"] for line in read_log(path)] == [None, RATE, None, RATE]


def test_a_resumed_run_repeats_no_step_and_counts_its_runs(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    train_steps(watching(path, clock), clock, 1, 7)
    kept = path.read_text(encoding="utf8").splitlines(keepends=True)[:4]
    with path.open("a", encoding="utf8") as file:
        file.write('{"step": 8, "loss": 4.')  # killed in the middle of a line
    second = watching(path, clock)
    second.resume(4)
    assert path.read_text(encoding="utf8") == "".join(kept)
    train_steps(second, clock, 5, 6)
    third = watching(path, clock)  # resumed from the same checkpoint: every line of the second run falls
    third.resume(4)
    train_steps(third, clock, 5, 9)
    assert [(line["step"], line["run"]) for line in read_log(path)] == [
        *((step, 1) for step in range(1, 5)),
        *((step, 3) for step in range(5, 10)),
    ]
    monkeypatch.setattr(watch_module, "peak_flops", lambda device, dtype: None)
    train_steps(watching(path, clock), clock, 1, 2)  # killed before its first checkpoint: it begins anew
    assert (read_log(path)[-1]["utilisation"], read_log(path)[-1]["tokens_per_second"]) == (None, RATE)
    assert [(line["step"], line["run"]) for line in read_log(path)] == [(1, 4), (2, 4)]


def test_only_the_first_rank_shows_and_writes_and_time_left_counts_pauses(tmp_path: Path, clock: Clock) -> None:
    path, notes = tmp_path / "log.jsonl", list[str]()
    watch = watching(path, clock, ranks=Ranks(1, 2), notes=notes)
    watch.resume(0)
    train_steps(watch, clock, 1, 3)
    watch.close()
    assert (path.exists(), notes) == (False, [])
    watch = watching(None, clock, notes=notes)
    train_steps(watch, clock, 1, 3)
    with watch.paused():
        clock.seconds += 4
        watch.line({"step": 3, "validation_loss": 6.0})
    clock.seconds += 2
    watch.step(4, 4.0)
    used = RATE * flops_per_token(SHAPE, 32) / 1e9
    assert notes[-1] == f"4/100 loss 4.000, validation 6.000, 5 min left, 128 tokens/s, {used:.0%} of peak"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All that trackers write goes below it, and nobody calls home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    return tmp_path


def test_trackers_hear_each_line_and_the_run_that_was_killed_goes_on_without_those_that_fail(
    place: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, notes = list[Any](), list[str]()

    def begin(name: str, step: int, settings: Mapping[str, Any]) -> Tracker:
        heard.append((name, step, settings["learning_rate"], settings["model"]["num_layers"]))

        def log(step: int, values: Mapping[str, float]) -> None:
            clock.seconds += 50  # a slow tracker lowers no rate
            heard.append((step, sorted(values), values.get("tokens_per_second")))

        return Tracker("here", log, lambda: heard.append("closed"))

    def broken_start(*_: Any) -> Tracker:
        raise ConnectionError("no route\nto host")

    def breaks_at_two(step: int, values: Mapping[str, float]) -> None:
        if step == 2:
            raise ValueError("no")

    monkeypatch.setitem(MAKERS, "wandb", begin)
    monkeypatch.setitem(MAKERS, "trackio", broken_start)
    monkeypatch.setitem(MAKERS, "tensorboard", lambda *_: Tracker("there", breaks_at_two, lambda: heard.append("?")))
    assert set(MAKERS) == set(TRACKERS)
    config = replace(CONFIG, execution=Execution(trackers=TRACKERS))
    for step in (0, 4):
        watch = watching(place / "mine" / "work" / "log.jsonl", clock, config=config, notes=notes)
        watch.resume(step)
        train_steps(watch, clock, step + 1, step + 2)
        watch.close()
    name = heard[0][0]
    assert name.startswith("mine-")
    metrics = ["loss", "memory_bytes", "seconds"]
    fast = sorted([*metrics, "tokens_per_second", "utilisation"])
    assert [one for one in heard if one != "?"] == [
        *((name, 0, 0.01, 2), (1, metrics, None), (2, fast, RATE), "closed"),
        *((name, 4, 0.01, 2), (5, metrics, None), (6, fast, RATE), "closed"),
    ]
    remarks = [note.split("`")[1] for note in notes if "is disabled" in note]
    assert remarks == ["trackio", "tensorboard", "trackio"]
    assert heard.count("?") == 1  # of the second run, in which it did not fail


def test_a_tracker_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trackers_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'hornbook\[wandb\]'"):
        require_trackers(["wandb"])


@pytest.mark.parametrize("name", TRACKERS)
def test_a_real_tracker_keeps_one_curve_over_a_kill(place: Path, name: str) -> None:
    pytest.importorskip(name)
    notes: list[str] = []
    for start in (0, 3):
        tracking = Trackers([name], Path("mine/work"), start, {"lr": 0.1}, lambda *told: notes.append(told[2]))
        for step in range(start + 1, start + 6):
            tracking.log({"step": step, "loss": 5 - step / 10, "run": 1})
        tracking.close()
    assert not any("is disabled" in note for note in notes)
    run = json.loads((place / "mine/work/tracked.json").read_text())["name"]
    assert any(run in str(path) for path in place.rglob("*"))
