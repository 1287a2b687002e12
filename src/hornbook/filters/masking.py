"""Find secrets and addresses in a text, and mask them such that code stays code.

Reads:  a source text and its literals; the rules of Kingfisher, a detector of secrets in Rust, and a few of ours
        (`rules.yml`).
Writes: the text with placeholders, and how many there are of each kind.
Source: the choice of the detector and what it was compared with: `docs/decisions/secrets.md`. Which addresses are
        masked follows StarCoder's training data (Li et al. 2023, section 4.1). Those that are set aside for examples
        and private networks are nobody's: RFC 2606 and 6761, and IANA's registries, as Python's `ipaddress` has them.

Only the insides of strings and comments change: elsewhere nothing that is masked can stand in a valid program, and
what looks like it (`a@b.inv`) is code. A placeholder has no quote, backslash, brace or line break: it fits any string.
Nothing is sent anywhere: Kingfisher can ask a service whether a key is alive, which is never called here.
"""

import ipaddress
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hornbook.filters.config import FiltersConfig

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

Span = tuple[int, int]
KEY, EMAIL, IP = "key", "email", "ip"
PLACEHOLDERS = {KEY: "<KEY>", EMAIL: "<EMAIL>", IP: "<IP>"}
_RULES = Path(__file__).with_name("rules.yml")
_SECRET_ALONE = frozenset({"betterleaks.aws-secret-access-key"})
"""Rules that Kingfisher counts only beside another finding, though what they find is secret by itself."""
_PLACEHOLDER = re.compile(
    r"(?is)(?:<.*>|.*example.*|\W*|(?:my|your|the|some|a)?[_-]?(?:super)?[_-]?(?:secret|pass|passw|password|passwd|pwd|pw|token|key|user|guest|admin|root"
    r"|postgres|test|foo|bar|example|dummy|changeme|change_me|x+|\*+)[_-]?(?:word|key|token|here)?)"
)
_DOMAIN = re.compile(r"@(?<=[\w+%-]@)([A-Za-z0-9](?:[A-Za-z0-9-]*+\.){1,10}[A-Za-z]{2,24})(?![\w@-]|\.\w)")
"""From the mark on, a literal start that `re` searches for fast; the part before it is read backwards."""
_LOCAL = re.compile(r"[\w.+%-]{1,64}\Z")
_NO_PERSON = frozenset({"git", "hg", "svn"})
_EXAMPLE_DOMAIN = re.compile(
    r"(?i)(?:^|\.)(?:example(?:\.(?:com|net|org|edu))?|test|invalid|localhost|local|openssh\.com)$"
)
"""Set aside for examples; and the one that stands in the names of SSH's algorithms."""
_FILE_ENDINGS = frozenset(("css", "gif", "html", "ico", "jpeg", "jpg", "js", "json", "png", "py", "svg", "ts"))
_IPV4 = re.compile(r"\.(?<=\d\.)\d{1,3}\.\d{1,3}\.\d{1,3}(?![\w-]|\.\d)")
_FIRST_OCTET = re.compile(r"\d{1,3}\Z")
_VERSION = re.compile(r"(?i)(?:[\w.=~^-]|(?<!/)/|\b(?:version|release|build|ver|v)[\s:=\"']{0,4})\Z")
_IPV6 = re.compile(r":(?<=[0-9A-Fa-f]:)[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{2,32}(?![\w:]|\.\d)")
_FIRST_GROUP = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{1,4}\Z")
_NO_HOST = re.compile(r"\.0$|^2\.5\.(?:4|29)\.")
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})


class Mask(NamedTuple):
    """A place to be masked."""

    start: int
    end: int
    kind: str


def find_masks(text: str, spans: list[Span] | None, config: FiltersConfig) -> list[Mask]:
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


def email_addresses(text: str) -> list[Span]:
    """Where e-mail addresses stand, in order; left out are those at example domains and no person's (`git@...`)."""
    if "@" not in text:
        return []
    found = []
    for match in _DOMAIN.finditer(text):
        at = match.start()
        local = _LOCAL.search(text, max(0, at - 64), at)
        domain = match.group(1)
        if not local or _EXAMPLE_DOMAIN.search(domain) or domain.rsplit(".", 1)[1].lower() in _FILE_ENDINGS:
            continue
        start = local.start() + len(local.group()) - len(local.group().lstrip(".%+-"))
        if start and text[start - 1] == "\\" and start + 1 < at and text[start] in "nrtabfv":
            start += 1  # Its first letter belongs to an escape.
        if start < at and text[start:at].lower() not in _NO_PERSON:
            found.append((start, match.end()))
    return found


def ip_addresses(text: str) -> list[Span]:
    """Where public IPv4 and IPv6 addresses stand, in order.

    Left out are private, loopback, documentation and other special ranges, networks (the last number is 0), the
    well-known public resolvers, the identifiers of X.509 (2.5.4, 2.5.29), and what reads as a version: four single
    digits, or one behind `version`, `==`, a slash or a letter.
    """
    found = []
    for match in _IPV4.finditer(text):
        first = _FIRST_OCTET.search(text, max(0, match.start() - 3), match.start())
        if not first:
            continue
        start, end = first.start(), match.end()
        address = text[start:end]
        if len(address) > 7 and _is_public(address) and not _VERSION.search(text, max(0, start - 14), start):
            found.append((start, end))
    for match in _IPV6.finditer(text):
        first = _FIRST_GROUP.search(text, max(0, match.start() - 5), match.start())
        if first and match.end() - first.start() > 7 and _is_public(text[first.start() : match.end()]):
            found.append((first.start(), match.end()))
    return sorted(found)


def _is_public(address: str) -> bool:
    """Whether a text is an address that a machine of somebody may have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_global and not parsed.is_multicast and address not in _RESOLVERS and not _NO_HOST.search(address)
