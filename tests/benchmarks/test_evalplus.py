from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.invented import Fields, outcomes, parquet_of, write_lines

from hornbook.benchmarks.evalplus import (
    HUMANEVAL_PROTOCOL,
    MBPP_PROTOCOL,
    NUM_HUMANEVAL,
    NUM_MBPP,
    read_humaneval_plus,
    read_mbpp_plus,
)
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import MissingInputError
from hornbook.evaluation.judge import assemble_program
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

PASSED, WRONG, RAISED = Outcome.PASSED, Outcome.WRONG, Outcome.RAISED

HALF = "def half(x):\n"
HUB_TEST = """import numpy as np

def is_floats(x) -> bool:
    if isinstance(x, float):
        return True
    if isinstance(x, np.ndarray):
        return x.dtype == np.float64 or x.dtype == np.float32
    return False

def assertion(out, exp, atol):
    exact_match = out == exp
    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if not exact_match and atol != 0:
        np.testing.assert_allclose(out, exp, atol=atol)
    else:
        assert exact_match
"""


def humaneval_row(number: int, **changes: Any) -> Fields:
    row = {
        "task_id": f"HumanEval/{number}",
        "prompt": f'{HALF}    """Return half of x."""\n',
        "contract": "    assert isinstance(x, int)\n",
        "canonical_solution": "    return x / 2\n",
        "entry_point": "half",
        "base_input": [[1], [2]],
        "plus_input": [[3], [-1]],
        "atol": 0,
    }
    return {**row, **changes}


def mbpp_row(number: int, **changes: Any) -> Fields:
    row = {
        "task_id": f"Mbpp/{number}",
        "prompt": '"""\nWrite a function that halves a number.\nassert half(2) == 1\n"""\n',
        "contract": "",
        "canonical_solution": "\ndef half(x):\n    return x / 2\n",
        "entry_point": "half",
        "base_input": [[2]],
        "plus_input": [[3]],
        "atol": 0,
        "assertion": "\nassert half(2) == 1\n",
    }
    return {**row, **changes}


def humaneval_problem(folder: Path, **changes: Any) -> Problem:
    rows = [humaneval_row(0, **changes), *(humaneval_row(number) for number in range(1, NUM_HUMANEVAL))]
    return read_humaneval_plus(write_lines(folder / "h.jsonl", rows))[0]


def mbpp_problem(folder: Path, number: int, **changes: Any) -> Problem:
    rows = [mbpp_row(number, **changes), *(mbpp_row(10_000 + other) for other in range(1, NUM_MBPP[0]))]
    return read_mbpp_plus(write_lines(folder / "m.jsonl", rows))[0]


def test_an_answer_is_compared_with_the_reference_on_all_inputs(tmp_path: Path, jail: Jail) -> None:
    problem = humaneval_problem(tmp_path)
    answers = ["    return x * 0.5\n", "    return abs(x) / 2\n", "    return x / 2 + 1e-9\n", "    return 1 // 0\n"]
    assert outcomes(jail, problem, problem.canonical_solution, *answers) == [PASSED, PASSED, WRONG, PASSED, RAISED]
    [report] = jail.run([assemble_program(problem, "    return abs(x) / 2\n")])
    assert report.detail.endswith("AssertionError: input 1 of `plus_input`: 0.5 is not -0.5")
    assert (HUMANEVAL_PROTOCOL.stop_strings, MBPP_PROTOCOL.stop_strings[:1]) == ((), ("\nclass",))


def test_the_answers_own_names_stay_its_own_and_infinite_and_very_many_inputs_go_through(
    tmp_path: Path, jail: Jail
) -> None:
    answer = "    return agrees(x)\n\ndef agrees(x):\n    return rules + x / 2\n\nrules = 0\njson = None\n"
    assert outcomes(jail, humaneval_problem(tmp_path), answer) == [PASSED]
    many = [[list(range(number, number + 50))] for number in range(1000)]
    inputs = {"base_input": [[[1, 2]]], "plus_input": [*many, [[float("inf")]], [[float("-inf"), 1]]]}
    problem = humaneval_problem(tmp_path, canonical_solution="    return sum(x)\n", **inputs)
    assert outcomes(jail, problem, "    return sum(x)\n", "    return sum(x[:49])\n") == [PASSED, WRONG]


def test_a_problem_of_mbpp_gets_tuples_and_its_own_rule_and_may_be_called_check(tmp_path: Path, jail: Jail) -> None:
    code = "\ndef check(n):\n    return 0 if n == 0 else 1 + check(n - 1)\n"
    inputs = {"base_input": [[3]], "plus_input": [[0], [9]]}
    problem = mbpp_problem(tmp_path, 56, entry_point="check", canonical_solution=code, **inputs)
    assert outcomes(jail, problem, code, "def check(n):\n    return 3\n") == [PASSED, WRONG]
    code = "\ndef similar_elements(a, b):\n    return tuple(set(a) & set(b)) + a[:0]\n"
    inputs = {"base_input": [[[1, 2, 3], [3, 2]]], "plus_input": {}}
    problem = mbpp_problem(tmp_path, 2, entry_point="similar_elements", canonical_solution=code, **inputs)
    turned = "def similar_elements(a, b):\n    return [3, 2] if isinstance(a, tuple) else []\n"
    part = "def similar_elements(a, b):\n    return (2,)\n"
    assert outcomes(jail, problem, code, turned, part) == [PASSED, PASSED, WRONG]


def test_the_hubs_humaneval_tests_run_as_they_are_without_numpy(tmp_path: Path, jail: Jail) -> None:
    test = (
        f"{HUB_TEST}\ndef check(candidate):\n    inputs = [[1], [2]]\n    results = [0.5, 1.0]\n"
        "    for i, (inp, exp) in enumerate(zip(inputs, results)):\n        assertion(candidate(*inp), exp, 0)\n"
    )
    fields = ("task_id", "prompt", "canonical_solution", "entry_point")
    rows = [{name: humaneval_row(number)[name] for name in fields} | {"test": test} for number in range(NUM_HUMANEVAL)]
    (tmp_path / "test-00000-of-00001.parquet").write_bytes(parquet_of(rows))
    problem = read_humaneval_plus(tmp_path)[0]
    answers = (problem.canonical_solution, "    return x / 2 + 1e-9\n", "    return 0.5\n", "    import scipy\n")
    assert outcomes(jail, problem, *answers) == [PASSED, PASSED, WRONG, RAISED]


@pytest.mark.parametrize("name", ["half", "check"])
def test_the_hubs_mbpp_tests_run_as_they_are_without_numpy(tmp_path: Path, jail: Jail, name: str) -> None:
    test = (
        f"{HUB_TEST}\ninputs = [[1], [2]]\nresults = [0.5, 1.0]\n"
        f"for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion({name}(*inp), exp, 0)\n"
    )
    rows = [
        {
            "task_id": number,
            "code": f"def {name}(x):\n    return x / 2\n",
            "prompt": "Write a function that halves a number.",
            "source_file": "invented",
            "test_imports": [],
            "test_list": [f"assert {name}(2) == 1"],
            "test": test,
        }
        for number in range(NUM_MBPP[0])
    ]
    (tmp_path / "test-00000-of-00001.parquet").write_bytes(parquet_of(rows))
    problem = read_mbpp_plus(tmp_path)[3]
    assert problem.task_id == "Mbpp/3"
    assert problem.prompt == f'"""\nWrite a function that halves a number.\nassert {name}(2) == 1\n"""\n'
    wrong, nearly = f"def {name}(x):\n    return 0.5\n", f"def {name}(x):\n    return x / 2 + 1e-9\n"
    answers = (problem.canonical_solution, nearly, wrong, "pass\n")
    assert outcomes(jail, problem, *answers) == [PASSED, PASSED, WRONG, RAISED]


def test_a_row_or_file_that_is_not_as_it_should_be_is_named(tmp_path: Path) -> None:
    for changes, words in (
        ({"base_input": "[[1]]"}, "jsonl:1 .*`base_input`"),
        ({"plus_input": [1]}, "jsonl:1 .*`plus_input`"),
        ({"atol": None}, "jsonl:1 .*`atol`"),
        ({"entry_point": None}, "jsonl:1 .*`entry_point`"),
        ({"task_id": "HumanEval/1"}, "`HumanEval/1`"),
    ):
        with pytest.raises(MissingInputError, match=words):
            humaneval_problem(tmp_path, **changes)
    [problem, *_] = read_humaneval()
    plain = {
        name: getattr(problem, name) for name in ("task_id", "prompt", "entry_point", "canonical_solution", "test")
    }
    for read, row, words in (
        (read_humaneval_plus, humaneval_row(0), "164 problems"),
        (read_mbpp_plus, mbpp_row(2), "378 or 399 problems"),
        (read_humaneval_plus, plain, "jsonl:1 .*HumanEval itself"),
    ):
        with pytest.raises(MissingInputError, match=words):
            read(write_lines(tmp_path / "h.jsonl", [row]))
