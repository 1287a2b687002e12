"""The training loop against a plain one: transformers' model, the whole batch at once, AdamW and Muon written out."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.model.test_parity import their_model
from tests.training.in_process import SEED, initial_model, trained
from tests.training.rank import SHAPE, config_of
from torch import Tensor
from transformers import PhiForCausalLM

from hornbook.tokens.batches import held_out_rows, read_rows, row_starts
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig

PLAIN: dict[str, Any] = {
    "num_steps": 10,
    "stop_step": 7,
    "warmup_steps": 3,
    "batch_size": 6,
    "sequence_length": 20,
    "learning_rate": 0.02,
    "weight_decay": 0.3,
    "betas": [0.8, 0.7],
    "epsilon": 1e-3,
    "clip_norm": 2.0,
    "micro_batch": 2,
    "eval_every": 3,
    "eval_rows": 5,
}
"""No field has its default's value where it decides anything; seven steps of ten, three passes a step."""
RATES = [0.02 / 3, 0.04 / 3, 0.02, 0.02, 0.02 * 6 / 7, 0.02 * 5 / 7, 0.02 * 4 / 7]
LAYERS = "model.layers."


def plain_loss(model: PhiForCausalLM, rows: Tensor, separator: int | None) -> Tensor:
    """The mean over all rows; with a separator no token sees what stands before its document."""
    inputs, targets = rows[:, :-1], rows[:, 1:]
    position = torch.arange(inputs.shape[1])
    may_see = (position[:, None] >= position).expand(len(rows), -1, -1)
    if separator is not None:
        document = (inputs == separator).cumsum(1) - (inputs == separator).long()
        may_see = may_see & (document[:, :, None] == document[:, None, :])
    mask = torch.zeros(may_see.shape).masked_fill(~may_see, torch.finfo(torch.float32).min).unsqueeze(1)
    logits = model(inputs, attention_mask=mask).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


class PlainOptimizer:
    """AdamW, and Muon where it is asked for, a parameter at a time."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        self.state: dict[str, list[Tensor]] = {}
        self.step_number = 0

    @torch.no_grad()
    def step(self, parameters: dict[str, Tensor], rate: float) -> None:
        self.step_number += 1
        for name, weight in parameters.items():
            decay = self.config.weight_decay if weight.dim() == 2 else 0.0
            weight.mul_(1 - rate * decay)
            if self.config.optimizer == "muon" and name.startswith(LAYERS) and weight.dim() == 2:
                weight.sub_(rate * 0.2 * math.sqrt(max(weight.shape)) * self.muon_update(name, weight.grad))
            else:
                weight.sub_(rate * self.adamw_update(name, weight.grad))

    def adamw_update(self, name: str, gradient: Tensor) -> Tensor:
        first, second = self.state.setdefault(name, [torch.zeros_like(gradient), torch.zeros_like(gradient)])
        beta1, beta2 = self.config.betas
        first.copy_(beta1 * first + (1 - beta1) * gradient)
        second.copy_(beta2 * second + (1 - beta2) * gradient**2)
        mean, square = first / (1 - beta1**self.step_number), second / (1 - beta2**self.step_number)
        return mean / (square.sqrt() + self.config.epsilon)

    def muon_update(self, name: str, gradient: Tensor) -> Tensor:
        (momentum,) = self.state.setdefault(name, [torch.zeros_like(gradient)])
        momentum.copy_(0.95 * momentum + 0.05 * gradient)
        x = 0.95 * momentum + 0.05 * gradient
        x = x / x.norm()
        for _ in range(5):  # Jordan et al. 2024: a x + b (x xᵀ) x + c (x xᵀ)² x
            square = x @ x.T
            x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ square @ x
        return x


@pytest.mark.parametrize(("optimizer", "mask_documents"), [("adamw", False), ("adamw", True), ("muon", False)])
def test_rates_losses_norms_and_weights_of_every_step_are_those_of_a_plain_loop(
    tokens: Path, tmp_path: Path, optimizer: str, mask_documents: bool
) -> None:
    values = {**PLAIN, "optimizer": optimizer, "mask_documents": mask_documents}
    config = config_of(values)
    ours = trained(tokens, tmp_path, **values)
    stream, held_out = TokenStream(tokens, "train"), TokenStream(tokens, "held-out")
    separator = stream.end_of_text if mask_documents else None
    model, plain = their_model(SHAPE), PlainOptimizer(config)
    model.load_state_dict(initial_model().state_dict())
    parameters = dict(model.named_parameters())
    losses, norms, validation_losses = [], [], []
    for step, rate in enumerate(RATES):
        rows = read_rows(stream, row_starts(stream, seed=SEED, step=step, batch_size=6, sequence_length=20), 20)
        model.zero_grad()
        loss = plain_loss(model, torch.from_numpy(rows), separator)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = math.sqrt(sum(weight.grad.square().sum().item() for weight in parameters.values()))
        for weight in parameters.values():
            weight.grad *= min(1.0, config.clip_norm / norm)
        plain.step(parameters, rate)
        losses.append(loss.item())
        norms.append(norm)
        for name, weight in parameters.items():
            torch.testing.assert_close(ours.weights[step + 1][name], weight.detach(), atol=1e-4, rtol=1e-3)
        if step + 1 in (3, 6, 7):
            rows = held_out_rows(held_out, sequence_length=20, max_rows=5)
            validation_losses.append(plain_loss(model, torch.from_numpy(rows), separator).item())
    assert ours.column("learning_rate") == pytest.approx(RATES, rel=1e-9)
    assert ours.column("loss") == pytest.approx(losses, abs=1e-4)
    assert ours.column("gradient_norm") == pytest.approx(norms, rel=1e-3)
    assert ours.column("validation_loss") == pytest.approx(validation_losses, abs=1e-4)
    assert max(norms) > 1.2 * config.clip_norm  # some steps are clipped, some not
    assert min(norms) < config.clip_norm


def test_without_warm_up_the_first_step_has_the_peak_rate_and_a_log_line_the_mean_loss_since_the_last(
    tokens: Path, tmp_path: Path
) -> None:
    each = trained(tokens, tmp_path / "each", num_steps=5, warmup_steps=0)
    some = trained(tokens, tmp_path / "some", num_steps=5, warmup_steps=0, log_every=2)
    assert each.column("learning_rate") == pytest.approx([0.01, 0.008, 0.006, 0.004, 0.002])
    losses = each.column("loss")
    assert [line["step"] for line in some.training.log if "loss" in line] == [2, 4, 5]
    means = [sum(losses[:2]) / 2, sum(losses[2:4]) / 2, losses[4]]
    assert some.column("loss") == pytest.approx(means, abs=1e-6)


@pytest.mark.parametrize(("precision", "tolerance"), [("bfloat16", 0.03), ("float16", 0.005)])
def test_short_types_follow_float32_and_the_weights_stay_in_it(
    tokens: Path, tmp_path: Path, precision: str, tolerance: float
) -> None:
    values = {"num_steps": 6, "clip_norm": 0.5, "micro_batch": 4, "weight_decay": 0.3}
    exact = trained(tokens, tmp_path / "exact", **values)
    rounded = trained(tokens, tmp_path / "rounded", precision=precision, **values)
    for name in ("loss", "gradient_norm", "validation_loss"):
        assert rounded.column(name) == pytest.approx(exact.column(name), rel=tolerance), name
    assert all(parameter.dtype == torch.float32 for parameter in rounded.model.parameters())


def test_the_result_is_the_checkpoint_with_the_lowest_validation_loss(tokens: Path, tmp_path: Path) -> None:
    values = {"keep_best": True, "stop_step": 12, "num_steps": 40, "warmup_steps": 20, "learning_rate": 2.0}
    values["eval_every"] = 2
    kept = trained(tokens, tmp_path / "kept", **values)
    measured = {line["step"]: line["validation_loss"] for line in kept.training.log if "validation_loss" in line}
    assert list(measured) == [2, 4, 6, 8, 10, 12]
    best = min(measured, key=measured.__getitem__)
    assert best < 12
    assert kept.training.best is not None
    assert (kept.training.best.step, kept.training.best.loss) == (best, measured[best])
    for name, weight in kept.model.state_dict().items():
        assert torch.equal(weight, kept.weights[best][name])
    last = trained(tokens, tmp_path / "last", **{**values, "keep_best": False})
    assert torch.equal(last.model.lm_head.bias, last.weights[12]["lm_head.bias"])


def test_dropout_draws_anew_in_each_step_and_by_the_seed(tokens: Path, tmp_path: Path) -> None:
    """Where the weights hardly move and all rows are one, losses differ by dropout alone."""
    values = {"learning_rate": 1e-12, "num_steps": 4, "residual_dropout": 0.3, "attention_dropout": 0.3}
    same_row = uniform(tokens, tmp_path / "tokens")
    runs = {seed: trained(same_row, tmp_path / str(seed), seed=seed, **values).column("loss") for seed in (1, 2)}
    assert len({round(loss, 6) for losses in runs.values() for loss in losses}) == 8
    assert trained(same_row, tmp_path / "again", seed=1, **values).column("loss") == runs[1]
    still = trained(same_row, tmp_path / "none", learning_rate=1e-12, num_steps=2)
    assert still.column("loss")[0] == pytest.approx(still.column("loss")[1], abs=1e-6)


def uniform(tokens: Path, folder: Path) -> Path:
    """The same shards, every token the same."""
    folder.mkdir()
    for path in tokens.iterdir():
        content = path.read_bytes()
        (folder / path.name).write_bytes(b"\x07\x00" * (len(content) // 2) if path.suffix == ".bin" else content)
    return folder
