import ast
import random

from tests.decontamination.planted_problem import OWN

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in, solution_of
from hornbook.decontamination.planted_words import (
    MOST_SHARED_WORDS,
    in_other_words,
    reworded,
    saying_nothing,
)

PROBLEMS = read_humaneval()
TEXT = OWN.prompt + OWN.canonical_solution


def runs(text: str) -> set[str]:
    """Of more words in a row than may stay, by another way than the code's."""
    words = "".join(one if one.isalnum() or one == "_" else " " for one in text.lower()).split()
    size = MOST_SHARED_WORDS + 1
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def test_every_docstring_of_humaneval_is_kept_apart_from_its_original() -> None:
    functions = [function for function in map(solution_of, PROBLEMS) if function is not None]
    pairs = [(function.docstring, in_other_words(function.docstring)) for function in functions]
    assert sum(new != "" for _, new in pairs) > 140
    assert not [old for old, new in pairs if runs(old) & runs(new)]


def test_no_docstring_of_a_whole_module_stays() -> None:
    for problem in PROBLEMS:
        text = problem.prompt + problem.canonical_solution
        told = reworded(text, problem.entry_point)
        if told is not None:
            old, new = (" . ".join(one.docstring for one in functions_in(each)) for each in (text, told))
            assert not runs(old) & runs(new)


def test_examples_go_and_sentences_change_places() -> None:
    docstring = "Given a list of numbers, add them. Return the smallest sum if there is any.\n>>> f([1])\n1\n"
    sentences = [
        "Give back this least sum whenever there is some one.",
        "Supplied some sequence of numerals, add them.",
    ]
    assert " ".join(in_other_words(docstring).split()) == " ".join(sentences)
    assert in_other_words("Add them.") == ""


def test_what_is_marked_as_a_name_stays_and_headed_parts_go() -> None:
    docstring = "Return the largest of `numbers` or `list`.\n\nArgs:\n    numbers: Some numbers.\n"
    assert in_other_words(docstring) == "Give back this greatest of `numbers` or else `list`."


def test_other_words_leave_the_code_and_take_its_comments() -> None:
    told = reworded(TEXT, OWN.entry_point)
    assert told is not None
    [before], [after] = functions_in(TEXT), functions_in(told)
    assert after.tree == before.tree
    assert after.name == before.name
    assert "# Look" in before.code
    assert "# Look" not in after.code
    assert "Give back this pairs" in " ".join(after.docstring.split())


def test_a_docstring_that_says_too_little_or_is_not_there_cannot_be_reworded() -> None:
    assert reworded("def f(x):\n    return x\n", "f") is None
    assert reworded('def f(x):\n    """Do it."""\n    return x\n', "f") is None
    assert reworded("def f(:", "f") is None
    assert reworded(TEXT, "g") is None


def test_a_helper_that_says_too_little_says_nothing_then() -> None:
    told = reworded('def helped(x):\n    """Do it."""\n\n\n' + TEXT, OWN.entry_point)
    assert told is not None
    [helper, _] = functions_in(told)
    assert (helper.name, helper.docstring) == ("helped", "")


def test_a_docstring_that_says_nothing_is_drawn() -> None:
    told = {saying_nothing(TEXT, random.Random(seed)) for seed in range(20)}
    assert len(told) > 1
    for text in told:
        assert text is not None
        [function] = functions_in(text)
        assert not {"pair", "sum", "limit"} & set(function.docstring.lower().split())
        assert ast.dump(ast.parse(text).body[0].args) == ast.dump(ast.parse(TEXT).body[0].args)  # type: ignore[attr-defined]
    assert saying_nothing("def f(:", random.Random(0)) is None
