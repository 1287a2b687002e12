import dataclasses
import random

import pytest
from hornbook.curation.annotate_samples import (
    AnnotateSamplesConfig,
    Unscored,
    annotate_samples,
    read_score,
    scoring_request,
)
from tests.teacher.scripted import ScriptedTeacher

from hornbook.errors import ConfigError, EndpointError
from hornbook.records import Document, DocumentKind
from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest

CONFIG = AnnotateSamplesConfig()


def answered(text: str) -> Reply:
    return Reply(outcome=ReplyOutcome.ANSWERED, text=text)


@pytest.mark.parametrize(
    ("text", "score", "reason"),
    [
        ("**Reason:** It shows a loop.\n\n**Score:** 3/5", 3, "It shows a loop."),
        ("It shows a loop and would score 5 elsewhere.\nScore: 2.", 2, "It shows a loop and would score 5 elsewhere."),
        ('{"reason": "A loop.", "score": 1}', 1, "A loop."),
        ('```json\n{"reason": "A loop.", "score": "0"}\n```', 0, "A loop."),
        ("Score: 4\nReason: It shows a loop.", 4, "It shows a loop."),
        ("Reason: a dictionary {1: 2}\nScore: 4.0", 4, "a dictionary {1: 2}"),
        ("Reason: A loop.\nScore: 3\nThis is because", 3, "A loop."),
    ],
)
def test_a_score_is_read_with_the_reason_before_it_even_of_an_answer_cut_behind_it(
    text: str, score: int, reason: str
) -> None:
    for outcome in (ReplyOutcome.ANSWERED, ReplyOutcome.CUT):
        assert read_score(Reply(outcome=outcome, text=text)) == (score, reason)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (answered("It is rather good."), Unscored.NO_SCORE),
        (answered("Score: 7"), Unscored.OFF_THE_SCALE),
        (answered("Score: 2.5"), Unscored.OFF_THE_SCALE),
        (answered('{"score": true}'), Unscored.OFF_THE_SCALE),
        (Reply(outcome=ReplyOutcome.CUT, text="Reason: It is"), Unscored.CUT),
        (Reply(outcome=ReplyOutcome.REFUSED), Unscored.REFUSED),
        (Reply(outcome=ReplyOutcome.UNANSWERED, detail="no route"), Unscored.UNANSWERED),
    ],
)
def test_an_answer_without_a_score_of_the_scale_has_a_reason(reply: Reply, why: Unscored) -> None:
    assert read_score(reply)[0] is why


def test_the_rubric_is_in_the_question_and_the_snippet_cannot_close_its_own_fence() -> None:
    request = scoring_request("x = '''\n```\n'''\n", CONFIG)
    assert "Educational value of a Python snippet" in request.messages[0]["content"]
    assert request.messages[-1]["content"] == "````python\nx = '''\n```\n'''\n````"
    assert request.sampling.temperature == 0
    examples = [read_score(answered(message["content"])) for message in request.messages[2:-1:2]]
    assert sorted(score for score, _ in examples) == [0, 2, 5], "they spread over the scale"
    assert all(0 < len(reason.split()) <= 15 for _, reason in examples)
    for field, value in (("max_snippet_characters", 99), ("temperature", -1)):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            AnnotateSamplesConfig(**{field: value})


def test_a_long_snippet_is_cut_behind_a_whole_line_and_the_teacher_is_told() -> None:
    text = "".join(f"value_{number} = {number}\n" for number in range(100))
    config = AnnotateSamplesConfig(max_snippet_characters=200)
    shown = scoring_request(text, config).messages[-1]["content"]
    code = shown.split("\n```\n")[0].removeprefix("```python\n")
    assert text.startswith(code + "\n")
    assert 180 <= len(code) <= 200
    assert shown.endswith("only its beginning is shown.)")
    assert "beginning" not in scoring_request(text[:150], config).messages[-1]["content"]


def documents(*texts: str) -> list[Document]:
    return [Document(id=f"d{place}", kind=DocumentKind.CODE, text=text) for place, text in enumerate(texts)]


def speak(request: TeacherRequest) -> str:
    text = request.body("")["messages"][-1]["content"]
    return "no idea" if "odd" in text else f"Reason: it has {len(text)} characters.\nScore: {len(text) % 6}"


def test_labels_keep_the_order_of_the_documents_whatever_the_order_of_the_replies() -> None:
    given = documents(*("x = 1\n" * number for number in range(1, 30)), "odd = 1\n", "  \n", "y = 'long'\n" * 300)
    told: list[tuple[int, int, str]] = []
    with ScriptedTeacher(speak, name="tiny") as teacher:
        found = annotate_samples(given, teacher, CONFIG, lambda *said: told.append(said))
    with ScriptedTeacher(speak, name="tiny", num_ahead=9, shuffle=random.Random(0)) as shuffled:
        assert dataclasses.asdict(found) == dataclasses.asdict(annotate_samples(given, shuffled, CONFIG))
    assert [label.sample_id for label in found.labels] == [*(f"d{place}" for place in range(29)), "d31"]
    assert {label.annotator for label in found.labels} == {"tiny"}
    assert [(entry.id, entry.reason) for entry in found.dropped] == [("d29", "no score"), ("d30", "empty")]
    assert found.num_truncated == 1
    assert len(teacher.asked) == 31
    assert told == [(number, 31, "") for number in range(1, 32)]
    with ScriptedTeacher([EndpointError("gone")]) as teacher, pytest.raises(EndpointError, match="gone"):
        annotate_samples(documents("a = 1"), teacher, CONFIG)
