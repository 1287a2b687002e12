"""A curation that is killed again and again writes the bytes of an undisturbed one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.curation.test_saved_classifier import fitted


@pytest.mark.slow
def test_a_curation_that_is_killed_again_and_again_writes_the_same_files(tmp_path: Path) -> None:
    fitted().save(tmp_path / "classifier")
    script = Path(__file__).with_name("kill_curation.py")
    command = [script, "--megabytes", 20, "--kills", 4, "--classifier", tmp_path / "classifier"]
    finished = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    *kills, figures = map(json.loads, finished.stdout.splitlines())
    assert len(kills) == 4
    assert {"documents.jsonl", "values.jsonl", "kept.jsonl", "unique.jsonl"} <= figures["files"].keys()
