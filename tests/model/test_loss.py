import pytest
import torch
from torch import nn
from torch.nn import functional

from hornbook.model.loss import next_token_loss


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_loss_and_gradients_equal_the_plain_computation(chunk: int) -> None:
    generator = torch.Generator().manual_seed(0)
    head = nn.Linear(12, 31)
    hidden = torch.randn(50, 12, generator=generator, requires_grad=True)
    targets = torch.randint(0, 31, (50,), generator=generator)
    inputs = (hidden, head.weight, head.bias)
    plain = functional.cross_entropy(head(hidden), targets)
    expected = torch.autograd.grad(plain * 3, inputs)
    chunked = next_token_loss(head, hidden, targets, chunk)
    gradients = torch.autograd.grad(chunked * 3, inputs)
    torch.testing.assert_close(chunked, plain)
    for gradient, wanted in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient, wanted)


def test_loss_without_gradients_equals_the_plain_computation() -> None:
    head = nn.Linear(12, 31)
    hidden, targets = torch.randn(50, 12), torch.randint(0, 31, (50,))
    with torch.no_grad():
        torch.testing.assert_close(
            next_token_loss(head, hidden, targets, 16), functional.cross_entropy(head(hidden), targets)
        )
