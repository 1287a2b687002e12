"""Rotary position embedding on the first dimensions of each head, halves rotated against each other.

Source: Su et al. 2021, "RoFormer"; the layout in halves and the base of 10,000 are those of phi-1's release.
Shapes: B batch, T tokens, H heads, D dimensions of a head, R rotated dimensions.
"""

import torch
from torch import Tensor

BASE = 10_000.0

Rotation = tuple[Tensor, Tensor]
"""Cosines and sines, each of shape (..., T, 1, R / 2) in float32."""


def rotation(positions_T: Tensor, rotary_size: int) -> Rotation:
    """The rotation of each position.

    Args:
        positions_T: Positions from 0, any integer type; shape (T,) or (B, T).
        rotary_size: Even number of rotated dimensions.
    """
    exponents = torch.arange(0, rotary_size, 2, dtype=torch.float32, device=positions_T.device) / rotary_size
    # The reciprocal is rounded before it is multiplied, as in transformers: at hundreds of positions the order shows.
    angles = positions_T.float().unsqueeze(-1) * (1.0 / BASE**exponents)
    return angles.cos().unsqueeze(-2), angles.sin().unsqueeze(-2)


def rotate(heads_BTHD: Tensor, rotation: Rotation) -> Tensor:
    """Rotate the first dimensions of queries or keys; computed in float32, returned in the type that came in."""
    cosine, sine = rotation
    half = cosine.shape[-1]
    first, second, rest = torch.tensor_split(heads_BTHD, (half, 2 * half), dim=-1)
    first32, second32 = first.float(), second.float()
    turned = (first32 * cosine - second32 * sine, second32 * cosine + first32 * sine)
    return torch.cat([turned[0].to(heads_BTHD.dtype), turned[1].to(heads_BTHD.dtype), rest], dim=-1)
