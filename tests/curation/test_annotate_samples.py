import dataclasses
import random

import pytest
from tests.teacher.scripted import ScriptedTeacher

from hornbook.curation.annotate_samples import (
    AnnotateSamplesConfig,
    Unscored,
    annotate_samples,
    read_score,
    scoring_request,
)
from hornbook.errors import ConfigError, EndpointError
from hornbook.records import Document, DocumentKind
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest

CONFIG = AnnotateSamplesConfig()


def answered(text: str) -> Reply:
    return Reply(outcome=ReplyOutcome.ANSWERED, text=text)


@pytest.mark.parametrize(
    ("text", "score", "reason"),
    [
        ("Reason: It shows a loop.\nScore: 4", 4, "It shows a loop."),
        ("**Reason:** It shows a loop.\n\n**Score:** 3/5", 3, "It shows a loop."),
        ("It shows a loop and would score 5 elsewhere.\nScore: 2.", 2, "It shows a loop and would score 5 elsewhere."),
        ('{"reason": "A loop.", "score": 1}', 1, "A loop."),
        ('```json\n{"reason": "A loop.", "score": "0"}\n```', 0, "A loop."),
        ("Score: 4\nReason: It shows a loop.", 4, "It shows a loop."),
        ("Reason: a dictionary {1: 2}\nScore: 4.0", 4, "a dictionary {1: 2}"),
    ],
)
def test_a_score_is_read_with_the_reason_before_it(text: str, score: int, reason: str) -> None:
    assert read_score(answered(text)) == (score, reason)


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


def test_an_answer_cut_behind_its_score_counts() -> None:
    reply = Reply(outcome=ReplyOutcome.CUT, text="Reason: A loop.\nScore: 3\nThis is because")
    assert read_score(reply) == (3, "A loop.")


def test_the_rubric_is_in_the_question_and_the_snippet_cannot_close_its_own_fence() -> None:
    request = scoring_request("x = '''\n```\n'''\n", CONFIG)
    assert "Educational value of a Python snippet" in request.messages[0]["content"]
    assert request.messages[-1]["content"] == "````python\nx = '''\n```\n'''\n````"
    assert request.sampling.temperature == 0


def test_the_examples_in_the_question_are_answers_that_are_understood_and_spread_over_the_scale() -> None:
    examples = [message["content"] for message in scoring_request("x = 1", CONFIG).messages[2:-1:2]]
    scores = [read_score(answered(text)) for text in examples]
    assert sorted(score for score, _ in scores) == [0, 2, 5]
    assert all(0 < len(reason.split()) <= 15 for _, reason in scores)


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
    teachers = (
        ScriptedTeacher(speak, name="tiny"),
        ScriptedTeacher(speak, name="tiny", num_ahead=9, shuffle=random.Random(0)),
    )
    found = []
    for teacher in teachers:
        with teacher:
            found.append(annotate_samples(given, teacher, CONFIG))
    assert dataclasses.asdict(found[0]) == dataclasses.asdict(found[1])
    assert [label.sample_id for label in found[0].labels] == [*(f"d{place}" for place in range(29)), "d31"]
    assert {label.annotator for label in found[0].labels} == {"tiny"}
    assert [(entry.id, entry.reason) for entry in found[0].dropped] == [("d29", "no score"), ("d30", "empty")]
    assert found[0].num_truncated == 1
    assert len(teachers[0].asked) == 31


def test_progress_is_told_and_the_teachers_error_is_passed_on() -> None:
    told: list[tuple[int, int, str]] = []
    with ScriptedTeacher(["Score: 1", "Score: 2"]) as teacher:
        annotate_samples(documents("a = 1", "b = 2"), teacher, CONFIG, lambda *said: told.append(said))
    assert told == [(1, 2, ""), (2, 2, "")]
    with ScriptedTeacher([EndpointError("gone")]) as teacher, pytest.raises(EndpointError, match="gone"):
        annotate_samples(documents("a = 1"), teacher, CONFIG)


def test_a_config_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(ConfigError, match="`max_snippet_characters` must be at least 100, got 99"):
        AnnotateSamplesConfig(max_snippet_characters=99)
    with pytest.raises(ConfigError, match="`temperature` must not be negative"):
        AnnotateSamplesConfig(temperature=-1)
