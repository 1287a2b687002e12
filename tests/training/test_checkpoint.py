from pathlib import Path

import torch

from hornbook.training.checkpoint import newest_checkpoint, save_checkpoint


def saved(folder: Path, *steps: int) -> None:
    for step in steps:
        save_checkpoint(folder, step, {"weight": torch.full((3,), float(step))}, {"log": [step]})


def test_the_newest_comes_back_whole_and_old_ones_go(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10, 15)
    checkpoint, damaged = newest_checkpoint(tmp_path)
    assert checkpoint is not None
    assert (checkpoint.step, checkpoint.state, damaged) == (15, {"log": [15]}, [])
    assert checkpoint.tensors["weight"].tolist() == [15.0] * 3
    assert len(list(tmp_path.iterdir())) == 4


def test_a_damaged_one_is_named_and_the_one_before_it_taken(tmp_path: Path) -> None:
    saved(tmp_path, 5, 10)
    weights = tmp_path / "step-00000010.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    checkpoint, damaged = newest_checkpoint(tmp_path)
    assert checkpoint is not None
    assert (checkpoint.step, damaged) == (5, ["step-00000010.safetensors"])


def test_half_written_files_are_not_seen(tmp_path: Path) -> None:
    saved(tmp_path, 5)
    (tmp_path / "step-00000010.tmp").write_bytes(b"half")
    (tmp_path / "step-00000010.safetensors").write_bytes(b"no description yet")
    checkpoint, damaged = newest_checkpoint(tmp_path)
    assert checkpoint is not None
    assert (checkpoint.step, damaged) == (5, [])


def test_an_empty_folder_has_none(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path / "missing") == (None, [])
