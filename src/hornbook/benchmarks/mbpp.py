"""MBPP by its two usual protocols. They ask other problems in other ways: their scores must not be compared.

`mbpp-sanitized-signature` is what phi-1's authors most likely did: their 55.5 % is 237 of the 427 hand-verified
problems, and the library that the same group released later asks this way. The model gets the reference solution up to
the colon of the function that the tests call, with the imports and definitions before it, then a docstring with the
task and all asserts, and continues below the docstring. We depart from that library in three things: the function is
found by its name and not by the first colon of the text, which in 11 of the solutions belongs to a helper; the
docstring has the indentation of the solution's own body and not always a tab, so that the reference continues it; the
prompt ends with the line, so that the model indents its first line itself, as in HumanEval.

`mbpp` is InCoder's protocol, which most papers report: the 500 test problems (`task_id` 11 to 510), the task and its
first test in a docstring, and nothing of the solution.

Both run all of a problem's `test_list`; `challenge_test_list` belongs to neither. Files may be `mbpp.jsonl`,
`sanitized-mbpp.json`, or the same as Parquet, with line ends of either kind.

Source: Austin et al. 2021, "Program Synthesis with Large Language Models" (problems, CC BY 4.0); Fried et al. 2022,
        "InCoder" (prompt); the stop strings are those of the BigCode evaluation harness.
"""

import ast
import io
import tokenize
from collections.abc import Sequence
from pathlib import Path

from hornbook.benchmarks.benchmark import Protocol
from hornbook.benchmarks.rows import Row, read_rows, whole
from hornbook.errors import MissingInputError
from hornbook.python_code.parse import parse_quietly
from hornbook.records import Problem

STOP_STRINGS = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```")
_CPU_SECONDS = 10.0
"""The reference solution of MBPP/123 tries each divisor of each number up to 9,999: 3.1 s where it was measured."""

FULL_PROTOCOL = Protocol(
    name="mbpp",
    version=1,
    description="task and first test in a docstring (InCoder's prompt), cut at stop strings",
    stop_strings=STOP_STRINGS,
    min_cpu_seconds=_CPU_SECONDS,
)
SANITIZED_PROTOCOL = Protocol(
    name="mbpp-sanitized-signature",
    version=1,
    description="signature given, task and all tests in its docstring (most likely phi-1's), cut at the function's end",
    min_cpu_seconds=_CPU_SECONDS,
)

TEST_TASKS = range(11, 511)
NUM_SANITIZED = 427


def read_mbpp(path: Path) -> list[Problem]:
    """The 500 test problems of `mbpp.jsonl`, asked by `FULL_PROTOCOL`.

    Raises:
        MissingInputError: The file is missing, damaged, another one, or lacks test problems; names the place.
    """
    rows = read_rows(path)
    _refuse_the_other_file(rows[0], wanted="text", other="prompt", needs="mbpp.jsonl", seems="sanitized-mbpp.json")
    problems = [_full_problem(row) for row in rows if row.number("task_id") in TEST_TASKS]
    return whole(problems, path, "MBPP's test set", (len(TEST_TASKS),))


def read_mbpp_sanitized(path: Path) -> list[Problem]:
    """The 427 problems of `sanitized-mbpp.json`, all of its splits, asked by `SANITIZED_PROTOCOL`.

    Raises:
        MissingInputError: The file is missing, damaged, another one, or lacks problems; names the place.
    """
    rows = read_rows(path)
    _refuse_the_other_file(rows[0], wanted="prompt", other="text", needs="sanitized-mbpp.json", seems="mbpp.jsonl")
    return whole([_sanitized_problem(row) for row in rows], path, "sanitized MBPP, all splits,", (NUM_SANITIZED,))


def incoder_prompt(task: str, first_test: str) -> str:
    """The task's sentence and its first test as a module's docstring."""
    return f'"""\n{task}\n{first_test}\n"""\n'


def mbpp_test(setup: Sequence[str], asserts: Sequence[str], entry_point: str) -> str:
    """Source that defines `check(candidate)` for asserts that call the function by its name.

    `setup` are statements that the asserts need, run at module level after the solution; each assert fails alone.
    """
    body = [line for test in asserts for line in test.split("\n")]
    return "\n".join([*filter(str.strip, setup), define_check(body, entry_point)])


def define_check(body: Sequence[str], entry_point: str) -> str:
    """Source that defines `check(candidate)`; `body` are its lines, not indented.

    One problem's function is called `check` itself. The test then keeps it and puts it back under its name before the
    body runs: it is called by its name, perhaps by itself, and `check(check)` does not hand it over.
    """
    before: list[str] = []
    if entry_point == "check":
        before, body = ["_under_test = check"], ["global check", "check = candidate = _under_test", *body]
    return "\n".join([*before, "", "", "def check(candidate):", *(f"    {line}" for line in body), ""])


def called_function(code: str, tests: Sequence[str], place: str) -> ast.FunctionDef:
    """The function of a solution that its tests call; of several, the one that is called first.

    Raises:
        MissingInputError: There are no tests, they or the solution are not Python, or they call none of its functions.
    """
    if not tests:
        raise MissingInputError(f"{place} has an empty `test_list`")
    try:
        module, *parsed = map(parse_quietly, (code, *tests))
    except (SyntaxError, ValueError) as error:
        raise MissingInputError(f"{place}: its `code` or `test_list` is not Python ({error})") from error
    defined = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for test in parsed:
        for node in ast.walk(test):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in defined:
                return defined[node.func.id]
    raise MissingInputError(f"{place}: its `test_list` calls no function that its `code` defines")


def split_at_signature(code: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, str, str]:
    """Cut a solution after the colon of a function's header; the function is parsed from the same `code`.

    Returns:
        The text up to the colon; the text below the header's line, a body that stands in that line included; the
        indentation of the body.
    """
    lines = code.split("\n")
    row, column = _colon_of_header(lines[function.lineno - 1 :])
    row += function.lineno - 1
    header = "\n".join([*lines[:row], lines[row][: column + 1]])
    below = lines[row + 1 :]
    if function.body[0].lineno - 1 == row:
        indentation = "    "
        below.insert(0, indentation + lines[row][column + 1 :].lstrip())
    else:
        first = lines[function.body[0].lineno - 1]
        indentation = first[: len(first) - len(first.lstrip())]
    body = "\n".join(below)
    return header, body if body.endswith("\n") else body + "\n", indentation


def _refuse_the_other_file(row: Row, *, wanted: str, other: str, needs: str, seems: str) -> None:
    if wanted not in row.fields and other in row.fields:
        raise MissingInputError(f"{row.place} has no `{wanted}`: it seems to be {seems}, wanted is {needs}")


def _full_problem(row: Row) -> Problem:
    code, tests = row.text("code"), row.texts("test_list")
    entry_point = called_function(code, tests, row.place).name
    return Problem(
        task_id=f"MBPP/{row.number('task_id')}",
        prompt=incoder_prompt(row.text("text").strip(), tests[0]),
        entry_point=entry_point,
        canonical_solution=code if code.endswith("\n") else code + "\n",
        test=mbpp_test([row.text("test_setup_code")], tests, entry_point),
        category="",
    )


def _sanitized_problem(row: Row) -> Problem:
    code, tests = row.text("code"), row.texts("test_list")
    function = called_function(code, tests, row.place)
    header, body, indentation = split_at_signature(code, function)
    docstring = "\n".join([f'"""{row.text("prompt").strip()}', *tests, '"""'])
    indented = "".join(f"{indentation}{line}\n" if line.strip() else "\n" for line in docstring.split("\n"))
    return Problem(
        task_id=f"MBPP/{row.number('task_id')}",
        prompt=f"{header}\n{indented}",
        entry_point=function.name,
        canonical_solution=body,
        test=mbpp_test(row.texts("test_imports"), tests, function.name),
        category="",
    )


def _colon_of_header(lines: Sequence[str]) -> tuple[int, int]:
    """Index of the line and the column of the first colon outside all brackets."""
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline):
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                return token.start[0] - 1, token.start[1]
    raise AssertionError("a parsed function has a colon")
