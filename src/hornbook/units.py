"""Numbers with their units, and lists of names, for people: the same on pages and in the terminal."""

from collections.abc import Sequence

_NUM_LISTED = 3


def count(number: int) -> str:
    """A whole number with separators: `12,345`."""
    return f"{number:,}"


def percent(share: float) -> str:
    """A share as a percentage with one decimal and a narrow space: `81.3 %`."""
    return f"{100 * share:.1f}\u202f%"


def plural(number: int, unit: str) -> str:
    """A number with its unit, given in the plural: `1 document`, `2 documents`, `3 classes`, `1 passage`."""
    if number != 1:
        return f"{number:,} {unit}"
    singular = unit[:-3] + "y" if unit.endswith("ies") else unit.removesuffix("s")
    return f"1 {singular}"


def duration(seconds: float) -> str:
    """A time for people, on one line: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f}\u00a0s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}\u00a0s"
    if whole < 3600:
        return f"{whole // 60}\u00a0min\u00a0{whole % 60:02d}\u00a0s"
    return f"{whole // 3600}\u00a0h\u00a0{whole % 3600 // 60:02d}\u00a0min"


def listed(names: Sequence[str], separator: str = ", ") -> str:
    """The first three names, and how many more there are: `a, b, c and 4 more`."""
    more = f" and {len(names) - _NUM_LISTED:,} more" if len(names) > _NUM_LISTED else ""
    return separator.join(names[:_NUM_LISTED]) + more


def magnitude(number: int) -> str:
    """A large number in words, `4.21 million` or `1.42 billion`; a number below a million in full."""
    for size, name in ((10**9, "billion"), (10**6, "million")):
        if number >= size:
            return f"{number / size:.3g}\u00a0{name}"
    return count(number)
