import dataclasses
import json
from typing import Any

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Document
from hornbook.synthesis.checker import check_passage
from hornbook.synthesis.prompted.commission import Reason, Rejection
from hornbook.synthesis.prompted.ingredients import Topic, read_audiences, read_styles
from hornbook.synthesis.prompted.passage_answers import read_passage, share_of_words_used
from hornbook.synthesis.prompted.passages import (
    PassageIngredients,
    PassageJob,
    PassagePromptConfig,
)
from hornbook.teacher.api import Reply, ReplyOutcome

INGREDIENTS = PassageIngredients(
    topics=[Topic("Loops", f"topic {number}") for number in range(40)],
    audiences=read_audiences(),
    styles=read_styles(),
    skills=["tracing", "testing"],
    words=[f"word{number}" for number in range(30)],
)
CONFIG = PassagePromptConfig()
JOB = PassageJob(INGREDIENTS, CONFIG, "tiny")


def messages(ingredients: PassageIngredients, index: int, config: PassagePromptConfig = CONFIG) -> list[Any]:
    return list(PassageJob(ingredients, config, "tiny").request(0, index).body("m")["messages"])


def test_a_request_says_topic_audience_skill_and_words_after_an_example_of_the_style() -> None:
    for index in range(30):
        order = JOB.order(0, index)
        *_, example, question = messages(INGREDIENTS, index)
        assert example["content"] == order.style.example.strip()
        for part in (order.topic.name, order.topic.area, order.audience.instruction, order.skill, *order.words):
            assert part in question["content"]
        assert len(set(order.words)) == 3


def test_everything_varies_with_seed_and_index_alone_and_no_topic_comes_twice_before_each_came_once() -> None:
    orders = [JOB.order(0, index) for index in range(80)]
    assert {order.audience for order in orders} == set(INGREDIENTS.audiences)
    assert {order.style for order in orders} == set(INGREDIENTS.styles)
    assert {word for order in orders for word in order.words} == set(INGREDIENTS.words)
    assert len({order.topic for order in orders[:40]}) == 40
    assert orders[5] == JOB.order(0, 5) != JOB.order(1, 5)


def test_real_code_inspires_by_one_to_fifteen_lines_that_stand_together() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(40))
    inspired = dataclasses.replace(INGREDIENTS, inspirations=[code, "only = 1\n"])
    pieces = [PassageJob(inspired, CONFIG, "tiny").order(0, index).inspiration for index in range(60)]
    assert all(piece in code or piece == "only = 1" for piece in pieces)
    lengths = {piece.count("\n") + 1 for piece in pieces}
    assert min(lengths) == 1
    assert 10 <= max(lengths) <= 15
    assert pieces[0] in messages(inspired, 0)[-1]["content"]
    assert "inspire" not in messages(INGREDIENTS, 0)[-1]["content"]


def test_no_words_may_be_asked_for_but_not_more_than_there_are() -> None:
    assert "word" not in messages(INGREDIENTS, 0, PassagePromptConfig(num_words=0))[-1]["content"].split("200 words")[0]
    with pytest.raises(ConfigError, match="`num_words` is 31, and there are 30"):
        PassageJob(INGREDIENTS, PassagePromptConfig(num_words=31), "tiny").order(0, 0)
    with pytest.raises(ConfigError, match="`num_words`"):
        PassagePromptConfig(num_words=-1)


AUDIENCE, STYLE = read_audiences()[0], read_styles()[0]
PROSE = "An otter carries a shell to the stone and counts its steps while the loop goes round. " * 5
GOOD = f"## Leaving early\n\n{PROSE}\n\n```python\nprint(2 + 2)\n```\n\n```\n4\n```\n\nFour is the end.\n"


def read(text: str, outcome: ReplyOutcome = ReplyOutcome.ANSWERED) -> Document | Rejection:
    return read_passage(Reply(outcome=outcome, text=text), Topic("Loops", "break"), AUDIENCE, STYLE, "tiny")


def text_of(text: str, outcome: ReplyOutcome = ReplyOutcome.ANSWERED) -> str:
    made = read(text, outcome)
    assert isinstance(made, Document), made
    return made.text


def test_a_clean_answer_becomes_a_passage_as_it_stands() -> None:
    made = read(GOOD)
    assert isinstance(made, Document)
    assert made.text == GOOD.replace(PROSE, PROSE.rstrip())
    told = {"family": "Loops", "topic": "break", "audience": AUDIENCE.name, "style": STYLE.name, "teacher": "tiny"}
    assert json.loads(made.metadata) == told
    assert check_passage(made.text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"Sure, here is the passage:\n\n{GOOD}",
        f"```markdown\n{GOOD}```",
        GOOD.replace("```python", "``` Py"),
        *(GOOD.replace("\n```\n4", f"\n```{language}\n4") for language in ("output", "plaintext", "Output")),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("```python\nprint(2 + 2)\n```", "  ~~~py\n  print(2 + 2)\n  ~~~"),
    ],
)
def test_chatter_wrapping_and_other_spellings_of_fences_are_mended(text: str) -> None:
    assert text_of(text) == text_of(GOOD)


def test_an_output_may_stand_in_a_session_or_in_a_comment() -> None:
    session = GOOD.split("```python")[0] + "```python\n>>> 2 + 2\n4\n```\n"
    assert check_passage(text_of(session)) is None
    assert check_passage(text_of(session.replace("\n4\n", "\n5\n"))) is not None
    text = GOOD.replace("```\n4\n```\n", "").replace("2 + 2)", "2 + 2)  # Output: 4")
    assert text_of(text).count("```") == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm sorry, but I cannot write that.", Reason.REFUSED),
        (PROSE, Reason.NO_CODE),
        (GOOD.replace("```python", "```javascript"), Reason.NO_CODE),
        (GOOD.replace("```\n4\n```", "").replace("2 + 2)", "2 + 2)  # a sum"), Reason.NO_OUTPUT),
        (GOOD.replace("2 + 2", "2 +"), Reason.NO_PYTHON),
        (GOOD.replace(PROSE, "word " * 52), Reason.TOO_SHORT),
        (GOOD.replace(PROSE, PROSE * 30), Reason.TOO_LONG),
        (GOOD + "\n```python\nprint(1)\n", Reason.CUT),
        (GOOD.replace("An otter", "In this lesson, an otter"), Reason.STOCK_OPENER),
        (GOOD.replace("## Leaving early", "Welcome to Python!"), Reason.STOCK_OPENER),
        (PROSE + STYLE.example, Reason.COPIED),
    ],
)
def test_what_is_no_passage_is_rejected_with_its_reason(text: str, reason: Reason) -> None:
    result = read(text)
    assert isinstance(result, Rejection), result
    assert result.reason is reason
    assert "word" in text_of(GOOD.replace(PROSE, "word " * 53))  # Sixty words are enough.


def test_a_cut_or_missing_answer_is_a_rejection() -> None:
    text = GOOD[: GOOD.index("```\n4")]
    for outcome, reason in (("CUT", Reason.CUT), ("REFUSED", Reason.REFUSED), ("EMPTY", Reason.UNANSWERED)):
        result = read(text, ReplyOutcome[outcome])
        assert isinstance(result, Rejection)
        assert result.reason is reason


def test_an_answer_that_was_cut_off_keeps_its_whole_paragraphs() -> None:
    begun = "Now another one:\n\n```python\nprint(5)\n"
    rests = ("Five is", begun, f"**Step 2**\n\n{begun}```\n\n```\n5", "```python\nprint(5)\n\nprint(6)\n```\n")
    for rest, kept in [*((rest, "") for rest in rests), ("Five is the next.\n\n## Going on", "Five is the next.")]:
        made = text_of(f"{GOOD}\n{rest}", ReplyOutcome.CUT)
        assert made.startswith(text_of(GOOD))
        assert made.removeprefix(text_of(GOOD)).strip() == kept


def test_words_count_in_any_form_that_begins_like_them_and_their_share_is_noted() -> None:
    shares = {"The Otters carried it.": 1.0, "A potter": 0.0, "An otter": 0.5}
    assert {text: share_of_words_used(text, ("otter", "carry")) for text in shares} == shares
    assert share_of_words_used("", ()) == 1
    job = PassageJob(dataclasses.replace(INGREDIENTS, words=["otter", "carry", "sea"]), CONFIG, "tiny")
    order = job.order(0, 4)
    made, commission = job.read(0, 4, Reply(outcome=ReplyOutcome.ANSWERED, text=GOOD))
    assert isinstance(made, Document)
    assert (commission.record_id, commission.index, commission.topics) == (made.id, 4, (order.topic.name,))
    asked = (order.audience.name, order.style.name, order.words)
    assert (commission.audience, commission.layout, commission.words) == asked
    assert commission.share_of_words_used == pytest.approx(2 / 3)
