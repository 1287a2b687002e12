"""The manifest: what an artifact is, written last, so that a folder with one is whole."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What determined an artifact, and what came out."""

    stage: str
    fingerprint: str
    version: int
    seed: int
    config: Any
    """The stage's config as JSON values."""
    inputs: dict[str, str]
    """Input's name → fingerprint."""
    kept: int
    unit: str
    dropped: dict[str, int]
    metrics: dict[str, Any]
    files: dict[str, str]
    """Relative path → SHA-256 of the bytes."""
    seconds: float
    environment: dict[str, str] = field(default_factory=dict)
    """Versions of Python and the libraries, for information: not part of the fingerprint."""
