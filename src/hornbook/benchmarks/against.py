"""Read the problems that training texts are compared with: benchmarks by name, and files of anyone's.

This is not what `find.py` gives: a model is scored on 500 problems of MBPP, and a text must give away none of its 974.
No model is asked these problems, so the statement of each and its solution are put into one function, where every
detector looks: a task in words becomes the docstring of the function that solves it.

A file has rows with HumanEval's fields (`task_id`, `prompt`, `entry_point`, `canonical_solution`, `test`), EvalPlus'
own (`base_input` in place of `test`), MBPP's (`text` or `prompt`, `code`, `test_list`), those of our exercises (`id`,
`prompt`, `solution`, `entry_point`, `test`), or `prompt` or `text` alone.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hornbook.benchmarks.evalplus import release_problem, with_numpy
from hornbook.benchmarks.find import Hub, fetch_published, find_benchmark, list_benchmarks, unknown_name
from hornbook.benchmarks.mbpp import NUM_SANITIZED, called_function, mbpp_test, split_at_signature
from hornbook.benchmarks.rows import Row, read_rows, whole
from hornbook.errors import ConfigError, MissingInputError
from hornbook.python_code.functions import FunctionNode, definition_of, last_begun
from hornbook.python_code.parse import parse_code
from hornbook.records import Problem

FILE_ENDINGS = (".jsonl.gz", ".json.gz", ".jsonl", ".json", ".parquet")
NUM_MBPP = 974
"""Source: Austin et al. 2021, section 2.1."""

_MBPP_TITLES = {"mbpp": "MBPP", "mbpp-sanitized-signature": "MBPP sanitized"}
_OWN_NAME = re.compile(r"[\w.-]+")
_UNDERSTOOD = (
    "Understood are the fields of HumanEval and EvalPlus (task_id, prompt, entry_point, canonical_solution, test), of "
    "MBPP (text or prompt, code, test_list), of exercises (id, prompt, solution), and `prompt` or `text` alone"
)


@dataclass(frozen=True, kw_only=True)
class NamedProblems:
    """The problems of one benchmark."""

    name: str
    """`humaneval`, `mbpp`; of a file its name without the ending, or the one that was typed before it."""
    title: str
    """As shown: `HumanEval`."""
    problems: tuple[Problem, ...]
    """At least one, their `task_id` unique. A problem in words may have nothing but its prompt."""


def read_against(names: Sequence[str | Path], hub: Hub | None = None) -> list[NamedProblems]:
    """The problems of each name, in the order of the names.

    Args:
        names: Each a name of `find.list_benchmarks`; `NAME=PATH`, for one of these from a file, or for a file under a
            name of one's own; or the path of a file with one of `FILE_ENDINGS`, or of a folder of Parquet files.
        hub: Where datasets come from that are not installed; as `huggingface_hub` is set up, if None.

    Raises:
        ConfigError: A name is unknown, or two have the same name.
        MissingInputError: A file or a dataset is missing or damaged, or lacks what is needed; names the place.
    """
    found: dict[str, NamedProblems] = {}
    for spec in names:
        one = _read(str(spec), hub or Hub())
        if one.name in found:
            path = str(spec).rpartition("=")[2]
            raise ConfigError(f"`{spec}` is the second to be called `{one.name}`; give it another name: `NAME={path}`")
        found[one.name] = one
    return list(found.values())


def read_file(path: Path, name: str) -> NamedProblems:
    """The problems of a file or of a folder with Parquet files, in its order; all of them, whatever their split.

    A problem without a name of its own is `name/17` in row 17, counted from 1. `entry_point`, `canonical_solution` and
    `test` of a problem are empty where nothing tells them. An entry point that is not named is the last function at
    top level, or the one that `test_list` calls.

    Raises:
        MissingInputError: The file is missing, damaged, empty or of another format, a row lacks its statement or has
            a field of the wrong type, or two rows have one name; names the place.
    """
    problems = [_problem(row, name, number) for number, row in enumerate(read_rows(path), start=1)]
    return NamedProblems(name=name, title=name, problems=tuple(whole(problems, path)))


def _read(spec: str, hub: Hub) -> NamedProblems:
    name, separator, typed = spec.partition("=")
    if name in _MBPP_TITLES and (typed or not separator):
        return _mbpp(name, Path(typed).expanduser() if typed else fetch_published(name, hub))
    if name in list_benchmarks():
        benchmark = find_benchmark(spec, hub)
        problems = tuple(map(_stated_in_the_function, benchmark.problems))
        return NamedProblems(name=name, title=benchmark.title, problems=problems)
    path = Path(spec).expanduser()
    if typed and not path.exists() and _OWN_NAME.fullmatch(name):
        return read_file(Path(typed).expanduser(), name)
    ending = next((one for one in FILE_ENDINGS if spec.endswith(one)), "")
    if ending or (spec and path.is_dir()):
        return read_file(path, path.name.removesuffix(ending))
    raise unknown_name(name, f"Problems of your own are a file that ends in {', '.join(FILE_ENDINGS)}")


def _mbpp(name: str, path: Path) -> NamedProblems:
    """MBPP as a whole, by which of its two files it is; under the name that was typed.

    Raises:
        MissingInputError: It is neither, or not whole.
    """
    row = read_rows(path)[0]
    if not {"code", "test_list"} <= row.fields.keys():
        raise MissingInputError(
            f"{row.place} is none of MBPP: it has no `code` and no `test_list`. Wanted is mbpp.jsonl or "
            "sanitized-mbpp.json of github.com/google-research/google-research, folder mbpp"
        )
    number, file = (NUM_MBPP, "mbpp.jsonl") if "text" in row.fields else (NUM_SANITIZED, "sanitized-mbpp.json")
    read = read_file(path, name)
    if len(read.problems) != number:
        raise MissingInputError(
            f"{file} has {number} problems, `{path}` {len(read.problems)}; to compare texts with these alone, give the "
            f"file a name of its own: `some-mbpp={path}`"
        )
    return replace(read, title=_MBPP_TITLES[name])


def _problem(row: Row, name: str, number: int) -> Problem:
    """The problem of one row, which is the `number`-th of `name`."""
    if "base_input" in row.fields:
        return _stated_in_the_function(release_problem(row))
    statement = _first_text(row, "prompt", "text")
    if not statement.strip():
        fields = ", ".join(f"`{name}`" for name in row.fields) or "none"
        raise MissingInputError(
            f"{row.place} does not say its problem: it has no string `prompt` or `text`, or an empty one; its fields: "
            f"{fields}. {_UNDERSTOOD}"
        )
    solution = _first_text(row, "canonical_solution", "solution", "code", "reference")
    tests = row.texts("test_list") if row.fields.get("test_list") is not None else ()
    test = _first_text(row, "test")
    if tests and solution:
        entry_point = called_function(solution, tests, row.place).name
        imports = row.texts("test_imports") if row.fields.get("test_imports") is not None else ()
        test = mbpp_test([*imports, _first_text(row, "test_setup_code")], tests, entry_point)
    else:
        entry_point = _first_text(row, "entry_point") or _entry_point(statement, solution)
        if "import numpy" in test and "inputs = " in test:
            test = with_numpy(test)
        if test and entry_point and "def check" not in test:
            test = mbpp_test((), (test,), entry_point)
    goes_on = solution and parse_code(statement + solution) is not None
    problem = Problem(
        task_id=_task_id(row, name, number),
        prompt=statement if goes_on or statement.endswith("\n") else f"{statement}\n",
        entry_point=entry_point,
        canonical_solution=solution,
        test=test,
        category=next((v for f in ("category", "family", "difficulty") if isinstance(v := row.fields.get(f), str)), ""),
    )
    return _stated_in_the_function(problem)


def _stated_in_the_function(problem: Problem) -> Problem:
    """The same problem with its statement as the docstring of the function that its solution defines.

    A prompt that begins the function itself is left as it is, and so is one without a solution that defines it.
    """
    code = problem.canonical_solution
    function = _defined(code, problem.entry_point)
    if function is None:
        return problem
    header, body, indentation = split_at_signature(code, function)
    escaped = _words_of(problem).strip().replace("\\", "\\\\")
    if '"""' in escaped or escaped.endswith('"'):
        escaped = escaped.replace('"', '\\"')
    lines = f'"""{escaped}"""'.split("\n")
    docstring = "".join(f"{indentation}{line}\n" if line.strip() else "\n" for line in lines)
    return replace(problem, prompt=f"{header}\n{docstring}", canonical_solution=body)


def _first_text(row: Row, *names: str) -> str:
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
    fields = (row.fields.get(field) for field in ("task_id", "id", "name"))
    value: Any = next((one for one in fields if one not in (None, "")), number)
    if isinstance(value, str):
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise MissingInputError(f"{row.place} has a name that is neither a string nor an integer: {value!r}")
    return f"MBPP/{value}" if row.fields.get("test_list") is not None else f"{name}/{value}"


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
