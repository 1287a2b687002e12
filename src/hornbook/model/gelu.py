"""GELU in its tanh form, with the derivative kept instead of the input.

PyTorch's kernels for CPUs evaluate the hyperbolic tangent in the forward and again in the backward pass, by a slow and
needlessly exact routine. Here one sigmoid gives value and derivative, in float32, piece by piece in the cache (measured
in bfloat16 on one core, 6,144 tokens of 768: 8.4 ms forward and backward against 18.7 ms).

Source: Hendrycks and Gimpel 2016, "Gaussian Error Linear Units"; 0.5 (1 + tanh(u)) is sigmoid(2 u).
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

LINEAR = 2 * math.sqrt(2 / math.pi)
CUBIC = 0.044715 * LINEAR
PIECE = 2**18
"""Elements at a time: few enough for the cache, many enough for every core."""


def gelu(inputs: Tensor) -> Tensor:
    """`x * sigmoid(LINEAR * x + CUBIC * x**3)`, element by element; any shape, any floating type."""
    if inputs.device.type != "cpu" or torch.compiler.is_compiling() or not torch.is_grad_enabled():
        return functional.gelu(inputs, approximate="tanh")
    activated: Tensor = _Gelu.apply(inputs)  # type: ignore[no-untyped-call]
    return activated


class _Gelu(torch.autograd.Function):
    """One pass over the inputs gives value and derivative."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor) -> Tensor:
        inputs = inputs.contiguous()
        values, derivatives = torch.empty_like(inputs), torch.empty_like(inputs)
        exact = torch.promote_types(inputs.dtype, torch.float32)
        linear = torch.tensor(LINEAR, dtype=exact)
        flat = zip(*(torch.split(tensor.view(-1), PIECE) for tensor in (inputs, values, derivatives)), strict=True)
        gate, slope, rest = torch.empty(3, min(PIECE, inputs.numel()), dtype=exact).unbind()
        is_rounded = inputs.dtype != exact
        for piece, value, derivative in flat:
            if len(piece) < len(gate):
                gate, slope, rest = (tensor[: len(piece)] for tensor in (gate, slope, rest))
            x = piece.to(exact)
            torch.addcmul(linear, x, x, value=CUBIC, out=gate).mul_(x).sigmoid_()
            torch.addcmul(linear, x, x, value=3 * CUBIC, out=slope)
            product = torch.mul(x, gate, out=x if is_rounded else value)
            torch.addcmul(product, product, gate, value=-1, out=rest)
            # gate + x gate (1 - gate) slope
            result = torch.addcmul(gate, rest, slope, out=gate if is_rounded else derivative)
            if is_rounded:
                value.copy_(product)
                derivative.copy_(result)
        ctx.save_for_backward(derivatives)
        return values

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (derivatives,) = ctx.saved_tensors
        gradient: Tensor = gradients[0] * derivatives
        return gradient
