"""Why a file is refused: short phrases to count by."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The rule that refused a file; the first one, in the order of `judge.py`."""

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
