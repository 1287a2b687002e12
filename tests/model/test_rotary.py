"""Positions are turned exactly as in transformers, at any distance."""

import torch
from transformers import PhiConfig
from transformers.models.phi.modeling_phi import PhiRotaryEmbedding

from hornbook.model.rotary import rotate, rotation


def test_the_rotation_is_that_of_transformers_to_the_last_bit_at_2048_positions() -> None:
    config = PhiConfig(hidden_size=128, num_attention_heads=2, partial_rotary_factor=0.5, max_position_embeddings=2048)
    positions = torch.arange(2048)
    cosine, sine = rotation(positions, 32)
    expected_cosine, expected_sine = PhiRotaryEmbedding(config)(torch.zeros(1), positions[None])
    assert torch.equal(cosine.squeeze(1), expected_cosine[0, :, :16])
    assert torch.equal(sine.squeeze(1), expected_sine[0, :, :16])


def test_a_rotation_keeps_lengths_and_leaves_the_other_dimensions_alone() -> None:
    heads = torch.randn((2, 5, 3, 8), generator=torch.Generator().manual_seed(0))
    turned = rotate(heads, rotation(torch.arange(5), 4))
    assert torch.equal(turned[..., 4:], heads[..., 4:])
    assert torch.equal(turned[:, 0], heads[:, 0])
    torch.testing.assert_close(turned.norm(dim=-1), heads.norm(dim=-1))
    assert not torch.allclose(turned[:, 1:, :, :4], heads[:, 1:, :, :4])
