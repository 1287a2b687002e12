import pytest
import torch
from torch.nn import functional

from hornbook.model.attention import causal_attention


@pytest.mark.parametrize("tokens", [1, 5, 128, 129, 300])
def test_blocks_give_the_result_and_gradients_of_pytorchs_attention(tokens: int) -> None:
    generator = torch.Generator().manual_seed(tokens)
    query, key, value = (torch.randn(2, 3, tokens, 16, generator=generator, requires_grad=True) for _ in range(3))
    weights = torch.randn(2, 3, tokens, 16, generator=generator)
    expected = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
    wanted = torch.autograd.grad((expected * weights).sum(), (query, key, value))
    attended = causal_attention(query, key, value)
    gradients = torch.autograd.grad((attended * weights).sum(), (query, key, value))
    torch.testing.assert_close(attended, expected, atol=1e-5, rtol=1e-4)
    for gradient, other in zip(gradients, wanted, strict=True):
        torch.testing.assert_close(gradient, other, atol=1e-5, rtol=1e-4)
