"""Choose the next token of each row from its logits.

Shapes: B rows, V vocabulary.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor


def choose_tokens(logits_BV: Tensor, *, temperature: float, top_p: float, draws: Sequence[float]) -> Tensor:
    """The likeliest token at temperature 0, else one drawn from the smallest set of probability `top_p`.

    Args:
        logits_BV: Float32; impossible tokens are minus infinity.
        temperature: Divides the logits; 0 for the likeliest token.
        top_p: Probability of the set of likeliest tokens drawn from, 0 to 1; the likeliest is always in it.
        draws: One number in [0, 1) for each row: the same number and logits give the same token. Unused at 0.

    Returns:
        Shape (B,), on the device of the logits.
    """
    if temperature == 0:
        return logits_BV.argmax(dim=1)
    probabilities_BV, order_BV = torch.softmax(logits_BV.double() / temperature, dim=1).sort(
        dim=1, descending=True, stable=True
    )
    cumulative_BV = probabilities_BV.cumsum(dim=1)
    kept_BV = cumulative_BV - probabilities_BV < top_p
    cumulative_BV = (probabilities_BV * kept_BV).cumsum(dim=1)
    wanted_B1 = cumulative_BV.new_tensor(list(draws)).unsqueeze(1) * cumulative_BV[:, -1:]
    chosen_B1 = torch.searchsorted(cumulative_BV, wanted_B1, right=True)
    last_B1 = kept_BV.sum(dim=1, keepdim=True) - 1
    return order_BV.gather(1, torch.minimum(chosen_B1, last_B1)).squeeze(1)


def draw(seed: int, sample: int | str, position: int) -> float:
    """The random number of one sample at one position, in [0, 1): the same whatever else is in its batch."""
    digest = hashlib.blake2b(f"{seed}/{sample}/{position}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53
