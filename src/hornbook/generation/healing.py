"""Prompts that end anywhere, though training only ever saw whole tokens.

A prompt cut inside a word or inside a run of spaces has final tokens that training never shows in that place. So the
tokens of its last piece (what the tokenizer never merges across) are taken back, and the first tokens generated must
spell the bytes taken back: each either is a part of what is left of them or goes beyond it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from hornbook.tokens.tokenizer import END_OF_TEXT, token_bytes


@dataclass(frozen=True)
class HealedPrompt:
    """What the model reads, and what it must spell first."""

    tokens: tuple[int, ...]
    """At least one: `<|endoftext|>`, which stands before every document in training, then the prompt's whole pieces."""
    suffix: bytes
    """The bytes of the prompt's last piece."""
    num_dropped: int
    """Tokens left out at the prompt's begin because they did not fit."""


class Spelling:
    """Which tokens begin or continue a given run of bytes."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Index the vocabulary; special tokens spell nothing."""
        self.bytes_of: list[bytes] = token_bytes(tokenizer)
        self.end_of_text: int = tokenizer.get_vocab()[END_OF_TEXT]
        pairs = sorted((spelled, token) for token, spelled in enumerate(self.bytes_of) if spelled)
        self._sorted_bytes = [pair[0] for pair in pairs]
        self._sorted_tokens = [pair[1] for pair in pairs]
        self._token_of = dict(pairs)

    def allowed(self, remaining: bytes) -> list[int]:
        """The tokens that start with `remaining`, and those that `remaining` starts with; in ascending order."""
        first = bisect_left(self._sorted_bytes, remaining)
        last = first
        while last < len(self._sorted_bytes) and self._sorted_bytes[last].startswith(remaining):
            last += 1
        prefixes = (self._token_of.get(remaining[:length]) for length in range(1, len(remaining)))
        return sorted({*self._sorted_tokens[first:last], *(token for token in prefixes if token is not None)})


def heal(tokenizer: Tokenizer, spelling: Spelling, prompt: str, max_tokens: int) -> HealedPrompt:
    """Take back the prompt's last piece, and its first tokens where it is too long.

    Args:
        tokenizer: Of the model.
        spelling: Of the same tokenizer.
        prompt: Any text, the empty one included.
        max_tokens: At most so many tokens are read; the end of a longer prompt is kept.
    """
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
    """Of how many prompts `heal` drops the first tokens."""
    spelling = Spelling(tokenizer)
    return sum(heal(tokenizer, spelling, prompt, max_tokens).num_dropped > 0 for prompt in prompts)
