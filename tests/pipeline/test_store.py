"""Artifacts are whole or absent, every byte is checked, half-finished work is resumed."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import DamagedArtifactError, StoreError
from hornbook.pipeline import run as pipelines
from hornbook.pipeline.run import Reuse
from hornbook.pipeline.stage import Result, Workspace
from hornbook.pipeline.store import Store
from hornbook.records import Timing

PROGRAM = """
import os, signal, sys
from pathlib import Path
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.stage import Result, Stage
from hornbook.pipeline.store import Store
from hornbook.pipeline.table import write_part
from hornbook.records import Value, table_of

def make(number, folder):
    write_part(folder / "rows.parquet", table_of(Value, [Value(id=str(number), value=1.0)]))

def die_once(config, inputs, workspace):
    half = workspace.scratch / "half"
    rows = workspace.gather(workspace.map_parts("made", make, [1, 2, 3], in_threads=True), "rows", Value)
    (workspace.folder / "output").write_text(f"{rows.num_rows} rows" if half.exists() else "not yet")
    if not half.exists():
        half.write_text("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return Result(kept=1, unit="things")

def wait(config, inputs, workspace):
    print("ran", flush=True)
    sys.stdin.readline()
    (workspace.folder / "output").write_text("x")
    return Result(kept=1, unit="things")

class Observer:
    def on_start(self, status, index, total):
        print("begun", flush=True)
        return lambda done, total, note="": None
    def on_finish(self, outcome, index, total):
        print(outcome.artifact.path("output").read_text())

store = Store(Path(sys.argv[1]))
store.open_for_writing()
run(Pipeline("p", (Stage("work", globals()[sys.argv[2]], {}, version=1),)), store, Observer())
"""


def test_every_single_damaged_byte_is_noticed_and_the_file_named(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    outcome = pipelines.run(pipeline_of(calls), store, observer)["sum"]
    folder = outcome.artifact.folder
    digest = outcome.artifact.manifest.fingerprint
    assert {path.name for path in folder.iterdir()} == {"total.txt", "manifest.json"}
    for path in folder.iterdir():
        original = path.read_bytes()
        for place in (0, *range(1, len(original) - 1, 37), len(original) - 1):
            path.write_bytes(original[:place] + bytes([original[place] ^ 1]) + original[place + 1 :])
            with pytest.raises(DamagedArtifactError, match=path.name):
                store.find("sum", digest)
        path.write_bytes(original)
    assert store.find("sum", digest) is not None


@pytest.mark.parametrize("victim", ["numbers/00000.parquet", "manifest.json"])
def test_a_damaged_artifact_is_rebuilt_and_what_follows_is_reused(
    store: Store, calls: Any, observer: Any, pipeline_of: Any, victim: str
) -> None:
    first = pipelines.run(pipeline_of(calls), store, observer)
    path = first["count"].artifact.folder / victim
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    observer.started.clear()
    second = pipelines.run(pipeline_of(calls), store, observer)
    assert calls.names == ["count", "sum", "count"]
    assert [(status.reuse, victim in status.detail) for status in observer.started] == [(Reuse.DAMAGED, True)]
    assert second["sum"].reused
    assert second["count"].artifact.manifest.files == first["count"].artifact.manifest.files


def test_a_stage_whose_input_was_rebuilt_with_other_bytes_is_rebuilt_too(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    pipeline = pipeline_of(calls)
    first = pipelines.run(pipeline, store, observer)
    store.discard("count", first["count"].artifact.manifest.fingerprint)
    rows = pipeline_of(calls, num_rows=5).stage("count")
    object.__setattr__(pipeline.stage("count"), "run", lambda config, inputs, work: rows.run(rows.config, inputs, work))
    second = pipelines.run(pipeline, store, observer)
    assert observer.started[-1].reuse is Reuse.OUTDATED
    assert second["sum"].artifact.manifest.metrics == {"total": 10.0}


def test_a_stage_rebuilt_with_other_times_leaves_what_follows_in_place(
    store: Store, calls: Any, observer: Any, pipeline_of: Any
) -> None:
    pipeline = pipeline_of(calls)
    run_count = pipeline.stage("count").run

    def run_and_measure(config: Any, inputs: Any, workspace: Workspace) -> Result:
        seconds = float(len(calls.names))
        workspace.write_measured("times", Timing, [Timing(task_id="a", sample_index=0, cpu_seconds=seconds)])
        return run_count(config, inputs, workspace)

    object.__setattr__(pipeline.stage("count"), "run", run_and_measure)
    first = pipelines.run(pipeline, store, observer)["count"].artifact
    path = first.path("measured/times/00000.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    second = pipelines.run(pipeline, store, observer)
    assert calls.names == ["count", "sum", "count"]
    assert second["sum"].reused
    artifact = second["count"].artifact
    assert artifact.manifest.content_digest == first.manifest.content_digest
    assert artifact.manifest.files != first.manifest.files
    assert [timing.cpu_seconds for timing in artifact.records("measured/times", Timing)] == [2.0]


def test_a_stage_killed_after_its_parts_were_gathered_leaves_no_artifact_and_loses_no_part(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), "die_once"]
    killed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list((tmp_path / "artifacts").iterdir()) == []
    resumed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert resumed.stdout == "begun\n3 rows\n"
    assert [path.name for path in (tmp_path / "partial").iterdir()] == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--store DIR"):
        Store(tmp_path / "file" / "store").open_for_writing()


def test_a_full_disk_is_named_with_what_to_do(store: Store, calls: Any, observer: Any, pipeline_of: Any) -> None:
    pipeline = pipeline_of(calls)

    def fill(config: Any, inputs: Any, workspace: Any) -> Any:
        with Path("/dev/full").open("wb") as stream:
            stream.write(b"x")

    object.__setattr__(pipeline.stage("count"), "run", fill)
    if not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("this system has no /dev/full")
    with pytest.raises(StoreError, match="No space left"):
        pipelines.run(pipeline, store, observer)


def test_two_processes_that_build_the_same_artifact_build_it_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store"), "wait"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    first, second = (subprocess.Popen(command, **pipes) for _ in range(2))
    said = [process.stdout.readline() for process in (first, second)]  # Both have seen that there is no artifact.
    for process in (first, second):  # One of them works, and the other waits for it: both are told to go on.
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.stdout.read() for process in (first, second)]  # `communicate` loses what is read ahead.
    for process in (first, second):
        process.stdin.close()
        process.stdout.close()
    assert [process.wait() for process in (first, second)] == [0, 0]
    assert said == ["begun\n", "begun\n"]
    assert "".join(outputs).count("ran") == 1
