"""What training asks of the model beyond logits: its loss, dropout, documents, activations computed again."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi

TINY = ModelConfig(vocab_size=53, num_layers=3, hidden_size=32, intermediate_size=48, num_heads=2, max_position=300)
SEPARATOR = 52


def model_of(config: ModelConfig = TINY, dtype: torch.dtype = torch.float32) -> Phi:
    model = Phi(config).initialize(torch.Generator().manual_seed(0))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(5)
    return model.to(dtype)


def rows_of(tokens: int) -> Tensor:
    return torch.randint(0, SEPARATOR, (2, tokens), generator=torch.Generator().manual_seed(1))


def gradients_of(model: Phi, loss: Callable[[], Tensor]) -> tuple[float, dict[str, Tensor]]:
    model.zero_grad()
    value = loss()
    value.backward()  # type: ignore[no-untyped-call]
    gradients = {name: parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None}
    assert len(gradients) == len(list(model.parameters()))
    return value.item(), gradients


def test_packed_documents_are_computed_as_each_alone() -> None:
    model = model_of(dtype=torch.float64).eval()
    documents = [torch.cat([row, torch.tensor([SEPARATOR])]) for row in rows_of(140)] + [rows_of(7)[0]]
    packed = torch.cat(documents).unsqueeze(0)
    together = model.lm_head(model.model(packed, separator=SEPARATOR)).squeeze(0)
    alone = torch.cat([model.lm_head(model.model(document.unsqueeze(0))).squeeze(0) for document in documents])
    torch.testing.assert_close(together, alone, atol=2e-4, rtol=0)  # Positions are turned in float32.
    across = model.lm_head(model.model(packed)).squeeze(0)
    torch.testing.assert_close(across[:141], alone[:141], atol=2e-4, rtol=0)
    assert (across[141:] - alone[141:]).abs().max().item() > 0.1


def test_the_loss_masks_documents_in_training_and_evaluation() -> None:
    model, rows = model_of(), rows_of(60)
    rows[:, 20] = SEPARATOR
    masked, gradients = gradients_of(model, lambda: model.loss(rows, separator=SEPARATOR))
    assert masked != pytest.approx(model.loss(rows).item(), abs=1e-4)
    with torch.no_grad():
        assert model.eval().loss(rows, separator=SEPARATOR).item() == pytest.approx(masked, abs=1e-5)
    assert all(gradient.isfinite().all() for gradient in gradients.values())


@pytest.mark.parametrize(("residual", "attention"), [(0.2, 0.0), (0.0, 0.2)])
def test_dropout_acts_in_training_only_and_follows_the_global_generator(residual: float, attention: float) -> None:
    model, rows = model_of(), rows_of(60)
    without = model.loss(rows).item()
    model.set_dropout(residual=residual, attention=attention)
    losses = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        losses.append(model.loss(rows).item())
    assert losses[0] == losses[1] != losses[2]
    assert without not in losses
    assert model.eval().loss(rows).item() == without


def test_activations_computed_again_give_equal_gradients_to_the_bit_with_dropout_and_documents() -> None:
    model, rows = model_of(dtype=torch.bfloat16), rows_of(200)
    rows[:, 90] = SEPARATOR
    model.set_dropout(residual=0.1, attention=0.1)
    results = []
    for again in (False, True):
        model.set_checkpoint_activations(again)
        torch.manual_seed(3)
        results.append(gradients_of(model, lambda: model.loss(rows, separator=SEPARATOR)))
    (loss, kept), (same_loss, recomputed) = results
    assert loss == same_loss
    assert all(torch.equal(gradient, recomputed[name]) for name, gradient in kept.items())


def test_equal_generators_give_equal_weights_with_the_released_spread() -> None:
    shape = ModelConfig(vocab_size=500, num_layers=1, hidden_size=64, intermediate_size=48, num_heads=2)
    first, second = (Phi(shape).initialize(torch.Generator().manual_seed(7)) for _ in range(2))
    for name, parameter in first.named_parameters():
        assert torch.equal(parameter, second.get_parameter(name))
        if parameter.dim() == 2:
            assert parameter.std().item() == pytest.approx(0.02, rel=0.1), name
        else:
            expected = 1.0 if "layernorm.weight" in name else 0.0
            assert parameter.unique().tolist() == [expected], name


def test_a_model_without_memory_has_the_same_tensors_and_can_be_set_up() -> None:
    empty = Phi(TINY, device="meta").initialize(torch.Generator().manual_seed(0))
    empty.set_dropout(residual=0.1, attention=0.1)
    assert all(parameter.is_meta for parameter in empty.parameters())
    shapes = {name: value.shape for name, value in Phi(TINY).state_dict().items()}
    assert {name: value.shape for name, value in empty.state_dict().items()} == shapes
    filled = empty.to_empty(device="cpu").initialize(torch.Generator().manual_seed(0))
    expected = Phi(TINY).initialize(torch.Generator().manual_seed(0)).state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in filled.state_dict().items())
