import pytest
import torch

from hornbook.generation.packed import CHUNK, LayerBags
from hornbook.model.config import ModelConfig

SHAPE = ModelConfig(vocab_size=10, num_layers=1, hidden_size=36, intermediate_size=8, num_heads=3)
ROWS, SLOTS = 5, 2 * CHUNK + 3


def filled(tokens: int, more: int) -> tuple[LayerBags, torch.Tensor, torch.Tensor]:
    """A layer's cache with prompts of `tokens` slots, written in two groups of rows, and `more` slots one by one."""
    generator = torch.Generator().manual_seed(0)
    keys, values = torch.randn(2, ROWS, tokens + more, SHAPE.num_heads, SHAPE.head_size, generator=generator)
    layer = LayerBags(ROWS, SLOTS, SHAPE)
    for rows in (slice(0, 3), slice(3, 6)):
        layer.write_prompts(rows, keys[rows, :tokens], values[rows, :tokens])
    for slot in range(tokens, tokens + more):
        layer.write(slot, keys[:, slot], values[:, slot])
    return layer, keys, values


@pytest.mark.parametrize(("tokens", "more"), [(1, 1), (CHUNK, 1), (CHUNK + 1, 0), (7, 2 * CHUNK - 4)])
@pytest.mark.parametrize("is_padded", [False, True])
def test_attention_is_the_softmaxs_mean_of_the_values(tokens: int, more: int, is_padded: bool) -> None:
    layer, keys, values = filled(tokens, more)
    query = torch.randn(ROWS, SHAPE.num_heads, SHAPE.head_size, generator=torch.Generator().manual_seed(1))
    hidden = torch.zeros(ROWS, tokens + more)
    if is_padded:
        hidden[1, : (tokens + more) // 2] = -torch.inf
    scores = torch.einsum("bhd,bshd->bhs", query, keys) + hidden.unsqueeze(1)
    expected = torch.einsum("bhs,bshd->bhd", scores.softmax(-1), values).flatten(1)
    attended = layer.attend(query, layer.bags(tokens + more), hidden if is_padded else None)
    torch.testing.assert_close(attended, expected, atol=1e-5, rtol=1e-5)


def test_rows_that_stay_keep_their_keys_and_values() -> None:
    layer, _, _ = filled(7, 2)
    query = torch.randn(ROWS, SHAPE.num_heads, SHAPE.head_size, generator=torch.Generator().manual_seed(1))
    before = layer.attend(query, layer.bags(9), None)
    kept = torch.tensor([4, 1])
    layer.keep(kept)
    torch.testing.assert_close(layer.attend(query[kept], layer.bags(9), None), before[kept])
