"""Large numbers as people type them: `6B`, `500M`, `10k`."""

import re
from decimal import Decimal

from hornbook.errors import ConfigError

_TYPED = re.compile(r"(\d+(?:[_,]\d{3})*(?:\.\d+)?)([kmbt]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def parse_count(typed: str, flag: str) -> int:
    """The number that was typed: `6B`, `1.5M`, `10k`, `1_000` or `1000`.

    Args:
        typed: What stands behind the flag.
        flag: For the message.

    Raises:
        ConfigError: It is no whole number above 0.
    """
    match = _TYPED.fullmatch(typed.strip())
    number = Decimal(re.sub("[_,]", "", match[1])) * _FACTORS[match[2].lower()] if match else Decimal(0)
    if number < 1 or number != int(number):
        raise ConfigError(f"`{flag}` must be a whole number above 0, such as 6B, 500M, 10k or 1000; got {typed!r}")
    return int(number)
