"""The folder beside an output, in which a command keeps what it has done so far, and goes on where it was.

Writes: `.NAME.work` beside the output `NAME`; removed when the output is whole.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook import __version__
from hornbook.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from hornbook.sources.input_files import InputFile

_SETTINGS = "settings.txt"


@contextmanager
def work_beside(output: Path, doing: str, settings: Mapping[str, Any]) -> Iterator[Path]:
    """Hold the work folder of an output; what an earlier try left is in it, if that had the same settings.

    Args:
        output: What is written in the end.
        doing: What is done in the folder, for a message: `deduplicating in`.
        settings: What determines the work, of literals: the files (`described_files`), the configs.

    Raises:
        ConfigError: Another process works in it.
        StoreError: The disk is full, or the folder cannot be written.
    """
    from hornbook.pipeline.alone import alone_in
    from hornbook.pipeline.fingerprint import digest_of

    work = output.with_name(f".{output.name}.work")
    try:
        work.mkdir(exist_ok=True)
        with alone_in(work, doing):
            _begin_anew_unless(work, digest_of({"version": __version__, **settings}))
            yield work
            (work / _SETTINGS).unlink()  # First: without it, a folder that is removed in part is never gone on with.
            shutil.rmtree(work)
    except OSError as error:
        raise StoreError(f"`{output}` cannot be written: {error.strerror or error}") from error


def described_files(files: "Sequence[InputFile]") -> dict[str, list[Any]]:
    """What says whether files are those of an earlier try: path, size and time."""
    return {file.name: [str(file.path.resolve()), file.size, file.modified] for file in files}


def require_outside(path: Path, inputs: Sequence[Path]) -> None:
    """See that no input is written over, and that the same command typed again has the same inputs.

    Raises:
        ConfigError: The path lies in an input, or is one.
    """
    for given in inputs:
        if given.resolve() in (path.resolve(), *path.resolve().parents):
            raise ConfigError(f"`{path}` would be written into the input `{given}`; name a file outside of it")


def _begin_anew_unless(work: Path, digest: str) -> None:
    """Remove what an earlier try left if it was of other files or had other settings."""
    settings = work / _SETTINGS
    if not settings.exists() or settings.read_text() != digest:
        settings.unlink(missing_ok=True)
        for path in work.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        settings.write_text(digest)
