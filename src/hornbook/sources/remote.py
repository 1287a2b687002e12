"""Files of rows that lie elsewhere: in S3 (`s3://`) or on the Hugging Face hub (`hf://`).

Reads:  S3 through Arrow, with the credentials that AWS's tools find; region and server can stand in the URL:
        `s3://bucket/folder?region=eu-west-1&endpoint_override=localhost:9000&scheme=http`. The hub through
        `huggingface_hub`, with the user's token if there is one: `hf://datasets/owner/name/data`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import PurePosixPath
from typing import Any

from hornbook.errors import ConfigError, MissingInputError
from hornbook.sources.rows import ROW_ENDINGS

SCHEMES = ("s3://", "hf://")
_BUFFER_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of rows that is read over the network as it is needed; nothing of it stays on the disk."""

    url: str
    """Without what follows a question mark."""
    filesystem: Any
    """Arrow's."""
    path: str
    """Within the file system."""
    size: int
    version: str
    """Of its content, as far as the other side tells one: a hash, or the time of the last change."""

    def __str__(self) -> str:
        return self.url

    @property
    def suffix(self) -> str:
        """Of its name: `.parquet`."""
        return PurePosixPath(self.path).suffix

    def open(self, mode: str = "rb", /) -> BufferedReader:
        """Its bytes, at any place; what goes wrong on the way, then and later, is an `OSError`."""
        assert mode == "rb"
        with _os_errors():
            return BufferedReader(_RemoteBytes(self.filesystem.open_input_file(self.path)), _BUFFER_BYTES)


def is_remote(given: str) -> bool:
    """Whether this names a place elsewhere."""
    return given.startswith(SCHEMES)


def find_remote_files(url: str) -> list[RemoteFile]:
    """The files of rows at a URL: one file, or those below a folder, by path.

    Raises:
        MissingInputError: None is there, or it cannot be reached.
        ConfigError: The URL has a form that cannot be read.
    """
    try:
        found = _on_hub(url) if url.startswith("hf://") else _in_s3(url)
    except ConfigError:
        raise
    except Exception as error:  # What is raised depends on the file system and the HTTP library below it.
        raise MissingInputError(f"`{_shown(url)}` cannot be read: {_first_line(error)}") from error
    rows = sorted((one for one in found if one.path.endswith(ROW_ENDINGS)), key=lambda one: one.path)
    if not rows:
        raise MissingInputError(f"`{_shown(url)}` holds no file that ends in {', '.join(ROW_ENDINGS)}")
    return rows


class _RemoteBytes(RawIOBase):
    """A file of Arrow's, whose errors are those of files, whatever library is below it."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._opened.tell())

    def seek(self, offset: int, whence: int = 0, /) -> int:
        with _os_errors():
            return int(self._opened.seek(offset, whence))

    def readinto(self, buffer: Any, /) -> int:
        with _os_errors():
            return int(self._opened.readinto(buffer))

    def close(self) -> None:
        if not self.closed:
            self._opened.close()
        super().close()


@contextmanager
def _os_errors() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__


def _in_s3(url: str) -> list[RemoteFile]:
    from pyarrow import ArrowInvalid, fs

    try:
        filesystem, path = fs.FileSystem.from_uri(url)
    except ArrowInvalid as error:
        raise ConfigError(f"`{_shown(url)}` is no URL that can be read: {error}") from error
    found = [filesystem.get_file_info(path)]
    if found[0].type == fs.FileType.Directory:
        found = filesystem.get_file_info(fs.FileSelector(path, recursive=True))
    files = [one for one in found if one.type == fs.FileType.File]
    return [RemoteFile(f"s3://{one.path}", filesystem, one.path, one.size, str(one.mtime_ns)) for one in files]


def _on_hub(url: str) -> list[RemoteFile]:
    from huggingface_hub import HfFileSystem
    from pyarrow import fs

    hub = HfFileSystem()
    filesystem = fs.PyFileSystem(fs.FSSpecHandler(hub))
    found: Any = hub.find(url, detail=True)
    files = []
    for path, about in found.items():
        version = str(about.get("blob_id") or about.get("last_commit") or "")
        files.append(RemoteFile(f"hf://{path}", filesystem, path, about["size"], version))
    return files


def _shown(url: str) -> str:
    """The URL without what may be secret: a key before the bucket, and the settings."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"
