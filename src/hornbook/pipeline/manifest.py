"""The manifest: what an artifact is and where it came from, written last, so that a folder with one is whole.

The file `manifest.json` is in canonical form and carries a hash of itself, so that a single changed byte is noticed.
"""

import hashlib
import importlib.metadata
import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hornbook.errors import DamagedArtifactError
from hornbook.pipeline.fingerprint import canonical_json

FILE_NAME = "manifest.json"
MEASURED = "measured"
"""The sub-folder for what differs between two equal runs: times. Verified like all files, but determines nothing."""

_REPORTED_LIBRARIES = ("hornbook", "torch", "numpy", "pyarrow", "daft", "scikit-learn", "tokenizers")


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
    input_contents: dict[str, str]
    """Input's name → `content_digest` of the artifact that was read."""
    kept: int
    unit: str
    dropped: dict[str, int]
    metrics: dict[str, Any]
    files: dict[str, str]
    """Relative path → SHA-256 of the bytes."""
    seconds: float
    """Wall-clock time of the stage, all its attempts' last one; for information."""
    environment: dict[str, str] = field(default_factory=dict)
    """Versions of Python and the libraries; for information, not part of the fingerprint."""

    @property
    def content_digest(self) -> str:
        """A hash of the artifact's files: equal for two artifacts with the same bytes under the same names.

        What lies in `measured/` does not count: an artifact made again took another time, and is still the same.
        """
        files = {name: digest for name, digest in self.files.items() if not name.startswith(f"{MEASURED}/")}
        return hashlib.sha256(canonical_json(files).encode()).hexdigest()


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Write the manifest into `folder`, its own hash inside."""
    values = asdict(manifest)
    values["manifest_sha256"] = _digest_of(values)
    (folder / FILE_NAME).write_text(canonical_json(values), encoding="utf8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the artifact in `folder`.

    Raises:
        DamagedArtifactError: The file is missing, not readable, or not what was written.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_text(encoding="utf8")
        values = json.loads(text)
        digest = values.pop("manifest_sha256")
        whole = canonical_json({**values, "manifest_sha256": digest}) == text and digest == _digest_of(values)
        if whole:
            return Manifest(**values)
    except FileNotFoundError:
        raise DamagedArtifactError(f"`{folder.name}` has no {FILE_NAME}") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    raise DamagedArtifactError(f"{FILE_NAME} of `{folder.name}` is not what was written")


def verify_files(manifest: Manifest, folder: Path) -> None:
    """Compare every file of an artifact with its hash.

    Raises:
        DamagedArtifactError: A file is missing or differs; the message names it.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise DamagedArtifactError(f"`{name}` of `{folder.name}` is missing")
        if hash_file(path) != expected:
            raise DamagedArtifactError(f"`{name}` of `{folder.name}` is damaged: its SHA-256 is not the recorded one")


def hash_files(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below `folder`, by its relative path with forward slashes, sorted."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hash_file(path) for path in paths}


def hash_file(path: Path) -> str:
    """The SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def describe_environment() -> dict[str, str]:
    """The versions of Python and of the libraries that touch the bytes."""
    versions = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    for name in _REPORTED_LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def _digest_of(values: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(values).encode()).hexdigest()
