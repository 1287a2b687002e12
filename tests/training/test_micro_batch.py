import re
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.conftest import write_tokens
from tests.training.rank_server import RankServer
from torch import Tensor

from hornbook.artifacts.override import apply_overrides
from hornbook.artifacts.stage import Result
from hornbook.errors import ConfigError, TrainingError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.recipes.laptop import laptop
from hornbook.training import loop, micro_batch
from hornbook.training.config import TrainConfig
from hornbook.training.engine import Engine, Replicas
from hornbook.training.execution import Execution
from hornbook.training.failures import explained_memory
from hornbook.training.micro_batch import (
    Passes,
    choose_passes,
    describe_passes,
    divisors,
    least_room,
    tried_rows,
)
from hornbook.training.parallel import Ranks
from hornbook.training.stages import train_folder

SHAPE = ModelConfig(vocab_size=300, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=32)
PHI_1 = ModelConfig(vocab_size=51_200, num_layers=24, hidden_size=2048, intermediate_size=8192, num_heads=32)
ALONE, EIGHT, GIBI = Ranks(0, 1), Ranks(3, 8), 2**30
CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)


def config_of(batch_size: int = 64, sequence_length: int = 2048, **execution: Any) -> TrainConfig:
    return TrainConfig(
        dataset="pretrain",
        num_steps=6,
        batch_size=batch_size,
        sequence_length=sequence_length,
        learning_rate=0.01,
        warmup_steps=0,
        checkpoint_every=2,
        log_every=1,
        execution=Execution(**{"micro_batch": "auto", **execution}),
    )


def passes_of(config: TrainConfig, room: int | None, ranks: Ranks = ALONE, share: int = 64) -> Passes:
    return choose_passes(PHI_1, config, share=share, device=GPU, dtype=torch.bfloat16, ranks=ranks, room=room)


def test_a_share_is_cut_without_a_rest() -> None:
    assert divisors(12) == [12, 6, 4, 3, 2, 1]
    assert divisors(7) == [7, 1]


def test_auto_takes_the_largest_divisor_that_fits() -> None:
    chosen = passes_of(config_of(), 80 * GIBI)
    assert 1 < chosen.micro_batch < 64
    assert chosen.fits
    larger = passes_of(config_of(micro_batch=divisors(64)[divisors(64).index(chosen.micro_batch) - 1]), 80 * GIBI)
    assert not larger.fits
    assert passes_of(config_of(), 10_000 * GIBI).micro_batch == 64
    assert passes_of(config_of(), None).micro_batch == 64  # nothing is known that speaks against it


def test_where_nothing_fits_one_row_is_taken_and_the_line_tells_what_to_lower() -> None:
    config = config_of()
    chosen = passes_of(config, 24 * GIBI)
    assert (chosen.micro_batch, chosen.fits) == (1, False)
    line = describe_passes(chosen, config, 64, GPU, ALONE)
    assert "of 24.0 GiB free on cuda:0 at 1 row a pass, 64 passes a step: weights 7.9 GiB" in line
    assert "may not fit" in line
    assert "`--checkpoint-activations`" in line
    assert "--set pretrain.execution.checkpoint_activations=true" in line
    assert "--micro-batch" not in line


def test_what_fits_is_said_in_one_line_without_advice() -> None:
    config = config_of()
    chosen = passes_of(config, 80 * GIBI)
    line = describe_passes(chosen, config, 64, GPU, ALONE)
    parts = re.escape(chosen.estimate.describe_parts())
    rows = chosen.micro_batch
    assert re.fullmatch(rf"memory: about \d\d\.\d GiB of 80\.0 GiB free on cuda:0 at {rows} rows .*: {parts}", line)


def test_rows_that_are_given_are_kept_and_must_divide_the_share() -> None:
    assert passes_of(config_of(micro_batch=16), 1).micro_batch == 16
    assert passes_of(config_of(micro_batch=100), 1).micro_batch == 64
    assert passes_of(config_of(micro_batch=None), 1).micro_batch == 64
    with pytest.raises(ConfigError, match=r"`micro_batch`.*64.*24"):
        passes_of(config_of(micro_batch=24), 1)


def test_auto_holds_the_model_whole_where_it_fits_beside_one_row_and_in_parts_elsewhere() -> None:
    assert passes_of(config_of(), 80 * GIBI, EIGHT).parallel == "ddp"
    small = passes_of(config_of(), 24 * GIBI, EIGHT)
    assert small.parallel == "fsdp"
    assert small.fits
    assert small.estimate.optimizer < passes_of(config_of(), 80 * GIBI, EIGHT).estimate.optimizer / 7
    assert passes_of(config_of(parallel="ddp"), 24 * GIBI, EIGHT).parallel == "ddp"
    assert passes_of(config_of(parallel="fsdp"), 80 * GIBI, EIGHT).parallel == "fsdp"
    assert passes_of(config_of(), 1, ALONE).parallel == "ddp"  # nobody to share with
    line = describe_passes(small, config_of(), 64, GPU, EIGHT)
    assert "a part of the model on each of 8 processes" in line


def test_what_this_process_holds_already_counts_as_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(micro_batch, "available_bytes", lambda: 10 * GIBI)
    assert least_room(CPU, 2 * GIBI, ALONE) == 12 * GIBI
    monkeypatch.setattr(micro_batch, "available_bytes", lambda: None)
    assert least_room(CPU, 2 * GIBI, ALONE) is None


def test_processes_on_one_machine_share_its_memory_and_the_one_with_the_least_decides(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [("a", 10 * GIBI, 2 * GIBI), ("a", 9 * GIBI, 0), ("b", 8 * GIBI, 0)]

    def gather(box: list[Any], mine: Any) -> None:
        box[:] = told

    monkeypatch.setattr(torch.distributed, "all_gather_object", gather)
    assert least_room(CPU, 0, Ranks(0, 3)) == 11 * GIBI // 2
    told[2] = ("b", 5 * GIBI, 0)
    assert least_room(CPU, 0, Ranks(0, 3)) == 5 * GIBI
    monkeypatch.setattr(micro_batch, "_free_bytes", lambda device: 1)
    assert least_room(GPU, 0, Ranks(0, 3)) == 5 * GIBI  # a GPU each


class Small:
    """A device that holds passes of so many rows and fails in the middle of the backward pass of larger ones."""

    def __init__(self, engine: Replicas, most: int) -> None:
        self.model, self._engine, self._most = engine.model, engine, most
        self.tried: list[int] = []
        self.reduce, self.loss, self.renew = engine.reduce, engine.loss, engine.renew

    def backward(self, rows: Tensor, gradient_scale: float, *, is_last: bool) -> Tensor:
        self.tried.append(len(rows))
        if len(rows) > self._most:
            parameters = list(self._engine._compute.model.parameters())
            for parameter in parameters[: len(parameters) // 2]:
                parameter.grad = torch.ones_like(parameter)
            raise torch.OutOfMemoryError("no more")
        return self._engine.backward(rows, gradient_scale, is_last=is_last)


def replicas(dtype: torch.dtype, dropout: float = 0.1) -> Replicas:
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0)).train()
    model.set_dropout(residual=dropout, attention=dropout)
    return Replicas(model, dtype, separator=None, compile_choice="off", ranks=ALONE, progress=lambda *_: None)


def tried(engine: Engine, rows: int, share: int = 12) -> int:
    return tried_rows(
        engine,
        rows,
        share=share,
        shape=SHAPE,
        sequence_length=32,
        num_reserved_bytes=64,
        device=CPU,
        ranks=ALONE,
    )


def test_a_trial_goes_down_to_what_really_fits() -> None:
    engine = Small(replicas(torch.float32), most=4)
    assert tried(engine, 12) == 3
    assert engine.tried == [12, 6, 3, 3]  # the last as two passes, whose gradients add up
    assert tried(Small(replicas(torch.float32), most=12), 12) == 12
    with pytest.raises(torch.OutOfMemoryError):
        tried(Small(replicas(torch.float32), most=0), 12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_trial_leaves_no_trace_in_what_is_trained(dtype: torch.dtype) -> None:
    def gradients(engine: Replicas) -> list[Tensor]:
        engine.renew()
        torch.manual_seed(3)
        rows = torch.arange(4 * 33).remainder(300).view(4, 33)
        engine.backward(rows, 1.0, is_last=True)
        return [parameter.grad for parameter in engine.model.parameters() if parameter.grad is not None]

    fresh, used = replicas(dtype), replicas(dtype)
    before = torch.get_rng_state()
    assert tried(Small(used, most=3), 12) == 3
    assert torch.equal(torch.get_rng_state(), before)
    assert all(parameter.grad is None for parameter in used.model.parameters())
    for expected, found in zip(gradients(fresh), gradients(used), strict=True):
        assert torch.equal(found, expected)


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    write_tokens(tmp_path / "tokens")
    return tmp_path / "tokens"


def trained(tokens: Path, folder: Path, notes: list[str], seed: int = 1, **execution: Any) -> Result:
    folder.mkdir(exist_ok=True)
    fields = {**config_of(8, 32, **execution).__dict__, "model": SHAPE, "precision": "float32"}

    def progress(done: int, total: int, note: str = "") -> None:
        if not total:
            notes.append(note)

    return train_folder(TrainConfig(**fields), tokens, None, folder, folder / "scratch", seed, progress)


def test_auto_on_a_small_machine_trains_the_same_model_but_for_rounding(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    whole = trained(tokens, tmp_path / "whole", notes)
    one_row = choose_passes(
        SHAPE, config_of(8, 32, micro_batch=2), share=8, device=CPU, dtype=torch.float32, ranks=ALONE, room=None
    )
    monkeypatch.setattr(loop, "least_room", lambda *_: round(one_row.estimate.total / 0.9) + 1)
    cut = trained(tokens, tmp_path / "cut", notes)
    lines = [note for note in notes if note.startswith("memory")]
    assert "at 8 rows a pass" in lines[0]
    assert "at 2 rows a pass, 4 passes a step" in lines[1]
    assert cut.metrics["held_out_loss"] == pytest.approx(whole.metrics["held_out_loss"], abs=1e-4)


def test_a_killed_run_goes_on_with_the_rows_that_it_had(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes: list[str] = []
    trained(tokens, tmp_path / "whole", notes, micro_batch=2)
    with monkeypatch.context() as patched:
        patched.setattr(loop._Run, "_end", lambda *_: None)
        patched.setattr(loop, "take_weights", None)
        patched.setattr(TrainConfig, "last_step", 4)
        patched.setattr(loop._Run, "_is_due", lambda run: run.training.step == 4)
        trained(tokens, tmp_path / "killed", notes, micro_batch=2)
    trained(tokens, tmp_path / "killed", notes)  # auto, on a machine where eight rows fit
    resumed = notes.index("resumed from the checkpoint of step 4")
    assert notes[resumed + 1] == "2 rows a pass, 4 passes a step"
    whole, killed = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "killed"))
    assert whole == killed


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_ranks_agree_on_auto(server: RankServer, runs: Path, parallel: str) -> None:
    ended = server.run(runs / f"auto-{parallel}", 2, micro_batch="auto", parallel=parallel, num_steps=2)
    assert [process.status for process in ended] == [0, 0], ended
    assert "at 4 rows a pass" in ended[0].output
    assert "memory" not in ended[1].output


@pytest.mark.parametrize(("room", "parallel"), [(1, "fsdp"), (GIBI, "ddp")])
def test_the_engine_is_made_as_auto_was_decided(
    tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, parallel: str
) -> None:
    made: list[str] = []

    def make(model: Phi, config: TrainConfig, *rest: Any, **options: Any) -> None:
        made.append(config.execution.parallel)
        raise InterruptedError

    monkeypatch.setattr(loop, "current_ranks", lambda: Ranks(0, 2))
    monkeypatch.setattr(loop, "on_first", lambda function, ranks: function())  # there is no other process
    monkeypatch.setattr(loop, "least_room", lambda *_: room)
    monkeypatch.setattr(loop, "make_engine", make)
    notes: list[str] = []
    with pytest.raises(InterruptedError):
        trained(tokens, tmp_path / "run", notes)
    assert made == [parallel]
    assert ("may not fit" in notes[0]) == (room == 1)


def test_of_a_run_the_rows_are_set_and_are_no_part_of_its_fingerprints() -> None:
    plain = laptop(0)
    changed = apply_overrides(plain, {"pretrain.execution.micro_batch": "auto", "finetune.execution.micro_batch": "8"})
    stages = [changed.stage(name) for name in ("pretrain", "finetune")]
    assert [stage.config.execution.micro_batch for stage in stages] == ["auto", 8]
    assert changed.fingerprints() == plain.fingerprints()


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError()])
def test_out_of_memory_tells_the_next_values_to_type(error: Exception) -> None:
    if type(error) is RuntimeError:
        error = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 byte")
    with (
        pytest.raises(TrainingError) as caught,
        explained_memory(config_of(), 16, 64, GPU, is_whole=True),
    ):
        raise error
    assert str(caught.value) == (
        "the memory of cuda:0 does not hold this training at 16 rows a pass; try `--micro-batch 8` (now 16; it changes "
        "rounding only), `--checkpoint-activations` (a third more work), `--parallel fsdp` on several GPUs or "
        "`--sequence-length 1024` (now 2048; this is another training); in a recipe: "
        "--set pretrain.execution.micro_batch=8 --set pretrain.execution.checkpoint_activations=true"
    )


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="shape"), explained_memory(config_of(), 1, 64, GPU, is_whole=True):
        raise RuntimeError("shape mismatch")
