"""The loss in training and evaluation never makes a tensor of tokens times vocabulary."""

import contextlib
from collections.abc import Callable, Sequence
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

TINY = ModelConfig(vocab_size=701, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=1100)
NUM_TOKENS = 2_200


class LargestTensor(TorchDispatchMode):
    """Remembers the number of elements of the largest tensor that any operation returned."""

    elements = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        """Look at one operation, of forward or backward pass."""
        result = func(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        self.elements = max(self.elements, *sizes, 0)
        return result


def whole_loss(head: nn.Linear, hidden: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(head(hidden), targets)


def largest_of(loss_of: Callable[..., Tensor], *, with_gradients: bool, dtype: torch.dtype) -> int:
    head = nn.Linear(16, TINY.vocab_size, dtype=dtype)
    hidden = torch.randn(NUM_TOKENS, 16, dtype=dtype, requires_grad=True)
    targets = torch.randint(0, TINY.vocab_size, (NUM_TOKENS,))
    with LargestTensor() as largest, contextlib.nullcontext() if with_gradients else torch.no_grad():
        loss = loss_of(head, hidden, targets)
        if with_gradients:
            loss.backward()  # type: ignore[no-untyped-call]
    return largest.elements


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("with_gradients", [True, False])
def test_no_tensor_is_as_large_as_the_logits_of_all_tokens(with_gradients: bool, dtype: torch.dtype) -> None:
    all_logits = NUM_TOKENS * TINY.vocab_size
    assert largest_of(whole_loss, with_gradients=with_gradients, dtype=dtype) == all_logits
    assert largest_of(next_token_loss, with_gradients=with_gradients, dtype=dtype) == 1024 * TINY.vocab_size


def test_nor_in_a_training_pass_of_the_model() -> None:
    model = Phi(TINY).initialize(torch.Generator().manual_seed(0))
    rows = torch.randint(0, TINY.vocab_size, (2, NUM_TOKENS // 2 + 1), generator=torch.Generator().manual_seed(1))
    with LargestTensor() as largest:
        model.loss(rows).backward()  # type: ignore[no-untyped-call]
    assert largest.elements < NUM_TOKENS * TINY.vocab_size
