import pytest
from tests.synthesis.exercises_at_hand import passage, quiet

from hornbook.errors import ConfigError
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.shown_output import ShownForm
from hornbook.synthesis.written_passages import (
    PassageFate,
    VerifiedPassages,
    VerifyPassagesConfig,
    verify_written_passages,
)

CONFIG = VerifyPassagesConfig()


def code(body: str, language: str = "python") -> str:
    return f"```{language}\n{body}\n```\n"


def verified(jail: Jail, *texts: str, config: VerifyPassagesConfig = CONFIG) -> VerifiedPassages:
    return verify_written_passages([passage(text) for text in texts], jail, config, quiet)


WAYS_TO_SHOW = {
    "a fence": (ShownForm.FENCE, code("print(2 + 3)") + "\n" + code("{}", "")),
    "a fence that says output": (ShownForm.FENCE, code("print(2 + 3)") + "\nOutput:\n\n" + code("{}", "output")),
    "a fence behind a sentence": (ShownForm.FENCE, code("print(2 + 3)") + "\nThis will print:\n" + code("{}", "text")),
    "a fence for a value": (ShownForm.FENCE, code("x = 2\nx + 3", "py") + code("{}", "console")),
    "a paragraph": (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\n**Output:**\n{}\n\nAnd on.\n"),
    "the label's line": (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\nOutput: {}\n\nAnd on.\n"),
    "the label's line in ticks": (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\nOutput: `{}`\n"),
    "a comment": (ShownForm.COMMENT, code("print(2 + 3)  # {}")),
    "a comment with a label": (ShownForm.COMMENT, code("print(2 + 3)  # Output: {}")),
    "a comment with an arrow": (ShownForm.COMMENT, code("print(2 + 3)  # => {}")),
    "a comment below": (ShownForm.COMMENT, code("print(2 + 3)\n# Output: {}\nx = 1")),
    "a comment with a reason": (ShownForm.COMMENT, code("print(2 + 3)  # {} (the sum)")),
    "a comment beside a value": (ShownForm.COMMENT, code("def f(x):\n    return x + 3\n\nf(2)  # returns {}")),
    "a session": (ShownForm.SESSION, code(">>> x = 2\n>>> x + 3\n{}")),
    "a session without a language": (ShownForm.SESSION, code(">>> x = 2\n>>> x + 3\n{}", "")),
}


@pytest.mark.parametrize(("form", "text"), WAYS_TO_SHOW.values(), ids=WAYS_TO_SHOW)
def test_a_true_output_is_seen_and_left_and_a_wrong_one_exchanged(jail: Jail, form: ShownForm, text: str) -> None:
    true, wrong = f"Adding.\n\n{text}".replace("{}", "5"), f"Adding.\n\n{text}".replace("{}", "[6]")
    result = verified(jail, true, wrong)
    assert [one.text for one in result.kept] == [true, true]
    assert [one.num_shown for one in result.checks] == [1, 1]
    assert [one.fate for one in result.checks] == [PassageFate.HELD, PassageFate.REPAIRED]
    assert [(one.form, one.shown.strip("`\n"), one.true) for one in result.repairs] == [(form, "[6]", "5")]
    assert (result.repairs[0].passage_id, result.repairs[0].repaired_id) == (wrong, result.kept[1].id)


@pytest.mark.parametrize(
    "text",
    [
        code("print('a b')  # print the letters"),
        code("# 7\nprint(5)"),
        code("for x in (1, 2):\n    print(x)  # 1"),
        code("x = 5  # 6 of them"),
        code("print(5)") + "\nNow something else:\n\n" + code("6 apples", "yaml"),
        code("print(5)") + "\n" + code("$ python script.py", "console"),
        code("print(5)") + "\nA paragraph that goes on about something else.\n\n" + code("6", ""),
        code("pip install numpy", "bash") + code("x = 1"),
        "No code at all.\n",
    ],
)
def test_a_remark_is_no_output(jail: Jail, text: str) -> None:
    result = verified(jail, text)
    assert [one.num_shown for one in result.checks] == [0]
    assert [one.text for one in result.kept] == [text]


@pytest.mark.parametrize(
    "text",
    [
        code("print([1,  2])") + code("[1,2]", ""),
        code("print('a')") + code("'a'", ""),
        code("print({3, 1, 2})") + code("{2, 3, 1}", ""),
        code("print({'b', 'a'})") + code("{'a', 'b'}", ""),
        code("print('a ')\nprint('b')") + code("a\nb", ""),
        code("print(list(range(100)))") + code("[0, 1, ..., 99]", ""),
        code("1 / 0") + code("Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero", ""),
        code(">>> int('x')\nTraceback (most recent call last):\n    ...\nValueError: invalid literal"),
    ],
)
def test_another_way_to_write_the_same_output_is_true(jail: Jail, text: str) -> None:
    assert [one.fate for one in verified(jail, text).checks] == [PassageFate.HELD]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (code("x = = 1"), "is not valid Python"),
        (code(">>> x = = 1"), "is not valid Python"),
        (code("print(unknown)"), "raises"),
        (code("print(1 / 0)") + code("infinity", ""), "raises"),
        (code(">>> 1 / 0\n0"), "raises"),
        (code("name = input('Name? ')"), "asks for input"),
        (code("while True:\n    pass"), "runs without an end"),
        (code("sum(range(10 ** 12))"), "runs without an end"),
        (code("import os\nos._exit(0)"), "does not run to its end"),
        (code("x = 'a' * 10 ** 10"), "does not run to its end"),
        (code("import random\nprint(random.random())  # 0.37"), "shows an output that differs from run to run"),
        (code("import time\nprint(time.time())  # 1.5"), "shows an output that differs from run to run"),
        (code("import datetime\nprint(datetime.date.today())  # 2"), "shows an output that differs from run to run"),
        (code("print(id(1))  # 5"), "shows an output that differs from run to run"),
        (code("print(object())") + code("<object>", ""), "shows an output that differs from run to run"),
        (code("print({'a', 'b', 'c'})  # {'a', 'd'}"), "shows an output that differs from run to run"),
        ("The sum is 41.\n\n" + code("print(40 + 2)") + code("41", ""), "shows a wrong output that its prose quotes"),
        (code("print('1\\n2')  # 3"), "shows a wrong output that cannot be exchanged"),
        (code("print('```')") + code("3", ""), "shows a wrong output that cannot be exchanged"),
    ],
)
def test_a_passage_is_dropped_with_the_reason_and_costs_no_other(jail: Jail, text: str, reason: str) -> None:
    good = code("print(2)  # 2")
    result = verified(jail, good, text, good)
    assert [(one.id, one.reason) for one in result.dropped] == [(text, reason)]
    assert [one.text for one in result.kept] == [good, good]


def test_a_seeded_chance_is_no_chance(jail: Jail) -> None:
    text = code("import random\nrandom.seed(4)\nprint(random.randint(1, 10) in range(1, 11))") + code("True", "")
    assert [one.fate for one in verified(jail, text).checks] == [PassageFate.HELD]


def test_blocks_share_their_names_and_each_output_belongs_to_its_block(jail: Jail) -> None:
    text = code("x = 2\nprint(x)") + code("2", "") + "\nThen:\n\n" + code("print(x + 1)") + code("4", "")
    result = verified(jail, text)
    assert result.kept[0].text == text.replace("\n4\n", "\n3\n")
    assert (result.checks[0].num_blocks, result.checks[0].num_shown, result.checks[0].num_shown_true) == (2, 2, 1)


def test_what_is_indented_in_a_list_is_repaired_in_its_place(jail: Jail) -> None:
    run = "1. Run it:\n\n   ```python\n   for i in range(2):\n\n       print(i)\n   ```\n"
    text = f"{run}\n   It prints:\n\n   ```\n   0\n   2\n   ```\n"
    assert verified(jail, text).kept[0].text == text.replace("   2\n", "   1\n")


def test_several_wrong_outputs_are_repaired_at_once(jail: Jail) -> None:
    text = code("print(1)  # 7\nprint('b')  # 'c'\nprint(3)  # 3") + code("1\nx\n3", "")
    result = verified(jail, text)
    assert result.kept[0].text == code("print(1)  # 1\nprint('b')  # b\nprint(3)  # 3") + code("1\nb\n3", "")
    assert len(result.repairs) == 3


def test_without_repair_a_wrong_output_drops_the_passage(jail: Jail) -> None:
    text = code("print(1)  # 2")
    result = verified(jail, text, config=VerifyPassagesConfig(repair=False))
    assert [(one.reason, one.detail) for one in result.dropped] == [("shows a wrong output", "shows '2'; it is '1'")]


def test_a_passage_can_be_asked_to_hold_code(jail: Jail) -> None:
    result = verified(jail, "Words.", code("x = 1"), config=VerifyPassagesConfig(min_blocks=1))
    assert [one.reason for one in result.dropped] == ["holds too little code"]


def test_a_fence_that_is_never_closed_and_one_without_lines_break_nothing(jail: Jail) -> None:
    result = verified(jail, "```python\nprint(1)", "```python\n```\n", "```", "")
    assert [one.fate for one in result.checks] == [PassageFate.HELD] * 4


@pytest.mark.parametrize("fields", [{"batch_size": 0}, {"min_blocks": -1}], ids=str)
def test_what_cannot_be_done_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(fields))):
        VerifyPassagesConfig(**fields)  # type: ignore[arg-type]
