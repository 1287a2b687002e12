import pytest
import torch
from torch import nn
from torch.nn import functional

from hornbook.model.loss import next_token_loss


@pytest.mark.parametrize("gradient_scale", [1.0, 1024.0])
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_loss_and_gradients_equal_the_plain_computation(chunk: int, gradient_scale: float) -> None:
    generator = torch.Generator().manual_seed(0)
    head = nn.Linear(12, 31)
    hidden = torch.randn(50, 12, generator=generator, requires_grad=True)
    targets = torch.randint(0, 31, (50,), generator=generator)
    inputs = (hidden, head.weight, head.bias)
    plain = functional.cross_entropy(functional.linear(*(item.double() for item in inputs)), targets)
    expected = torch.autograd.grad(plain * 3 * gradient_scale, inputs)
    chunked = next_token_loss(head, hidden, targets, chunk, gradient_scale=gradient_scale)
    gradients = torch.autograd.grad(chunked * 3, inputs)
    torch.testing.assert_close(chunked, plain.float())
    for gradient, wanted in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient / gradient_scale, wanted / gradient_scale)


def test_in_float16_the_scale_saves_gradients_that_would_be_too_small() -> None:
    torch.manual_seed(0)
    head = nn.Linear(8, 4096).half()
    hidden, targets = torch.randn(600, 8).half(), torch.randint(0, 4096, (600,))
    logits = functional.linear(*(tensor.double() for tensor in (hidden, head.weight, head.bias)))
    (wanted,) = torch.autograd.grad(functional.cross_entropy(logits, targets), head.bias)
    errors = []
    for scale in (1.0, 2.0**12):
        (gradient,) = torch.autograd.grad(next_token_loss(head, hidden, targets, gradient_scale=scale), head.bias)
        errors.append(((gradient.double() / scale - wanted) / wanted).abs().mean().item())
    assert errors[1] < 0.01
    assert errors[0] > 10 * errors[1]


def test_loss_without_gradients_equals_the_plain_computation() -> None:
    head = nn.Linear(12, 31)
    hidden, targets = torch.randn(50, 12), torch.randint(0, 31, (50,))
    with torch.no_grad():
        torch.testing.assert_close(
            next_token_loss(head, hidden, targets, 16), functional.cross_entropy(head(hidden), targets)
        )
