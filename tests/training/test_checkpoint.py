import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.rank import FILE_EVENTS

from hornbook.errors import DamagedArtifactError
from hornbook.training.checkpoint import newest_checkpoint, read_checkpoint, save_checkpoint, saved_steps


def saved(folder: Path, *steps: int, best_step: int | None = None) -> None:
    for step in steps:
        save_checkpoint(folder, step, {"weight": torch.full((3,), float(step))}, {"log": [step]}, best_step)


def newest(folder: Path) -> tuple[int | None, list[str]]:
    """The step of the newest whole checkpoint, whose tensors must be those of that step; and what was passed over."""
    checkpoint, damaged = newest_checkpoint(folder)
    if checkpoint is None:
        return None, damaged
    assert checkpoint.state == {"log": [checkpoint.step]}
    assert checkpoint.tensors["weight"].tolist() == [float(checkpoint.step)] * 3
    return checkpoint.step, damaged


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


class Killed(BaseException):
    """As a kill does, it runs past everything that catches errors."""


def test_the_last_two_stay_and_the_best_until_there_is_a_better_one(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path / "missing") == (None, [])
    saved(tmp_path, 5, 10, 15)
    assert newest(tmp_path) == (15, [])
    assert len(list(tmp_path.iterdir())) == 4
    saved(tmp_path, 20, 25, 30, best_step=15)
    assert saved_steps(tmp_path) == [15, 25, 30]
    saved(tmp_path, 35, 40, best_step=35)
    assert saved_steps(tmp_path) == [35, 40]
    saved(tmp_path, 37)  # later ones belong to a past that was given up
    assert saved_steps(tmp_path) == [35, 37]
    (tmp_path / "step-00000038.tmp").write_bytes(b"half")
    (tmp_path / "step-00000039.safetensors").write_bytes(b"no description yet")
    assert newest(tmp_path) == (37, [])
    saved(tmp_path, 41)
    assert {path.stem for path in tmp_path.iterdir()} == {"step-00000037", "step-00000041"}


@pytest.mark.parametrize("suffix", ["safetensors", "json"])
@pytest.mark.parametrize("harm", ["flip", "empty", "delete"])
def test_a_damaged_one_is_named_and_the_one_before_it_taken(tmp_path: Path, harm: str, suffix: str) -> None:
    saved(tmp_path, 5, 10)
    path = tmp_path / f"step-00000010.{suffix}"
    {"flip": flip, "empty": lambda path: path.write_bytes(b""), "delete": Path.unlink}[harm](path)
    named = [] if (harm, suffix) == ("delete", "json") else ["step-00000010.safetensors"]
    assert newest(tmp_path) == (5, named)
    with pytest.raises(DamagedArtifactError, match="step-00000010"):
        read_checkpoint(tmp_path, 10)


def test_one_that_leads_to_a_damaged_best_is_passed_over(tmp_path: Path) -> None:
    saved(tmp_path, 10, 15, 20, best_step=10)
    flip(tmp_path / "step-00000010.safetensors")
    assert newest(tmp_path) == (None, [f"step-000000{step}.safetensors" for step in (20, 15, 10)])


class FileWatch:
    """Counts the openings, renamings and deletions of files in a folder, and kills before one of them."""

    folder: Path | None = None
    count = kill_at = 0

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None or event not in FILE_EVENTS or not str(arguments[0]).startswith(str(self.folder)):
            return
        self.count += 1
        if self.count == self.kill_at:
            raise Killed


@pytest.fixture
def files(tmp_path: Path) -> Iterator[FileWatch]:
    watch = FileWatch()
    sys.addaudithook(watch.hear)  # Python knows no way to take it away: without a folder it hears nothing
    watch.folder = tmp_path
    yield watch
    watch.folder = None


def test_killed_at_any_file_operation_a_whole_checkpoint_is_there(tmp_path: Path, files: FileWatch) -> None:
    found = set()
    for kill_at in range(1, 100):
        files.kill_at = 0
        saved(tmp_path, 5, 10)
        files.count, files.kill_at = 0, kill_at
        try:
            saved(tmp_path, 15)
        except Killed:
            files.kill_at = 0
            step, damaged = newest(tmp_path)
            assert damaged == []
            found.add(step)
            saved(tmp_path, 15)  # started again
            assert newest(tmp_path) == (15, [])
            assert {path.stem for path in tmp_path.iterdir()} == {"step-00000010", "step-00000015"}
        else:
            break
    assert found == {10, 15}
    assert kill_at > 8


def test_files_are_brought_to_the_disk_before_they_get_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        happened.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        happened.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    saved(tmp_path, 5)
    assert happened == ["file", "name", "file", "name", "folder"]
