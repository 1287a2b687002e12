import pytest
import torch

from hornbook.training.compiling import maybe_compiled

CPU = torch.device("cpu")


def double(rows: torch.Tensor) -> torch.Tensor:
    return rows * 2


def test_auto_leaves_a_function_for_the_cpu_as_it_is() -> None:
    assert maybe_compiled(double, "auto", CPU, lambda *_: None) is double


def test_without_a_compiler_it_says_so_once_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    notes: list[str] = []
    assert maybe_compiled(double, "on", CPU, lambda done, total, note="": notes.append(note)) is double
    assert len(notes) == 1
    assert "no C++ compiler" in notes[0]
