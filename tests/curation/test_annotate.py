import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.curation.conftest import artifact, code, documents_of, workspace
from tests.teacher.scripted import ScriptedTeacher

from hornbook.curation.annotate import AnnotateConfig, Unscored, read_score, run_annotate, scoring_request
from hornbook.errors import ConfigError, EndpointError, MissingInputError
from hornbook.pipeline.stage import Artifact, Context, Result
from hornbook.records import Dropped, Label
from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest

CONFIG = AnnotateConfig()


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
    for field, value in (("max_characters", 99), ("temperature", -1)):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            AnnotateConfig(**{field: value})


def test_a_long_snippet_is_cut_behind_a_whole_line_and_the_teacher_is_told() -> None:
    text = "".join(f"value_{number} = {number}\n" for number in range(100))
    config = AnnotateConfig(max_characters=200)
    shown = scoring_request(text, config).messages[-1]["content"]
    code = shown.split("\n```\n")[0].removeprefix("```python\n")
    assert text.startswith(code + "\n")
    assert 180 <= len(code) <= 200
    assert shown.endswith("only its beginning is shown.)")
    assert "beginning" not in scoring_request(text[:150], config).messages[-1]["content"]


def speak(request: TeacherRequest) -> str:
    text = request.body("")["messages"][-1]["content"]
    return "no idea" if "odd" in text else f"Reason: it has {len(text)} characters.\nScore: {len(text) % 6}"


def annotate(folder: Path, teacher: ScriptedTeacher, *texts: str) -> tuple[Result, Artifact]:
    documents = documents_of(folder / "code", [code(f"d{place}", text=text) for place, text in enumerate(texts)])
    context = Context(open_teacher=lambda *_: teacher)
    place = replace(workspace(folder / "labels"), context=context)
    return run_annotate(AnnotateConfig(teacher="tiny"), {"documents": documents}, place), artifact(folder / "labels")


def test_labels_keep_the_order_of_the_documents_whatever_the_order_of_the_replies(tmp_path: Path) -> None:
    texts = [*("x = 1\n" * number for number in range(1, 30)), "odd = 1\n", "  \n", "y = 'long'\n" * 300]
    in_order, ahead = ScriptedTeacher(speak), ScriptedTeacher(speak, num_ahead=9, shuffle=random.Random(0))
    result, found = annotate(tmp_path / "1", in_order, *texts)
    again, shuffled = annotate(tmp_path / "2", ahead, *texts)
    labels, dropped = found.records("labels", Label), found.records("dropped", Dropped)
    assert (again, shuffled.records("labels", Label), shuffled.records("dropped", Dropped)) == (result, labels, dropped)
    assert [label.id for label in labels] == [*(f"d{place}" for place in range(29)), "d31"]
    assert {label.annotator for label in labels} == {"tiny"}
    assert [(entry.id, entry.reason) for entry in dropped] == [("d29", "no score"), ("d30", "empty")]
    assert (result.metrics["num_truncated"], result.metrics["num_replies"], len(in_order.asked)) == (1, 31, 31)


def test_a_teacher_that_fails_or_never_scores_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="gone"):
        annotate(tmp_path / "1", ScriptedTeacher([EndpointError("gone")]), "a = 1")
    with pytest.raises(MissingInputError, match="none of 2 documents has a score: no score, 'no idea'"):
        annotate(tmp_path / "2", ScriptedTeacher(speak), "odd = 1", "odd = 2")
