"""Read the rows of a Stack Exchange dump's `Posts.xml` one by one, so that a broken one costs no other.

Reads:  `<posts>` with one element a post: `<row Id="4" PostTypeId="1" … />`. No attribute can hold a bare `<`, so each
        `<row` begins a row; each is parsed for itself. No document type and no entity of the file's own is read.
Writes: the attributes of each row, or the reason why there are none, and where it lies in the file.
Source: https://meta.stackexchange.com/questions/2677/database-schema-documentation-for-the-public-data-dump-and-sede
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from hornbook.errors import MissingInputError
from hornbook.reading.rows import NOT_UTF8

NOT_XML, CUT_OFF = "not XML", "file is cut off"
_MAX_ROW_BYTES = 4_000_000
"""A post has at most 30,000 characters of Markdown."""
_HEAD_BYTES = 1000
_ROW, _END = b"<row", b"</posts>"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class PostRow:
    """A row of the file."""

    line: int
    """Where it begins, counted from 1."""
    offset: int
    length: int
    next_line: int
    """Where what follows begins."""
    attributes: dict[str, str] | None
    """None where it is broken."""
    reason: str = ""
    detail: str = ""


def scan_posts(path: Path, offset: int = 0, line: int = 1) -> Iterator[PostRow]:
    """The rows of a file in order, the broken ones among them; a file without its end gives a last broken one.

    Args:
        path: `Posts.xml`, unpacked.
        offset: Where to begin: 0, or behind a row that was given before.
        line: The number of the line that `offset` lies in.

    Raises:
        MissingInputError: The file cannot be read, or is no dump of posts.
    """
    try:
        with path.open("rb") as stream:
            if b"<posts" not in stream.read(_HEAD_BYTES):
                raise MissingInputError(f"`{path}` is no dump of posts: `<posts>` is not at its head")
            stream.seek(offset)
            yield from _rows(stream, offset, line)
    except OSError as error:
        raise MissingInputError(f"`{path}` cannot be read: {error}") from error


def read_post(stream: IO[bytes], offset: int, length: int) -> dict[str, str]:
    """The attributes of a row that was whole when it was scanned.

    Raises:
        MissingInputError: It is another one now.
    """
    stream.seek(offset)
    parsed = _parse(stream.read(length))
    if isinstance(parsed, tuple):
        raise MissingInputError(f"`{stream.name}` changed while it was read: type the command again")
    return parsed


def _rows(stream: IO[bytes], offset: int, line: int) -> Iterator[PostRow]:
    is_whole = False
    pieces = _pieces(stream, offset, line)
    following = next(pieces, None)
    while following is not None:
        (line, place, piece), following = following, next(pieces, None)
        stripped = piece.strip()
        next_line = line + piece.count(b"\n")
        if stripped.startswith(_ROW):
            if following is None and not _is_ended(piece):
                break
            parsed = _parse(stripped)
            if isinstance(parsed, tuple):
                yield PostRow(line, place, len(piece), next_line, None, *parsed)
            else:
                yield PostRow(line, place, len(piece), next_line, parsed)
        elif stripped.startswith(_END):
            is_whole = True
        elif stripped and not stripped.removeprefix(_BYTE_ORDER_MARK).startswith((b"<?xml", b"<posts")):
            shown = ascii(stripped[:60].decode("utf-8", "replace"))
            yield PostRow(line, place, len(piece), next_line, None, NOT_XML, shown)
        line = next_line
    if not is_whole:
        end = stream.seek(0, os.SEEK_END)
        yield PostRow(line, end, 0, line, None, CUT_OFF, f"it ends at byte {end:,} without `</posts>`")


def _pieces(stream: IO[bytes], offset: int, line: int) -> Iterator[tuple[int, int, bytes]]:
    """Line, place and bytes of each stretch that begins with `<row` or `</posts>`, or stands before the first one."""
    held, first, place = b"", line, offset
    while read := stream.readline(_MAX_ROW_BYTES):
        for part in _split(read):
            begins = part.lstrip().startswith((_ROW, _END))
            if held and (begins or len(held) > _MAX_ROW_BYTES or _is_ended(held)):
                yield first, place, held
                held, first, place = b"", line, place + len(held)
            held += part
        line += read.endswith(b"\n")
        if held and _is_ended(held):
            yield first, place, held
            held, first, place = b"", line, place + len(held)
    if held:
        yield first, place, held


def _split(read: bytes) -> list[bytes]:
    """A line before each `<row` and before `</posts>`."""
    if read.count(b"<") <= 1:
        return [read]
    parts, start = [], 0
    for mark in sorted(_places(read, _ROW) + _places(read, _END)):
        if read[start:mark].strip():
            parts.append(read[start:mark])
            start = mark
    return [*parts, read[start:]]


def _places(read: bytes, mark: bytes) -> list[int]:
    found, place = [], read.find(mark)
    while place >= 0:
        found.append(place)
        place = read.find(mark, place + 1)
    return found


def _is_ended(held: bytes) -> bool:
    stripped = held.rstrip()
    return stripped.endswith(b">") and (not stripped.lstrip().startswith(_ROW) or stripped.endswith((b"/>", b"</row>")))


def _parse(row: bytes) -> dict[str, str] | tuple[str, str]:
    """Its attributes, or reason and detail."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _, attributes: found.append(attributes)
    try:
        parser.Parse(row.strip(), True)
    except expat.ExpatError as error:
        try:
            row.decode()
        except UnicodeDecodeError as undecodable:
            return NOT_UTF8, str(undecodable)
        return NOT_XML, str(error)
    return found[0]
