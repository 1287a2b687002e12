import json
from pathlib import Path

import pytest
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

from hornbook.benchmarks.mbpp import (
    FULL_PROTOCOL,
    SANITIZED_PROTOCOL,
    STOP_STRINGS,
    read_mbpp,
    read_mbpp_sanitized,
)
from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail


def full_problem(folder: Path, row: Fields) -> Problem:
    problems = read_mbpp(write_lines(folder / "mbpp.jsonl", full_rows(row)))
    [problem] = [problem for problem in problems if problem.task_id == f"MBPP/{row['task_id']}"]
    return problem


def sanitized_problem(folder: Path, row: Fields) -> Problem:
    problems = read_mbpp_sanitized(write_array(folder / "sanitized-mbpp.json", sanitized_rows(row)))
    [problem] = [problem for problem in problems if problem.task_id == f"MBPP/{row['task_id']}"]
    return problem


def test_mbpp_is_the_500_test_problems_in_order(tmp_path: Path) -> None:
    problems = read_mbpp(write_lines(tmp_path / "mbpp.jsonl", full_rows()))
    assert [problem.task_id for problem in problems] == [f"MBPP/{number}" for number in range(11, 511)]


def test_incoders_prompt_shows_the_task_and_the_first_test_alone(tmp_path: Path) -> None:
    problem = full_problem(tmp_path, full_row(12))
    assert problem.prompt == '"""\nWrite a function to add 12 to a number.\nassert add_12(0) == 12\n"""\n'
    assert problem.entry_point == "add_12"
    assert problem.canonical_solution == "def add_12(x):\n  y = x + 12\n  return y\n"
    assert FULL_PROTOCOL.stop_strings == STOP_STRINGS


def test_the_signature_is_given_and_all_tests_stand_in_its_docstring(tmp_path: Path) -> None:
    problem = sanitized_problem(tmp_path, sanitized_row(12))
    assert problem.prompt == (
        "def add_12(x):\n"
        '  """Write a function to add 12 to a number.\n'
        "  assert add_12(0) == 12\n"
        "  assert add_12(1) == 13\n"
        "  assert add_12(2) == 14\n"
        '  """\n'
    )
    assert problem.canonical_solution == "  y = x + 12\n  return y\n"
    assert SANITIZED_PROTOCOL.stop_strings == ()


def test_the_two_protocols_judge_right_and_wrong_answers(tmp_path: Path, jail: Jail) -> None:
    full, sanitized = full_problem(tmp_path, full_row(12)), sanitized_problem(tmp_path, sanitized_row(12))
    right, wrong, none = "def add_12(x):\n    return x + 12\n", "def add_12(x):\n    return 12\n", "pass\n"
    assert outcomes(jail, full, full.canonical_solution, right, wrong, none) == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.WRONG,
        Outcome.RAISED,
    ]
    assert outcomes(jail, sanitized, sanitized.canonical_solution, "  return 12 + x\n", "  return 12\n") == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.WRONG,
    ]


def test_every_test_counts_and_challenge_tests_do_not(tmp_path: Path, jail: Jail) -> None:
    problem = full_problem(tmp_path, full_row(12))
    assert outcomes(jail, problem, "def add_12(x):\n    return x + 12 if x < 2 else 0\n") == [Outcome.WRONG]
    assert "assert False" not in problem.test


def test_setup_code_may_use_the_solution_and_imports_serve_the_tests(tmp_path: Path, jail: Jail) -> None:
    row = full_row(
        20,
        code="class Node:\r\n    value = 4\r\ndef value_of(node):\r\n    return node.value",
        test_setup_code="root = Node()",
        test_list=["assert value_of(root) == 4"],
    )
    full = full_problem(tmp_path, row)
    assert outcomes(jail, full, full.canonical_solution) == [Outcome.PASSED]
    changes = {"test_imports": ["import math"], "test_list": ["assert math.isclose(add_21(0), 21, rel_tol=0.1)"]}
    sanitized = sanitized_problem(tmp_path, sanitized_row(21, **changes))
    assert outcomes(jail, sanitized, sanitized.canonical_solution, "  return 3\n") == [Outcome.PASSED, Outcome.WRONG]


def test_a_function_that_is_called_check_itself_is_judged(tmp_path: Path, jail: Jail) -> None:
    code = "def check(n):\n    return 0 if n == 0 else 1 + check(n - 1)"
    changes = {"code": code, "test_list": ["assert check(3) == 3", "assert check(0) == 0"]}
    sanitized = sanitized_problem(tmp_path, sanitized_row(56, **changes))
    assert outcomes(jail, sanitized, sanitized.canonical_solution, "    return n - 1\n", "    return\n") == [
        Outcome.PASSED,
        Outcome.WRONG,
        Outcome.WRONG,
    ]
    full = full_problem(tmp_path, full_row(56, **changes))
    assert outcomes(jail, full, full.canonical_solution, "def check(n):\n    return n - 1\n", "pass\n") == [
        Outcome.PASSED,
        Outcome.WRONG,
        Outcome.RAISED,
    ]


def test_parquet_split_as_on_the_hub_gives_the_same_problems(tmp_path: Path) -> None:
    rows = sanitized_rows()
    for name, part in (("prompt", rows[:9]), ("test", rows[9:300]), ("train", rows[300:])):
        (tmp_path / f"{name}-00000-of-00001.parquet").write_bytes(parquet_of(part))
    assert read_mbpp_sanitized(tmp_path) == read_mbpp_sanitized(write_array(tmp_path / "s.json", rows))


def test_the_other_file_is_recognised(tmp_path: Path) -> None:
    lines, array = write_lines(tmp_path / "m.jsonl", full_rows()), write_array(tmp_path / "s.json", sanitized_rows())
    with pytest.raises(MissingInputError, match=r"object 1 of .*s\.json` has no `text`: it seems to be sanitized-mbpp"):
        read_mbpp(array)
    with pytest.raises(MissingInputError, match=r"line 1 of .*m\.jsonl` has no `prompt`: it seems to be mbpp\.jsonl"):
        read_mbpp_sanitized(lines)


def test_a_file_that_was_cut_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "m.jsonl", full_rows())
    text = lines.read_text()
    lines.write_text(text[: len(text) // 2])
    with pytest.raises(MissingInputError, match=r"line \d+ of .*m\.jsonl` is not JSON"):
        read_mbpp(lines)
    lines.write_text("\n".join(text.split("\n")[:300]))
    with pytest.raises(MissingInputError, match=r"500 test problems, `task_id` 11 to 510; .*m\.jsonl` has 290 of them"):
        read_mbpp(lines)
    with pytest.raises(MissingInputError, match=r"427 problems, the benchmark `.*s\.json` 426; all of its splits"):
        read_mbpp_sanitized(write_array(tmp_path / "s.json", sanitized_rows()[1:]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": None}, "line 20 of .* has no string `code`"),
        ({"test_list": []}, "line 20 of .* has an empty `test_list`"),
        ({"test_list": ["assert add_20(1 == 21"]}, "line 20 of .*is not Python"),
        ({"test_list": ["assert other(1) == 21"]}, "line 20 of .*calls no function"),
        ({"task_id": "20"}, "line 20 of .* has no integer `task_id`"),
        ({"task_id": 21}, r"m\.jsonl` repeats `MBPP/21`"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_named(tmp_path: Path, changes: Fields, message: str) -> None:
    rows = full_rows()
    rows[19] = json.loads(json.dumps(full_row(20, **changes)))
    with pytest.raises(MissingInputError, match=message):
        read_mbpp(write_lines(tmp_path / "m.jsonl", rows))
