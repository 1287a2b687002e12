"""Where an endpoint is, and how patiently it is asked."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from hornbook.errors import ConfigError

_VERSION_SEGMENT = re.compile(r"v\d\w*")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class EndpointConfig:
    """An OpenAI-compatible endpoint."""

    url: str
    """`http://127.0.0.1:8081` or `http://127.0.0.1:8081/v1`: `/v1` is added where the path names no version."""
    model: str = ""
    """As the endpoint calls it; may be empty where it has only one."""
    api_key: str = field(default="", repr=False)
    """Sent as a bearer token; not sent if empty, and never printed."""
    timeout_seconds: float = 600.0
    """For one attempt, in which nothing comes as long as the model writes, for an answer is not streamed; also the
    longest wait that a `Retry-After` may ask for."""
    max_concurrency: int = 8
    """Requests under way at once, at most: the endpoint gets fewer while it refuses some, and at the start."""
    max_attempts: int = 6
    """For one request, the first included."""
    first_delay_seconds: float = 1.0
    """Longest wait before the second attempt; doubled with each further one, up to a minute."""

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            ConfigError: Names the field and the value; of `api_key` only the field.
        """
        _check_url(self.url)
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable() and " " not in self.api_key):
            raise ConfigError("`api_key` must consist of visible ASCII characters, without spaces or line breaks")
        if not self.timeout_seconds > 0:
            raise ConfigError(f"`timeout_seconds` must be above 0, got {self.timeout_seconds!r}")
        for name in ("max_concurrency", "max_attempts"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not self.first_delay_seconds >= 0:
            raise ConfigError(f"`first_delay_seconds` must not be negative, got {self.first_delay_seconds!r}")

    @property
    def address(self) -> str:
        """The address of the API, its version included, without a slash at the end."""
        url = self.url.rstrip("/")
        has_version = any(_VERSION_SEGMENT.fullmatch(segment) for segment in urlsplit(url).path.split("/"))
        return url if has_version else f"{url}/v1"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether the address is a loopback one, for which no proxy is asked."""
        return urlsplit(self.url).hostname in _THIS_MACHINE


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"`url` must be an address like `http://127.0.0.1:8081/v1`, got {url!r}")
    if "@" in parts.netloc:
        raise ConfigError("`url` must not hold a user or a password: give the key as `api_key`")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/completions"):
        raise ConfigError(f"`url` must be the address up to `/v1`, without what comes behind it, got {url!r}")
