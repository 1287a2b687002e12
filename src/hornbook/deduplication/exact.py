"""Find texts that are equal apart from blank lines and spaces at the ends of lines."""

import hashlib
from collections.abc import Sequence


def exact_groups(texts: Sequence[str]) -> list[int]:
    """For each text, the index of the first text that is equal to it; its own index where it is the first."""
    first_with: dict[bytes, int] = {}
    return [first_with.setdefault(normalised_hash(text), index) for index, text in enumerate(texts)]


def normalised_hash(text: str) -> bytes:
    """SHA-256 of the text without blank lines and without white space at line ends. Indentation counts."""
    lines = (line.rstrip() for line in text.split("\n"))
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).digest()
