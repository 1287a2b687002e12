"""Find e-mail and IP addresses that are somebody's: not the ones set aside for examples and private networks.

Reads:  a text.
Writes: where they stand.
Source: what is masked follows StarCoder's training data (Li et al. 2023, section 4.1: names aside); names set aside:
RFC 2606 and 6761; ranges set aside: IANA's registries of special addresses, as Python's `ipaddress` has them.
"""

import ipaddress
import re

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

Span = tuple[int, int]


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
