"""Which failures of an endpoint are worth another attempt, and how long to wait before it."""

import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({408, 409, 429})
OVERLOADED = frozenset({429, 503, 529})
"""The server is asked too much: 529 is how one of the hosted ones says it."""
_NOT_IMPLEMENTED = 501
_LONGEST_DELAY_SECONDS = 60.0
_MOST_DOUBLINGS = 64


def is_retried(status: int) -> bool:
    """Whether another attempt may succeed: the server was busy, slow or broken, and did not refuse for good."""
    return status in RETRIED_STATUSES or (status >= 500 and status != _NOT_IMPLEMENTED)


def delay_seconds(num_failures: int, first_delay_seconds: float, generator: random.Random) -> float:
    """Exponential backoff: doubled with each failure up to a minute, and drawn from its upper half.

    The draw keeps requests that failed together from coming back together.
    """
    full = min(_LONGEST_DELAY_SECONDS, first_delay_seconds * 2.0 ** min(num_failures - 1, _MOST_DOUBLINGS))
    return full * generator.uniform(0.5, 1.0)


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """What the server asks for in `Retry-After`, as seconds from now; None if it asks for nothing understandable."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
