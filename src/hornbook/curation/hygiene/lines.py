"""Refuse texts whose lines are too long for code, or that hold few letters and digits.

Reads:  a source text.
Writes: a refusal, or None.
Source: the basic filter of StarCoder's training data (Li et al. 2023, and its repository bigcode-dataset,
`preprocessing`): longest line 1000, mean 100, share of letters and digits 0.25; after Chen et al. 2021 (Codex).
"""

from hornbook.curation.hygiene.reasons import Reason, Refusal

_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())


def long_lines(text: str, *, max_line: int, max_mean_line: float) -> Refusal | None:
    """Refuse a text with a line of more than `max_line` characters, or `max_mean_line` on average.

    The average is over the lines that are not empty: blank lines must not hide long ones.
    """
    lengths = [len(line) for line in text.splitlines()]
    longest = max(lengths, default=0)
    if longest > max_line:
        return Refusal(Reason.LONG_LINES, f"line {lengths.index(longest) + 1} has {longest:,} characters")
    num_filled = sum(1 for length in lengths if length)
    if num_filled and sum(lengths) > max_mean_line * num_filled:
        return Refusal(Reason.LONG_LINES, f"{sum(lengths) / num_filled:.0f} characters a line")
    return None


def few_words(text: str, *, min_share: float) -> Refusal | None:
    """Refuse a text in which fewer than `min_share` of the characters are letters or digits, of any script."""
    count = len(text.encode("ascii", "ignore").translate(None, _ASCII_MARKS))
    if count < min_share * len(text) and not text.isascii():
        count = sum(map(str.isalnum, text))
    if count < min_share * len(text):
        return Refusal(Reason.FEW_WORDS, f"{count / len(text):.0%} letters and digits")
    return None
