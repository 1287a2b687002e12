"""Problems from a file of anyone's, told by its fields: published formats, our own records, or a problem in words.

Training texts are held against these problems; no model is asked them. So what a problem says and its solution belong
into one function, where every detector looks: a task in words becomes the docstring of the function that solves it.

Reads:  rows with HumanEval's fields (`task_id`, `prompt`, `entry_point`, `canonical_solution`, `test`), EvalPlus' own
        (`base_input` in place of `test`), MBPP's (`text` or `prompt`, `code`, `test_list`), those of our exercises
        (`id`, `prompt`, `solution`, `entry_point`, `test`), or `prompt` or `text` alone.
Writes: problems of which all but the statement may be missing.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hornbook.benchmarks.evalplus import release_problem, with_numpy
from hornbook.benchmarks.mbpp import (
    called_function,
    mbpp_test,
    refuse_other_languages,
    split_at_signature,
)
from hornbook.benchmarks.rows import Row, read_rows, refuse_repeats
from hornbook.errors import MissingInputError
from hornbook.python_code.functions import FunctionNode, definition_of, last_begun
from hornbook.python_code.parse import parse_code
from hornbook.records import Problem

_STATEMENT = ("prompt", "text")
_NAME = ("task_id", "id", "name")
_SOLUTION = ("canonical_solution", "solution", "code", "reference")
_UNDERSTOOD = (
    "Understood are the fields of HumanEval and EvalPlus (task_id, prompt, entry_point, canonical_solution, test), of "
    "MBPP (text or prompt, code, test_list), of exercises (id, prompt, solution), and `prompt` or `text` alone"
)


def read_given_problems(path: Path, name: str) -> list[Problem]:
    """The problems of a file or of a folder with Parquet files, in its order; all of them, whatever their split.

    Args:
        path: As `rows.read_rows` takes it.
        name: Of what the file holds: a problem without a name of its own is `name/17` in row 17, counted from 1.

    Returns:
        At least one; `task_id` unique. `entry_point`, `canonical_solution` and `test` are empty where nothing tells
        them. An entry point that is not named is the last function at top level, or the one that `test_list` calls.

    Raises:
        MissingInputError: The file is missing, damaged, empty or of another format, a row lacks its statement or has
            a field of the wrong type, or two rows have one name; names the place.
    """
    problems = [problem_of(row, name, number) for number, row in enumerate(read_rows(path), start=1)]
    refuse_repeats(problems, str(path))
    return problems


def problem_of(row: Row, name: str, number: int) -> Problem:
    """The problem of one row, which is the `number`-th of `name`.

    Raises:
        MissingInputError: As `read_given_problems`.
    """
    if "base_input" in row.fields:
        return stated_in_the_function(release_problem(row))
    statement, solution = _statement(row), _first_text(row, _SOLUTION)
    tests = row.texts("test_list") if row.fields.get("test_list") is not None else ()
    task_id = _task_id(row, name, number)
    if tests and solution:
        return _mbpp_problem(row, task_id, statement, solution, tests)
    test = _first_text(row, ("test",))
    entry_point = _first_text(row, ("entry_point",)) or _entry_point(statement, solution)
    if "import numpy" in test and "inputs = " in test:
        test = with_numpy(test)
    if test and entry_point and "def check" not in test:
        test = mbpp_test((), (test,), entry_point)
    return stated_in_the_function(
        Problem(
            task_id=task_id,
            prompt=_ended(statement, solution),
            entry_point=entry_point,
            canonical_solution=solution,
            test=test,
            category=_category(row),
        )
    )


def stated_in_the_function(problem: Problem) -> Problem:
    """The same problem with its statement as the docstring of the function that its solution defines.

    A prompt that begins the function itself is left as it is, and so is one without a solution that defines it.
    """
    function = _defined(problem.canonical_solution, problem.entry_point)
    if function is None:
        return problem
    prompt, body = documented(problem.canonical_solution, function, _words_of(problem))
    return replace(problem, prompt=prompt, canonical_solution=body)


def documented(code: str, function: FunctionNode, words: str) -> tuple[str, str]:
    """A module up to the end of a docstring that one of its functions gets, and the rest of it.

    Args:
        code: Valid Python.
        function: As parsed from it.
        words: Python reads them back from the docstring as they are, white space aside.
    """
    header, body, indentation = split_at_signature(code, function)
    escaped = words.strip().replace("\\", "\\\\")
    if '"""' in escaped or escaped.endswith('"'):
        escaped = escaped.replace('"', '\\"')
    lines = f'"""{escaped}"""'.split("\n")
    indented = "".join(f"{indentation}{line}\n" if line.strip() else "\n" for line in lines)
    return f"{header}\n{indented}", body


def _mbpp_problem(row: Row, task_id: str, statement: str, code: str, tests: Sequence[str]) -> Problem:
    refuse_other_languages(code, tests, row.place)
    function = called_function(code, tests, row.place)
    prompt, body = documented(code, function, statement)
    imports = row.texts("test_imports") if row.fields.get("test_imports") is not None else ()
    return Problem(
        task_id=task_id,
        prompt=prompt,
        entry_point=function.name,
        canonical_solution=body,
        test=mbpp_test([*imports, _first_text(row, ("test_setup_code",))], tests, function.name),
        category=_category(row),
    )


def _statement(row: Row) -> str:
    statement = _first_text(row, _STATEMENT)
    if not statement.strip():
        fields = ", ".join(f"`{name}`" for name in row.fields) or "none"
        raise MissingInputError(
            f"{row.place} does not say its problem: it has no string `prompt` or `text`, or an empty one; its fields: "
            f"{fields}. {_UNDERSTOOD}"
        )
    return statement


def _first_text(row: Row, names: Sequence[str]) -> str:
    """The first of the fields that is there; empty where none is.

    Raises:
        MissingInputError: It is there and no string.
    """
    for name in names:
        value = row.fields.get(name)
        if value is not None and not isinstance(value, str):
            kind = type(value).__name__
            raise MissingInputError(f"{row.place} has no string `{name}`, but a value of type {kind}. {_UNDERSTOOD}")
        if value:
            return row.text(name)
    return ""


def _task_id(row: Row, name: str, number: int) -> str:
    """Its own name; a bare number, as MBPP has it, follows the name of the benchmark."""
    value: Any = next((row.fields[field] for field in _NAME if row.fields.get(field) not in (None, "")), number)
    if isinstance(value, str):
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise MissingInputError(f"{row.place} has a name that is neither a string nor an integer: {value!r}")
    return f"MBPP/{value}" if row.fields.get("test_list") is not None else f"{name}/{value}"


def _category(row: Row) -> str:
    for name in ("category", "family", "difficulty"):
        value = row.fields.get(name)
        if isinstance(value, str):
            return value
    return ""


def _ended(statement: str, solution: str) -> str:
    """The statement, its last line ended where no solution goes on in it."""
    goes_on = solution and parse_code(statement + solution) is not None
    return statement if goes_on or statement.endswith("\n") else f"{statement}\n"


def _entry_point(statement: str, solution: str) -> str:
    """The last function at top level that the prompt begins, else the last of the solution; of classes likewise."""
    begun = last_begun(statement, solution)
    if begun is not None:
        return begun.name
    module = parse_code(solution)
    for kinds in (FunctionNode, ast.ClassDef):
        names = [node.name for node in (module.body if module is not None else []) if isinstance(node, kinds)]
        if names:
            return names[-1]
    return ""


def _defined(code: str, name: str) -> FunctionNode | None:
    definition = definition_of(code, name)
    return definition if isinstance(definition, FunctionNode) else None


def _words_of(problem: Problem) -> str:
    """What the prompt says: the docstring of the function or of the module where it is code, else all of it."""
    module = parse_code(problem.prompt)
    if module is None:
        return problem.prompt
    begun = _defined(problem.prompt, problem.entry_point)
    return ast.get_docstring(begun if begun is not None else module) or problem.prompt
