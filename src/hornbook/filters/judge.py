"""Say of a source file whether it is fit to be learnt from, and mask what must not be learnt.

Reads:  a file's text, path, repository and licences.
Writes: the text, masked; or the reason why it is refused.

The filters stand in the order of their cost, but for masking, which only what is kept needs. The first that refuses a
file gives its reason, so that counts by reason depend on this order:

1. by name and number alone: size, opt-out list, licence (`filters.py`);
2. by its lines: too short, long lines, few letters, a generator's mark (`filters.py`);
3. by its tokens: minified (`filters.py`), data in code (`data.py`), nested too deep (`syntax.py`);
4. by its parse (`syntax.py`);
5. masked: secrets, e-mail and IP addresses (`masking.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hornbook.filters.config import FiltersConfig
from hornbook.filters.data import data_in_code, find_literals
from hornbook.filters.filters import (
    Reason,
    Refusal,
    few_words,
    generated,
    license_refused,
    long_lines,
    minified,
    opted_out,
    too_large,
    too_short,
)
from hornbook.filters.masking import Span, apply_masks, find_masks, widened
from hornbook.filters.syntax import does_not_parse, parse_error, too_deep


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a file."""

    text: str
    """Masked where the file is kept; empty where it is refused, as nothing of it may go on."""
    reason: str
    """The rule that refused it (`Reason`); empty where it is kept."""
    detail: str = ""
    """The evidence for the reason."""
    masked: dict[str, int] = field(default_factory=dict)
    """Kind (`key`, `email`, `ip`) → how many were masked; kinds without any are left out."""


def judge(text: str, *, path: str, repository: str, licenses: Sequence[str], config: FiltersConfig) -> Judged:
    """Judge one file.

    A pure function of its arguments, the running Python's grammar and the detector of secrets
    (`masking.detector`). It never raises for a text, whatever is in it.

    Args:
        text: The file's content. A byte order mark at its start is taken off.
        path: In its repository; empty if unknown.
        repository: `owner/name`; empty if unknown.
        licenses: SPDX ids or expressions; none if unknown.
        config: Thresholds and switches.
    """
    refusal = too_large(text, max_characters=config.max_characters)
    refusal = refusal or opted_out(config.opted_out, repository=repository, path=path)
    if config.check_licenses:
        refusal = refusal or license_refused(
            licenses, allowed=config.licenses, allow_unknown=config.allow_unknown_license
        )
    if refusal:
        return _refused(refusal)
    text = text.removeprefix("\ufeff")
    refusal = too_short(text, min_characters=config.min_characters)
    refusal = refusal or long_lines(text, max_line=config.max_line, max_mean_line=config.max_mean_line)
    refusal = refusal or few_words(text, min_share=config.min_alphanumeric_share)
    if config.drop_generated:
        refusal = refusal or generated(text, path=path)
    if refusal:
        return _refused(refusal)
    if not config.must_parse:
        masked, numbers = apply_masks(text, find_masks(text, None, config))
        return Judged(masked, "", "", numbers)
    literals = find_literals(text)
    refusal = minified(literals.code) or data_in_code(text, literals, max_share=config.max_data_share)
    refusal = refusal or too_deep(literals.code) or does_not_parse(text, literals.code)
    return _refused(refusal) if refusal else _masked_code(text, literals.spans, config)


def _masked_code(text: str, spans: list[Span], config: FiltersConfig) -> Judged:
    """The text with its strings and comments masked. It still parses, or it is refused."""
    masks = find_masks(text, spans, config)
    if not masks:
        return Judged(text, "")
    for attempt in (masks, widened(masks, spans)):
        masked, numbers = apply_masks(text, attempt)
        problem = parse_error(masked)
        if not problem:
            return Judged(masked, "", "", numbers)
    return _refused(Refusal(Reason.CANNOT_MASK, problem))


def _refused(refusal: Refusal) -> Judged:
    return Judged("", str(refusal.reason), refusal.detail)
