import dataclasses
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import SAMPLING, Kit, answered, chat, chats, quick, replies, unanswered

from hornbook.errors import StoreError
from hornbook.teacher.api import CompletionRequest, Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.cache import Cost, Database, ReplyCache, request_key

KEY_OF_A_CHAT = "6f8fdee6dc9dac1a0ca503b7c379b68e47f9cb4e0de986f88f2a786a15e3280a"
KEY_OF_A_COMPLETION = "f609706ad66d94fd25a262c03018d4f2be14909b1d8f29668b40413038699129"
COST = Cost(tokens_in=3, tokens_out=5, usd=0.25)


def put(cache: ReplyCache, request: TeacherRequest, reply: Reply, model: str = "m") -> None:
    with cache.database.transaction():
        cache.put(request_key(model, request), reply, COST, model=model, request=request, stage="write", run=7)


def test_every_final_reply_is_kept_as_it_is_with_what_it_took_and_the_first_to_a_question_stays(tmp_path: Path) -> None:
    texts = ["", "é\n\t日本", "zero \x00 byte", "half a pair \ud83d", "x" * 100_000]
    given = [answered(text, 3, None) for text in texts]
    given += [
        Reply(outcome=one, finish_reason="as said", detail="why")
        for one in ReplyOutcome
        if one not in ("unanswered", "prompt too long")
    ]
    with Database(tmp_path / "folder" / "teacher.sqlite") as database:
        cache = ReplyCache(database)
        for number, reply in enumerate(given):
            put(cache, chat(str(number)), reply)
            put(cache, chat(str(number)), answered("another"))
    with Database(tmp_path / "folder" / "teacher.sqlite") as database:
        cache = ReplyCache(database)
        kept = [cache.get(request_key("m", chat(str(number)))) for number in range(len(given))]
        assert kept == [(reply, COST) for reply in given]
        assert cache.get(request_key("m", chat("b"))) is None
        with pytest.raises(AssertionError):
            put(cache, chat("a"), unanswered())
        assert len(cache) == len(given)


def test_whatever_reaches_the_model_makes_another_key_and_nothing_else_does() -> None:
    requests = [
        chat("a"),
        chat("b"),
        chat("a", sample=1),
        CompletionRequest(prompt="a", sampling=SAMPLING),
        dataclasses.replace(chat("a"), messages=[{"role": "system", "content": "a"}]),
        dataclasses.replace(chat("a"), messages=[{"role": "user", "content": "a"}, {"role": "user", "content": ""}]),
    ]
    changes: list[dict[str, Any]] = [{"max_new_tokens": 101}, {"temperature": 0.5}, {"top_p": 0.5}]
    changes += [{"stop": ("x",)}, {"stop": ("x", "y")}, {"seed": 0}, {"seed": 1}]
    requests += [chat("a", sampling=dataclasses.replace(SAMPLING, **change)) for change in changes]
    assert {field for change in changes for field in change} == {f.name for f in dataclasses.fields(SAMPLING)}
    keys = {request_key(model, request) for request in requests for model in ("m", "n")}
    assert len(keys) == 2 * len(requests)
    turned = dataclasses.replace(chat("a"), messages=[{"content": "a", "role": "user"}])
    whole = chat("a", sampling=dataclasses.replace(SAMPLING, temperature=1, top_p=1))
    assert request_key("m", chat("a")) == request_key("m", turned) == request_key("m", whole)


def test_keys_stay_what_they_were() -> None:
    """Were they others, everything that was ever paid would be paid again."""
    request = chat("a", sample=2, sampling=dataclasses.replace(SAMPLING, seed=3, stop=("\n",)))
    assert request_key("m", request).hex() == KEY_OF_A_CHAT
    completion = CompletionRequest(prompt="é", sampling=dataclasses.replace(SAMPLING, temperature=0.7))
    assert request_key("m", completion).hex() == KEY_OF_A_COMPLETION


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


@pytest.mark.parametrize("harm", ["text", "pages"])
def test_a_reply_whose_bytes_changed_is_not_used(tmp_path: Path, harm: str) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path) as kit, kit.account(quick()) as account:
        assert len(replies(account, chats(300))) == 300
    if harm == "text":
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE replies SET text = 'return a - b'")
    else:
        content = bytearray(path.read_bytes())
        for page in range(2, len(content) // 4096):
            content[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
        path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged"), Kit(path) as kit, kit.account(quick()) as account:
        replies(account, chats(300))


def test_two_processes_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    script = "import sys, tests.teacher.test_cache as t; t.ask(*sys.argv[1:])"
    words = [sys.executable, "-c", script, str(path)]
    with (
        subprocess.Popen([*words, "0"], cwd=Path(__file__).parents[2]) as one,
        subprocess.Popen([*words, "100"], cwd=Path(__file__).parents[2]) as other,
    ):
        pass
    assert (one.returncode, other.returncode) == (0, 0)
    with Kit(path) as kit:
        assert len(kit.cache) == 300
        totals = kit.totals()
        assert totals.calls + totals.hits == 400
        assert totals.calls >= 300


def ask(path: str, first: str) -> None:
    """What each of the two does."""
    with Kit(Path(path)) as kit, kit.account(quick()) as account:
        assert len(replies(account, chats(200, first=int(first)))) == 200
