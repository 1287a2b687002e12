"""Find secrets in a text: keys, tokens, passwords.

Reads:  a text; the rules of Kingfisher, a detector in Rust, and a few of ours (`rules.yml`).
Writes: where they stand.
Source: the choice of the detector and what it was compared with: `docs/decisions/secrets.md`.

Nothing is sent anywhere: Kingfisher can ask a service whether a key is alive, which is never called here.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.curation.hygiene.addresses import Span

if TYPE_CHECKING:
    from kingfisher_sdk import Scanner

_RULES = Path(__file__).with_name("rules.yml")
_SECRET_ALONE = frozenset({"betterleaks.aws-secret-access-key"})
"""Rules that Kingfisher counts only beside another finding, though what they find is secret by itself."""
_PLACEHOLDER = re.compile(
    r"(?is)(?:<.*>|.*example.*|\W*|(?:my|your|the|some|a)?[_-]?(?:super)?[_-]?(?:secret|pass|passw|password|passwd|pwd|pw|token|key|user|guest|admin|root"
    r"|postgres|test|foo|bar|example|dummy|changeme|change_me|x+|\*+)[_-]?(?:word|key|token|here)?)"
)


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
