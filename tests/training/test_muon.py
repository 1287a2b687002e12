import pytest
import torch

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.training.muon import orthogonalized
from hornbook.training.optimizer import make_optimizers


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 8, 40), (1, 40, 8)])
def test_singular_values_become_nearly_one_and_vectors_stay(shape: tuple[int, int, int]) -> None:
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    result = orthogonalized(matrices)
    values = torch.linalg.svdvals(result)
    assert values.max().item() < 1.3
    assert values.min().item() > 0.3
    left, _, right = torch.linalg.svd(matrices, full_matrices=False)
    core = left.mT @ result @ right.mT
    torch.testing.assert_close(core, torch.diag_embed(core.diagonal(dim1=1, dim2=2)), atol=1e-3, rtol=0)


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_every_parameter_has_exactly_one_optimizer(name: str) -> None:
    model = Phi(ModelConfig(vocab_size=9, num_layers=2, hidden_size=8, intermediate_size=16, num_heads=2))
    optimizers = make_optimizers(model, name, 0.1)
    taken = [id(item) for each in optimizers for group in each.param_groups for item in group["params"]]
    assert sorted(taken) == sorted(id(parameter) for parameter in model.parameters())
    assert len(optimizers) == (1 if name == "adamw" else 2)
