import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def said(engine: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.curation.collect_on_ray", engine, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
def test_a_ray_cluster_of_two_nodes_keeps_and_drops_the_same_documents(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    local, on_ray = (said(engine, tmp_path / engine) for engine in ("local", "ray"))
    assert (local["num_nodes"], on_ray["num_nodes"]) == (0, 2)
    assert local["num_rows"] == on_ray["num_rows"] == 120
    assert local["num_parts"] > 3
    assert on_ray["digest"] == local["digest"]
