import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def said(engine: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.deduplication.on_ray", engine, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
def test_a_ray_cluster_of_two_nodes_finds_the_same_duplicates_even_where_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    local, on_ray, killed = (said(engine, tmp_path / engine) for engine in ("local", "ray", "killed"))
    assert on_ray["num_nodes"] == killed["num_nodes"] == 2
    assert local["num_duplicates"] > 100
    assert (killed["has_died"], on_ray["has_died"]) == (True, False)
    assert on_ray["digest"] == killed["digest"] == local["digest"]
