import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.teacher.asked import Kit, answered, chats, quick, replies

from hornbook.errors import StoreError
from hornbook.teacher.database import Database

ROOT = Path(__file__).parents[2]
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
"""A process whose mounts nobody else sees and that end with it; where the system permits them."""


def test_the_folders_above_the_file_are_made(tmp_path: Path) -> None:
    with Database(tmp_path / "a" / "b" / "teacher.sqlite") as database:
        assert database.row("SELECT count(*) FROM replies") == (0,)


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "teacher.sqlite"
    path.write_bytes(content)
    with pytest.raises(
        StoreError, match=r"teacher\.sqlite` is damaged \(.*\): bring back a copy of it, or move it away"
    ):
        Database(path)
    assert path.read_bytes() == content


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


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match=r"other\.sqlite` is a database of something else.*--cache FILE"):
        Database(path)


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match=r"later Hornbook \(format 99"):
        Database(path)


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match=r"`.*/file` cannot be made"):
        Database(tmp_path / "file" / "teacher.sqlite")
    with pytest.raises(StoreError, match="cannot be opened for writing"):
        Database(tmp_path)


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Database(tmp_path / "teacher.sqlite") as database:
        with pytest.raises(StoreError, match="no such table: nowhere"), database.transaction() as connection:
            _insert_twice(connection)
        assert database.rows("SELECT * FROM batches") == []


def _insert_twice(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO batches (mark, model, path, begun_at) VALUES ('a', 'm', 'p', 0)")
    connection.execute("INSERT INTO nowhere VALUES (1)")


def asking(path: Path, *numbers: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-m", "tests.teacher.asking_process", str(path), *map(str, numbers)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with asking(path, 0, 200) as one, asking(path, 100, 200) as other:
        printed = [process.communicate()[0].splitlines() for process in (one, other)]
    assert [len(lines) for lines in printed] == [201, 201]
    with Kit(path) as kit:
        assert len(kit.cache) == 300
        totals = kit.ledger.totals("write")
        assert totals.calls + totals.hits == 400
        assert totals.calls >= 300


def test_what_was_handed_on_before_a_sigkill_is_there_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with asking(path, 0, 1000, 500) as process:
        handed_on = [int(line) for line in process.communicate()[0].splitlines()]
    assert process.returncode == -signal.SIGKILL
    assert len(handed_on) == 500
    with Kit(path) as kit, kit.account(quick(lambda _request: answered("asked again"))) as account:
        again = replies(account, chats(1000))
        assert [index for index in handed_on if again[index].text == "asked again"] == []
        assert kit.ledger.totals("write").calls == 1000


def test_a_file_that_may_not_grow_ends_the_asking_and_keeps_what_was_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    long = quick(lambda _request: answered("x" * 5_000))
    handed_on = []
    with Kit(path) as kit, kit.account(long) as account:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
            with pytest.raises(StoreError, match=r"teacher\.sqlite` cannot be written .*nothing that was paid is lost"):
                handed_on.extend(index for index, _reply in account.ask(chats(1000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert len(long.asked) <= len(handed_on) + 4
    again = quick()
    with Kit(path) as kit, kit.account(again) as account:
        assert len(replies(account, chats(1000))) == 1000
    assert 20 < len(handed_on) < 300
    assert len(again.asked) <= 1000 - len(handed_on)


def may_mount(folder: Path) -> bool:
    try:
        mounting = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        return subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_disk_that_fills_up_costs_no_answer_that_was_handed_on(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not may_mount(disk):
        pytest.skip("this system permits no mounts; a limit on the size of files stands in for it above")
    words = f"{sys.executable} -m tests.teacher.asking_process {disk}/teacher.sqlite 0 500"
    script = f"""
        mount -t tmpfs -o size=1m tmpfs {disk} && {words}
        mount -o remount,size=16m {disk} && {words}
    """
    finished = subprocess.run([*OWN_MOUNTS, "sh", "-c", script], capture_output=True, text=True, check=False, cwd=ROOT)
    assert finished.stderr == ""
    full, enlarged = (line.split(maxsplit=2) for line in finished.stdout.splitlines() if line.startswith("asked"))
    assert full[2].startswith(
        f"`{disk}/teacher.sqlite` cannot be written (database or disk is full): make room on its disk"
    )
    num_handed_on = finished.stdout.partition("asked")[0].count("\n")
    assert 20 < num_handed_on < int(full[1]) <= num_handed_on + 4
    assert enlarged[2] == "nothing"
    assert int(enlarged[1]) <= 500 - num_handed_on
