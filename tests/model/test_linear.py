"""Maps that share their input or add up have the values and gradients of the plain ones."""

import pytest
import torch
from torch import Tensor, nn

from hornbook.model.linear import added_maps, maps_of_one


def drawn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=torch.float64)


def parameters_of(maps: list[nn.Linear]) -> list[nn.Parameter]:
    return [parameter for linear in maps for parameter in linear.parameters()]


@pytest.mark.parametrize("sizes", [[5], [5, 3, 8]])
def test_maps_of_one_input_have_the_values_and_gradients_of_each_by_itself(sizes: list[int]) -> None:
    maps = [nn.Linear(6, size, dtype=torch.float64) for size in sizes]
    inputs = drawn(2, 7, 6).requires_grad_()
    weights = [drawn(2, 7, size) for size in sizes]
    wanted_outputs = [linear(inputs) for linear in maps]
    outputs = maps_of_one(inputs, maps)
    for output, wanted in zip(outputs, wanted_outputs, strict=True):
        torch.testing.assert_close(output, wanted)
    wanted_gradients = torch.autograd.grad(wanted_outputs, (inputs, *parameters_of(maps)), weights)
    gradients = torch.autograd.grad(outputs, (inputs, *parameters_of(maps)), weights)
    for gradient, wanted in zip(gradients, wanted_gradients, strict=True):
        torch.testing.assert_close(gradient, wanted)


def test_added_maps_have_the_value_and_gradients_of_the_plain_sum() -> None:
    maps = [nn.Linear(size, 6, dtype=torch.float64) for size in (4, 9)]
    stream, *inputs = (drawn(2, 7, size).requires_grad_() for size in (6, 4, 9))
    wanted_sum = stream + maps[0](inputs[0]) + maps[1](inputs[1])
    summed = added_maps(stream, list(zip(inputs, maps, strict=True)))
    torch.testing.assert_close(summed, wanted_sum)
    everything = (stream, *inputs, *parameters_of(maps))
    weights = drawn(2, 7, 6)
    wanted_gradients = torch.autograd.grad(wanted_sum, everything, weights)
    gradients = torch.autograd.grad(summed, everything, weights)
    for gradient, wanted in zip(gradients, wanted_gradients, strict=True):
        torch.testing.assert_close(gradient, wanted)


def test_each_bias_has_a_gradient_of_its_own() -> None:
    maps = [nn.Linear(size, 6) for size in (4, 9)]
    for _ in range(2):  # the second pass adds to what the first left, in place
        added_maps(torch.ones(7, 6), [(torch.ones(7, 4), maps[0]), (torch.ones(7, 9), maps[1])]).sum().backward()  # type: ignore[no-untyped-call]
    assert torch.equal(maps[0].bias.grad, torch.full((6,), 14.0))
    assert torch.equal(maps[1].bias.grad, torch.full((6,), 14.0))


def test_in_bfloat16_the_error_is_that_of_a_few_roundings() -> None:
    maps = [nn.Linear(64, 32, dtype=torch.bfloat16) for _ in range(2)]
    stream, *inputs = (drawn(50, size).bfloat16() for size in (32, 64, 64))
    exact = stream.double()
    for term, linear in zip(inputs, maps, strict=True):
        exact = exact + term.double() @ linear.weight.double().t() + linear.bias.double()
    summed = added_maps(stream, list(zip(inputs, maps, strict=True)))
    torch.testing.assert_close(summed.double(), exact, atol=0.03, rtol=2**-7)
