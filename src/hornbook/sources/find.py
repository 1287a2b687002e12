"""Say what each input is, by what is to be seen of it, and open it as a source."""

import posixpath
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from hornbook.errors import ConfigError, MissingInputError
from hornbook.sources.code_rows import Fields, Rows, TheStack, is_the_stack
from hornbook.sources.files import FolderOfFiles, list_files, path_matches
from hornbook.sources.git import GitRepository, is_repository
from hornbook.sources.packages import InstalledPackages, has_packages
from hornbook.sources.remote import RemoteFile, find_remote_files, is_remote
from hornbook.sources.rows import has_rows
from hornbook.sources.source import MAX_BYTES, Source
from hornbook.sources.stackoverflow import StackOverflow
from hornbook.sources.standard_library import STANDARD_LIBRARY, StandardLibrary

POSTS = "Posts.xml"
_NOTEBOOKS = "*.ipynb"


class Layout(StrEnum):
    """What an input can be."""

    AUTO = "auto"
    """Whatever it looks like."""
    FILES = "files"
    GIT = "git"
    NOTEBOOKS = "notebooks"
    PACKAGES = "packages"
    ROWS = "rows"
    THE_STACK = "the-stack"
    STACKOVERFLOW = "stackoverflow"


@dataclass(frozen=True, kw_only=True)
class SourcesConfig:
    """How inputs are read."""

    layout: str = Layout.AUTO
    """What the inputs are: auto, files, git, notebooks, packages, rows, the-stack or stackoverflow."""
    files: str = "*.py"
    """Pattern of the files of a folder, a repository or a package that are read."""
    text_field: str = "text"
    """Field of a row that holds its text. An exercise, with `prompt` and `solution`, needs none."""
    id_field: str | None = None
    """Field of a row that holds its id, different in every row; ROW for `FILE:NUMBER`. Where no field is named, it is
    `id`, and `FILE:NUMBER` for a row without one."""
    site: str = "stackoverflow.com"
    """Site whose posts a dump holds."""
    tag: str = "python"
    """Tag of the questions of a dump that are read."""
    max_bytes: int = MAX_BYTES
    """Size up to which files and texts are read."""

    def __post_init__(self) -> None:
        if self.layout not in list(Layout):
            raise ConfigError(f"`layout` must be one of {', '.join(Layout)}, got {self.layout!r}")
        if not self.files:
            raise ConfigError("`files` must be a pattern, such as *.py, got ''")
        if not self.tag or set(self.tag) & set("<>| "):
            raise ConfigError(f"`tag` must be one tag, such as python, got {self.tag!r}")
        if self.max_bytes < 1:
            raise ConfigError(f"`max_bytes` must be at least 1, got {self.max_bytes!r}")


def open_sources(inputs: Sequence[str], config: SourcesConfig) -> list[Source]:
    """The sources that inputs are, in their order.

    Args:
        inputs: Files, folders, URLs of files of rows, or `standard-library`.
        config: How they are read.

    Raises:
        MissingInputError: An input is not there, or is not what it is read as.
        ConfigError: An input is given twice.
    """
    places = [one if is_remote(one) else str(Path(one).resolve()) for one in inputs]
    twice = next((one for number, one in enumerate(places) if one in places[:number]), None)
    if twice is not None:
        raise ConfigError(f"the input `{inputs[places.index(twice)]}` is given twice")
    sources: list[Source] = []
    for given in inputs:
        if is_remote(given):
            sources += _remote_rows(given, config)
        elif given == STANDARD_LIBRARY and not Path(given).exists():
            sources.append(StandardLibrary())
        else:
            path = Path(given)
            if not path.exists():
                raise MissingInputError(f"there is no file or folder `{given}`")
            sources += _open(path, layout_of(path, config), config)
    _tell_apart([one for one in sources if isinstance(one, Rows)])
    return sources


def _tell_apart(rows: Sequence[Rows]) -> None:
    """Name files of one name by as much of their path as it takes: rows are called by their file."""
    names = Counter(one.name for one in rows)
    twins = [one for one in rows if names[one.name] > 1]
    parts = [PurePosixPath(str(one.path)).parts for one in twins]
    depth = 1
    while len({part[-depth:] for part in parts}) < len(parts):
        depth += 1
    for one, part in zip(twins, parts, strict=True):
        one.name = "/".join(part[-depth:])


def layout_of(path: Path, config: SourcesConfig) -> Layout:
    """What a file or a folder is taken for."""
    if config.layout != Layout.AUTO:
        return Layout(config.layout)
    if path.is_file():
        if has_rows(path):
            return Layout.ROWS
        return Layout.STACKOVERFLOW if path.suffix == ".xml" else Layout.FILES
    if is_repository(path):
        return Layout.GIT
    if (path / POSTS).is_file():
        return Layout.STACKOVERFLOW
    if has_packages(path):
        return Layout.PACKAGES
    names = list(list_files(path))
    num_rows = sum(has_rows(Path(name)) for name in names)
    num_files = sum(path_matches(name, config.files) for name in names)
    if num_rows and num_rows >= num_files:
        return Layout.ROWS
    has_notebooks = any(path_matches(name, _NOTEBOOKS) for name in names)
    return Layout.NOTEBOOKS if has_notebooks and not num_files else Layout.FILES


def _open(path: Path, layout: Layout, config: SourcesConfig) -> Sequence[Source]:
    if layout in (Layout.ROWS, Layout.THE_STACK):
        found = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        found = [one for one in found if has_rows(one)]
        if not found:
            raise MissingInputError(f"`{path}` holds no file of rows")
        root = path.parent if path.is_file() else path
        return [_rows_source(one.relative_to(root).as_posix(), one, config) for one in found]
    if layout == Layout.STACKOVERFLOW:
        posts = path / POSTS if path.is_dir() else path
        if not posts.is_file():
            raise MissingInputError(f"the folder `{path}` holds no `{POSTS}`; unpack the dump first")
        return [StackOverflow(posts, site=config.site, tag=config.tag)]
    if layout == Layout.GIT:
        return [GitRepository(one, pattern=config.files, max_bytes=config.max_bytes) for one in _repositories(path)]
    if layout == Layout.PACKAGES:
        if not path.is_dir():
            raise MissingInputError(f"`{path}` is no folder of installed packages")
        return [InstalledPackages(path, pattern=config.files, max_bytes=config.max_bytes)]
    pattern = _NOTEBOOKS if layout == Layout.NOTEBOOKS else config.files
    return [FolderOfFiles(path, pattern=pattern, max_bytes=config.max_bytes, layout=layout)]


def _repositories(path: Path) -> list[Path]:
    """The folder, or those in it."""
    if is_repository(path):
        return [path]
    found = sorted(one for one in path.iterdir() if one.is_dir() and is_repository(one)) if path.is_dir() else []
    if not found:
        raise MissingInputError(f"`{path}` is no git repository, and no folder of such")
    return found


def _remote_rows(url: str, config: SourcesConfig) -> list[Source]:
    if config.layout not in (Layout.AUTO, Layout.ROWS, Layout.THE_STACK):
        raise ConfigError(f"`{url}` can be read as rows or the-stack, not as `layout` {config.layout!r}")
    files = find_remote_files(url)
    root = posixpath.commonpath([posixpath.dirname(one.path) for one in files])
    return [_rows_source(one.path.removeprefix(root).lstrip("/"), one, config) for one in files]


def _rows_source(name: str, path: Path | RemoteFile, config: SourcesConfig) -> Source:
    if config.layout == Layout.THE_STACK or (config.layout == Layout.AUTO and is_the_stack(path)):
        return TheStack(name, path, Fields(text="content"), max_bytes=config.max_bytes)
    fields = Fields(text=config.text_field, id=config.id_field)
    return Rows(name, path, fields, max_bytes=config.max_bytes)
