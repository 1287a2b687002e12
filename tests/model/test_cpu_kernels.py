"""What a CPU computes in another way has the values and gradients of the plain functions."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from hornbook.model.cpu_kernels import PIECE, added_maps, gelu, maps_of_one


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=torch.float64)


def parameters_of(maps: list[nn.Linear]) -> list[nn.Parameter]:
    return [parameter for linear in maps for parameter in linear.parameters()]


@pytest.mark.parametrize("count", [1, PIECE, PIECE + 5])
def test_gelu_has_pytorchs_values_and_gradients_over_pieces_of_any_length(count: int) -> None:
    inputs = (4 * drawn(count)).requires_grad_()
    expected = functional.gelu(inputs, approximate="tanh")
    torch.testing.assert_close(gelu(inputs), expected)
    (wanted,) = torch.autograd.grad((expected * drawn(count)).sum(), inputs)
    torch.testing.assert_close(torch.autograd.grad((gelu(inputs) * drawn(count)).sum(), inputs)[0], wanted)


def test_gelu_in_bfloat16_is_wrong_by_its_rounding_and_stays_finite_far_out() -> None:
    inputs = torch.linspace(-6, 6, 20_001).bfloat16().requires_grad_()
    exact = inputs.detach().double().requires_grad_()
    values = functional.gelu(exact, approximate="tanh")
    (derivatives,) = torch.autograd.grad(values.sum(), exact)
    activated = gelu(inputs)
    (gradient,) = torch.autograd.grad(activated.sum(), inputs)
    torch.testing.assert_close(activated.double(), values, atol=1e-9, rtol=2**-8)
    torch.testing.assert_close(gradient.double(), derivatives, atol=1e-5, rtol=2**-8)
    far = torch.tensor([-1e6, -60.0, 0.0, 60.0, 1e6, torch.nan], requires_grad=True)
    values = gelu(far)
    (gradient,) = torch.autograd.grad(values.sum(), far)
    torch.testing.assert_close(values, torch.tensor([0.0, 0.0, 0.0, 60.0, 1e6, torch.nan]), equal_nan=True)
    torch.testing.assert_close(gradient, torch.tensor([0.0, 0.0, 0.5, 1.0, 1.0, torch.nan]), equal_nan=True)


def test_maps_of_one_input_have_the_values_and_gradients_of_each_by_itself() -> None:
    maps = [nn.Linear(6, size, dtype=torch.float64) for size in (5, 3, 8)]
    inputs = drawn(2, 7, 6).requires_grad_()
    weights = [drawn(2, 7, size) for size in (5, 3, 8)]
    wanted_outputs, outputs = [linear(inputs) for linear in maps], maps_of_one(inputs, maps)
    torch.testing.assert_close(list(outputs), wanted_outputs)
    wanted = torch.autograd.grad(wanted_outputs, (inputs, *parameters_of(maps)), weights)
    torch.testing.assert_close(torch.autograd.grad(outputs, (inputs, *parameters_of(maps)), weights), wanted)


def test_added_maps_have_the_value_and_gradients_of_the_plain_sum() -> None:
    maps = [nn.Linear(size, 6, dtype=torch.float64) for size in (4, 9)]
    stream, *inputs = (drawn(2, 7, size).requires_grad_() for size in (6, 4, 9))
    wanted_sum = stream + maps[0](inputs[0]) + maps[1](inputs[1])
    summed = added_maps(stream, list(zip(inputs, maps, strict=True)))
    torch.testing.assert_close(summed, wanted_sum)
    everything = (stream, *inputs, *parameters_of(maps))
    wanted = torch.autograd.grad(wanted_sum, everything, drawn(2, 7, 6))
    torch.testing.assert_close(torch.autograd.grad(summed, everything, drawn(2, 7, 6)), wanted)
    for _ in range(2):  # the second pass adds to what the first left, in place: each bias has a gradient of its own
        added_maps(stream, list(zip(inputs, maps, strict=True))).sum().backward()  # type: ignore[no-untyped-call]
    assert [linear.bias.grad.tolist() for linear in maps] == [[28.0] * 6] * 2
