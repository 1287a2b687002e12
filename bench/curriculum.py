"""Count what the curriculum promises, and print one JSON line: nothing here is written down, all is counted.

Usage: python bench/curriculum.py [--exercises 20000]
"""

import argparse
import ast
import inspect
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from hornbook.benchmarks.humaneval import humaneval_functions, read_humaneval, structure_of_humaneval
from hornbook.python_code.structure import functions_of, skeleton_of, structure_of
from hornbook.records import Exercise, as_document
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, write_exercises
from hornbook.synthesis.curriculum.library import Library, read_library
from hornbook.synthesis.curriculum.schema import Schema
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.trials import Program
from hornbook.synthesis.diversity.measure import measure
from hornbook.synthesis.strict import check_strictly

NUM_VERIFIED = 1_000
NUM_PASSAGES = 300
NUM_FOR_SKELETONS = 20_000
_CONSTANT = re.compile(r"-?\d+(\.\d+)?|'[^']{0,5}'|\"[^\"]{0,5}\"")


def main() -> None:
    """Write, verify, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--exercises", type=int, default=NUM_FOR_SKELETONS)
    number = parser.parse_args().exercises
    library = read_library()
    exercises = list(write_exercises(ExercisesConfig(num_exercises=number), 0))
    passages = list(write_passages(TextbooksConfig(num_passages=NUM_PASSAGES), 0))
    sample = random.Random(0).sample(exercises, min(NUM_VERIFIED, len(exercises)))
    with Jail() as jail:
        wrong_exercises = check_strictly(list(map(as_document, sample)), jail)
        wrong_passages = check_strictly(passages, jail)
    functions = [function for exercise in exercises for function in functions_of(exercise)]
    skeletons = set(map(skeleton_of, functions))
    arguments = Counter(argument.arg for function in functions for argument in function.args.args)
    of_humaneval = Counter(argument.arg for function in humaneval_functions() for argument in function.args.args)
    print(
        json.dumps(
            {
                "bench": "curriculum",
                "lines": _num_lines(),
                "families": len({schema.family for schema in library.schemas}),
                "schemas": len(library.schemas),
                "tellings": sum(len(schema.tellings) for schema in library.schemas),
                "words": sum(len(one.constants) for entries in library.lexicon.values() for one in entries),
                "wordings": sum(len(one.wordings) for entries in library.lexicon.values() for one in entries),
                "tasks_of_single_words": sum(_num_tasks(schema, library, joined=False) for schema in library.schemas),
                "tasks": sum(_num_tasks(schema, library, joined=True) for schema in library.schemas),
                "exercises": len(exercises),
                "schemas_in_exercises": len({exercise.operations[0] for exercise in exercises}),
                "compositions_in_exercises": len({exercise.operations for exercise in exercises}),
                "argument_names": len(arguments),
                "argument_names_of_humaneval": len(of_humaneval),
                "of_those_in_exercises": len(of_humaneval.keys() & arguments.keys()),
                "structure": structure_of(functions),
                "structure_of_humaneval": structure_of_humaneval(),
                "humaneval_solutions_without_their_skeleton": sum(
                    skeleton_of(function) not in skeletons for function in humaneval_functions()
                ),
                "humaneval_problems": len(read_humaneval()),
                "near_share": measure(exercises).as_json()["near_share"],
                "alike_but_for_constants": _share_alike(exercises),
                "findings_of_a_linter": _num_findings(sample),
                "exercises_verified": len(sample),
                "exercises_that_hold": len(sample) - len(wrong_exercises),
                "exercises_whose_tests_take_every_branch": sum(map(_takes_every_branch, sample)),
                "passages": len(passages),
                "passages_that_hold": len(passages) - len(wrong_passages),
            }
        )
    )


def _num_lines() -> int:
    folder = Path(inspect.getfile(Library)).parent
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in folder.rglob("*.py"))


def _num_tasks(schema: Schema, library: Library, *, joined: bool) -> int:
    """Ways to fill a schema's holes: with single words, or also with negated words and two joined ones."""
    total = 0
    for item, result in schema.kinds:
        ways = 1
        for hole in schema.holes:
            words = sum(len(one.constants) for one in library.lexicon.get(hole.role(item, result), ()))
            is_predicate = ">" not in hole.role(item, result)
            ways *= len(hole.choices) or (2 * words + 2 * words * (words - 1) if joined and is_predicate else words)
        total += ways
    return total


def _share_alike(exercises: Sequence[Exercise]) -> float:
    """Share of the exercises that repeat an earlier one but for its numbers and short strings."""
    texts = (_CONSTANT.sub("0", exercise.prompt + exercise.solution) for exercise in exercises)
    return round(1 - len(set(texts)) / len(exercises), 4)


def _num_findings(exercises: Iterable[Exercise]) -> int:
    """Unused imports and variables, undefined names and the like, as ruff's rules F say."""
    with tempfile.TemporaryDirectory() as folder:
        for number, exercise in enumerate(exercises):
            (Path(folder) / f"exercise_{number}.py").write_text(exercise.prompt + exercise.solution, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--isolated",
            "--select",
            "F",
            "--output-format",
            "json",
            folder,
        ]
        return len(json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout))


def _takes_every_branch(exercise: Exercise) -> bool:
    """Whether the calls of the exercise's test take both ways of each condition of the solution."""
    code = exercise.prompt + exercise.solution
    program = Program(code, exercise.entry_point)
    taken: set[tuple[int, bool]] = set()
    for call in ast.walk(ast.parse(exercise.test)):
        match call:
            case ast.Call(ast.Name("candidate"), arguments):
                trial = program.run(tuple(map(ast.literal_eval, arguments)))
                taken |= trial.branches if trial else set()
    return taken >= program.branches


if __name__ == "__main__":
    main()
