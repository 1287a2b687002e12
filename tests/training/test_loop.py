"""A run that is killed, stopped, damaged or meets a loss that is no number, in one process."""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training import in_process
from tests.training.conftest import DOCUMENTS
from tests.training.in_process import SEED, Trained, initial_model, trained
from tests.training.rank import SHAPE
from tests.training.test_checkpoint import Killed, flip
from torch import Tensor

from hornbook.errors import ConfigError, StoppedError, StoreError, TrainingError
from hornbook.model.phi import Phi
from hornbook.tokens.batches import read_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import load_tokenizer
from hornbook.training import checkpoint, loop
from hornbook.training import step as step_module
from hornbook.training.checkpoint import saved_steps
from hornbook.training.watch import Watch

BUSY: dict[str, Any] = {
    "optimizer": "muon",
    "residual_dropout": 0.1,
    "attention_dropout": 0.1,
    "micro_batch": 2,
    "log_every": 5,
    "eval_every": 3,
    "keep_best": True,
}
"""Twelve steps with a checkpoint every four, and all that a checkpoint must remember between them."""


@pytest.fixture(scope="module")
def whole(tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return trained(tokens, tmp_path_factory.mktemp("whole"), **BUSY)


def disturbed(
    monkeypatch: pytest.MonkeyPatch, step: int, action: Callable[[], None], tokens: Path, scratch: Path, **values: Any
) -> None:
    """Train, and do `action` when `step` steps have ended."""
    take = Watch.step

    def planted(watch: Watch, done: int, loss: float) -> None:
        take(watch, done, loss)
        if done == step:
            action()

    with monkeypatch.context() as patched:
        patched.setattr(Watch, "step", planted)
        trained(tokens, scratch, **values)


def kill() -> None:
    raise Killed


def assert_same(found: Trained, expected: Trained) -> None:
    assert found.training.log == expected.training.log
    assert found.training.best == expected.training.best
    for name, weight in expected.model.state_dict().items():
        assert torch.equal(found.model.state_dict()[name], weight), name


def test_killed_three_times_it_ends_with_the_bits_of_an_undisturbed_run(
    tokens: Path, tmp_path: Path, whole: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in (3, 7, 11):
        with pytest.raises(Killed):
            disturbed(monkeypatch, step, kill, tokens, tmp_path, **BUSY)
    last = trained(tokens, tmp_path, **BUSY)
    assert "resumed from the checkpoint of step 9" in last.notes  # the best so far
    assert_same(last, whole)


def test_a_damaged_checkpoint_is_named_and_the_one_before_it_taken_with_the_rows_that_the_run_had(
    tokens: Path, tmp_path: Path, whole: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Killed):
        disturbed(monkeypatch, 11, kill, tokens, tmp_path, **BUSY)
    flip(tmp_path / f"step-{max(saved_steps(tmp_path)):08d}.safetensors")
    last = trained(tokens, tmp_path, **{**BUSY, "micro_batch": "auto"})  # on a machine where all eight fit
    assert any("damaged" in note for note in last.notes)
    assert any(note.startswith("micro-batch size 2") for note in last.notes)
    assert_same(last, whole)


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, StoppedError), (signal.SIGINT, KeyboardInterrupt)])
def test_a_signal_ends_the_run_after_the_next_step_with_a_checkpoint(
    tokens: Path,
    tmp_path: Path,
    whole: Trained,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    error: type[BaseException],
) -> None:
    before = signal.getsignal(number)
    with pytest.raises(error):
        disturbed(monkeypatch, 5, lambda: signal.raise_signal(number), tokens, tmp_path, **BUSY)
    assert signal.getsignal(number) == before
    assert max(saved_steps(tmp_path)) == 6
    if number is signal.SIGINT:  # the second one does not wait
        twice = lambda: [signal.raise_signal(number) for _ in range(2)]  # noqa: E731
        with pytest.raises(KeyboardInterrupt):
            disturbed(monkeypatch, 8, twice, tokens, tmp_path, **BUSY)
        assert max(saved_steps(tmp_path)) == 6
    assert_same(trained(tokens, tmp_path, **BUSY), whole)


def test_a_checkpoint_that_cannot_be_written_ends_the_run(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save_file", full)
        with pytest.raises(StoreError, match=r"step 4 .*No space left"):
            trained(tokens, tmp_path)
    assert not list(tmp_path.iterdir())
    for field, values in (("keep_best", {"keep_best": True, "eval_rows": 0}), ("micro_batch", {"micro_batch": 3})):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            trained(tokens, tmp_path, **values)
    assert trained(tokens, tmp_path).training.step == 12


def test_how_it_is_computed_may_change_on_the_way_and_what_is_computed_may_not(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = trained(tokens, tmp_path / "plain")
    with pytest.raises(Killed):
        disturbed(monkeypatch, 6, kill, tokens, tmp_path / "other")
    with pytest.raises(ConfigError, match=r"`learning_rate` 0\.01, now 0\.02"):
        trained(tokens, tmp_path / "other", learning_rate=0.02)
    with pytest.raises(ConfigError, match="`seed`"):
        trained(tokens, tmp_path / "other", seed=SEED + 1)
    monkeypatch.setattr(in_process, "initial_model", lambda: Phi(SHAPE).initialize(torch.Generator().manual_seed(9)))
    other = trained(tokens, tmp_path / "other", micro_batch=2, checkpoint_activations=True)
    assert other.column("loss") == pytest.approx(plain.column("loss"), abs=1e-5)
    assert other.column("validation_loss") == pytest.approx(plain.column("validation_loss"), abs=1e-5)


def nan_in_steps(monkeypatch: pytest.MonkeyPatch, *steps: int) -> None:
    """The loss of these steps is NaN; a step is one pass."""
    loss, calls = Phi.loss, iter(range(10**6))

    def planted(self: Phi, *arguments: Any, **options: Any) -> Tensor:
        measured: Tensor = loss(self, *arguments, **options)
        return measured * float("nan") if self.training and next(calls) in steps else measured

    monkeypatch.setattr(Phi, "loss", planted)


def test_a_step_that_is_not_finite_moves_no_weight_and_is_logged_with_its_documents(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        nan_in_steps(patched, 4)
        ours = trained(tokens, tmp_path, batch_size=2, num_steps=8)
    for name, weight in ours.weights[4].items():
        assert torch.equal(ours.weights[5][name], weight)
    assert not torch.equal(ours.weights[6]["lm_head.bias"], ours.weights[5]["lm_head.bias"])
    (skipped,) = (line for line in ours.training.log if "skipped_loss" in line)
    assert (skipped["step"], skipped["skipped_loss"], ours.training.num_skipped) == (5, "nan", 1)
    assert [line["step"] for line in ours.training.log if "loss" in line] == [1, 2, 3, 4, 6, 7, 8]
    stream = TokenStream(tokens, "train")
    rows = read_rows(stream, row_starts(stream, seed=SEED, step=4, batch_size=2, sequence_length=32), 32)
    tokenizer = load_tokenizer(tokens / "tokenizer.json")
    texts = [tokenizer.decode(row.tolist(), skip_special_tokens=False) for row in rows]
    there = {one.id for one in DOCUMENTS if any(one.text in text for text in texts)}
    assert there
    assert there <= set(skipped["documents"])
    assert len(set(skipped["documents"]) - there) <= 4  # cut at both ends of a row


def test_one_skipped_step_too_many_ends_the_run_even_over_a_kill_and_names_broken_weights(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        nan_in_steps(patched, 2, 9)  # calls: six of the run that is killed, then from the resumed step 4 on
        with pytest.raises(Killed):
            disturbed(monkeypatch, 6, kill, tokens, tmp_path / "counted", max_skipped_steps=1)
        with pytest.raises(TrainingError, match=r"steps 3, 8; .*learning_rate"):
            trained(tokens, tmp_path / "counted", max_skipped_steps=1)
    broken = initial_model()
    with torch.no_grad():
        broken.state_dict()["model.layers.1.mlp.fc1.weight"][3, 4] = torch.nan
    monkeypatch.setattr(in_process, "initial_model", lambda: broken)
    with pytest.raises(TrainingError, match=r"steps 1, 2, 3, 4; .*`model\.layers\.1\.mlp\.fc1\.weight`"):
        trained(tokens, tmp_path / "broken", max_skipped_steps=3)


def test_the_loss_scale_halves_when_a_gradient_overflows_and_doubles_after_many_good_steps(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "Training", lambda: step_module.Training(loss_scale=step_module.LossScale(value=2.0**26)))
    ours = trained(tokens, tmp_path, precision="float16", num_steps=20)
    scales = ours.column("loss_scale")
    assert scales[0] == 2.0**25  # an overflow is no skipped step
    assert ours.training.num_skipped == 0
    assert scales == [2.0 ** (25 - number) for number in range(len(scales))]
    assert not torch.equal(ours.weights[20]["lm_head.bias"], ours.weights[0]["lm_head.bias"])
    monkeypatch.setattr(step_module, "GROWTH_STEPS", 2)
    assert step_module.LossScale(value=4.0, good_steps=1).after_good_step() == step_module.LossScale(value=8.0)
    assert step_module.LossScale(value=1.0).after_overflow().is_lowest
