import pytest
from tests.synthesis.exercises_at_hand import passage

from hornbook.sandbox.jail import Jail
from hornbook.synthesis.shown_output import ShownForm
from hornbook.synthesis.written_passages import PassageFate, VerifiedPassages, verify_written_passages


def code(body: str, language: str = "python") -> str:
    return f"```{language}\n{body}\n```\n"


def verified(jail: Jail, *texts: str, repair: bool = True) -> VerifiedPassages:
    given = [passage(text, called=f"{number} {text}") for number, text in enumerate(texts)]
    return verify_written_passages(given, jail, repair=repair)


def kept(result: VerifiedPassages) -> list[str]:
    """The texts that stay, as they are then."""
    ids = [one.passage_id for one in result.checks if one.fate is not PassageFate.DROPPED]
    return [result.repaired.get(name, name.partition(" ")[2]) for name in ids]


WAYS_TO_SHOW = [
    (ShownForm.FENCE, code("print(2 + 3)") + "\n" + code("{}", "")),
    (ShownForm.FENCE, code("print(2 + 3)") + "\nOutput:\n\n" + code("{}", "output")),
    (ShownForm.FENCE, code("print(2 + 3)") + "\nThis will print:\n" + code("{}", "text")),
    (ShownForm.FENCE, code("x = 2\nx + 3", "py") + code("{}", "console")),
    (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\n**Output:**\n{}\n\nAnd on.\n"),
    (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\nOutput: {}\n\nAnd on.\n"),
    (ShownForm.PARAGRAPH, code("print(2 + 3)") + "\nOutput: `{}`\n"),
    (ShownForm.COMMENT, code("print(2 + 3)  # {}")),
    (ShownForm.COMMENT, code("print(2 + 3)  # Output: {}")),
    (ShownForm.COMMENT, code("print(2 + 3)  # => {}")),
    (ShownForm.COMMENT, code("print(2 + 3)\n# Output: {}\nx = 1")),
    (ShownForm.COMMENT, code("print(2 + 3)  # {} (the sum)")),
    (ShownForm.COMMENT, code("def f(x):\n    return x + 3\n\nf(2)  # returns {}")),
    (ShownForm.SESSION, code(">>> x = 2\n>>> x + 3\n{}")),
    (ShownForm.SESSION, code(">>> x = 2\n>>> x + 3\n{}", "")),
]


def test_a_true_output_is_seen_and_left_and_a_wrong_one_exchanged(jail: Jail) -> None:
    forms, texts = [form for form, _ in WAYS_TO_SHOW], [f"Adding.\n\n{text}" for _, text in WAYS_TO_SHOW]
    true, wrong = [text.replace("{}", "5") for text in texts], [text.replace("{}", "[6]") for text in texts]
    result = verified(jail, *true, *wrong)
    assert kept(result) == true * 2
    found = [(one.num_shown, one.num_shown_true, one.fate) for one in result.checks]
    assert found == [(1, 1, PassageFate.HELD)] * len(true) + [(1, 0, PassageFate.REPAIRED)] * len(wrong)
    repairs = [(one.form, one.shown.strip("`\n"), one.true) for one in result.repairs]
    assert repairs == [(form, "[6]", "5") for form in forms]
    assert [one.passage_id for one in result.repairs] == list(result.repaired)


REMARKS = [
    code("print('a b')  # print the letters"),
    code("# 7\nprint(5)"),
    code("for x in (1, 2):\n    print(x)  # 1"),
    code("x = 5  # 6 of them"),
    code("print(5)") + "\nNow something else:\n\n" + code("6 apples", "yaml"),
    code("print(5)") + "\n" + code("$ python script.py", "console"),
    code("print(5)") + "\nA paragraph that goes on about something else.\n\n" + code("6", ""),
    code("pip install numpy", "bash") + code("x = 1"),
    "No code at all.\n",
]


def test_a_remark_is_no_output(jail: Jail) -> None:
    result = verified(jail, *REMARKS)
    assert [one.num_shown for one in result.checks] == [0] * len(REMARKS)
    assert [one.fate for one in result.checks] == [PassageFate.HELD] * 8 + [PassageFate.UNCHECKED]
    assert kept(result) == REMARKS


OTHERS = [  # What is printed, and what is shown though it is not the same.
    ("3", "'4'"),
    ("True", "1"),
    ("3.0", "3"),
    ("5", "..."),
    ("'a b'", "a\nb"),
    ("42", "41"),
]


def test_a_value_of_another_type_is_not_the_same(jail: Jail) -> None:
    prose = "It is 410, or 1.41, or 41.5.\n\n"  # None of which is a 41 that the prose would quote.
    result = verified(jail, *(prose + code(f"print({true})") + code(shown, "") for true, shown in OTHERS))
    assert [one.fate for one in result.checks] == [PassageFate.REPAIRED] * len(OTHERS)


SAME = [
    code("print([1,  2])") + code("[1,2]", ""),
    code("print('a')") + code("'a'", ""),
    code("print({3, 1, 2})") + code("{2, 3, 1}", ""),
    code("print({'b', 'a'})") + code("{'a', 'b'}", ""),
    code("print('a ')\nprint('b')") + code("a\nb", ""),
    code("print(list(range(100)))") + code("[0, 1, ..., 99]", ""),
    code("1 / 0") + code("Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero", ""),
    code(">>> int('x')\nTraceback (most recent call last):\n    ...\nValueError: invalid literal"),
    code("import random\nrandom.seed(4)\nprint(random.randint(1, 10) in range(1, 11))") + code("True", ""),
]


def test_another_way_to_write_the_same_output_is_true(jail: Jail) -> None:
    assert [one.fate for one in verified(jail, *SAME).checks] == [PassageFate.HELD] * len(SAME)


DROPPED = [
    (code("x = = 1"), "is not valid Python"),
    (code(">>> x = = 1"), "is not valid Python"),
    (code("print(unknown)"), "raises"),
    (code("print(1 / 0)") + code("infinity", ""), "raises"),
    (code(">>> 1 / 0\n0"), "raises"),
    (code("name = input('Name? ')"), "asks for input"),
    (code("import os\nos._exit(0)"), "does not run to its end"),
    (code("x = 'a' * 10 ** 10"), "does not run to its end"),
    (code("import random\nprint(random.random())  # 0.37"), "shows an output that differs from run to run"),
    (code("import time\nprint(time.time())  # 1.5"), "shows an output that differs from run to run"),
    (code("import datetime\nprint(datetime.date.today())  # 2"), "shows an output that differs from run to run"),
    (code("print(id(1))  # 5"), "shows an output that differs from run to run"),
    (code("print(object())") + code("<object>", ""), "shows an output that differs from run to run"),
    (code("print({'a', 'b', 'c'})  # {'a', 'd'}"), "shows an output that differs from run to run"),
    ("It is `41`!\n\n" + code("print(40 + 2)") + code("41", ""), "shows a wrong output that its prose quotes"),
    ("The sum is 41.\n\n" + code("print(40 + 2)") + code("41", ""), "shows a wrong output that its prose quotes"),
    (code("print('1\\n2')  # 3"), "shows a wrong output that cannot be exchanged"),
    (code("print('```')") + code("3", ""), "shows a wrong output that cannot be exchanged"),
    (code("print('1\\n\\n2')") + "\n**Output:**\n6\n7\n", "shows a wrong output"),  # Its paragraph ends too early.
]


@pytest.mark.parametrize("given", [DROPPED, [(code("while True:\n    pass"), "runs without an end")]])
def test_passages_are_dropped_with_the_reason_and_cost_no_other(jail: Jail, given: list[tuple[str, str]]) -> None:
    good = code("print(2)  # 2")
    result = verified(jail, good, *(text for text, _ in given), good)
    assert [(one.id.partition(" ")[2], one.reason) for one in result.dropped] == given
    assert kept(result) == [good, good]


def test_blocks_share_their_names_and_each_wrong_output_is_repaired_in_its_place(jail: Jail) -> None:
    text = code("x = 2\nprint(x)") + code("2", "") + "\nThen:\n\n" + code("print(x + 1)") + code("4", "")
    several = code("print(1)  # 7\nprint('b')  # 'c'\nprint(3)  # 3") + code("1\nx\n3", "")
    run = "1. Run it:\n\n   ```python\n   for i in range(2):\n\n       print(i)\n   ```\n"
    listed = f"{run}\n   It prints:\n\n   ```\n   0\n   2\n   ```\n"
    session = "- So:\n\n  ```\n  >>> print('b\\n c')\n  a\n  ```\n"
    result = verified(jail, text, several, listed, session)
    assert kept(result) == [
        text.replace("\n4\n", "\n3\n"),
        code("print(1)  # 1\nprint('b')  # b\nprint(3)  # 3") + code("1\nb\n3", ""),
        listed.replace("   2\n", "   1\n"),
        session.replace("  a\n", "  b\n   c\n"),
    ]
    counts = [(one.num_blocks, one.num_blocks_run, one.num_shown, one.num_shown_true) for one in result.checks]
    assert counts == [(2, 2, 2, 1), (1, 1, 4, 1), (1, 1, 1, 0), (1, 1, 1, 0)]


def test_without_repair_a_wrong_output_drops_the_passage_and_broken_fences_break_nothing(jail: Jail) -> None:
    result = verified(jail, code("print(1)  # 2"), repair=False)
    assert [(one.reason, one.detail) for one in result.dropped] == [("shows a wrong output", "shows '2'; it is '1'")]
    result = verified(jail, "```python\nprint(1)", "```python\n```\n", "```", "")
    assert [one.fate for one in result.checks] == [PassageFate.HELD] * 2 + [PassageFate.UNCHECKED] * 2
