"""Take in documents that a person has: code, textbook passages or exercises made elsewhere.

Reads:  a folder of JSON lines and Parquet files (`sources/rows.py`), one document a row, in the order of their names.
Writes: the records that the stages behind read; every row that cannot be used, with its reason.

It stands in the room of curation because all three kinds come from outside and nothing here writes a text.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT, digest_of
from hornbook.pipeline.manifest import hash_file
from hornbook.python_code.parse import parse_quietly
from hornbook.records import (
    CodeSample,
    Document,
    DocumentKind,
    Dropped,
    Exercise,
    SampleKind,
    content_id,
    textbook_passage,
)
from hornbook.sources.input_files import ROW_ENDINGS, has_rows
from hornbook.sources.rows import read_rows
from hornbook.sources.source import NO_ASSERTION

EMPTY, NO_PYTHON, NO_DOCSTRING = "empty", "is not valid Python", "no function with a docstring"

AnyRecord = CodeSample | Document | Exercise


@dataclass(frozen=True, kw_only=True)
class ProvidedConfig:
    """Which documents are taken in. Their bytes determine the artifact; where they lie does not."""

    kind: DocumentKind
    folder: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """Holds the files, sub-folders included; None: not given yet."""
    text_field: str = "text"
    """The column that holds a document's text."""
    source: str = "provided"
    """What the data is, with its version: stands in the records and on the model card."""
    files_sha256: str = field(init=False)
    """Digest of the files' names and bytes; empty where no folder is given."""

    def __post_init__(self) -> None:
        for name in ("text_field", "source"):
            if not getattr(self, name):
                raise ConfigError(f"`{name}` must not be empty, got {getattr(self, name)!r}")
        digest = "" if self.folder is None else _digest(Path(self.folder))
        object.__setattr__(self, "files_sha256", digest)


def read_provided(config: ProvidedConfig) -> tuple[list[AnyRecord], list[Dropped]]:
    """Read the documents of a folder.

    Code becomes samples, text passages, and an exercise is parted behind its docstring; prompt and solution together
    are the text as it was given. Rows may also have `license` (code) and `topic`, `audience`, `style` (passages).

    Returns:
        The records in the order of files and rows; ids are unique, since they name the row. Then what is dropped: texts
        without a character, and exercises that are no Python or hold no function with a docstring.

    Raises:
        ConfigError: No folder is given, or its files are not those that the config was made for.
        MissingInputError: A row has no text, or a file is damaged; names the place.
    """
    if config.folder is None:
        raise ConfigError(f"no {config.kind.value} data is given: `folder` is None")
    folder = Path(config.folder)
    if _digest(folder) != config.files_sha256:
        raise ConfigError(f"the files of `folder` {config.folder!r} have changed since the command began; run it again")
    records: list[AnyRecord] = []
    dropped: list[Dropped] = []
    for path in _files(folder):
        for row, fields in read_rows(path):
            place = f"{path.relative_to(folder).as_posix()}:{row.rpartition(':')[2]}"
            text = fields.get(config.text_field)
            if not isinstance(text, str):
                known = ", ".join(f"`{name}`" for name in fields) or "none"
                raise MissingInputError(
                    f"{place} of the {config.kind.value} data has no text `{config.text_field}`; its fields: {known}; "
                    "name another with `text_field`"
                )
            made = _record(place, fields, text.replace("\r\n", "\n").replace("\r", "\n"), config)
            if isinstance(made, Dropped):
                dropped.append(made)
            else:
                records.append(made)
    if not records:
        raise MissingInputError(f"the {config.kind.value} data in `{folder}` holds no document that can be used")
    return records, dropped


def split_exercise(text: str) -> tuple[str, str, str]:
    """Part an exercise behind the docstring of its last function.

    Returns:
        Prompt, solution, and the function's name; prompt and solution together are the text.

    Raises:
        SyntaxError: It is no Python.
        LookupError: It has no function with a docstring on lines of its own and something to do below.
    """
    tree = parse_quietly(text)
    for node in reversed(tree.body):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or ast.get_docstring(node) is None:
            continue
        end = node.body[0].end_lineno
        if len(node.body) > 1 and end is not None and node.body[1].lineno > end:
            lines = text.split("\n")
            return "\n".join(lines[:end]) + "\n", "\n".join(lines[end:]), node.name
    raise LookupError(NO_DOCSTRING)


def _record(place: str, fields: dict[str, Any], text: str, config: ProvidedConfig) -> AnyRecord | Dropped:
    prefix = "passage" if config.kind is DocumentKind.TEXTBOOK else config.kind.value
    name = content_id(prefix, config.source, place, text)
    if not text.strip():
        return Dropped(id=name, reason=EMPTY, detail=place)
    text = text if text.endswith("\n") else text + "\n"
    words = {key: value for key, value in fields.items() if isinstance(value, str)}
    match config.kind:
        case DocumentKind.CODE:
            return CodeSample(
                id=name,
                text=text,
                source=config.source,
                path=place,
                module="",
                qualname="",
                kind=SampleKind.MODULE,
                first_line=1,
                last_line=text.count("\n"),
                license=words.get("license") or NO_ASSERTION,
            )
        case DocumentKind.TEXTBOOK:
            told = {key: words.get(key, "") for key in ("topic", "audience", "style")}
            return textbook_passage(id=name, text=text, teacher=config.source, **told)
        case DocumentKind.EXERCISE:
            try:
                prompt, solution, entry_point = split_exercise(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                return Dropped(id=name, reason=NO_PYTHON, detail=f"{place}: {error}")
            except LookupError:
                return Dropped(id=name, reason=NO_DOCSTRING, detail=place)
            return Exercise(
                id=name,
                prompt=prompt,
                solution=solution,
                entry_point=entry_point,
                test="",
                family="",
                operations=(),
                idiom="",
                docstring_style="",
                teacher=config.source,
            )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError(f"`folder` must be a folder of {', '.join(ROW_ENDINGS)} files, got {str(folder)!r}")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and has_rows(path))
    if not files:
        raise ConfigError(f"`folder` {str(folder)!r} holds no file that ends in {', '.join(ROW_ENDINGS)}")
    return files


def _digest(folder: Path) -> str:
    return digest_of({path.relative_to(folder).as_posix(): hash_file(path) for path in _files(folder)})
