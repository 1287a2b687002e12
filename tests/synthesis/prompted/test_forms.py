import ast
import re

import pytest
from tests.synthesis.prompted.exercise_texts import LAYOUT, answered, fenced

from hornbook.records import Exercise
from hornbook.synthesis.checker import check_exercise, check_passage
from hornbook.synthesis.prompted.exercise_answers import read_exercise
from hornbook.synthesis.prompted.exercise_prompts import ExerciseOrder
from hornbook.synthesis.prompted.forms import Layout, Style, read_audiences, read_layouts, read_styles
from hornbook.synthesis.prompted.function_rules import FunctionRules
from hornbook.synthesis.prompted.function_source import style_of_docstring
from hornbook.synthesis.prompted.word_lists import read_names


@pytest.mark.parametrize("layout", read_layouts(), ids=lambda layout: layout.name)
def test_each_layouts_example_is_an_exercise_that_holds(layout: Layout) -> None:
    [name] = re.findall(r"`(\w+)`", layout.request)
    order = ExerciseOrder(index=0, name=name, topics=(), profession="", twist="", layout=LAYOUT)
    made = read_exercise(answered(fenced(layout.example)), order, "example", FunctionRules())
    assert isinstance(made, Exercise), made
    assert check_exercise(made.prompt + made.solution, made.test or "def check(c): pass", name) is None
    assert ("doctest" in layout.name or "comparison" in layout.name or "steps" in layout.name) == bool(made.test)


def test_the_layouts_differ_in_what_they_look_like_and_use_no_name_that_is_asked_for() -> None:
    layouts = read_layouts()
    looks = [style_of_docstring(ast.get_docstring(ast.parse(layout.example).body[-1]) or "") for layout in layouts]
    assert len(layouts) == 8
    assert len(set(looks)) >= 6
    asked = set(read_names())
    assert not [layout.name for layout in layouts if re.findall(r"`(\w+)`", layout.request)[0] in asked]


def test_there_are_at_least_six_audiences_and_styles_with_several_sentences_each() -> None:
    for forms in (read_audiences(), read_styles()):
        assert len({form.name for form in forms}) == len(forms) >= 6
        assert all(form.instruction.count(".") >= 2 for form in forms), forms


@pytest.mark.parametrize("style", read_styles(), ids=lambda style: style.name)
def test_each_styles_example_prints_what_it_shows(style: Style) -> None:
    assert "```python\n" in style.example
    assert check_passage(style.example.strip() + "\n") is None


def test_a_passage_that_shows_a_wrong_output_would_be_found() -> None:
    example = read_styles()[0].example.strip() + "\n"
    assert check_passage(example.replace("(1, -2)", "(2, -1)")) is not None
