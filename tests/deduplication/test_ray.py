import dataclasses
from pathlib import Path

import pytest
from tests.deduplication.test_out_of_core import edited_texts, found, write
from tests.ray_cluster import run_script


@pytest.mark.slow
def test_a_cluster_finds_what_one_machine_does_though_a_worker_dies_in_mid_writing(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    source = write(tmp_path / "source", edited_texts(60, seed=7))
    local = found(source, tmp_path / "local")
    assert len({one.is_exact for one in local.duplicates}) == 2
    assert len(local.duplicates) > 100
    said = run_script("tests.deduplication.on_ray", source, tmp_path / "cluster")
    assert said["found"] == dataclasses.asdict(local)
    assert said["seen"] == {"num_nodes": 2, "killed": [], "tried_again": {"keys-00002.npy": 2}}
    (half,) = (tmp_path / "cluster" / "work").glob(".keys-00002.npy.*.partial")
    assert half.read_bytes() == b"half"
