import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.mishaps import FILE_EVENTS

from hornbook.errors import DamagedArtifactError, StoreError
from hornbook.training.checkpoint import Keeping, newest_checkpoint, read_checkpoint, save_checkpoint, saved_steps
from hornbook.training.checkpoint_writer import CheckpointWriter

USUAL = Keeping()


def saved(folder: Path, *steps: int, keeping: Keeping = USUAL, best_step: int | None = None) -> None:
    for step in steps:
        tensors = {"weight": torch.full((3,), float(step))}
        save_checkpoint(folder, step, tensors, {"log": [step]}, keeping=keeping, best_step=best_step)


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


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


class Killed(BaseException):
    """As a kill does, it runs past everything that catches errors."""


class FileWatch:
    """Counts the openings, renamings and deletions of files in a folder, and kills before one of them."""

    folder: Path | None = None
    count = 0
    kill_at = 0

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.folder is None or event not in FILE_EVENTS or not str(arguments[0]).startswith(str(self.folder)):
            return
        self.count += 1
        if self.count == self.kill_at:
            raise Killed


@pytest.fixture(scope="module")
def audited() -> FileWatch:
    watch = FileWatch()
    sys.addaudithook(watch.hear)  # Python knows no way to take it away: without a folder it hears nothing
    return watch


@pytest.fixture
def files(audited: FileWatch, tmp_path: Path) -> Iterator[FileWatch]:
    audited.folder = tmp_path
    yield audited
    audited.folder = None


def test_the_newest_comes_back_whole_and_old_ones_go(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10, 15)
    assert newest(tmp_path) == (15, [])
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("harm", [flip, cut, empty, delete])
def test_damaged_weights_are_named_and_the_one_before_them_taken(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    saved(tmp_path, 5, 10)
    harm(tmp_path / "step-00000010.safetensors")
    assert newest(tmp_path) == (5, ["step-00000010.safetensors"])
    with pytest.raises(DamagedArtifactError, match="step-00000010"):
        read_checkpoint(tmp_path, 10)


@pytest.mark.parametrize("harm", [cut, empty])
def test_a_damaged_description_is_as_bad(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    saved(tmp_path, 5, 10)
    harm(tmp_path / "step-00000010.json")
    assert newest(tmp_path) == (5, ["step-00000010.safetensors"])


def test_where_all_are_damaged_all_are_named(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10)
    for path in tmp_path.glob("*.safetensors"):
        flip(path)
    assert newest(tmp_path) == (None, ["step-00000010.safetensors", "step-00000005.safetensors"])


def test_one_that_leads_to_a_damaged_best_is_passed_over(tmp_path: Path) -> None:
    saved(tmp_path, 5)
    saved(tmp_path, 10, best_step=10)
    saved(tmp_path, 15, 20, best_step=10)
    assert saved_steps(tmp_path) == [10, 15, 20]
    assert newest(tmp_path) == (20, [])
    flip(tmp_path / "step-00000010.safetensors")
    damaged = [f"step-000000{step}.safetensors" for step in (20, 15, 10)]
    assert newest(tmp_path) == (None, damaged)


@pytest.mark.parametrize(
    ("keeping", "kept"),
    [
        (Keeping(), [15, 20]),
        (Keeping(last=1), [20]),
        (Keeping(last=3), [10, 15, 20]),
        (Keeping(last=1, every=10), [10, 20]),
        (Keeping(last=2, every=10), [10, 15, 20]),
    ],
)
def test_the_last_few_stay_and_every_so_many_steps_one(tmp_path: Path, keeping: Keeping, kept: list[int]) -> None:
    saved(tmp_path, 5, 10, 15, 20, keeping=keeping)
    assert saved_steps(tmp_path) == kept


def test_the_best_stays_until_there_is_a_better_one(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10, 15, 20, best_step=5)
    assert saved_steps(tmp_path) == [5, 15, 20]
    saved(tmp_path, 25, 30, best_step=25)
    assert saved_steps(tmp_path) == [25, 30]


def test_later_ones_belong_to_a_past_that_was_given_up(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10)
    saved(tmp_path, 7)
    assert saved_steps(tmp_path) == [5, 7]


def test_half_written_files_are_not_seen_and_the_next_checkpoint_clears_them_away(tmp_path: Path) -> None:
    saved(tmp_path, 5)
    (tmp_path / "step-00000007.tmp").write_bytes(b"half")
    (tmp_path / "step-00000010.safetensors").write_bytes(b"no description yet")
    assert newest(tmp_path) == (5, [])
    saved(tmp_path, 9)
    assert {path.stem for path in tmp_path.iterdir()} == {"step-00000005", "step-00000009"}


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


def test_a_full_disk_leaves_the_checkpoints_before_and_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path, 5)
    before = sorted(tmp_path.iterdir())

    def full(path: Path, *arguments: Any, **options: Any) -> int:
        raise OSError(28, "No space left on device")

    for method in ("write_text", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, method, full)
            with pytest.raises(StoreError, match=r"checkpoint of step 10 .*No space left.*the one of step 5 stays"):
                saved(tmp_path, 10)
        assert sorted(tmp_path.iterdir()) == before
    assert newest(tmp_path) == (5, [])


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


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path / "missing") == (None, [])


@pytest.fixture
def no_folder(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("where a folder should be")
    return tmp_path / "file"


def test_what_the_writers_thread_met_comes_up_at_the_end(no_folder: Path) -> None:
    with (
        pytest.raises(StoreError, match="checkpoint of step 5"),
        CheckpointWriter(no_folder, USUAL, asynchronous=True) as writer,
    ):
        writer.write(5, {}, {}, None)


def test_a_writer_without_a_thread_raises_at_once(no_folder: Path) -> None:
    writer = CheckpointWriter(no_folder, USUAL, asynchronous=False)
    with pytest.raises(StoreError, match="checkpoint of step 5"):
        writer.write(5, {}, {}, None)


def test_what_was_given_to_a_writer_is_on_the_disk_at_its_end(tmp_path: Path) -> None:
    with CheckpointWriter(tmp_path, USUAL, asynchronous=True) as writer:
        for step in (5, 10, 15):
            writer.write(step, {"weight": torch.full((3,), float(step))}, {"log": [step]}, None)
    assert newest(tmp_path) == (15, [])
    assert saved_steps(tmp_path) == [10, 15]
