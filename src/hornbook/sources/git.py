"""Read the tracked files of a git repository at its current commit, with a working tree or bare.

Reads:  what git holds (`git ls-tree`, `git cat-file --batch`), never the working tree, so that changes that are not
        committed play no part. No hook, filter or pager runs and nothing is fetched.
Writes: a document for each file that matches, by its path; its origin is the remote's URL and the commit.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hornbook.errors import MissingInputError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.file_text import text_of_file
from hornbook.sources.files import path_matches, printable
from hornbook.sources.licenses import MAX_LICENSE_BYTES, NearestLicenses, is_license_file, license_of_header
from hornbook.sources.source import TOO_LONG, Piece, chunks_by_size, make_document

MISSING_OBJECT = "missing in the repository"
_SETTINGS = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never")
_REGULAR_FILES = ("100644", "100755", "100664")


class _Blob(NamedTuple):
    path: str
    name: str
    """Of the object."""
    size: int


class GitRepository:
    """The matching files of a repository's current commit."""

    layout = "git"

    def __init__(self, folder: Path, *, pattern: str, max_bytes: int) -> None:
        """List the files that match the pattern; those of more than `max_bytes` are left out.

        Raises:
            MissingInputError: git is not installed, it is no repository, has no commit, or no such file.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        self.commit = _git(folder, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        url = _without_secrets(_git(folder, "config", "--get", "remote.origin.url", may_fail=True).decode().strip())
        self.name = printable(folder.resolve().name).removesuffix(".git")
        self._origin = f"{url or self.name}@{self.commit}"
        self._repository = _repository(url) or self.name
        blobs = _blobs(_git(folder, "ls-tree", "-r", "-l", "-z", "--full-tree", self.commit))
        self._files = [one for one in blobs if path_matches(one.path, pattern)]
        texts = [one for one in blobs if is_license_file(one.path.rpartition("/")[2]) and one.size <= MAX_LICENSE_BYTES]
        self._license_files = {one.path: one.name for one in texts}
        if not self._files:
            raise MissingInputError(f"the repository `{folder}` tracks no file `{pattern}`; name others: --files")

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """The commit."""
        del sha256_of
        return [self.commit, self._origin]

    def pieces(self, work: Path) -> list[Piece]:
        """The files by path."""
        del work
        chunks = chunks_by_size(self._files, [one.size for one in self._files])
        return [partial(self._read, chunk) for chunk in chunks]

    def __getstate__(self) -> dict[str, Any]:
        """A piece is sent with its own files only."""
        return {**self.__dict__, "_files": []}

    def _read(self, files: Sequence[_Blob]) -> Iterator[Document | Dropped]:
        with _reading_objects(self._folder) as read:
            licenses = NearestLicenses(self._license_files, lambda path: read(self._license_files[path]) or b"")
            for blob in files:
                yield self._read_one(blob, read, licenses)

    def _read_one(
        self, blob: _Blob, read: Callable[[str], bytes | None], licenses: NearestLicenses
    ) -> Document | Dropped:
        place = f"{self.name}/{blob.path}"
        if blob.size > self._max_bytes:
            return Dropped(id=place, reason=TOO_LONG, detail=f"{blob.size:,} bytes")
        content = read(blob.name)
        if content is None:
            return Dropped(id=place, reason=MISSING_OBJECT, detail=f"object {blob.name}")
        text = text_of_file(place, content)
        if isinstance(text, Dropped):
            return text
        return make_document(
            id=content_id("code", self._repository, blob.path, text),
            text=text,
            source=self.name,
            path=blob.path,
            repository=self._repository,
            licenses=license_of_header(text) or licenses.of(blob.path),
            origin=self._origin,
        )


def is_repository(folder: Path) -> bool:
    """Whether a folder is a git repository, with a working tree or bare."""
    return (folder / ".git").exists() or (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


@contextmanager
def _reading_objects(folder: Path) -> Iterator[Callable[[str], bytes | None]]:
    """Gives what reads an object whole by its name; None where the repository lacks it."""
    process = subprocess.Popen(
        _command(folder, ("cat-file", "--batch")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    asked, answered = process.stdin, process.stdout
    assert asked is not None
    assert answered is not None

    def read(name: str) -> bytes | None:
        try:
            asked.write(f"{name}\n".encode())
            asked.flush()
            header = answered.readline().split()
        except OSError as error:
            raise MissingInputError(f"git stopped while it read `{folder}`: {error}") from error
        if len(header) == 2 and header[1] == b"missing":
            return None
        size = int(header[2]) if len(header) == 3 else -1
        content = answered.read(size + 1)
        if size < 0 or len(content) != size + 1:
            raise MissingInputError(f"git cannot read object {name} of `{folder}`: is the repository whole?")
        return content[:size]

    try:
        yield read
    finally:
        process.kill()
        answered.close()
        with suppress(BrokenPipeError):
            asked.close()
        process.wait()


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> bytes:
    try:
        ended = subprocess.run(
            _command(folder, arguments), capture_output=True, check=False, env=_environment(), stdin=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise MissingInputError(
            f"`{folder}` is a git repository, but git is not installed; install it, or read the files: --layout files"
        ) from error
    if ended.returncode and not may_fail:
        said = ended.stderr.decode(errors="replace").strip().split("\n")[0]
        raise MissingInputError(f"git cannot read `{folder}`: {said or f'status {ended.returncode}'}")
    return ended.stdout


def _command(folder: Path, arguments: Sequence[str]) -> list[str]:
    settings = [part for one in _SETTINGS for part in ("-c", one)]
    return ["git", "-C", str(folder), "--no-pager", *settings, *arguments]


def _environment() -> dict[str, str]:
    """The process's own, without what would lead git to another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name == "GIT_EXEC_PATH"}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _blobs(listed: bytes) -> list[_Blob]:
    """Regular files in the order of their paths; links and submodules are no files of this repository."""
    blobs = []
    for line in listed.split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            mode, _, name, size = about.decode().split()
            if mode in _REGULAR_FILES:
                blobs.append(_Blob(path.decode("utf-8", "replace"), name, int(size)))
    return blobs


def _without_secrets(url: str) -> str:
    """The URL without user and password, which some put there."""
    return re.sub(r"^(\w+://)[^/@]*@", r"\1", url)


def _repository(url: str) -> str:
    """`owner/name` of `https://host/owner/name.git` or `git@host:owner/name`; empty where the URL names no host."""
    found = re.fullmatch(r"(?:\w+://[^/]+/|[^/:]+:)(.+?)(?:\.git)?/?", url)
    return "/".join(found[1].split("/")[-2:]) if found and not url.startswith("file:") else ""
