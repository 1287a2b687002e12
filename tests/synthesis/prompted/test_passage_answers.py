import dataclasses

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Passage
from hornbook.synthesis.checker import check_passage
from hornbook.synthesis.prompted.forms import read_audiences, read_styles
from hornbook.synthesis.prompted.passage_answers import PassageRules, prose_of, read_passage, share_of_words_used
from hornbook.synthesis.prompted.passage_prompts import PassageOrder
from hornbook.synthesis.prompted.rejection import Reason, Rejection
from hornbook.synthesis.prompted.word_lists import Topic
from hornbook.teacher.teacher import Reply, ReplyOutcome

ORDER = PassageOrder(
    index=0,
    topic=Topic("Loops", "break"),
    audience=read_audiences()[0],
    style=read_styles()[0],
    skill="tracing",
    words=("otter", "carry"),
    inspiration="",
)
PROSE = "An otter carries a shell to the stone and counts its steps while the loop goes round. " * 5
GOOD = f"## Leaving early\n\n{PROSE}\n\n```python\nprint(2 + 2)\n```\n\n```\n4\n```\n\nFour is the end.\n"
RULES = PassageRules()


def read(text: str, rules: PassageRules = RULES) -> Passage | Rejection:
    return read_passage(Reply(outcome=ReplyOutcome.ANSWERED, text=text), ORDER, "tiny", rules)


def text_of(text: str) -> str:
    made = read(text)
    assert isinstance(made, Passage), made
    return made.text


def test_a_clean_answer_becomes_a_passage_as_it_stands() -> None:
    made = read(GOOD)
    assert isinstance(made, Passage)
    assert made.text == GOOD.replace(PROSE, PROSE.rstrip())
    assert (made.family, made.topic, made.teacher) == ("Loops", "break", "tiny")
    assert (made.audience, made.style) == (ORDER.audience.name, ORDER.style.name)
    assert check_passage(made.text) is None


@pytest.mark.parametrize("language", ["output", "text", "console", "plaintext", "Output"])
def test_the_fence_of_an_output_loses_its_language_so_that_it_is_compared(language: str) -> None:
    assert text_of(GOOD.replace("\n```\n4", f"\n```{language}\n4")) == text_of(GOOD)
    assert check_passage(text_of(GOOD.replace("\n```\n4", f"\n```{language}\n5"))) is not None


@pytest.mark.parametrize(
    "text",
    [
        f"Sure, here is the passage:\n\n{GOOD}",
        f"```markdown\n{GOOD}```",
        GOOD.replace("```python", "```Python"),
        GOOD.replace("```python", "``` py"),
        GOOD.replace("\n", "\r\n"),
    ],
)
def test_chatter_wrapping_and_other_spellings_of_fences_are_mended(text: str) -> None:
    assert text_of(text) == text_of(GOOD)


SESSION = GOOD.split("```python")[0] + "```python\n>>> 2 + 2\n4\n```\n"


def test_a_session_shows_its_output_itself() -> None:
    assert check_passage(text_of(SESSION)) is None
    assert check_passage(text_of(SESSION.replace("\n4\n", "\n5\n"))) is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm sorry, but I cannot write that.", Reason.REFUSED),
        (PROSE, Reason.NO_CODE),
        (GOOD.replace("```python", "```javascript"), Reason.NO_CODE),
        (GOOD.replace("```\n4\n```", ""), Reason.NO_OUTPUT),
        (GOOD.replace("```\n4\n```", "").replace("2 + 2)", "2 + 2)  # a sum"), Reason.NO_OUTPUT),
        (GOOD.replace("2 + 2", "2 +"), Reason.NO_PYTHON),
        (GOOD.replace(PROSE, "Short."), Reason.TOO_SHORT),
        (GOOD.replace(PROSE, PROSE * 30), Reason.TOO_LONG),
        (GOOD + "\n```python\nprint(1)\n", Reason.CUT),
        (GOOD.replace("An otter", "In this lesson, an otter"), Reason.STOCK_OPENER),
        (GOOD.replace("## Leaving early", "Welcome to Python!"), Reason.STOCK_OPENER),
        (PROSE + ORDER.style.example, Reason.COPIED),
    ],
)
def test_what_is_no_passage_is_put_aside_with_its_reason(text: str, reason: Reason) -> None:
    result = read(text)
    assert isinstance(result, Rejection), result
    assert result.reason is reason


def test_a_cut_or_missing_answer_is_a_rejection() -> None:
    for outcome, reason in (
        (ReplyOutcome.CUT, Reason.CUT),
        (ReplyOutcome.REFUSED, Reason.REFUSED),
        (ReplyOutcome.UNANSWERED, Reason.UNANSWERED),
    ):
        text = GOOD[: GOOD.index("```\n4")]
        result = read_passage(Reply(outcome=outcome, text=text), ORDER, "tiny", RULES)
        assert isinstance(result, Rejection)
        assert result.reason is reason


@pytest.mark.parametrize(
    "rest",
    [
        "Five is",
        "Five is the next.\n\n## Going on",
        "Now another one:\n\n```python\nprint(5)\n",
        "**Step 2**\n\nNow another one:\n\n```python\nprint(5)\n```\n\n```\n5",
        "```python\nprint(5)\n\nprint(6)\n```\n",
    ],
)
def test_an_answer_that_was_cut_off_keeps_its_whole_paragraphs(rest: str) -> None:
    made = read_passage(Reply(outcome=ReplyOutcome.CUT, text=f"{GOOD}\n{rest}"), ORDER, "tiny", RULES)
    assert isinstance(made, Passage)
    assert made.text.startswith(text_of(GOOD))
    assert made.text.removeprefix(text_of(GOOD)).strip() in ("", "Five is the next.")


def test_an_output_may_stand_in_a_comment() -> None:
    text = GOOD.replace("```\n4\n```\n", "").replace("2 + 2)", "2 + 2)  # Output: 4")
    assert text_of(text).count("```") == 2


def test_words_count_in_any_form_that_begins_like_them() -> None:
    assert share_of_words_used("The Otters carried it.", ("otter", "carry")) == 1
    assert share_of_words_used("A potter", ("otter", "carry")) == 0
    assert share_of_words_used("An otter", ("otter", "carry")) == 0.5
    assert share_of_words_used("", ()) == 1


def test_missing_words_are_a_reason_only_where_a_person_wants_it() -> None:
    text = GOOD.replace("carries", "takes")
    assert isinstance(read(text), Passage)
    result = read(text, dataclasses.replace(RULES, min_share_of_words_used=0.6))
    assert isinstance(result, Rejection)
    assert (result.reason, result.detail) == (Reason.WORDS_MISSING, "50% of otter, carry")
    assert isinstance(read(GOOD, dataclasses.replace(RULES, min_share_of_words_used=1.0)), Passage)


def test_prose_is_what_stands_outside_of_the_fences() -> None:
    assert prose_of("a\n```python\nb\n```\nc\n~~~\nd\n```\n~~~\ne") == "a\nc\ne"


def test_rules_that_cannot_hold_are_refused() -> None:
    with pytest.raises(ConfigError, match="`min_share_of_words_used` must lie in"):
        PassageRules(min_share_of_words_used=1.5)
    with pytest.raises(ConfigError, match="`min_prose_words` must not be negative"):
        PassageRules(min_prose_words=-1)
