"""Whole runs are killed again and again, damaged, and end with the bytes of an undisturbed one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TINY = str(TESTS / "tiny_recipe.py")


def kill_and_resume(recipe: str, kills: int, store: Path, *sets: str) -> subprocess.CompletedProcess[str]:
    command = [str(TESTS / "kill_and_resume.py"), recipe, "--kills", str(kills), "--store", str(store), "--damage"]
    command += [word for text in sets for word in ("--set", text)]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_model(tmp_path: Path) -> None:
    quick = [f'evaluate-{model}.benchmarks=["held_out"]' for model in ("base", "tuned")]
    finished = kill_and_resume(TINY, 3, tmp_path, *quick)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["equal"]
    assert figures["kills"] >= 1
    assert figures["damage_unnoticed"] == []


@pytest.mark.slow
def test_the_laptop_recipe_killed_ten_times_ends_with_the_same_model(tmp_path: Path) -> None:
    finished = kill_and_resume("laptop", 10, tmp_path)
    assert finished.returncode == 0, finished.stdout + finished.stderr
