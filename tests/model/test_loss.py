"""The loss, its gradients, and that neither ever makes a tensor of tokens times vocabulary."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from hornbook.model.config import ModelConfig
from hornbook.model.loss import next_token_loss
from hornbook.model.phi import Phi


@pytest.mark.parametrize("gradient_scale", [1.0, 1024.0])
@pytest.mark.parametrize("chunk", [7, 64])
def test_loss_and_gradients_equal_the_plain_computation(chunk: int, gradient_scale: float) -> None:
    generator = torch.Generator().manual_seed(0)
    head = nn.Linear(12, 31)
    hidden = (3 * torch.randn(50, 12, generator=generator)).requires_grad_()
    targets = torch.randint(0, 31, (50,), generator=generator)
    inputs = (hidden, head.weight, head.bias)
    plain = functional.cross_entropy(functional.linear(*(item.double() for item in inputs)), targets)
    expected = torch.autograd.grad(plain * 3 * gradient_scale, inputs)
    chunked = next_token_loss(head, hidden, targets, chunk, gradient_scale=gradient_scale)
    gradients = torch.autograd.grad(chunked * 3, inputs)
    torch.testing.assert_close(chunked, plain.float())
    for gradient, wanted in zip(gradients, expected, strict=True):
        torch.testing.assert_close(gradient / gradient_scale, wanted / gradient_scale)
    with torch.no_grad():
        torch.testing.assert_close(next_token_loss(head, hidden, targets, chunk), plain.float())


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


class LargestTensor(TorchDispatchMode):
    """Remembers the number of elements of the largest tensor that any operation returned."""

    elements = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        self.elements = max(self.elements, *sizes, 0)
        return result


@pytest.mark.parametrize("with_gradients", [True, False])
def test_no_tensor_of_a_pass_is_as_large_as_the_logits_of_all_tokens(with_gradients: bool) -> None:
    shape = ModelConfig(vocab_size=701, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2)
    model = Phi(shape).initialize(torch.Generator().manual_seed(0))
    rows = torch.randint(0, 701, (2, 1101), generator=torch.Generator().manual_seed(1))
    with LargestTensor() as largest, torch.set_grad_enabled(with_gradients):
        loss = model.loss(rows)
        if with_gradients:
            loss.backward()  # type: ignore[no-untyped-call]
    assert 1024 * 701 <= largest.elements < 2200 * 701
