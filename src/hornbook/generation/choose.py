"""Choose the next token: sampling from logits, and which tokens may continue a prompt that ends anywhere.

Sampling with `top_p` needs the tokens in order of probability, and sorting a vocabulary takes longer than a step of a
small model. A trained model's draw nearly always falls on one of its most likely tokens, so that these are found first,
and only a row whose draw falls elsewhere is sorted completely.

Token healing: a prompt that ends inside a word or a run of spaces ends in tokens that never occur there in training.
The tokens of its last piece (the unit across which the tokenizer never merges) are therefore removed, and the first
generated tokens must spell the removed bytes: each is a prefix of the rest of them, or begins with it.

Shapes: B rows, V vocabulary, K tokens in order of probability.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from hornbook.tokens.tokenizer import END_OF_TEXT, token_bytes

NUM_LIKELIEST = 64
"""Tokens of each row that are sorted first; without effect on the result."""


def choose_tokens(logits_BV: Tensor, *, temperature: float, top_p: float, draws: Sequence[float]) -> Tensor:
    """The most likely token at temperature 0, else one sampled from the smallest set of tokens of probability `top_p`.

    Args:
        logits_BV: Float32; minus infinity for impossible tokens.
        temperature: Divides the logits; 0 takes the most likely token.
        top_p: Probability of the set of most likely tokens, 0 to 1; the most likely token is always in it.
        draws: One number in [0, 1) per row, which determines the row's token; unused at temperature 0.

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
    """Probabilities in descending order and their tokens; equally likely tokens in ascending order."""
    probability_BV, token_BV = probabilities_BV.sort(dim=1, descending=True, stable=True)
    return probability_BV, token_BV


def _likeliest(probabilities_BV: Tensor) -> tuple[Tensor, Tensor]:
    """The first K columns of `_sorted`, except that ties with the last column may be broken otherwise."""
    token_BK = probabilities_BV.topk(NUM_LIKELIEST, dim=1, sorted=False).indices.sort(dim=1).values
    probability_BK, place_BK = _sorted(probabilities_BV.gather(1, token_BK))
    return probability_BK, token_BK.gather(1, place_BK)


def _drawn(
    probability_BK: Tensor, token_BK: Tensor, top_p: float, draws_B1: Tensor, *, is_all: bool
) -> tuple[Tensor, Tensor]:
    """The token on which each row's draw falls, and whether it is the same whatever tokens follow these K.

    Probabilities are float64 and descending. With `is_all`, no other tokens follow.
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
    """The random number in [0, 1) of one sample at one position, whatever its batch."""
    digest = hashlib.blake2b(f"{seed}/{sample}/{position}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) / 2**53


@dataclass(frozen=True)
class HealedPrompt:
    """A prompt without its last piece."""

    tokens: tuple[int, ...]
    """`<|endoftext|>`, which precedes every document in training, then the prompt's pieces but the last."""
    suffix: bytes
    """The bytes of the last piece, which the first generated tokens must spell."""
    num_dropped: int
    """Tokens dropped at the beginning of a prompt that is too long."""


class Spelling:
    """The bytes of each token, and the tokens that can spell given bytes."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Index the vocabulary; special tokens spell no bytes."""
        self.bytes_of: list[bytes] = token_bytes(tokenizer)
        self.end_of_text: int = tokenizer.get_vocab()[END_OF_TEXT]
        pairs = sorted((spelled, token) for token, spelled in enumerate(self.bytes_of) if spelled)
        self._sorted_bytes = [pair[0] for pair in pairs]
        self._sorted_tokens = [pair[1] for pair in pairs]
        self._token_of = dict(pairs)

    def allowed(self, remaining: bytes) -> list[int]:
        """The tokens that start with `remaining` or that `remaining` starts with, in ascending order."""
        first = bisect_left(self._sorted_bytes, remaining)
        last = first
        while last < len(self._sorted_bytes) and self._sorted_bytes[last].startswith(remaining):
            last += 1
        prefixes = (self._token_of.get(remaining[:length]) for length in range(1, len(remaining)))
        return sorted({*self._sorted_tokens[first:last], *(token for token in prefixes if token is not None)})


def heal(tokenizer: Tokenizer, spelling: Spelling, prompt: str, max_tokens: int) -> HealedPrompt:
    """Tokenize a prompt, remove its last piece, and drop its first tokens if there are more than `max_tokens`."""
    encoding = tokenizer.encode(prompt, add_special_tokens=False)
    tokens: Sequence[int] = encoding.ids
    pieces: Sequence[int | None] = encoding.word_ids
    kept = len(tokens)
    while kept > 0 and pieces[kept - 1] == pieces[-1]:
        kept -= 1
    suffix = b"".join(spelling.bytes_of[token] for token in tokens[kept:])
    whole = (spelling.end_of_text, *tokens[:kept])
    num_dropped = max(0, len(whole) - max_tokens)
    return HealedPrompt(tokens=whole[num_dropped:], suffix=suffix, num_dropped=num_dropped)


def count_too_long(tokenizer: Tokenizer, prompts: Sequence[str], max_tokens: int) -> int:
    """The number of prompts with more than `max_tokens` tokens, which `heal` truncates."""
    spelling = Spelling(tokenizer)
    return sum(heal(tokenizer, spelling, prompt, max_tokens).num_dropped > 0 for prompt in prompts)
