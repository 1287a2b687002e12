import ast
import json
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.invented import Fields, full_row, outcomes, parquet_of, sanitized_row, write_array, write_lines
from tests.benchmarks.test_evalplus import HUB_TEST

from hornbook.benchmarks.given import read_given_problems
from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

PROMPT = 'def twice(x):\n    """Give twice the number."""\n'
WHOLE = {
    "task_id": "own/1",
    "prompt": PROMPT,
    "entry_point": "twice",
    "canonical_solution": "    return 2 * x\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}
PASSED, WRONG = Outcome.PASSED, Outcome.WRONG


def read(folder: Path, *rows: Fields) -> list[Problem]:
    return read_given_problems(write_lines(folder / "own.jsonl", rows), "own")


def read_one(folder: Path, row: Fields) -> Problem:
    [problem] = read(folder, row)
    return problem


def docstring_of(problem: Problem) -> str | None:
    """The docstring of the function that a problem is about, as Python reads it."""
    module = ast.parse(problem.prompt + problem.canonical_solution)
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    [function] = [node for node in module.body if isinstance(node, kinds) and node.name == problem.entry_point]
    return ast.get_docstring(function)


def test_humanevals_fields_are_taken_as_they_are_from_every_kind_of_file(tmp_path: Path) -> None:
    rows = [{**WHOLE, "difficulty": "easy"}, {**WHOLE, "task_id": "own/2", "difficulty": None}]
    expected = [Problem(category="easy", **WHOLE), Problem(category="", **{**WHOLE, "task_id": "own/2"})]
    (tmp_path / "a.parquet").write_bytes(parquet_of(rows))
    for path in (write_lines(tmp_path / "a.jsonl", rows), write_array(tmp_path / "a.json", rows), tmp_path):
        assert read_given_problems(path, "own") == expected
    exercise = {"id": "exercise-1", "prompt": PROMPT, "solution": "    return 2 * x\n", "test": WHOLE["test"]}
    named = Problem(category="f", **{**WHOLE, "task_id": "exercise-1"})
    assert read_one(tmp_path, {**exercise, "family": "f"}) == named


def test_a_problem_of_mbpp_is_stated_in_the_docstring_of_its_function_with_setup_code_and_imports(
    tmp_path: Path, jail: Jail
) -> None:
    for row in (full_row(12), sanitized_row(12)):
        problem = read_one(tmp_path, row)
        assert (problem.task_id, problem.entry_point) == ("MBPP/12", "add_12")
        assert docstring_of(problem) == "Write a function to add 12 to a number."
        assert outcomes(jail, problem, problem.canonical_solution, "  return 12\n") == [PASSED, WRONG]
    code = "class Node:\n    value = 4\ndef value_of(node):\n    return node.value"
    tests = ["assert value_of(root) == 4"]
    full = read_one(tmp_path, full_row(20, code=code, test_setup_code="root = Node()", test_list=tests))
    assert outcomes(jail, full, full.canonical_solution) == [PASSED]
    imports = {"test_imports": ["import math"], "test_list": ["assert math.isclose(add_21(0), 21)"]}
    sanitized = read_one(tmp_path, sanitized_row(21, **imports))
    assert outcomes(jail, sanitized, sanitized.canonical_solution) == [PASSED]


def test_a_task_in_words_becomes_the_docstring_of_its_solution(tmp_path: Path) -> None:
    code = "import math\n\n\ndef helper(x):\n    return x\n\n\ndef solve(text,\n       size=3): return helper(text)\n"
    for statement, solution, words in (
        ("prompt", "canonical_solution", 'Count the quotes: " and \' and even """'),
        ("text", "solution", 'It ends in a "quote"'),
        ("prompt", "code", "A path such as C:\\new\\table, or \\"),
        ("text", "reference", "In two lines:\n  the second is indented"),
    ):
        problem = read_one(tmp_path, {statement: words, solution: code})
        assert problem.entry_point == "solve"
        assert (docstring_of(problem) or "").split() == words.split()


def test_the_docstrings_words_stand_for_a_prompt_whose_solution_repeats_its_header(tmp_path: Path) -> None:
    problem = read_one(tmp_path, {**WHOLE, "canonical_solution": "async def twice(x):\n    return x + x\n"})
    assert docstring_of(problem) == "Give twice the number."
    assert problem.prompt + problem.canonical_solution == (
        'async def twice(x):\n    """Give twice the number."""\n    return x + x\n'
    )
    within_a_line = read_one(tmp_path, {"prompt": "def f(x): ", "solution": "return x\n"})
    assert within_a_line.prompt + within_a_line.canonical_solution == "def f(x): return x\n"


def test_a_problem_may_be_words_alone_and_a_name_is_taken_where_there_is_one(tmp_path: Path) -> None:
    empty = {"entry_point": "", "canonical_solution": "", "test": "", "category": ""}
    words = "class size: count the pupils"
    assert read_one(tmp_path, {"text": words}) == Problem(task_id="own/1", prompt=f"{words}\n", **empty)
    nothing = dict.fromkeys(["task_id", "prompt", "code", "test_list", "test", "entry_point"])
    assert read_one(tmp_path, {**nothing, "text": "Sort"}) == read_one(tmp_path, {"text": "Sort"})
    for name in ("task_id", "id", "name"):
        problems = read(tmp_path, {"prompt": "One", name: "a/b"}, {"prompt": "Two", name: 7}, {"prompt": "Three"})
        assert [problem.task_id for problem in problems] == ["a/b", "own/7", "own/3"]


def test_an_entry_point_that_is_not_named_is_the_last_function_that_the_prompt_begins_or_the_solution_has(
    tmp_path: Path,
) -> None:
    for prompt, solution, entry_point in (
        ("def first(x):\n    return x\n\n\ndef second(x):\n", "    return first(x)\n", "second"),
        (PROMPT, "    return also(x)\n\n\ndef also(x):\n    return x\n", "twice"),
        (PROMPT, "", "twice"),
        ("Words.", "def one(x):\n    return x\n\n\ndef two(x):\n    return x\n\n\nclass Three:\n    pass\n", "two"),
        ("Words.", "class Stack:\n    def push(self, x):\n        pass\n", "Stack"),
        ("Words.", "def broken(:\n", ""),
    ):
        assert read_one(tmp_path, {"prompt": prompt, "solution": solution}).entry_point == entry_point


def test_asserts_alone_and_tests_of_evalplus_become_a_check(tmp_path: Path, jail: Jail) -> None:
    asserts = read_one(tmp_path, {**WHOLE, "test": "assert twice(2) == 4\nassert twice(0) == 0"})
    hub = f"{HUB_TEST}def check(candidate):\n    inputs = [[2]]\n    assertion(candidate(*inputs[0]), 4, 0)\n"
    inputs = {"base_input": [[1], [2]], "plus_input": [[30]], "atol": 0}
    released = {**WHOLE, **inputs, "task_id": "HumanEval/1"}
    mbpp = {
        **released,
        "task_id": "Mbpp/3",
        "prompt": '"""\nWrite a function to give twice the number.\nassert twice(1) == 2\n"""\n',
        "canonical_solution": "def twice(x):\n    return 2 * x\n",
    }
    of_releases = read(tmp_path, released, mbpp)
    assert docstring_of(of_releases[1]) == "Write a function to give twice the number.\nassert twice(1) == 2"
    for problem in (asserts, read_one(tmp_path, {**WHOLE, "test": hub}), *of_releases):
        assert outcomes(jail, problem, problem.canonical_solution, "    return 5\n") == [PASSED, WRONG]
    with pytest.raises(MissingInputError, match="neither `HumanEval"):
        read(tmp_path, {**mbpp, "task_id": "Other/1"})


def test_a_row_that_is_not_understood_is_named_with_what_would_be(tmp_path: Path) -> None:
    bad: list[tuple[Any, str]] = [
        ({"question": "Sort", "answer": ""}, "line 2 .*`question`, `answer`.*Understood"),
        ({"prompt": "  \n"}, "line 2 .*empty"),
        ({"prompt": ["Sort"]}, "line 2 .*`prompt`.*list"),
        ({"prompt": "Sort", "solution": 3}, "line 2 .*`solution`.*int"),
        ({"prompt": "Sort", "id": True}, "line 2 .*True"),
        ({"prompt": "Sort", "id": "own/1"}, "`own/1`"),
        (full_row(2, test_list=["assert other(1) == 2"]), "line 2 .*no function"),
        (full_row(2, test_list=["assert add_2(1 == 2"]), "line 2 .*not Python"),
        (json.loads('"Sort"'), "line 2 .*object"),
    ]
    for row, words in bad:
        with pytest.raises(MissingInputError, match=words):
            read(tmp_path, WHOLE, row)
