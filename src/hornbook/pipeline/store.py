"""The store: artifacts addressed by fingerprint, so that two runs share what is equal.

    STORE/artifacts/select-3f9a2c41d0b7e855/    a finished artifact: files, manifest.json
    STORE/partial/select-3f9a2c41d0b7e855/      half-finished work: `output` is thrown away, `scratch` is resumed
    STORE/locks/                                one empty file per artifact ever built, held while it is being built
    STORE/runs/laptop/                          a run: links to its artifacts by readable names (`runs.py`)
    STORE/hashes.sqlite                         SHA-256 of external files, by path, size and time

An artifact is written aside and renamed when whole. A process killed at any moment leaves either no artifact or a whole
one.
"""

import errno
import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hornbook.errors import DamagedArtifactError, MissingInputError, StoreError
from hornbook.pipeline.alone import alone_in
from hornbook.pipeline.fingerprint import encode, fingerprint
from hornbook.pipeline.manifest import (
    Manifest,
    describe_environment,
    hash_file,
    hash_files,
    read_manifest,
    verify_files,
    write_manifest,
)
from hornbook.pipeline.stage import Artifact, Context, FileHash, Progress, Stage, Workspace

_NUM_DIGITS_IN_NAME = 16
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class Store:
    """A folder of artifacts.

    Raises:
        StoreError: The folder cannot be made or written.
    """

    def __init__(self, root: Path, *, is_durable: bool = True) -> None:
        """Name the folders.

        Args:
            root: Folder of the store.
            is_durable: Whether files are brought to the disk before an artifact counts as finished, so that even a
                power cut leaves none that must be made again.
        """
        self.root = root
        self._is_durable = is_durable
        self.artifacts = root / "artifacts"
        self.partial = root / "partial"
        self.locks = root / "locks"
        self.runs = root / "runs"
        self._hashes = _Hashes(root / "hashes.sqlite")

    def close(self) -> None:
        """Let go of the files that the store keeps open; a later use opens them again."""
        self._hashes.close()

    def open_for_writing(self) -> None:
        """Make the folders and try to write.

        Raises:
            StoreError: The place cannot be written.
        """
        try:
            for folder in (self.artifacts, self.partial, self.locks, self.runs):
                folder.mkdir(parents=True, exist_ok=True)
            probe = self.partial / f".probe-{os.getpid()}"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise StoreError(
                f"the store `{self.root}` cannot be written ({error.strerror}); choose another with --store DIR"
            ) from error

    def sha256_of(self, path: Path) -> str:
        """The SHA-256 of an external file; computed once for each path, size and time of modification.

        Raises:
            MissingInputError: It cannot be read.
        """
        path = path.absolute()
        try:
            status = path.stat()
            key = (os.fsencode(path), status.st_size, status.st_mtime_ns)
            if (known := self._hashes.find(key)) is None:
                known = hash_file(path)
                self._hashes.add(key, known)
        except OSError as error:
            raise MissingInputError(f"`{path}` cannot be read: {error.strerror}") from error
        return known

    def folder_of(self, stage: str, fingerprint: str) -> Path:
        """Where the artifact of a stage with this fingerprint lies, if it exists."""
        return self.artifacts / f"{stage}-{fingerprint[:_NUM_DIGITS_IN_NAME]}"

    def find(self, stage: str, fingerprint: str) -> Artifact | None:
        """The artifact of this fingerprint, every byte verified; None where there is none.

        Raises:
            DamagedArtifactError: There is one, and a file is not what was written; the message names it.
        """
        folder = self.folder_of(stage, fingerprint)
        if not folder.exists():
            return None
        manifest = read_manifest(folder)
        if manifest.fingerprint != fingerprint:
            raise DamagedArtifactError(f"the manifest of `{folder.name}` belongs to another fingerprint")
        verify_files(manifest, folder)
        return Artifact(folder=folder, manifest=manifest)

    def discard(self, stage: str, fingerprint: str) -> None:
        """Remove an artifact that cannot be used. It vanishes from its place in one step."""
        folder = self.folder_of(stage, fingerprint)
        condemned = self.partial / f"discarded-{folder.name}-{os.getpid()}"
        folder.rename(condemned)
        shutil.rmtree(condemned)

    def forget(self, stage: str, fingerprint: str) -> None:
        """Remove the artifact of this fingerprint and what is half done of it, as far as there is any."""
        folder = self.folder_of(stage, fingerprint)
        with self._lock(folder.name):
            if folder.exists():
                self.discard(stage, fingerprint)
            shutil.rmtree(self.partial / folder.name, ignore_errors=True)

    def build(
        self,
        stage: Stage,
        inputs: Mapping[str, Artifact],
        progress: Progress,
        context: Context | None = None,
        digest: str | None = None,
    ) -> Artifact:
        """Run a stage and keep its output.

        Another process that builds the same artifact in the same store is waited for, and its result taken.

        Args:
            stage: What runs.
            inputs: By the keys of `stage.inputs`.
            progress: Told how far it is.
            context: Engine, teacher and ranks; None for this machine alone.
            digest: The stage's fingerprint; None where it is not known yet.

        Raises:
            StoreError: The disk is full or the store has become unwritable.
        """
        if digest is None:
            fingerprints = {name: artifact.manifest.fingerprint for name, artifact in inputs.items()}
            digest = fingerprint_of(stage, fingerprints, self.sha256_of)
        folder = self.folder_of(stage.name, digest)
        try:
            with self._lock(folder.name):
                if folder.exists():
                    return Artifact(folder=folder, manifest=read_manifest(folder))
                return self._build(stage, inputs, progress, context or Context(), digest)
        except OSError as error:
            inside = isinstance(error.filename, str) and Path(error.filename).is_relative_to(self.root)
            if inside or error.errno in _DISK_ERRORS:
                raise StoreError(
                    f"the store `{self.root}` could not be written while `{stage.name}` ran ({error.strerror}); "
                    "make room or choose another with --store DIR, then run the same command again"
                ) from error
            raise

    def _build(
        self, stage: Stage, inputs: Mapping[str, Artifact], progress: Progress, context: Context, digest: str
    ) -> Artifact:
        folder = self.folder_of(stage.name, digest)
        aside = self.partial / folder.name
        output, scratch = aside / "output", aside / "scratch"
        shutil.rmtree(output, ignore_errors=True)
        output.mkdir(parents=True)
        scratch.mkdir(exist_ok=True)
        start = time.monotonic()
        result = stage.run(stage.config, inputs, Workspace(output, scratch, stage.seed, progress, context, stage.name))
        seconds = time.monotonic() - start
        manifest = Manifest(
            stage=stage.name,
            fingerprint=digest,
            version=stage.version,
            seed=stage.seed,
            config=encode(stage.config),
            inputs={name: artifact.manifest.fingerprint for name, artifact in inputs.items()},
            input_contents={name: artifact.manifest.content_digest for name, artifact in inputs.items()},
            kept=result.kept,
            unit=result.unit,
            dropped=dict(result.dropped),
            metrics=encode(result.metrics, f"{stage.name}.metrics"),
            files=hash_files(output),
            seconds=round(seconds, 3),
            environment=describe_environment(),
        )
        write_manifest(manifest, output)
        if self._is_durable:
            _sync(output)
        output.rename(folder)
        shutil.rmtree(aside)
        return Artifact(folder=folder, manifest=manifest)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        path = self.locks / f"{name}.lock"
        with path.open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)  # Let go when the process ends, however it ends.
            yield


def fingerprint_of(stage: Stage, input_fingerprints: Mapping[str, str], sha256_of: FileHash) -> str:
    """The fingerprint of a stage whose inputs have the given ones.

    Raises:
        MissingInputError: External data that the stage reads is not there.
    """
    return fingerprint(
        stage=stage.name,
        version=stage.version,
        config=stage.config,
        seed=stage.seed,
        inputs=input_fingerprints,
        external=stage.identity(stage.config, sha256_of) if stage.identity else None,
    )


@contextmanager
def store_beside(output: Path) -> Iterator[Store]:
    """The store of a command: `.NAME.work` beside its output, removed when the body ends without an error.

    What an interrupted command left there is found again by the same command.

    Raises:
        ConfigError: Another process writes the same output.
        StoreError: The folder cannot be written.
    """
    store = Store(output.absolute().with_name(f".{output.name}.work"), is_durable=False)
    store.open_for_writing()
    with alone_in(store.root, f"writing `{output}` by way of"):
        yield store
        store.close()
        shutil.rmtree(store.root)


class _Hashes:
    """A table of hashes on the disk; in memory alone where the store is not there (yet)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    def find(self, key: tuple[bytes, int, int]) -> str | None:
        query = "SELECT sha256 FROM hashes WHERE path = ? AND size = ? AND modified = ?"
        row = self._opened().execute(query, key).fetchone()
        return None if row is None else str(row[0])

    def add(self, key: tuple[bytes, int, int], sha256: str) -> None:
        self._opened().execute("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?, ?)", (*key, sha256))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            place = self._path if self._path.parent.is_dir() else ":memory:"
            self._database = sqlite3.connect(place, timeout=60, isolation_level=None)
            self._database.execute("PRAGMA synchronous=OFF")  # A hash that a power cut takes is computed again.
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS hashes (path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, sha256 TEXT)"
            )
        return self._database


def _sync(folder: Path) -> None:
    """Bring the files to the disk before the folder gets its final name, so that a power cut leaves no hollow one."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
