"""Say where in a dump the wanted questions and their answers lie; answers can stand anywhere in it.

Reads:  the rows of `Posts.xml`, once.
Writes: `posts-….sqlite` in the work folder: number, place and score of each wanted question and its answers, the
        numbers of all other questions, and the broken rows. Memory is bounded by SQLite's cache. What was scanned is
        kept when the process ends, and scanned no second time.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hornbook.curation.sources.posts_xml import PostRow, scan_posts
from hornbook.errors import StoreError
from hornbook.reading.documents import LeftOut

MISSING_ATTRIBUTE, NO_NUMBER, REPEATED = "missing attribute", "not a number", "repeated id"
ORPHAN = "answer without question"
OTHER_TAGS, OTHER_ANSWERS, OTHER_POSTS = (
    "question with other tags",
    "answer to a question with other tags",
    "post that is no question and no answer",
)
_QUESTION, _ANSWER = "1", "2"
_ROWS_PER_COMMIT = 20_000
_TABLES = """
CREATE TABLE IF NOT EXISTS question (id INTEGER PRIMARY KEY, place INTEGER, length INTEGER, line INTEGER,
                                     accepted INTEGER);
CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, parent INTEGER, score INTEGER, place INTEGER,
                                   length INTEGER, line INTEGER);
CREATE TABLE IF NOT EXISTS broken (line INTEGER, reason TEXT, detail TEXT);
CREATE TABLE IF NOT EXISTS state (place INTEGER, line INTEGER, is_whole INTEGER, counts TEXT);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS question_place ON question (place) WHERE place IS NOT NULL;
CREATE INDEX IF NOT EXISTS answer_parent ON answer (parent);
INSERT INTO broken SELECT line, '{orphan}', 'question ' || parent FROM answer
    WHERE parent NOT IN (SELECT id FROM question) ORDER BY line;
CREATE INDEX IF NOT EXISTS broken_line ON broken (line);
"""


@dataclass(frozen=True, slots=True)
class PlacedPost:
    """Where a post lies."""

    id: int
    place: int
    length: int
    line: int
    accepted: int | None = None
    """Of a question."""


class PostsIndex:
    """The places of a dump's posts."""

    def __init__(self, path: Path, posts: Path, tag: str, *, report: Callable[[int, int], None]) -> None:
        """Scan the dump, or what an earlier try left of it.

        Args:
            path: Of the database.
            posts: `Posts.xml`.
            tag: That a wanted question has.
            report: Told the bytes scanned and those of the file, now and then.

        Raises:
            MissingInputError: The file cannot be read, or is no dump of posts.
            StoreError: The disk is full, or an earlier try's database is broken.
        """
        self._posts = posts
        self._tag = tag
        self._report = report
        self._database = sqlite3.connect(path, isolation_level=None)
        try:
            self._open()
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error):
                message = f"`{path}` cannot be written or read: {error}; see to the disk, or remove the file"
                raise StoreError(message) from error
            raise

    def _open(self) -> None:
        self._database.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_TABLES}")
        state = self._database.execute("SELECT place, line, is_whole, counts FROM state").fetchone()
        place, line, is_whole, counts = state or (0, 1, 0, "{}")
        self.passed_over: dict[str, int] = json.loads(counts)
        """What was not wanted, by kind."""
        if not is_whole:
            self._scan(place, line)
        count = "SELECT (SELECT count(*) FROM question WHERE place IS NOT NULL), (SELECT count(*) FROM broken)"
        self.num_questions, self.num_broken = self._database.execute(count).fetchone()

    def questions(self, start: int) -> Iterator[PlacedPost]:
        """The wanted questions in the order of the file, from number `start` on."""
        query = "SELECT id, place, length, line, accepted FROM question WHERE place IS NOT NULL ORDER BY place"
        for row in self._database.execute(f"{query} LIMIT -1 OFFSET ?", (start,)):
            yield PlacedPost(*row)

    def answers(self, question: PlacedPost, most: int) -> list[PlacedPost]:
        """A question's answers: the accepted one, then those of the highest score, the oldest number first."""
        query = (
            "SELECT id, place, length, line FROM answer WHERE parent = ? ORDER BY id IS NOT ?, score DESC, id LIMIT ?"
        )
        return [PlacedPost(*row) for row in self._database.execute(query, (question.id, question.accepted, most))]

    def broken(self, start: int) -> Iterator[LeftOut]:
        """The broken rows in the order of the file, from number `start` on."""
        query = "SELECT line, reason, detail FROM broken ORDER BY line, rowid LIMIT -1 OFFSET ?"
        for line, reason, detail in self._database.execute(query, (start,)):
            yield LeftOut(place=f"{self._posts.name}:{line}", reason=reason, detail=detail)

    def close(self) -> None:
        """Leave the database."""
        self._database.close()

    def _scan(self, place: int, line: int) -> None:
        size = self._posts.stat().st_size
        self._database.execute("BEGIN")
        for number, row in enumerate(scan_posts(self._posts, place, line), start=1):
            broken = self._add(row)
            if broken:
                self._database.execute("INSERT INTO broken VALUES (?, ?, ?)", (row.line, *broken))
            if number % _ROWS_PER_COMMIT == 0:
                self._save(row.offset + row.length, row.next_line, is_whole=False)
                self._report(row.offset + row.length, size)
        self._database.execute("COMMIT")
        self._finish(size)

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
        return self._add_question(row, numbers) if kind == _QUESTION else self._add_answer(row, numbers)

    def _add_question(self, row: PostRow, numbers: dict[str, int | None]) -> tuple[str, str] | None:
        assert row.attributes is not None
        values: tuple[int | None, ...] = (None, None, None, None)
        if self._tag in tags_of(row.attributes["Tags"]):
            values = (row.offset, row.length, row.line, numbers["AcceptedAnswerId"])
        added = self._database.execute(
            "INSERT OR IGNORE INTO question VALUES (?, ?, ?, ?, ?)", (numbers["Id"], *values)
        )
        if not added.rowcount:
            return REPEATED, f"question {numbers['Id']}"
        if values[0] is None:
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

    def _pass_over(self, kind: str) -> None:
        self.passed_over[kind] = self.passed_over.get(kind, 0) + 1

    def _finish(self, size: int) -> None:
        """Sort out the answers that stood before their question, or have none."""
        self._database.execute("BEGIN")
        later = "SELECT count(*) FROM answer WHERE parent IN (SELECT id FROM question WHERE place IS NULL)"
        number = self._database.execute(later).fetchone()[0]
        if number:
            self.passed_over[OTHER_ANSWERS] = self.passed_over.get(OTHER_ANSWERS, 0) + number
        for statement in _INDEXES.format(orphan=ORPHAN).split(";"):
            self._database.execute(statement)
        self._save(size, 0, is_whole=True, goes_on=False)

    def _save(self, place: int, line: int, *, is_whole: bool, goes_on: bool = True) -> None:
        self._database.execute("DELETE FROM state")
        values = (place, line, is_whole, json.dumps(self.passed_over))
        self._database.execute("INSERT INTO state VALUES (?, ?, ?, ?)", values)
        self._database.execute("COMMIT")
        if goes_on:
            self._database.execute("BEGIN")


def tags_of(written: str) -> list[str]:
    """The tags of a question, as older dumps write them, `<python><list>`, or newer ones, `|python|list|`."""
    return [one for one in written.replace("<", "|").replace(">", "|").split("|") if one]
