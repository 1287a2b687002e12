import pytest

from hornbook.errors import MissingInputError
from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.rows import row_of, text_of


@pytest.mark.parametrize("solution", ["solution", "canonical_solution", "completion"])
def test_a_prompt_with_a_solution_is_an_exercise(solution: str) -> None:
    row = row_of({"id": "e-1", "prompt": "def f():\n", solution: "    pass\n", "entry_point": "f"}, "x:1", "text")
    assert isinstance(row.record, Exercise)
    assert (row.record.id, row.record.entry_point, text_of(row.record)) == ("e-1", "f", "def f():\n    pass\n")


def test_code_alone_is_an_exercise_and_prose_a_passage() -> None:
    code = row_of({"text": "def f():\n    pass\n"}, "x:1", "text").record
    prose = row_of({"body": "Sorting is fun.", "topic": "sorting"}, "x:2", "body")
    assert isinstance(code, Exercise)
    assert isinstance(prose.record, Passage)
    assert (code.id, prose.record.id, prose.topics) == ("x:1", "x:2", ("sorting",))
    assert text_of(prose.record) == "Sorting is fun."


def test_topics_are_a_list_or_one() -> None:
    assert row_of({"text": "x", "topics": ["a", "b"]}, "x:1", "text").topics == ("a", "b")
    assert row_of({"text": "x", "topics": ["a"], "id": "e-2"}, "x:1", "text", {"e-2": ("c",)}).topics == ("c",)
    assert row_of({"text": "x", "topics": None}, "x:1", "text").topics == ()


def test_a_row_without_text_names_its_fields() -> None:
    with pytest.raises(MissingInputError, match=r"`x:3` holds no text in `text`.*`prompt`, `answer`.*--text-field"):
        row_of({"prompt": "p", "answer": "a"}, "x:3", "text")
