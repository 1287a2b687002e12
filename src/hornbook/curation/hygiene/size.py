"""Refuse what is too large to look at, and what is too short to teach.

Reads:  a source text.
Writes: a refusal, or None.
Source: The Stack left out files of more than 1 MB (Kocetkov et al. 2022, section 3); the lower bound is ours.
"""

from hornbook.curation.hygiene.reasons import Reason, Refusal


def too_large(text: str, *, max_characters: int) -> Refusal | None:
    """Refuse a text of more than `max_characters`. It is not read: the cost does not depend on its length."""
    if len(text) > max_characters:
        return Refusal(Reason.TOO_LARGE, f"{len(text):,} characters")
    return None


def too_short(text: str, *, min_characters: int) -> Refusal | None:
    """Refuse a text with fewer than `min_characters` characters that are no white space."""
    count = 0
    for word in text.split(None, min_characters):
        if count >= min_characters:
            break
        count += len(word)
    if count >= min_characters:
        return None
    return Refusal(Reason.TOO_SHORT, f"{count} characters that are no white space")
