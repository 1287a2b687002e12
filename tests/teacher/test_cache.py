import dataclasses
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import SAMPLING, answered, chat, unanswered

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
        assert [(one.reply, one.cost, one.run) for one in kept if one] == [(reply, COST, 7) for reply in given]
        assert cache.get(request_key("m", chat("b"))) is None
        with pytest.raises(ValueError, match="unanswered is not kept"):
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


def test_a_reply_whose_bytes_changed_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Database(path) as database:
        put(ReplyCache(database), chat("a"), answered("return a + b"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE replies SET text = 'return a - b'")
    connection.close()
    with (
        Database(path) as database,
        pytest.raises(StoreError, match=r"teacher\.sqlite` is damaged .*not as it was written"),
    ):
        ReplyCache(database).get(request_key("m", chat("a")))
