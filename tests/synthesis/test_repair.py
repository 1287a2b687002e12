import pytest

from hornbook.synthesis.repair import is_quoted, repaired_text
from hornbook.synthesis.shown_output import Shown, ShownForm


def shown(text: str, wrong: str, true: str, form: ShownForm) -> Shown:
    start = text.rindex(wrong)
    return Shown(form, 0, start, start + len(wrong), wrong, true, "", varies=False)


def test_only_what_is_wrong_is_exchanged() -> None:
    text = "```python\nprint(1)  # 2\nprint(3)  # 4\n```\n"
    wrong = [shown(text, "2", "1", ShownForm.COMMENT), shown(text, "4", "33", ShownForm.COMMENT)]
    assert repaired_text(text, wrong) == "```python\nprint(1)  # 1\nprint(3)  # 33\n```\n"


def test_lines_take_the_indentation_of_those_that_they_replace() -> None:
    text = "  ```\n  a\n  ```\n"
    assert repaired_text(text, [shown(text, "  a\n", "b\n c", ShownForm.FENCE)]) == "  ```\n  b\n   c\n  ```\n"
    session = "  ```\n  >>> f()\n  a\n  ```\n"
    assert repaired_text(session, [shown(session, "a", "b\nc", ShownForm.SESSION)]) == (
        "  ```\n  >>> f()\n  b\n  c\n  ```\n"
    )


@pytest.mark.parametrize(
    ("form", "true"),
    [
        (ShownForm.COMMENT, "b\nc"),
        (ShownForm.PARAGRAPH, "b\nc"),
        (ShownForm.PARAGRAPH, ""),
        (ShownForm.FENCE, "```"),
    ],
)
def test_an_output_that_has_no_place_there_is_not_put_there(form: ShownForm, true: str) -> None:
    assert repaired_text("a", [shown("a", "a", true, form)]) is None


@pytest.mark.parametrize(
    ("prose", "quoted"),
    [("So it is 41.", True), ("It is `41`!", True), ("It is 410, or 1.41, or 41.5.", False), ("It is so.", False)],
)
def test_prose_that_holds_the_wrong_words_is_noticed(prose: str, *, quoted: bool) -> None:
    text = f"{prose}\n\n```\n41\n```\n"
    assert is_quoted(text, shown(text, "41\n", "42", ShownForm.FENCE)) is quoted
