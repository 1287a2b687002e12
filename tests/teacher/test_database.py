import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.teacher.asked import Kit, chats, quick, replies

from hornbook.errors import StoreError
from hornbook.teacher.cache import Database

ROOT = Path(__file__).parents[2]


def test_a_file_that_cannot_be_ours_is_left_alone_and_named(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    for content in (b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4096):
        path.write_bytes(content)
        with pytest.raises(StoreError, match=r"teacher\.sqlite` is damaged"):
            Database(path)
        assert path.read_bytes() == content
    for file, sql, said in (
        ("other", "CREATE TABLE songs (name TEXT)", "something else"),
        ("later", "PRAGMA user_version = 99", "format 99"),
    ):
        if file == "later":
            Database(tmp_path / file).close()
        with closing(sqlite3.connect(tmp_path / file)) as connection:
            connection.execute(sql)
        with pytest.raises(StoreError, match=said):
            Database(tmp_path / file)
    with pytest.raises(StoreError, match="cannot be made"):
        Database(path / "teacher.sqlite")
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        Database(tmp_path)


def test_a_file_of_the_first_version_keeps_its_answers(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path) as kit, kit.account(quick()) as account:
        given = replies(account, chats(3))
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("runs DROP COLUMN output", "runs DROP COLUMN finished"):
            connection.execute(f"ALTER TABLE {statement}")
        connection.execute("PRAGMA user_version = 1")
    for _ in range(2):
        with Kit(path) as kit, kit.account(quick()) as account:
            assert replies(account, chats(3)) == given
            assert account.entry.figures.calls == 0


def test_pages_that_were_overwritten_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path) as kit, kit.account(quick()) as account:
        assert len(replies(account, chats(300))) == 300
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"), Kit(path) as kit, kit.account(quick()) as account:
        replies(account, chats(300))


def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    script = "import sys, tests.teacher.test_database as t; t.ask(*sys.argv[1:])"
    words = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen([*words, "0"], cwd=ROOT) as one, subprocess.Popen([*words, "100"], cwd=ROOT) as other:
        pass
    assert (one.returncode, other.returncode) == (0, 0)
    with Kit(path) as kit:
        assert len(kit.cache) == 300
        totals = kit.ledger.totals("write")
        assert totals.calls + totals.hits == 400
        assert totals.calls >= 300


def ask(path: str, first: str) -> None:
    """What each of the two does."""
    with Kit(Path(path)) as kit, kit.account(quick()) as account:
        assert len(replies(account, chats(200, first=int(first)))) == 200
