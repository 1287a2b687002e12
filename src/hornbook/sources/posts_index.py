"""Say where in a Stack Exchange dump the wanted questions and their answers lie; answers can stand anywhere in it.

Reads:  the rows of `Posts.xml`, once: `<posts>` with one post a line, `<row Id="4" PostTypeId="1" … />`, as all dumps
        have it. Each is parsed by itself, so that a broken one costs no other. No document type and no entity of the
        file's own is read.
Writes: `posts-….sqlite` in the work folder: number, place and score of each wanted question and its answers, the
        numbers of all other questions, and the broken rows. Memory is bounded by SQLite's cache. What was scanned is
        kept when the process ends, and scanned no second time.
Source: https://meta.stackexchange.com/questions/2677/database-schema-documentation-for-the-public-data-dump-and-sede
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from hornbook.errors import MissingInputError, StoreError
from hornbook.records import Dropped
from hornbook.sources.rows import NOT_UTF8

NOT_XML, CUT_OFF = "not XML", "file is cut off"
MISSING_ATTRIBUTE, NO_NUMBER, REPEATED = "missing attribute", "not a number", "repeated id"
ORPHAN = "answer without question"
OTHER_TAGS, OTHER_ANSWERS, OTHER_POSTS = (
    "question with other tags",
    "answer to a question with other tags",
    "post that is no question and no answer",
)
_QUESTION, _ANSWER = "1", "2"
_ROWS_PER_COMMIT = 20_000
_MAX_ROW_BYTES = 4_000_000
"""A post has at most 30,000 characters of Markdown."""
_HEAD_BYTES = 1000
_HEAD = re.compile(rb"\xef\xbb\xbf|<\?xml[^<>]*>|<posts[^<>]*>")
_TABLES = """
CREATE TABLE IF NOT EXISTS question (id INTEGER PRIMARY KEY, place INTEGER, length INTEGER, line INTEGER,
                                     accepted INTEGER);
CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, parent INTEGER, score INTEGER, place INTEGER,
                                   length INTEGER, line INTEGER);
CREATE TABLE IF NOT EXISTS broken (line INTEGER, reason TEXT, detail TEXT);
CREATE TABLE IF NOT EXISTS state (place INTEGER, line INTEGER, is_whole INTEGER, counts TEXT);
"""
_INDEXES = (
    "CREATE INDEX question_place ON question (place) WHERE place IS NOT NULL",
    "CREATE INDEX answer_parent ON answer (parent)",
    "CREATE INDEX broken_line ON broken (line)",
)


class PostRow(NamedTuple):
    """A row of the file."""

    line: int
    """Where it begins, counted from 1."""
    offset: int
    length: int
    attributes: dict[str, str] | None
    """None where it is broken."""
    reason: str = ""
    detail: str = ""


class PlacedPost(NamedTuple):
    """Where a post lies."""

    id: int
    place: int
    length: int
    line: int
    accepted: int | None = None
    """Of a question."""


class PostsIndex:
    """The places of a dump's posts."""

    def __init__(self, path: Path, posts: Path, tag: str) -> None:
        """Scan the dump, or what an earlier try left of it.

        Args:
            path: Of the database.
            posts: `Posts.xml`.
            tag: That a wanted question has.

        Raises:
            MissingInputError: The file cannot be read, or is no dump of posts.
            StoreError: The disk is full, or an earlier try's database is broken.
        """
        self._posts = posts
        self._tag = tag
        self._database = sqlite3.connect(path)
        try:
            self._database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")
            state = self._database.execute("SELECT place, line, is_whole, counts FROM state").fetchone()
            place, line, is_whole, counts = state or (0, 1, 0, "{}")
            self.passed_over: Counter[str] = Counter(json.loads(counts))
            """What was not wanted, by kind."""
            if not is_whole:
                self._scan(place, line)
            count = "SELECT (SELECT count(*) FROM question WHERE place IS NOT NULL), (SELECT count(*) FROM broken)"
            self.num_questions, self.num_broken = self._database.execute(count).fetchone()
        except sqlite3.Error as error:
            self.close()
            message = f"`{path}` cannot be written or read: {error}; see to the disk, or remove the file"
            raise StoreError(message) from error
        except BaseException:
            self.close()
            raise

    def questions(self, start: int, stop: int) -> Iterator[PlacedPost]:
        """The wanted questions in the order of the file, from number `start` to before `stop`."""
        query = "SELECT id, place, length, line, accepted FROM question WHERE place IS NOT NULL ORDER BY place"
        for row in self._database.execute(f"{query} LIMIT ? OFFSET ?", (stop - start, start)):
            yield PlacedPost(*row)

    def answers(self, question: PlacedPost, most: int) -> list[PlacedPost]:
        """A question's answers: the accepted one, then those of the highest score, the oldest number first."""
        query = (
            "SELECT id, place, length, line FROM answer WHERE parent = ? ORDER BY id IS NOT ?, score DESC, id LIMIT ?"
        )
        return [PlacedPost(*row) for row in self._database.execute(query, (question.id, question.accepted, most))]

    def broken(self) -> Iterator[Dropped]:
        """The broken rows in the order of the file."""
        query = "SELECT line, reason, detail FROM broken ORDER BY line, rowid"
        for line, reason, detail in self._database.execute(query):
            yield Dropped(id=f"{self._posts.name}:{line}", reason=reason, detail=detail)

    def close(self) -> None:
        """Leave the database."""
        self._database.close()

    def _scan(self, place: int, line: int) -> None:
        size = self._posts.stat().st_size
        for number, row in enumerate(scan_posts(self._posts, place, line), start=1):
            broken = self._add(row)
            if broken:
                self._database.execute("INSERT INTO broken VALUES (?, ?, ?)", (row.line, *broken))
            if number % _ROWS_PER_COMMIT == 0:
                self._save(row.offset + row.length, row.line + 1, is_whole=False)
        # Some answers stood before their question, or have none.
        later = "SELECT count(*) FROM answer WHERE parent IN (SELECT id FROM question WHERE place IS NULL)"
        self._pass_over(OTHER_ANSWERS, self._database.execute(later).fetchone()[0])
        orphans = "SELECT line, ?, 'question ' || parent FROM answer WHERE parent NOT IN (SELECT id FROM question)"
        self._database.execute(f"INSERT INTO broken {orphans} ORDER BY line", (ORPHAN,))
        for index in _INDEXES:
            self._database.execute(index)
        self._save(size, 0, is_whole=True)

    def _save(self, place: int, line: int, *, is_whole: bool) -> None:
        self._database.execute("DELETE FROM state")
        values = (place, line, is_whole, json.dumps(self.passed_over))
        self._database.execute("INSERT INTO state VALUES (?, ?, ?, ?)", values)
        self._database.commit()

    def _add(self, row: PostRow) -> tuple[str, str] | None:
        """Note a row; returns reason and detail if it is broken."""
        if row.attributes is None:
            return row.reason, row.detail
        kind = row.attributes.get("PostTypeId")
        if kind is None:
            return MISSING_ATTRIBUTE, "`PostTypeId`"
        if kind not in (_QUESTION, _ANSWER):
            self._pass_over(OTHER_POSTS)
            return None
        needed = ("Id", "Body", "Title", "Tags") if kind == _QUESTION else ("Id", "Body", "ParentId")
        missing = next((name for name in needed if name not in row.attributes), None)
        if missing is not None:
            return MISSING_ATTRIBUTE, f"`{missing}`"
        numbers: dict[str, int | None] = {}
        for name in ("Id", "ParentId", "AcceptedAnswerId", "Score"):
            value = row.attributes.get(name)
            if value is not None and not (value.removeprefix("-").isdecimal() and len(value) < 19):
                return NO_NUMBER, f"`{name}` is {ascii(value)[:60]}"
            numbers[name] = None if value is None else int(value)
        if kind == _QUESTION:
            return self._add_question(row, row.attributes["Tags"], numbers)
        return self._add_answer(row, numbers)

    def _add_question(self, row: PostRow, tags: str, numbers: dict[str, int | None]) -> tuple[str, str] | None:
        is_wanted = self._tag in tags_of(tags)
        values = (row.offset, row.length, row.line, numbers["AcceptedAnswerId"]) if is_wanted else (None,) * 4
        insert = "INSERT OR IGNORE INTO question VALUES (?, ?, ?, ?, ?)"
        if not self._database.execute(insert, (numbers["Id"], *values)).rowcount:
            return REPEATED, f"question {numbers['Id']}"
        if not is_wanted:
            self._pass_over(OTHER_TAGS)
        return None

    def _add_answer(self, row: PostRow, numbers: dict[str, int | None]) -> tuple[str, str] | None:
        parent = numbers["ParentId"]
        known = self._database.execute("SELECT place FROM question WHERE id = ?", (parent,)).fetchone()
        if known is not None and known[0] is None:
            self._pass_over(OTHER_ANSWERS)
            return None
        values = (numbers["Id"], parent, numbers["Score"] or 0, row.offset, row.length, row.line)
        added = self._database.execute("INSERT OR IGNORE INTO answer VALUES (?, ?, ?, ?, ?, ?)", values)
        return None if added.rowcount else (REPEATED, f"answer {numbers['Id']}")

    def _pass_over(self, kind: str, number: int = 1) -> None:
        if number:
            self.passed_over[kind] += number


def scan_posts(path: Path, offset: int = 0, line: int = 1) -> Iterator[PostRow]:
    """The rows of a file in order, the broken ones among them; a file without its end gives a last broken one.

    Args:
        path: `Posts.xml`, unpacked.
        offset: Where to begin: 0, or behind a row that was given before.
        line: The number of the line that begins at `offset`.

    Raises:
        MissingInputError: The file cannot be read, or is no dump of posts.
    """
    try:
        with path.open("rb") as stream:
            if b"<posts" not in stream.read(_HEAD_BYTES):
                raise MissingInputError(f"`{path}` is no dump of posts: `<posts>` is not at its head")
            stream.seek(offset)
            while text := stream.readline(_MAX_ROW_BYTES):
                content = _HEAD.sub(b"", text).strip()
                if content == b"</posts>":
                    return
                if content and not text.endswith(b"\n") and len(text) < _MAX_ROW_BYTES:
                    break
                if content:
                    yield PostRow(line, offset, len(text), *_parse(content))
                offset, line = offset + len(text), line + 1
            yield PostRow(line, offset, 0, None, CUT_OFF, f"it ends at byte {stream.tell():,} without `</posts>`")
    except OSError as error:
        raise MissingInputError(f"`{path}` cannot be read: {error}") from error


def read_post(stream: IO[bytes], offset: int, length: int) -> dict[str, str]:
    """The attributes of a row that was whole when it was scanned.

    Raises:
        MissingInputError: It is another one now.
    """
    stream.seek(offset)
    attributes, _, _ = _parse(_HEAD.sub(b"", stream.read(length)).strip())
    if attributes is None:
        raise MissingInputError(f"`{stream.name}` changed while it was read: type the command again")
    return attributes


def _parse(row: bytes) -> tuple[dict[str, str] | None, str, str]:
    """Its attributes; or None, and reason and detail."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    try:
        parser.Parse(row, True)
    except expat.ExpatError as error:
        try:
            row.decode()
        except UnicodeDecodeError as undecodable:
            return None, NOT_UTF8, str(undecodable)
        return None, NOT_XML, str(error)
    [(name, attributes), *_] = found
    return (attributes, "", "") if name == "row" else (None, NOT_XML, f"`<{name}>`")


def tags_of(written: str) -> list[str]:
    """The tags of a question, as older dumps write them, `<python><list>`, or newer ones, `|python|list|`."""
    return [one for one in written.replace("<", "|").replace(">", "|").split("|") if one]
