"""The filters that need no tokens: size, licence, lines, and what programs wrote.

Each is a function from a text, its path or its licences to a refusal, or None.
Source: The Stack (Kocetkov et al. 2022, section 3) for size and licences; StarCoder's basic filter (Li et al. 2023, and
its repository bigcode-dataset, `preprocessing`; after Chen et al. 2021) for lines; the marks of generators are those of
GitHub's Linguist (`generated.rb`), of StarCoder 2 (Lozhkov et al. 2024), and what Python's generators that we know
write. Licence expressions are those of SPDX (specification 2.3, annex D).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.filters.config import OptOutList

UNKNOWN = frozenset({"", "noassertion", "none", "no license", "no_license", "unknown", "other", "unlicensed"})
"""What sources write where they know of no licence; in lower case."""

_LONGEST_EXPRESSION = 500
"""In characters: reading one recurses by its brackets."""
_ASCII_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_PATH = re.compile(r"(?:^|/)(?:[^/]+_pb2(?:_grpc)?\.pyi?|parsetab\.py|lextab\.py)$")
_HEAD_CHARACTERS = 2_000
_SUBJECT = r"(?:file|module|code|script|class|parser|lexer|source|document|package|stub)s?"
_MARKERS = re.compile(
    r"(?i)@generated\b"
    r"|\b(?:do(?: not|n't)|never) (?:edit|modify|change)"
    r"(?: (?:it|this|the file|manually|by hand|directly)\b|[\W_]*$|[.!;,:])"
    rf"|\bthis (?:\w+ )?{_SUBJECT} (?:is|was|has been) (?:an? )?(?:\w+ly |auto[ -]?)?generated\b"
    rf"|^[\W_]*(?:an? )?auto(?:matically)?[ -]?generated(?: (?:by|from|with|using|on|{_SUBJECT})\b|[\W_]*$)"
    rf"|^[\W_]*(?:{_SUBJECT} (?:\w+ )?|\w+ implementation )?generated (?:automatically )?"
    r"(?:by|from|using|on|with (?=\W))"
    r"|^[\W_]*generated (?:file|automatically|code)\b"
    r"|^[\W_]*created by: .*code generator\b"
)
_COMMENT_OR_TEXT = re.compile(r'\s*(?:#|[rRuU]?(?:"""|\'\'\'))')
_NUM_HEAD_LINES = 10
"""Lines at the head in which marks of generators count; 5 in StarCoder 2, to which a licence's lines are ours."""
_LEAST_MINIFIED_CHARACTERS = 300
_MOST_STATEMENTS_A_LINE = 1.5
"""On average, before code counts as minified. Ours."""
_LEAST_WHITE_SHARE = 0.04
"""White space in code without strings and comments, below which it counts as minified. Ours."""


class Reason(StrEnum):
    """The rule that refused a file; the first one, in the order of `stage.py`."""

    TOO_LARGE = "too large"
    OPTED_OUT = "opted out"
    LICENSE_UNKNOWN = "licence unknown"
    LICENSE_NOT_ALLOWED = "licence not allowed"
    TOO_SHORT = "too short"
    LONG_LINES = "long lines"
    FEW_WORDS = "few letters and digits"
    GENERATED = "generated"
    MINIFIED = "minified"
    DATA = "data in code"
    TOO_DEEP = "nested too deep"
    PYTHON_2 = "Python 2"
    DOES_NOT_PARSE = "does not parse"
    CANNOT_MASK = "cannot be masked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a filter says of a file that it refuses; of a file that it lets pass it says None."""

    reason: Reason
    detail: str
    """The evidence, for people: numbers, a line, a licence. Never a secret."""


def too_large(text: str, *, max_characters: int) -> Refusal | None:
    """Refuse a text of more than `max_characters`. It is not read: the cost does not depend on its length."""
    if len(text) > max_characters:
        return Refusal(Reason.TOO_LARGE, f"{len(text):,} characters")
    return None


def opted_out(opt_out: OptOutList, *, repository: str, path: str) -> Refusal | None:
    """Refuse a file whose authors do not want it used."""
    name = opt_out.find(repository=repository, path=path)
    return Refusal(Reason.OPTED_OUT, name) if name else None


def too_short(text: str, *, min_characters: int) -> Refusal | None:
    """Refuse a text with fewer than `min_characters` characters that are no white space."""
    count = sum(map(len, text.split()))
    if count < min_characters:
        return Refusal(Reason.TOO_SHORT, f"{count} characters that are no white space")
    return None


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


def generated(text: str, *, path: str) -> Refusal | None:
    """Refuse a text whose path or head says that a program wrote it.

    The head are the comments, and the docstring, among its first lines that are not blank.
    """
    if path and _PATH.search(path.replace("\\", "/")):
        return Refusal(Reason.GENERATED, f"called {path.rsplit('/', 1)[-1]}")
    for line in _head(text):
        if _MARKERS.search(line):
            return Refusal(Reason.GENERATED, line.strip()[:120])
    return None


def minified(code: str) -> Refusal | None:
    """Refuse code that is written for no reader: several statements a line, or hardly any white space.

    Args:
        code: Without comments, strings replaced by `""`.
    """
    if len(code) < _LEAST_MINIFIED_CHARACTERS:
        return None
    num_lines = sum(1 for line in code.splitlines() if line.strip())
    statements = 1 + code.count(";") / max(num_lines, 1)
    if statements > _MOST_STATEMENTS_A_LINE:
        return Refusal(Reason.MINIFIED, f"{statements:.1f} statements a line")
    share = 1 - sum(map(len, code.split())) / len(code)
    if share < _LEAST_WHITE_SHARE:
        return Refusal(Reason.MINIFIED, f"{share:.1%} white space")
    return None


def license_refused(licenses: Sequence[str], *, allowed: Collection[str], allow_unknown: bool) -> Refusal | None:
    """Refuse a file unless each of its licences is allowed.

    Several licences of one file, as The Stack lists those found in a repository, bind all at once. Within an expression
    `OR` leaves the choice, `AND` binds both, and `WITH` an exception only ever adds permissions.

    Args:
        licenses: As the source has them; none: unknown.
        allowed: SPDX ids in lower case.
        allow_unknown: Whether a file without a known licence passes.
    """
    known = [one for one in licenses if one.strip().lower() not in UNKNOWN]
    if len(known) < max(len(licenses), 1) and not allow_unknown:
        return Refusal(Reason.LICENSE_UNKNOWN, ", ".join(licenses))
    for one in known:
        if one.lower() not in allowed and not _expression_allowed(one, allowed):
            return Refusal(Reason.LICENSE_NOT_ALLOWED, one[:120])
    return None


def _expression_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Whether an expression of several ids leaves an allowed choice; False if it cannot be read."""
    from boolean import ParseError
    from license_expression import ExpressionError, LicenseWithExceptionSymbol, Licensing

    if len(expression) > _LONGEST_EXPRESSION:
        return False
    licensing = Licensing()
    try:
        tree = licensing.parse(expression)
    except (ExpressionError, ParseError):
        return False

    def holds(node: object) -> bool:
        if isinstance(node, licensing.OR):
            return any(holds(part) for part in node.args)
        if isinstance(node, licensing.AND):
            return all(holds(part) for part in node.args)
        if isinstance(node, LicenseWithExceptionSymbol):
            return node.license_symbol.key.lower() in allowed
        return str(node).lower() in allowed

    return tree is not None and holds(tree)


def _head(text: str) -> list[str]:
    """The first lines as far as they are comments or a docstring."""
    head: list[str] = []
    quote = ""
    for line in text[:_HEAD_CHARACTERS].splitlines():
        if len(head) == _NUM_HEAD_LINES:
            break
        if not line.strip():
            continue
        if not quote:
            opening = _COMMENT_OR_TEXT.match(line)
            if not opening:
                break
            mark = opening.group()[-3:]
            if mark in ('"""', "'''") and mark not in line[opening.end() :]:
                quote = mark
        elif quote in line:
            quote = ""
        head.append(line)
    return head
