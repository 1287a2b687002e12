import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from hornbook.model.attention import causal_attention, document_mask, documents_of

SEPARATOR = 0


def heads(tokens: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    generator = torch.Generator().manual_seed(tokens)
    return [torch.randn(2, 3, tokens, 16, generator=generator, dtype=dtype, requires_grad=True) for _ in range(3)]


def rows_with_separators(tokens: int, share: float) -> Tensor:
    generator = torch.Generator().manual_seed(7)
    return (torch.rand(2, tokens, generator=generator) >= share).long()


def same_document(row: list[int]) -> list[list[bool]]:
    """By the words of the rule: a later token sees an earlier one if no document ended between them."""
    return [[key <= query and SEPARATOR not in row[key:query] for key in range(len(row))] for query in range(len(row))]


@pytest.mark.parametrize("tokens", [1, 128, 300])
def test_blocks_give_the_result_and_gradients_of_pytorchs_attention(tokens: int) -> None:
    inputs = heads(tokens)
    weights = torch.randn(2, 3, tokens, 16, generator=torch.Generator().manual_seed(0))
    expected = functional.scaled_dot_product_attention(*inputs, is_causal=True)
    wanted = torch.autograd.grad((expected * weights).sum(), inputs)
    attended = causal_attention(*inputs)
    gradients = torch.autograd.grad((attended * weights).sum(), inputs)
    torch.testing.assert_close((attended, *gradients), (expected, *wanted), atol=1e-5, rtol=1e-4)


def test_in_bfloat16_result_and_gradients_are_wrong_by_roundings_only() -> None:
    inputs = heads(150, torch.bfloat16)
    exact = [tensor.detach().double().requires_grad_() for tensor in inputs]
    weights = torch.randn(2, 3, 150, 16, generator=torch.Generator().manual_seed(0)).bfloat16()
    expected = functional.scaled_dot_product_attention(*exact, is_causal=True)
    wanted = torch.autograd.grad((expected * weights.double()).sum(), exact)
    attended = causal_attention(*inputs)
    gradients = torch.autograd.grad(attended, inputs, weights)
    for found, other in zip((attended, *gradients), (expected, *wanted), strict=True):
        assert (found.double() - other).abs().max() <= 0.03 * other.abs().max()


@pytest.mark.parametrize(("tokens", "share"), [(6, 0.5), (300, 0.02), (300, 0.3)])
def test_within_documents_the_result_and_gradients_are_those_of_a_mask_made_pair_by_pair(
    tokens: int, share: float
) -> None:
    inputs = heads(tokens, torch.float64)
    rows = rows_with_separators(tokens, share)
    mask = torch.tensor([same_document(row) for row in rows.tolist()]).unsqueeze(1)
    weights = torch.randn(2, 3, tokens, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = functional.scaled_dot_product_attention(*inputs, attn_mask=mask)
    attended = causal_attention(*inputs, documents=documents_of(rows, SEPARATOR, torch.float64))
    wanted = torch.autograd.grad((expected * weights).sum(), inputs)
    gradients = torch.autograd.grad((attended * weights).sum(), inputs)
    torch.testing.assert_close((attended, *gradients), (expected, *wanted))


def test_the_mask_for_pytorchs_attention_shows_the_same_pairs() -> None:
    rows = rows_with_separators(40, 0.1)
    mask = document_mask(documents_of(rows, SEPARATOR, torch.float32).starts, torch.float32)
    visible = torch.tensor([same_document(row) for row in rows.tolist()])
    assert torch.equal(mask.squeeze(1) == 0, visible)
    assert torch.equal(mask.squeeze(1) == -math.inf, ~visible)


def test_dropout_gives_the_result_and_gradients_of_a_plain_computation_with_the_same_mask() -> None:
    tokens = 200
    inputs = heads(tokens, torch.float64)
    probability = 0.3
    torch.manual_seed(5)
    attended = causal_attention(*inputs, dropout_probability=probability)
    kept = kept_weights(inputs, probability)
    query, key, value = inputs
    scores = query @ key.mT / math.sqrt(16) + torch.full((tokens, tokens), -math.inf).triu(1)
    expected = (torch.softmax(scores, dim=-1) * kept / (1 - probability)) @ value
    weights = torch.randn(2, 3, tokens, 16, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    wanted = torch.autograd.grad((expected * weights).sum(), inputs)
    gradients = torch.autograd.grad((attended * weights).sum(), inputs)
    torch.testing.assert_close((attended, *gradients), (expected, *wanted))
    share = kept[..., torch.ones(tokens, tokens).tril().bool()].double().mean().item()
    assert share == pytest.approx(1 - probability, abs=0.05)


def kept_weights(inputs: list[Tensor], probability: float) -> Tensor:
    """Which weights the same draw keeps: of values that are unit vectors, attention returns the weights themselves."""
    query, key, _ = inputs
    tokens = query.shape[2]
    torch.manual_seed(5)
    identity = torch.eye(tokens, dtype=torch.float64).expand(2, 3, tokens, tokens)
    with torch.no_grad():
        return causal_attention(query, key, identity, dropout_probability=probability) > 0
