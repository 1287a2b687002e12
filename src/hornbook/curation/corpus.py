"""Cut the running interpreter's standard library into code samples.

Reads:  the `.py` files of the standard library, tests and bundled foreign software left out.
Writes: one sample per top-level function and class, and one per small module; where each stands and its licence.

A small module is a sample *besides* the definitions in it, since labels name definitions. The two overlap on purpose:
`select.py` lets only one of two overlapping samples pass.
"""

import ast
import hashlib
import platform
import re
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError
from hornbook.python_code.functions import Definition
from hornbook.python_code.parse import first_line_of, parse_quietly
from hornbook.records import CodeSample, SampleKind, content_id
from hornbook.sources.file_text import decode_source

LEFT_OUT_FOLDERS = frozenset(
    {"site-packages", "dist-packages", "__pycache__", "test", "tests", "idle_test", "turtledemo", "ensurepip"}
)
"""Tests, demos, bundled wheels and other people's packages."""

LEFT_OUT_FILES = re.compile(r"(sitecustomize|usercustomize|_sysconfigdata\w*|topics)\.py|.*-.*\.py")
"""Written for one machine, or generated tables of data."""

NOTICES = (
    ("spdx-license-identifier: mit", "MIT"),
    ("under the mit license", "MIT"),
    ("apache license, version 2.0", "Apache-2.0"),
    ("provided 'as-is', without any express", "Zlib"),
    ("permission to use, copy, modify", "HPND"),
)
"""Phrases of licences that some modules carry of their own, and their SPDX names."""

NOTICE_SEARCH_CHARACTERS = 6000


@dataclass(frozen=True, kw_only=True)
class CorpusConfig:
    """Which standard library is cut, and how. Get one from `describe_standard_library`."""

    python_version: str
    """Of the interpreter whose standard library it is: `3.11.7`."""
    source_sha256: str
    """Digest of all source files that are read: another library, another fingerprint."""
    max_module_lines: int = 80
    """A module of at most this many lines is also a sample as a whole."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\d+\.\d+\.\d+\S*", self.python_version):
            raise ConfigError(f"`python_version` must look like 3.11.7, got {self.python_version!r}")
        if not re.fullmatch(r"[0-9a-f]{64}", self.source_sha256):
            raise ConfigError(f"`source_sha256` must be 64 hexadecimal digits, got {self.source_sha256!r}")
        if self.max_module_lines < 0:
            raise ConfigError(f"`max_module_lines` must be at least 0, got {self.max_module_lines!r}")


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The samples of a library and what was passed over."""

    samples: list[CodeSample]
    num_files: int
    skipped_files: dict[str, int]
    """Reason → number of files without a sample."""


def describe_standard_library() -> CorpusConfig:
    """Describe the running interpreter's standard library, so that it can enter a fingerprint."""
    return CorpusConfig(python_version=platform.python_version(), source_sha256=_digest(_standard_library_files()))


def read_standard_library(config: CorpusConfig) -> Corpus:
    """Cut the running interpreter's standard library into samples.

    Args:
        config: The library that is expected.

    Returns:
        The samples by path, then by line; a module before the definitions in it. Ids are unique.

    Raises:
        ConfigError: The running interpreter has another standard library than the config says.
        MissingInputError: The interpreter has no source files.
    """
    files = _standard_library_files()
    if config.python_version != platform.python_version():
        raise ConfigError(f"`python_version` is {config.python_version!r}, this is Python {platform.python_version()}")
    if config.source_sha256 != _digest(files):
        raise ConfigError(f"`source_sha256` is {config.source_sha256!r}, this standard library has another digest")
    samples: dict[str, CodeSample] = {}
    skipped: Counter[str] = Counter()
    source = f"{sys.implementation.name}-{config.python_version}-stdlib"
    for path, content in files:
        try:
            found = list(cut_module(content, path=path, source=source, max_module_lines=config.max_module_lines))
        except (SyntaxError, UnicodeDecodeError):
            skipped["does not parse"] += 1
            continue
        if not found:
            skipped["no definition"] += 1
        for sample in found:
            samples.setdefault(sample.id, sample)
    return Corpus(samples=list(samples.values()), num_files=len(files), skipped_files=skipped)


def cut_module(content: bytes, *, path: str, source: str, max_module_lines: int) -> Iterator[CodeSample]:
    """Cut one module into its top-level functions and classes, and the whole where it is small.

    A definition runs from its first decorator to the last character of its last statement; a module without any
    definition gives nothing.

    Args:
        content: The file's bytes.
        path: Relative to the source's root, with forward slashes.
        source: Name of the corpus, with its version.
        max_module_lines: Longest module that is a sample as a whole.

    Raises:
        SyntaxError: The module does not parse.
        UnicodeDecodeError: The bytes are not in the encoding that they declare.
    """
    text = decode_source(content)
    tree = parse_quietly(text)
    definitions = [node for node in tree.body if isinstance(node, Definition)]
    if not definitions:
        return
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    license_name = license_of(text)
    lines = text.split("\n")

    def sample(body: str, qualname: str, kind: SampleKind, first_line: int, last_line: int) -> CodeSample:
        return CodeSample(
            id=content_id("code", source, path, qualname, body),
            text=body,
            source=source,
            path=path,
            module=module,
            qualname=qualname,
            kind=kind,
            first_line=first_line,
            last_line=last_line,
            license=license_name,
        )

    num_lines = len(text.rstrip().split("\n"))
    if num_lines <= max_module_lines:
        yield sample(text.rstrip() + "\n", "", SampleKind.MODULE, 1, num_lines)
    for node in definitions:
        first_line = first_line_of(node)
        last_line = node.end_lineno or node.lineno
        body = lines[first_line - 1 : last_line]
        body[-1] = body[-1].encode()[: node.end_col_offset].decode()
        kind = SampleKind.CLASS if isinstance(node, ast.ClassDef) else SampleKind.FUNCTION
        yield sample("\n".join(body) + "\n", node.name, kind, first_line, last_line)


def license_of(text: str) -> str:
    """The SPDX expression for a module: Python's own licence, and another one where the module's head states it."""
    head = " ".join(text[:NOTICE_SEARCH_CHARACTERS].replace("#", " ").lower().split())
    for phrase, name in NOTICES:
        if phrase in head:
            return f"PSF-2.0 AND {name}"
    return "PSF-2.0"


def _standard_library_files() -> list[tuple[str, bytes]]:
    root = Path(sysconfig.get_path("stdlib"))
    files = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in _python_files(root)]
    if not files:
        raise MissingInputError(f"no source files in {root}: this Python comes without its standard library's source")
    return sorted(files)


def _python_files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in LEFT_OUT_FOLDERS:
                yield from _python_files(entry)
        elif entry.suffix == ".py" and not LEFT_OUT_FILES.fullmatch(entry.name):
            yield entry


def _digest(files: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for path, content in files:
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
