"""Mask secrets and addresses in a text, such that code stays code.

Reads:  a source text and its literals.
Writes: the text with placeholders, and how many there are of each kind.

Only the insides of strings and comments change: elsewhere nothing that is masked can stand in a valid program, and
what looks like it (`a@b.inv`) is code. A placeholder has no quote, backslash, brace or line break: it fits any string.
"""

from collections import Counter
from dataclasses import dataclass

from hornbook.curation.hygiene.addresses import Span, email_addresses, ip_addresses
from hornbook.curation.hygiene.credentials import secrets

KEY, EMAIL, IP = "key", "email", "ip"
PLACEHOLDERS = {KEY: "<KEY>", EMAIL: "<EMAIL>", IP: "<IP>"}


@dataclass(frozen=True, slots=True)
class Mask:
    """A place to be masked."""

    start: int
    end: int
    kind: str


def find_masks(
    text: str, spans: list[Span] | None, *, mask_secrets: bool, mask_emails: bool, mask_ips: bool
) -> list[Mask]:
    """What is to be masked, in order and without overlaps; of two that overlap the secret counts, then the first.

    Args:
        text: Whole.
        spans: The insides of strings and comments; None: the text is no code, all of it may change.
        mask_secrets: Whether to look for secrets.
        mask_emails: And for e-mail addresses.
        mask_ips: And for IP addresses.
    """
    found = [Mask(*span, KEY) for span in secrets(text)] if mask_secrets else []
    found += [Mask(*span, EMAIL) for span in email_addresses(text)] if mask_emails else []
    found += [Mask(*span, IP) for span in ip_addresses(text)] if mask_ips else []
    if not found:
        return []
    clear = _without_overlaps(found)
    return clear if spans is None else _inside(text, clear, spans)


def widened(masks: list[Mask], spans: list[Span]) -> list[Mask]:
    """The same, each as wide as the string or comment that it stands in: one for each of these."""
    kinds: dict[Span, str] = {}
    for span, mask in _pairs(masks, spans):
        kinds.setdefault(span, mask.kind)
    return [Mask(*span, kind) for span, kind in kinds.items()]


def apply_masks(text: str, masks: list[Mask]) -> tuple[str, dict[str, int]]:
    """The text with a placeholder in each place, and the number of each kind."""
    pieces = []
    last = 0
    for mask in masks:
        pieces += [text[last : mask.start], PLACEHOLDERS[mask.kind]]
        last = mask.end
    return "".join([*pieces, text[last:]]), dict(Counter(mask.kind for mask in masks))


def _without_overlaps(found: list[Mask]) -> list[Mask]:
    """Masks in order. What overlaps a secret is part of it: in an address with a password the host is no e-mail's."""
    found.sort(key=lambda mask: (mask.start, -mask.end))
    clear: list[Mask] = []
    for mask in found:
        if clear and mask.start < clear[-1].end:
            before = clear[-1]
            kind = KEY if KEY in (before.kind, mask.kind) else before.kind
            clear[-1] = Mask(before.start, max(before.end, mask.end), kind)
        else:
            clear.append(mask)
    return clear


def _inside(text: str, masks: list[Mask], spans: list[Span]) -> list[Mask]:
    """The parts of masks that lie in strings and comments. None ends between a backslash and what it escapes."""
    parts = []
    for (start, end), mask in _pairs(masks, spans):
        first, last = max(start, mask.start), min(end, mask.end)
        num_backslashes = last - first - len(text[first:last].rstrip("\\"))
        if num_backslashes % 2 and last < end:
            last += 1
        parts.append(Mask(first, last, mask.kind))
    return parts


def _pairs(masks: list[Mask], spans: list[Span]) -> list[tuple[Span, Mask]]:
    """Each mask with each span that it overlaps; both are in order and free of overlaps."""
    pairs = []
    at = 0
    for mask in masks:
        while at < len(spans) and spans[at][1] <= mask.start:
            at += 1
        ahead = at
        while ahead < len(spans) and spans[ahead][0] < mask.end:
            pairs.append((spans[ahead], mask))
            ahead += 1
    return pairs
