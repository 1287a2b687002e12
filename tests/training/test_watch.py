import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from hornbook.model.config import ModelConfig, flops_per_token
from hornbook.training import watch as watch_module
from hornbook.training.config import TrainConfig
from hornbook.training.device_peak import Peak
from hornbook.training.execution import Execution
from hornbook.training.log_file import cut_log, read_log
from hornbook.training.parallel import Ranks
from hornbook.training.trackers import MAKERS, TrackedRun
from hornbook.training.watch import StepClock, Watch, in_words

SHAPE = ModelConfig(vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2)
CONFIG = TrainConfig(
    dataset="pretrain", num_steps=100, batch_size=8, sequence_length=32, learning_rate=0.01, warmup_steps=0
)
TOKENS_PER_STEP = 8 * 32


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def peak(monkeypatch: pytest.MonkeyPatch) -> list[torch.dtype]:
    """A device of 10^9 operations per second, and the types it was asked for."""
    asked: list[torch.dtype] = []

    def known(device: torch.device, dtype: torch.dtype) -> Peak:
        asked.append(dtype)
        return Peak(1e9, "invented")

    monkeypatch.setattr(watch_module, "peak_flops", known)
    return asked


def watching(
    path: Path | None,
    clock: Clock,
    *,
    rank: int = 0,
    world_size: int = 1,
    notes: list[str] | None = None,
    config: TrainConfig = CONFIG,
) -> Watch:
    heard: list[str] = [] if notes is None else notes
    return Watch(
        shape=SHAPE,
        config=config,
        device=torch.device("cpu"),
        dtype=torch.float32,
        ranks=Ranks(rank, world_size),
        log_path=path,
        progress=lambda done, total, note="": heard.append(f"{done}/{total} {note}"),
        clock=clock,
    )


def train_steps(watch: Watch, clock: Clock, first: int, last: int, *, seconds: float = 2.0) -> None:
    for step in range(first, last + 1):
        clock.seconds += seconds
        watch.step(step, 5.0)
        watch.line({"step": step, "loss": 5.0})


def steps_of(path: Path) -> list[int]:
    return [line["step"] for line in read_log(path)]


def test_a_line_has_what_was_given_and_what_was_measured(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock)
    for step in range(1, 12):
        clock.seconds += 2
        watch.step(step, 5.0)
    watch.line({"step": 11, "loss": 5.25, "learning_rate": 0.01, "gradient_norm": 1.5, "held_out_loss": 5.5})
    (line,) = read_log(path)
    assert line.pop("memory_bytes") > 10_000_000
    rate = TOKENS_PER_STEP / 2
    assert line == {
        "step": 11,
        "loss": 5.25,
        "learning_rate": 0.01,
        "gradient_norm": 1.5,
        "held_out_loss": 5.5,
        "tokens_per_second": rate,
        "utilisation": round(rate * flops_per_token(SHAPE, 32) / 1e9, 4),
        "seconds": 22.0,
        "run": 1,
    }


def test_a_line_can_be_read_by_others_as_soon_as_it_is_written(tmp_path: Path, clock: Clock) -> None:
    watch = watching(tmp_path / "new" / "log.jsonl", clock)
    watch.line({"step": 1, "loss": 5.0})
    assert (tmp_path / "new" / "log.jsonl").read_text(encoding="utf8").endswith("}\n")


def test_evaluation_checkpoints_and_the_lines_themselves_lower_no_rate(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock)
    train_steps(watch, clock, 1, 2)
    with watch.paused():
        clock.seconds += 1000
        with watch.paused():
            clock.seconds += 1000
        watch.line({"step": 2, "held_out_loss": 5.0})
    train_steps(watch, clock, 3, 3)
    rates = [line["tokens_per_second"] for line in read_log(path)]
    assert rates == [None, TOKENS_PER_STEP / 2, None, TOKENS_PER_STEP / 2]
    assert read_log(path)[-1]["seconds"] == 2006


def test_the_first_step_of_a_process_counts_in_no_rate_because_it_compiles(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock)
    clock.seconds += 500
    watch.step(1, 5.0)
    clock.seconds += 4
    watch.step(2, 5.0)
    watch.line({"step": 2, "loss": 5.0})
    assert read_log(path)[0]["tokens_per_second"] == TOKENS_PER_STEP / 4


def test_utilisation_is_of_all_ranks_and_its_peak_is_asked_for_once(
    tmp_path: Path, clock: Clock, peak: list[torch.dtype]
) -> None:
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock, world_size=4)
    train_steps(watch, clock, 1, 4)
    rate = TOKENS_PER_STEP / 2
    assert read_log(path)[-1]["utilisation"] == round(rate * flops_per_token(SHAPE, 32) / 4e9, 4)
    assert peak == [torch.float32]


def test_what_utilisation_is_measured_against_is_said_once(tmp_path: Path, clock: Clock) -> None:
    notes: list[str] = []
    train_steps(watching(tmp_path / "log.jsonl", clock, notes=notes), clock, 1, 5)
    assert [note for note in notes if "peak of cpu" in note] == ["0/0 peak of cpu: 0.001 TFLOPS (invented)"]


def test_where_no_peak_is_known_there_is_no_utilisation(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "peak_flops", lambda device, dtype: None)
    path = tmp_path / "log.jsonl"
    watch = watching(path, clock)
    train_steps(watch, clock, 1, 3)
    last = read_log(path)[-1]
    assert last["utilisation"] is None
    assert last["tokens_per_second"] == TOKENS_PER_STEP / 2


def test_a_resumed_run_repeats_no_step_and_counts_its_runs(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    first = watching(path, clock)
    train_steps(first, clock, 1, 7)
    first.close()
    with path.open("a", encoding="utf8") as file:
        file.write('{"step": 8, "loss": 4.')  # killed in the middle of a line
    second = watching(path, clock)
    second.resume(4)
    assert steps_of(path) == [1, 2, 3, 4]
    train_steps(second, clock, 5, 6)
    third = watching(path, clock)  # resumed from the same checkpoint: every line of the second run falls
    third.resume(4)
    train_steps(third, clock, 5, 9)
    assert steps_of(path) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [line["run"] for line in read_log(path)] == [1] * 4 + [3] * 5


def test_a_run_killed_before_its_first_checkpoint_begins_its_log_anew(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    train_steps(watching(path, clock), clock, 1, 3)
    train_steps(watching(path, clock), clock, 1, 2)
    assert steps_of(path) == [1, 2]
    assert {line["run"] for line in read_log(path)} == {2}


def test_what_is_kept_of_a_log_keeps_its_bytes_and_the_old_file_stays_until_the_new_one_is_whole(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.jsonl"
    text = '{"step":  1, "loss": 5.10, "run": 1}\n{"step": 2, "run": 1}\n'
    path.write_text(text, encoding="utf8")

    def fail(self: Path, target: Path) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="full"):
            cut_log(path, 1)
    assert path.read_text(encoding="utf8") == text
    assert cut_log(path, 1) == 1
    assert path.read_text(encoding="utf8") == text.splitlines(keepends=True)[0]


def test_a_loss_that_is_no_number_leaves_json_that_every_tool_reads(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "log.jsonl"
    watching(path, clock).line({"step": 1, "loss": float("nan"), "gradient_norm": float("inf")})
    line = json.loads(path.read_text(encoding="utf8"), parse_constant=pytest.fail)
    assert line["loss"] is None
    assert line["gradient_norm"] is None


def test_other_ranks_are_silent(tmp_path: Path, clock: Clock, peak: list[torch.dtype]) -> None:
    path, notes = tmp_path / "log.jsonl", list[str]()
    watch = watching(path, clock, rank=1, world_size=2, notes=notes)
    watch.resume(0)
    train_steps(watch, clock, 1, 3)
    watch.close()
    assert not path.exists()
    assert notes == []
    assert peak == []


def test_the_screen_shows_loss_rate_utilisation_and_the_time_that_is_left(tmp_path: Path, clock: Clock) -> None:
    notes: list[str] = []
    watch = watching(tmp_path / "log.jsonl", clock, notes=notes)
    watch.step(1, 5.0)
    assert notes[-1] == "1/100 loss 5.000"
    train_steps(watch, clock, 2, 3)
    with watch.paused():
        clock.seconds += 4
        watch.line({"step": 3, "held_out_loss": 6.0})
    clock.seconds += 2
    watch.step(4, 4.0)
    used = TOKENS_PER_STEP / 2 * flops_per_token(SHAPE, 32) / 1e9
    # Ten seconds for three steps, the pause included: that is how long a person waits.
    assert notes[-1] == f"4/100 loss 4.000, held out 6.000, 5 min left, 128 tokens/s, {used:.0%} of peak"


def test_trackers_hear_each_line_and_the_run_that_was_killed_goes_on(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []

    class Scripted:
        where = "here"

        def __init__(self, run: TrackedRun) -> None:
            heard.append((run.name, run.step, run.settings["learning_rate"], run.settings["model"]["num_layers"]))

        def log(self, step: int, values: Mapping[str, float]) -> None:
            clock.seconds += 50  # a slow tracker lowers no rate
            heard.append((step, sorted(values), values.get("tokens_per_second")))

        def close(self) -> None:
            heard.append("closed")

    monkeypatch.setitem(MAKERS, "wandb", Scripted)
    config = replace(CONFIG, execution=Execution(trackers=("wandb",)))
    for step in (0, 4):
        watch = watching(tmp_path / "mine" / "work" / "log.jsonl", clock, config=config)
        watch.resume(step)
        train_steps(watch, clock, step + 1, step + 2)
        watch.close()
    name = heard[0][0]  # type: ignore[index]
    assert name.startswith("mine-")
    metrics, rate = ["loss", "memory_bytes", "seconds"], TOKENS_PER_STEP / 2
    fast = sorted([*metrics, "tokens_per_second", "utilisation"])
    assert heard == [
        *((name, 0, 0.01, 2), (1, metrics, None), (2, fast, rate), "closed"),
        *((name, 4, 0.01, 2), (5, metrics, None), (6, fast, rate), "closed"),
    ]


def test_without_a_log_the_screen_is_still_shown(clock: Clock) -> None:
    notes: list[str] = []
    train_steps(watching(None, clock, notes=notes), clock, 1, 2)
    assert notes[-1].startswith("2/100 loss 5.000, 3 min left, 128 tokens/s")


def test_a_clock_that_was_never_ticked_knows_nothing(clock: Clock) -> None:
    steps = StepClock(clock)
    assert steps.take() == (0, 0.0)
    assert steps.seconds_per_step() is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(40, "40 s"), (720, "12 min"), (12600, "3.5 h"), (86400 * 2.5, "2.5 days")]
)
def test_a_duration_is_said_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
