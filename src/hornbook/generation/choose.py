"""Choose the next token of each row from its logits.

Drawing takes the tokens in order of probability, and sorting a vocabulary costs more than a step of a small model. A
trained model's draw nearly always falls on one of its likeliest tokens, so these are found first, and only a row whose
draw falls elsewhere is sorted as a whole.

Shapes: B rows, V vocabulary, K tokens in order, the likeliest first.
"""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor

NUM_LIKELIEST = 64
"""Tokens of each row that are sorted first. Does not change what is chosen."""


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
    probabilities_BV = torch.softmax(logits_BV.double() / temperature, dim=1)
    draws_B1 = probabilities_BV.new_tensor(list(draws)).unsqueeze(1)
    if probabilities_BV.shape[1] <= NUM_LIKELIEST:
        return _drawn(*_sorted(probabilities_BV), top_p, draws_B1, is_all=True)[0]
    chosen_B, is_sure_B = _drawn(*_likeliest(probabilities_BV), top_p, draws_B1, is_all=False)
    others = (~is_sure_B).nonzero().flatten()
    if len(others) > 0:
        chosen_B[others] = _drawn(*_sorted(probabilities_BV[others]), top_p, draws_B1[others], is_all=True)[0]
    return chosen_B


def _sorted(probabilities_BV: Tensor) -> tuple[Tensor, Tensor]:
    """Probabilities and tokens, the likeliest first, equally likely ones in the order of tokens."""
    probability_BV, token_BV = probabilities_BV.sort(dim=1, descending=True, stable=True)
    return probability_BV, token_BV


def _likeliest(probabilities_BV: Tensor) -> tuple[Tensor, Tensor]:
    """The first K columns of `_sorted`; of tokens as likely as the last column it may hold others."""
    token_BK = probabilities_BV.topk(NUM_LIKELIEST, dim=1, sorted=False).indices.sort(dim=1).values
    probability_BK, place_BK = _sorted(probabilities_BV.gather(1, token_BK))
    return probability_BK, token_BK.gather(1, place_BK)


def _drawn(
    probability_BK: Tensor, token_BK: Tensor, top_p: float, draws_B1: Tensor, *, is_all: bool
) -> tuple[Tensor, Tensor]:
    """The token on which each row's draw falls, and whether that is sure whatever stands behind these K.

    Args:
        probability_BK: Float64, descending.
        token_BK: Whose they are.
        top_p: See `choose_tokens`.
        draws_B1: See `choose_tokens`.
        is_all: There are no others; all is sure.
    """
    cumulative_BK = probability_BK.cumsum(dim=1)
    kept_BK = cumulative_BK - probability_BK < top_p
    cumulative_BK = (probability_BK * kept_BK).cumsum(dim=1)
    has_no_end = top_p == 1 and not is_all  # then the set is the vocabulary, whose probability is 1
    wanted_B1 = draws_B1 if has_no_end else draws_B1 * cumulative_BK[:, -1:]
    found_B1 = torch.searchsorted(cumulative_BK, wanted_B1, right=True)
    place_B1 = torch.minimum(found_B1, kept_BK.sum(dim=1, keepdim=True) - 1)
    is_sure_B1 = (probability_BK.gather(1, place_B1) > probability_BK[:, -1:]) & (wanted_B1 < cumulative_BK[:, -1:])
    if not has_no_end:
        is_sure_B1 &= ~kept_BK[:, -1:]
    return token_BK.gather(1, place_B1).squeeze(1), is_sure_B1.squeeze(1)


def draw(seed: int, sample: int | str, position: int) -> float:
    """The random number of one sample at one position, in [0, 1): the same whatever else is in its batch."""
    digest = hashlib.blake2b(f"{seed}/{sample}/{position}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53
