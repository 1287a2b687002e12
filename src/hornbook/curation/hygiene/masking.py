"""Find secrets and addresses in a text, and mask them such that code stays code.

Reads:  a source text and its literals; the rules of Kingfisher, a detector of secrets in Rust, and a few of ours
        (`rules.yml`).
Writes: the text with placeholders, and how many there are of each kind.
Source: the choice of the detector and what it was compared with: `docs/decisions/secrets.md`.

Only the insides of strings and comments change: elsewhere nothing that is masked can stand in a valid program, and
what looks like it (`a@b.inv`) is code. A placeholder has no quote, backslash, brace or line break: it fits any string.
Nothing is sent anywhere: Kingfisher can ask a service whether a key is alive, which is never called here.
"""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hornbook.curation.hygiene.addresses import Span, email_addresses, ip_addresses
from hornbook.curation.hygiene.config import HygieneConfig

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

KEY, EMAIL, IP = "key", "email", "ip"
PLACEHOLDERS = {KEY: "<KEY>", EMAIL: "<EMAIL>", IP: "<IP>"}
_RULES = Path(__file__).with_name("rules.yml")
_SECRET_ALONE = frozenset({"betterleaks.aws-secret-access-key"})
"""Rules that Kingfisher counts only beside another finding, though what they find is secret by itself."""
_PLACEHOLDER = re.compile(
    r"(?is)(?:<.*>|.*example.*|\W*|(?:my|your|the|some|a)?[_-]?(?:super)?[_-]?(?:secret|pass|passw|password|passwd|pwd|pw|token|key|user|guest|admin|root"
    r"|postgres|test|foo|bar|example|dummy|changeme|change_me|x+|\*+)[_-]?(?:word|key|token|here)?)"
)


class Mask(NamedTuple):
    """A place to be masked."""

    start: int
    end: int
    kind: str


def find_masks(text: str, spans: list[Span] | None, config: HygieneConfig) -> list[Mask]:
    """What is to be masked, in order and without overlaps; of two that overlap the secret counts, then the first.

    Args:
        text: Whole.
        spans: The insides of strings and comments; None: the text is no code, all of it may change.
        config: What is looked for.
    """
    found = [Mask(*span, KEY) for span in secrets(text)] if config.mask_secrets else []
    found += [Mask(*span, EMAIL) for span in email_addresses(text)] if config.mask_emails else []
    found += [Mask(*span, IP) for span in ip_addresses(text)] if config.mask_ips else []
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


def secrets(text: str) -> list[Span]:
    """Where secrets stand in a text, in order; they may overlap.

    Placeholders such as `user:password@host` are left out.
    """
    data = text.encode("utf-8", "replace")
    findings = _scanner().scan(data)
    if not findings:
        return []
    ascii_only = len(data) == len(text)
    spans = []
    for finding in findings:
        if not (finding.visible or finding.rule_id in _SECRET_ALONE):
            continue
        start, end = finding.location["start_offset"], finding.location["end_offset"]
        if not ascii_only:
            start, end = (len(data[:offset].decode("utf-8", "ignore")) for offset in (start, end))
        if not _PLACEHOLDER.fullmatch(text[start:end]):
            spans.append((start, end))
    return sorted(set(spans))


def detector() -> str:
    """Name and version of the detector: what is found depends on it."""
    from kingfisher_sdk import __version__

    return f"kingfisher-secret-scanner {__version__}"


@lru_cache(maxsize=1)
def _scanner() -> "Scanner":
    """The compiled rules: a second to load, eight to compile the first time on a machine; shared by a process."""
    from kingfisher_sdk import Rules, Scanner

    return Scanner(Rules([_RULES]), base64=False)
