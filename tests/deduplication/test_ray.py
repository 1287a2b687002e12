from pathlib import Path

import pytest
from tests.deduplication.built import deduplicated, duplicates_of, edited_texts, write
from tests.ray_cluster import run_script

from hornbook.sources import rows


@pytest.mark.slow
def test_a_cluster_makes_what_one_machine_does_though_a_worker_dies_in_mid_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    source = write(tmp_path / "texts.jsonl", edited_texts(60, seed=7))
    monkeypatch.setattr(rows, "PIECE_BYTES", 20_000)
    local = deduplicated(source, tmp_path / "local")
    assert len(duplicates_of(local)) > 100
    said = run_script("tests.deduplication.on_ray", source, tmp_path / "cluster")
    assert said["files"] == local.manifest.files
    assert said["seen"] == {"num_nodes": 2, "killed": [], "tried_again": {"00002": 2}}
