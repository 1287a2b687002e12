import random

import pytest
from tests.teacher.contract import chat

from hornbook.errors import EndpointError
from hornbook.teacher.scripted import ScriptedTeacher
from hornbook.teacher.teacher import Reply, ReplyOutcome

UNANSWERED = Reply(outcome=ReplyOutcome.UNANSWERED, detail="gone")


def test_a_list_is_said_line_by_line_over_all_asking() -> None:
    with ScriptedTeacher(["one", UNANSWERED, " ", "four"], name="mine") as teacher:
        assert teacher.name == "mine"
        first = list(teacher.ask(map(chat, "abc")))
        assert [(index, reply.outcome.name, reply.text) for index, reply in first] == [
            (0, "ANSWERED", "one"),
            (1, "UNANSWERED", ""),
            (2, "EMPTY", ""),
        ]
        assert next(teacher.ask([chat("d")]))[1].text == "four"
        with pytest.raises(RuntimeError, match="no line for request 5"):
            list(teacher.ask([chat("e")]))
    assert [request.messages[0]["content"] for request in teacher.asked] == list("abcde")  # type: ignore[union-attr]


def test_replies_are_shuffled_among_those_under_way_and_the_same_way_again() -> None:
    def order(seed: int) -> list[int]:
        with ScriptedTeacher(lambda _request: "x", num_ahead=5, shuffle=random.Random(seed)) as teacher:
            return [index for index, _ in teacher.ask(chat(str(number)) for number in range(50))]

    assert sorted(order(1)) == list(range(50))
    assert order(1) == order(1) != order(2)
    assert all(index < place + 5 for place, index in enumerate(order(1)))


def test_an_error_in_the_script_is_raised_after_what_was_under_way() -> None:
    with ScriptedTeacher(["a", "b", EndpointError("over"), "never"], num_ahead=10) as teacher:
        replies = teacher.ask(map(chat, "abcd"))
        assert [next(replies)[1].text, next(replies)[1].text] == ["a", "b"]
        with pytest.raises(EndpointError, match="over"):
            next(replies)
    assert len(teacher.asked) == 3
