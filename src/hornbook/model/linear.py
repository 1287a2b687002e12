"""Linear maps that share their input or add up, with fewer passes over memory than autograd makes of them.

On a CPU the gradients of a shared input add up inside the matrix products, and so do a sum's terms; PyTorch would form
each apart and add them in passes of their own. Elsewhere, and where no gradient is asked for, these are the plain maps.

Shapes: N tokens, C size of the shared input or of the sum, ... any leading dimensions.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn


def maps_of_one(inputs: Tensor, maps: Sequence[nn.Linear]) -> tuple[Tensor, ...]:
    """Each map of the same inputs, shape (..., C)."""
    if not _pays(inputs):
        return tuple(linear(inputs) for linear in maps)
    parameters = [parameter for linear in maps for parameter in (linear.weight, linear.bias)]
    outputs: tuple[Tensor, ...] = _MapsOfOne.apply(inputs, *parameters)  # type: ignore[no-untyped-call]
    return outputs


def added_maps(stream: Tensor, terms: Sequence[tuple[Tensor, nn.Linear]]) -> Tensor:
    """The stream, shape (..., C), plus the map of each term's inputs."""
    if not _pays(stream):
        for inputs, linear in terms:
            stream = stream + linear(inputs)
        return stream
    parts = [part for inputs, linear in terms for part in (inputs, linear.weight, linear.bias)]
    summed: Tensor = _AddedMaps.apply(stream, *parts)  # type: ignore[no-untyped-call]
    return summed


def _pays(inputs: Tensor) -> bool:
    return inputs.device.type == "cpu" and torch.is_grad_enabled() and not torch.compiler.is_compiling()


class _MapsOfOne(torch.autograd.Function):
    """The gradient of the inputs is one running sum."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, *parameters: Tensor) -> tuple[Tensor, ...]:
        weights = parameters[::2]
        ctx.save_for_backward(inputs, *weights)
        return tuple(
            nn.functional.linear(inputs, weight, bias) for weight, bias in zip(weights, parameters[1::2], strict=True)
        )

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        inputs, *weights = ctx.saved_tensors
        inputs_NC = inputs.flatten(0, -2)
        inputs_gradient = torch.empty_like(inputs_NC)
        of_parameters = []
        for number, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):
            gradient_N = gradient.reshape(-1, weight.shape[0])
            inputs_gradient.addmm_(gradient_N, weight, beta=min(number, 1))
            of_parameters += [gradient_N.t() @ inputs_NC, gradient_N.sum(dim=0)]
        return inputs_gradient.view(inputs.shape), *of_parameters


class _AddedMaps(torch.autograd.Function):
    """The sum grows inside the matrix products; the biases share one gradient."""

    @staticmethod
    def forward(ctx: Any, stream: Tensor, *parts: Tensor) -> Tensor:
        terms, weights, biases = parts[::3], parts[1::3], parts[2::3]
        ctx.save_for_backward(*terms, *weights)
        summed = stream + torch.stack(biases).sum(dim=0)
        summed_NC = summed.view(-1, summed.shape[-1])
        for inputs, weight in zip(terms, weights, strict=True):
            summed_NC.addmm_(inputs.flatten(0, -2), weight.t())
        return summed

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, ...]:
        saved = ctx.saved_tensors
        terms, weights = saved[: len(saved) // 2], saved[len(saved) // 2 :]
        gradient_NC = gradients[0].reshape(-1, gradients[0].shape[-1])
        bias_gradient = gradient_NC.sum(dim=0)
        of_parts: list[Tensor] = []
        for inputs, weight in zip(terms, weights, strict=True):
            of_inputs = (gradient_NC @ weight).view(inputs.shape)
            # A copy for each bias: gradients are added to in place.
            of_parts += [of_inputs, gradient_NC.t() @ inputs.flatten(0, -2), bias_gradient.clone()]
        return gradients[0], *of_parts
