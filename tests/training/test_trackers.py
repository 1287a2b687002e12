"""What every tracker must do. The real ones are tried where they are installed: `pip install 'hornbook[wandb]'`."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.training import trackers
from hornbook.training.execution import TRACKERS
from hornbook.training.trackers import MAKERS, PROJECT, TrackedRun, Tracker, Trackers, require_trackers

Curve = list[tuple[int, float]]


class Scripted:
    """Keeps what it is told, by the run's name; breaks down at a step that it is given."""

    where = "here"
    told: dict[str, list[tuple[int, dict[str, float]]]]
    closed: list[str]

    def __init__(self, run: TrackedRun, break_at: int | None = None) -> None:
        self._name, self._break_at = run.name, break_at
        told = self.told.setdefault(run.name, [])
        told[:] = [(step, values) for step, values in told if step <= run.step]

    def log(self, step: int, values: Mapping[str, float]) -> None:
        if step == self._break_at:
            raise ConnectionError("no route\nto host")
        self.told[self._name].append((step, dict(values)))

    def close(self) -> None:
        self.closed.append(self._name)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that trackers write goes below `tmp_path`, and nobody calls home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setattr(Scripted, "told", {}, raising=False)
    monkeypatch.setattr(Scripted, "closed", [], raising=False)


def begun(
    notes: list[str], step: int = 0, makers: Mapping[str, Callable[[TrackedRun], Tracker]] | None = None
) -> Trackers:
    makers = {"scripted": Scripted} if makers is None else makers
    settings = {"learning_rate": 0.1, "model": {"num_layers": 2}, "betas": [0.9, 0.95]}
    folder = Path("mine") / "work"
    return Trackers(list(makers), folder, step, settings, lambda done, total, note="": notes.append(note), makers)


def log_steps(tracking: Trackers, first: int, last: int) -> None:
    for step in range(first, last + 1):
        line = {"step": step, "loss": 5 - step / 10, "tokens_per_second": None if step == 1 else 1000, "run": 1}
        tracking.log(line)
        if step % 2 == 0:
            tracking.log({"step": step, "held_out_loss": 4.5, "skipped_loss": "nan", "documents": ["a"], "run": 1})


def kept_name() -> str:
    name: str = json.loads(Path("mine/work/tracked.json").read_text())["name"]
    return name


def read_scripted(name: str) -> dict[str, Curve]:
    curves: dict[str, Curve] = {}
    for step, values in Scripted.told[name]:
        for metric, value in values.items():
            curves.setdefault(metric, []).append((step, value))
    return curves


def read_tensorboard(name: str) -> dict[str, Curve]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(Path("runs") / name)).Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def read_trackio(name: str) -> dict[str, Curve]:
    from trackio.sqlite_storage import SQLiteStorage

    curves: dict[str, Curve] = {}
    for values in SQLiteStorage.get_logs(PROJECT, name):
        for metric, value in values.items():
            if metric not in ("step", "timestamp"):
                curves.setdefault(metric, []).append((values["step"], value))
    return curves


def read_wandb(name: str) -> dict[str, Curve]:
    from wandb.proto import wandb_internal_pb2

    curves: dict[str, Curve] = {}
    for path in sorted(Path("wandb").glob(f"offline-run-*-{name}/run-{name}.wandb")):
        for record in map(wandb_internal_pb2.Record.FromString, records_of_leveldb_log(path.read_bytes()[7:], 7)):
            for item in record.history.item:
                metric = item.key or "/".join(item.nested_key)
                if not metric.startswith("_"):
                    curves.setdefault(metric, []).append((record.history.step.num, json.loads(item.value_json)))
    return curves


def records_of_leveldb_log(data: bytes, start: int) -> Iterator[bytes]:
    """Blocks of 32 KiB hold fragments, each behind checksum (4 bytes), length (2) and kind (1: whole, 4: last)."""
    place, parts = 0, b""
    while place + 7 <= len(data):
        left = 2**15 - (start + place) % 2**15
        if left < 7:
            place += left
            continue
        length, kind = struct.unpack("<HB", data[place + 4 : place + 7])
        parts += data[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):
            yield parts
            parts = b""


READERS = {
    "scripted": read_scripted,
    "tensorboard": read_tensorboard,
    "trackio": read_trackio,
    "wandb": read_wandb,
}


def curves_of(read: Callable[[str], dict[str, Curve]]) -> dict[str, dict[int, float]]:
    """Metric → step → value; a step that came again has the value of the last time."""
    return {metric: dict(curve) for metric, curve in read(kept_name()).items()}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", READERS)
def test_every_tracker_has_the_curves_of_the_log_under_its_names_and_goes_on_after_a_kill(name: str) -> None:
    if name != "scripted":
        pytest.importorskip(name)
    makers = {"scripted": Scripted, **MAKERS}
    notes: list[str] = []
    killed = begun(notes, makers={name: makers[name]})
    log_steps(killed, 1, 6)
    killed.close()
    resumed = begun(notes, 4, makers={name: makers[name]})
    log_steps(resumed, 5, 8)
    resumed.close()
    assert len(notes) == 2
    assert all(note.startswith(f"tracked as {kept_name()}: ") for note in notes)
    curves = curves_of(READERS[name])
    assert set(curves) == {"loss", "held_out_loss", "tokens_per_second"}
    assert curves["loss"] == pytest.approx({step: 5 - step / 10 for step in range(1, 9)})
    assert curves["held_out_loss"] == {2: 4.5, 4: 4.5, 6: 4.5, 8: 4.5}
    assert list(curves["tokens_per_second"]) == [2, 3, 4, 5, 6, 7, 8]


def test_there_is_a_maker_for_every_name_that_a_config_takes() -> None:
    assert set(MAKERS) == set(TRACKERS) == set(READERS) - {"scripted"}


def test_a_tracker_that_fails_is_left_behind_with_one_remark_and_the_others_go_on() -> None:
    notes: list[str] = []
    makers: dict[str, Callable[[TrackedRun], Tracker]] = {"weak": lambda run: Scripted(run, 3), "strong": Scripted}
    tracking = begun(notes, makers=makers)
    log_steps(tracking, 1, 4)
    tracking.close()
    (remark,) = [note for note in notes if "failed" in note]
    assert remark == (
        "the tracker `weak` failed and is left behind; the log has it all (ConnectionError: no route to host)"
    )
    steps = [step for step, _ in Scripted.told[kept_name()]]
    assert steps == [1, 1, 2, 2, 2, 2, 3, 4, 4]
    assert Scripted.closed == [kept_name()]


def test_a_tracker_that_cannot_begin_is_left_behind() -> None:
    def refuse(run: TrackedRun) -> Tracker:
        raise RuntimeError("no key")

    notes: list[str] = []
    tracking = begun(notes, makers={"closed": refuse})
    log_steps(tracking, 1, 2)
    tracking.close()
    assert len(notes) == 1
    assert "`closed` failed" in notes[0]


def test_runs_in_folders_of_the_same_name_are_told_apart() -> None:
    begun([])
    first = kept_name()
    assert first.startswith("mine-")
    Path("mine/work/tracked.json").unlink()
    begun([])
    assert kept_name() != first
    Path("mine/work/tracked.json").write_text("{")
    begun([])
    assert kept_name().startswith("mine-")


def test_without_trackers_nothing_is_kept() -> None:
    tracking = begun([], makers={})
    log_steps(tracking, 1, 2)
    tracking.close()
    assert not Path("mine").exists()


@pytest.mark.parametrize("name", TRACKERS)
def test_a_tracker_that_is_not_installed_is_refused_with_the_extra_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trackers.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=rf"`{name}` is not installed: pip install 'hornbook\[{name}\]'"):
        require_trackers((name,))


def test_a_folder_of_the_trackers_name_is_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a_folder_of_runs").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigError, match="a_folder_of_runs"):
        require_trackers(("a_folder_of_runs",))
    require_trackers(("json",))
