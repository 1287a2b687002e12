import pytest
import torch
from torch.nn import functional

from hornbook.model.gelu import PIECE, gelu


def test_values_and_gradients_are_those_of_pytorch_to_the_last_places() -> None:
    inputs = torch.linspace(-12, 12, 4001, dtype=torch.float64, requires_grad=True)
    expected = functional.gelu(inputs, approximate="tanh")
    (wanted,) = torch.autograd.grad(expected.sum(), inputs)
    torch.testing.assert_close(gelu(inputs), expected)
    torch.testing.assert_close(torch.autograd.grad(gelu(inputs).sum(), inputs)[0], wanted)


@pytest.mark.parametrize("count", [1, PIECE - 1, PIECE, PIECE + 5])
def test_pieces_of_any_length_are_put_together_in_order(count: int) -> None:
    inputs = torch.randn(count, generator=torch.Generator().manual_seed(0), requires_grad=True)
    torch.testing.assert_close(gelu(inputs), functional.gelu(inputs, approximate="tanh"))


def test_in_bfloat16_the_error_is_that_of_rounding() -> None:
    inputs = torch.linspace(-6, 6, 20_001).bfloat16().requires_grad_()
    exact = inputs.detach().double().requires_grad_()
    values = functional.gelu(exact, approximate="tanh")
    (derivatives,) = torch.autograd.grad(values.sum(), exact)
    activated = gelu(inputs)
    (gradient,) = torch.autograd.grad(activated.sum(), inputs)
    torch.testing.assert_close(activated.double(), values, atol=1e-9, rtol=2**-8)
    torch.testing.assert_close(gradient.double(), derivatives, atol=1e-5, rtol=2**-8)


def test_large_inputs_stay_finite_and_missing_ones_show() -> None:
    inputs = torch.tensor([-1e6, -60.0, 0.0, 60.0, 1e6, torch.nan], requires_grad=True)
    values = gelu(inputs)
    (gradient,) = torch.autograd.grad(values.sum(), inputs)
    torch.testing.assert_close(values, torch.tensor([0.0, 0.0, 0.0, 60.0, 1e6, torch.nan]), equal_nan=True)
    torch.testing.assert_close(gradient, torch.tensor([0.0, 0.0, 0.5, 1.0, 1.0, torch.nan]), equal_nan=True)
