import ast
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.fake_hub import FakeHub
from tests.benchmarks.invented import (
    Fields,
    full_row,
    full_rows,
    outcomes,
    parquet_of,
    sanitized_row,
    sanitized_rows,
    write_array,
    write_lines,
)
from tests.benchmarks.test_evalplus import HUB_TEST

from hornbook.benchmarks.against import read_against, read_file
from hornbook.benchmarks.find import Hub
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, MissingInputError
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


def test_what_is_installed_is_read_by_its_name_in_the_order_of_the_names() -> None:
    unconventional, humaneval = read_against(["unconventional-50", "humaneval"])
    assert (humaneval.name, humaneval.title) == ("humaneval", "HumanEval")
    assert list(humaneval.problems) == read_humaneval()
    assert (unconventional.name, len(unconventional.problems)) == ("unconventional-50", 50)


def test_all_problems_of_mbpp_count_and_not_only_those_that_models_are_asked(hub: FakeHub, tmp_path: Path) -> None:
    rows = full_rows()
    path = write_lines(tmp_path / "m.jsonl", rows)
    hub.datasets["google-research-datasets/mbpp"] = {
        "full/test-00000-of-00001.parquet": parquet_of(rows[10:510]),
        "full/train-00000-of-00001.parquet": parquet_of(rows[:10] + rows[510:]),
    }
    [mbpp] = read_against(["mbpp"], Hub(endpoint=hub.endpoint, cache_folder=tmp_path / "cache"))
    assert (mbpp.name, mbpp.title) == ("mbpp", "MBPP")
    assert {problem.task_id for problem in mbpp.problems} == {f"MBPP/{number}" for number in range(1, 975)}
    # Either file, known by its fields.
    [sanitized] = read_against([f"mbpp={write_array(tmp_path / 's.json', sanitized_rows())}"])
    assert (sanitized.name, len(sanitized.problems)) == ("mbpp", 427)
    write_lines(path, rows[:30])
    with pytest.raises(MissingInputError, match=r"974 problems, .* 30; .*`some-mbpp=.*m"):
        read_against([f"mbpp={path}"])
    [some] = read_against([f"some-mbpp={path}"])
    assert (some.name, len(some.problems)) == ("some-mbpp", 30)
    with pytest.raises(MissingInputError, match=r"Wanted is mbpp\.jsonl"):
        read_against([f"mbpp={write_lines(path, [{'text': 'Sort'}])}"])


def test_a_file_is_named_after_itself_or_as_it_is_told(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "my.problems.jsonl", [{"prompt": "Sort"}, full_row(7)])
    other = write_array(tmp_path / "a=b.json", [{"text": "Sort"}])
    (tmp_path / "split").mkdir()
    (tmp_path / "split" / "one.parquet").write_bytes(parquet_of([{"text": "Sort"}]))
    found = read_against([path, f"mine={path}", str(other), tmp_path / "split"])
    assert [one.name for one in found] == [one.title for one in found] == ["my.problems", "mine", "a=b", "split"]
    assert [problem.task_id for problem in found[1].problems] == ["mine/1", "MBPP/7"]
    with pytest.raises(ConfigError, match="second to be called `mine`"):
        read_against([f"mine={path}", f"mine={path}"])


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ("humanevl", ConfigError, "`humaneval`.*NAME=PATH"),
        ("problems.txt", ConfigError, r"\.jsonl"),
        ("mbpp=", ConfigError, "file"),
        ("nowhere/none.jsonl", MissingInputError, "No such file"),
        ("mbpp=nowhere/none.jsonl", MissingInputError, "No such file"),
        ("mine=nowhere/none.jsonl", MissingInputError, "No such file"),
    ],
)
def test_a_name_that_is_none_is_answered_with_what_there_is(spec: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_against([spec])


def read(folder: Path, *rows: Fields) -> list[Problem]:
    return list(read_file(write_lines(folder / "own.jsonl", rows), "own").problems)


def read_one(folder: Path, row: Fields) -> Problem:
    [problem] = read(folder, row)
    return problem


def docstring_of(problem: Problem) -> str | None:
    """The docstring of the function that a problem is about, as Python reads it."""
    module = ast.parse(problem.prompt + problem.canonical_solution)
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    [function] = [node for node in module.body if isinstance(node, kinds) and node.name == problem.entry_point]
    return ast.get_docstring(function)


def test_humanevals_fields_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = [{**WHOLE, "difficulty": "easy"}, {**WHOLE, "task_id": "own/2", "difficulty": None}]
    expected = [Problem(category="easy", **WHOLE), Problem(category="", **{**WHOLE, "task_id": "own/2"})]
    assert read(tmp_path, *rows) == expected
    exercise = {"id": "exercise-1", "prompt": PROMPT, "solution": "    return 2 * x\n", "test": WHOLE["test"]}
    named = Problem(category="f", **{**WHOLE, "task_id": "exercise-1"})
    assert read_one(tmp_path, {**exercise, "family": "f"}) == named


@pytest.mark.parametrize("row", [full_row(12), sanitized_row(12)], ids=["full", "sanitized"])
def test_a_problem_of_mbpp_is_stated_in_the_docstring_of_its_function_with_setup_code_and_imports(
    row: Fields, tmp_path: Path, jail: Jail
) -> None:
    problem = read_one(tmp_path, row)
    assert (problem.task_id, problem.entry_point) == ("MBPP/12", "add_12")
    assert docstring_of(problem) == "Write a function to add 12 to a number."
    assert outcomes(jail, problem, problem.canonical_solution, "  return 12\n") == [PASSED, WRONG]
    code = "class Node:\n    value = 4\ndef value_of(node):\n    return node.value"
    changes = {"code": code, "test_setup_code": "root = Node()", "test_imports": ["import math"]}
    problem = read_one(tmp_path, {**row, **changes, "test_list": ["assert math.isclose(value_of(root), 4)"]})
    assert outcomes(jail, problem, problem.canonical_solution) == [PASSED]


@pytest.mark.parametrize(
    ("statement", "solution", "words"),
    [
        ("prompt", "canonical_solution", 'Count the quotes: " and \' and even """'),
        ("text", "solution", 'It ends in a "quote"'),
        ("prompt", "code", "A path such as C:\\new\\table, or \\"),
        ("text", "reference", "In two lines:\n  the second is indented"),
    ],
)
def test_a_task_in_words_becomes_the_docstring_of_its_solution(
    statement: str, solution: str, words: str, tmp_path: Path
) -> None:
    code = "import math\n\n\ndef helper(x):\n    return x\n\n\ndef solve(text,\n       size=3): return helper(text)\n"
    problem = read_one(tmp_path, {statement: words, solution: code})
    assert problem.entry_point == "solve"
    assert (docstring_of(problem) or "").split() == words.split()


def test_the_docstrings_words_stand_for_a_prompt_whose_solution_repeats_its_header(tmp_path: Path) -> None:
    problem = read_one(tmp_path, {**WHOLE, "canonical_solution": "async def twice(x):\n    return x + x\n"})
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


@pytest.mark.parametrize(
    ("prompt", "solution", "entry_point"),
    [
        ("def first(x):\n    return x\n\n\ndef second(x):\n", "    return first(x)\n", "second"),
        (PROMPT, "    return also(x)\n\n\ndef also(x):\n    return x\n", "twice"),
        (PROMPT, "", "twice"),
        ("Words.", "def one(x):\n    return x\n\n\ndef two(x):\n    return x\n\n\nclass Three:\n    pass\n", "two"),
        ("Words.", "class Stack:\n    def push(self, x):\n        pass\n", "Stack"),
        ("Words.", "def broken(:\n", ""),
    ],
)
def test_an_entry_point_that_is_not_named_is_the_last_function_that_the_prompt_begins_or_the_solution_has(
    prompt: str, solution: str, entry_point: str, tmp_path: Path
) -> None:
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


BAD: list[tuple[Any, str]] = [
    ({"question": "Sort", "answer": ""}, "jsonl:2 .*`question`, `answer`.*Understood"),
    ({"prompt": "  \n"}, "jsonl:2 .*empty"),
    ({"prompt": ["Sort"]}, "jsonl:2 .*`prompt`.*list"),
    ({"prompt": "Sort", "solution": 3}, "jsonl:2 .*`solution`.*int"),
    ({"prompt": "Sort", "id": True}, "jsonl:2 .*True"),
    ({"prompt": "Sort", "id": "own/1"}, "`own/1`"),
    (full_row(2, test_list=["assert other(1) == 2"]), "jsonl:2.*no function"),
    (full_row(2, test_list=["assert add_2(1 == 2"]), "jsonl:2.*not Python"),
    ("Sort", "jsonl:2 .*object"),
]


@pytest.mark.parametrize(("row", "words"), BAD)
def test_a_row_that_is_not_understood_is_named_with_what_would_be(row: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=words):
        read(tmp_path, WHOLE, row)
