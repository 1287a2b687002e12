"""Find the files that a person means: files of rows, source files, and folders of one of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError

JSON_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
ROW_ENDINGS = (*JSON_ENDINGS, ".parquet")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file with documents."""

    name: str
    """What its documents are called by."""
    path: Path
    is_source: bool
    """Whether it is one document whole."""


def find_files(inputs: Sequence[Path], *, pattern: str) -> list[InputFile]:
    """The files of inputs, in their order.

    Args:
        inputs: Files of rows (`ROW_ENDINGS`), source files, or folders. Of a folder that holds files of rows,
            sub-folders included, these are taken, else the files that match `pattern`.
        pattern: Of the names of source files: `*.py`.

    Raises:
        MissingInputError: An input is not there, or holds no such file.
        ConfigError: A file is given twice.
    """
    found: list[tuple[str, Path, bool]] = []
    for given in inputs:
        if given.is_dir():
            found += _in_folder(given, pattern)
        elif given.is_file():
            found.append((given.name, given, not has_rows(given)))
        else:
            raise MissingInputError(f"there is no file or folder `{given}`")
    if len({name for name, _, _ in found}) < len(found):
        found = [(path.as_posix(), path, is_source) for _, path, is_source in found]
    if len({path.resolve() for _, path, _ in found}) < len(found):
        raise ConfigError(f"of the inputs {', '.join(f'`{one}`' for one in inputs)} some hold the same file twice")
    return [InputFile(name, path, is_source) for name, path, is_source in found]


def has_rows(path: Path) -> bool:
    """Whether a file of this name holds rows."""
    return path.name.endswith(ROW_ENDINGS)


def _in_folder(folder: Path, pattern: str) -> list[tuple[str, Path, bool]]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    rows = [path for path in paths if has_rows(path)]
    chosen = rows or [path for path in paths if path.match(pattern)]
    if not chosen:
        raise MissingInputError(
            f"the folder `{folder}` holds no file that ends in {', '.join(ROW_ENDINGS)}, and no source file `{pattern}`"
        )
    named = ((path.relative_to(folder).as_posix(), path) for path in chosen)
    return [(name, path, not rows) for name, path in sorted(named)]
