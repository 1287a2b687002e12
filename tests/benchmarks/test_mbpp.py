import ast
import json
from pathlib import Path

import pytest
from tests.benchmarks.invented import (
    Fields,
    full_row,
    full_rows,
    outcomes,
    sanitized_row,
    sanitized_rows,
    write_array,
    write_lines,
)

from hornbook.benchmarks.mbpp import (
    FULL_PROTOCOL,
    SANITIZED_PROTOCOL,
    STOP_STRINGS,
    called_function,
    read_mbpp,
    read_mbpp_sanitized,
    split_at_signature,
)
from hornbook.errors import MissingInputError
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

PASSED, WRONG, RAISED = Outcome.PASSED, Outcome.WRONG, Outcome.RAISED


def full_problem(folder: Path, row: Fields) -> Problem:
    problems = read_mbpp(write_lines(folder / "mbpp.jsonl", full_rows(row)))
    return {problem.task_id: problem for problem in problems}[f"MBPP/{row['task_id']}"]


def sanitized_problem(folder: Path, row: Fields) -> Problem:
    problems = read_mbpp_sanitized(write_array(folder / "sanitized-mbpp.json", sanitized_rows(row)))
    return {problem.task_id: problem for problem in problems}[f"MBPP/{row['task_id']}"]


def test_the_prompts_are_incoders_for_500_problems_and_the_signature_with_all_tests_for_the_sanitized_ones(
    tmp_path: Path,
) -> None:
    problems = read_mbpp(write_lines(tmp_path / "mbpp.jsonl", full_rows()))
    assert [problem.task_id for problem in problems] == [f"MBPP/{number}" for number in range(11, 511)]
    assert problems[1].prompt == '"""\nWrite a function to add 12 to a number.\nassert add_12(0) == 12\n"""\n'
    assert problems[1].entry_point == "add_12"
    assert problems[1].canonical_solution == "def add_12(x):\n  y = x + 12\n  return y\n"
    assert (FULL_PROTOCOL.stop_strings, SANITIZED_PROTOCOL.stop_strings) == (STOP_STRINGS, ())
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


def test_the_two_protocols_judge_by_every_test_but_the_challenges(tmp_path: Path, jail: Jail) -> None:
    full, sanitized = full_problem(tmp_path, full_row(12)), sanitized_problem(tmp_path, sanitized_row(12))
    right, part = "def add_12(x):\n    return x + 12\n", "def add_12(x):\n    return x + 12 if x < 2 else 0\n"
    assert outcomes(jail, full, full.canonical_solution, right, part, "pass\n") == [PASSED, PASSED, WRONG, RAISED]
    answers = (sanitized.canonical_solution, "  return 12 + x\n", "  return 12\n")
    assert outcomes(jail, sanitized, *answers) == [PASSED, PASSED, WRONG]
    assert "assert False" not in full.test


def test_setup_code_may_use_the_solution_and_imports_serve_the_tests(tmp_path: Path, jail: Jail) -> None:
    row = full_row(
        20,
        code="class Node:\r\n    value = 4\r\ndef value_of(node):\r\n    return node.value",
        test_setup_code="root = Node()",
        test_list=["assert value_of(root) == 4"],
    )
    full = full_problem(tmp_path, row)
    assert outcomes(jail, full, full.canonical_solution) == [PASSED]
    changes = {"test_imports": ["import math"], "test_list": ["assert math.isclose(add_21(0), 21, rel_tol=0.1)"]}
    sanitized = sanitized_problem(tmp_path, sanitized_row(21, **changes))
    assert outcomes(jail, sanitized, sanitized.canonical_solution, "  return 3\n") == [PASSED, WRONG]


def test_a_function_that_is_called_check_itself_is_judged(tmp_path: Path, jail: Jail) -> None:
    code = "def check(n):\n    return 0 if n == 0 else 1 + check(n - 1)"
    changes = {"code": code, "test_list": ["assert check(3) == 3", "assert check(0) == 0"]}
    sanitized = sanitized_problem(tmp_path, sanitized_row(56, **changes))
    answers = (sanitized.canonical_solution, "    return n - 1\n", "    return\n")
    assert outcomes(jail, sanitized, *answers) == [PASSED, WRONG, WRONG]
    full = full_problem(tmp_path, full_row(56, **changes))
    answers = (full.canonical_solution, "def check(n):\n    return n - 1\n", "pass\n")
    assert outcomes(jail, full, *answers) == [PASSED, WRONG, RAISED]


def test_the_other_file_and_one_that_was_cut_are_recognised(tmp_path: Path) -> None:
    lines, array = write_lines(tmp_path / "m.jsonl", full_rows()), write_array(tmp_path / "s.json", sanitized_rows())
    for read, path, words in ((read_mbpp, array, "sanitized-mbpp"), (read_mbpp_sanitized, lines, r"mbpp\.jsonl")):
        with pytest.raises(MissingInputError, match=f"seems to be {words}"):
            read(path)
    lines.write_text("\n".join(lines.read_text().split("\n")[:300]))
    for read, path, number in (
        (read_mbpp, lines, "290"),
        (read_mbpp_sanitized, write_array(array, sanitized_rows()[1:]), "426"),
    ):
        with pytest.raises(MissingInputError, match=number):
            read(path)


def test_a_row_that_is_not_as_it_should_be_is_named(tmp_path: Path) -> None:
    rows = full_rows()
    for changes, words in (
        ({"code": None}, "jsonl:20.*`code`"),
        ({"test_list": []}, "jsonl:20.*`test_list`"),
        ({"test_list": ["assert add_20(1 == 21"]}, "jsonl:20.*not Python"),
        ({"test_list": ["assert other(1) == 21"]}, "jsonl:20.*no function"),
        ({"task_id": "20"}, "jsonl:20.*`task_id`"),
        ({"task_id": 21}, "`MBPP/21`"),
    ):
        rows[19] = json.loads(json.dumps(full_row(20, **changes)))
        with pytest.raises(MissingInputError, match=words):
            read_mbpp(write_lines(tmp_path / "m.jsonl", rows))


def split(code: str, name: str = "f") -> tuple[str, str, str]:
    [function] = [node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return split_at_signature(code, function)


def test_the_function_is_the_one_that_the_tests_call_and_its_header_ends_at_its_own_colon() -> None:
    code = "SIZE = {1: 2}\ndef helper(x):\n    return x\ndef wanted(x):\n    return helper(x)\n"
    for test in ("assert set(wanted([1])) == set([1])", "assert math.isclose(wanted(1), 1)"):
        assert called_function(code, [test], "here").name == "wanted"
    header, body, indentation = split(code, "wanted")
    assert header == code[: code.index("def wanted")] + "def wanted(x):"
    assert (body, indentation) == ("    return helper(x)\n", "    ")
    for indentation in ("  ", "\t"):
        below = f"{indentation}# why\n{indentation}return x\n"
        assert split(f"def f(x): \n{below}") == ("def f(x):", below, indentation)
    long = "def f(\n    x: int = {1: 2}[1],\n    key=(lambda y: y),\n) -> dict[str, int]:  # a: comment\n    return x\n"
    assert split(long)[0].endswith(") -> dict[str, int]:")
    assert split("def f(x): return x + 1") == ("def f(x):", "    return x + 1\n", "    ")
