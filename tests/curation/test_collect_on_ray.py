from pathlib import Path

import pytest
from tests.commands.typed import type_in
from tests.curation.sources.real_formats import MIT
from tests.curation.test_collect import add
from tests.ray_cluster import run_script


def write_project(root: Path) -> Path:
    root.mkdir()
    (root / "LICENSE").write_text(MIT)
    for number in range(240):
        functions = "\n\n".join(add(1000 * number + place) for place in range(300))
        (root / f"a_{number}.py").write_text(functions + ("def f(:\n" if number % 7 == 0 else ""))
        (root / f"b_{number}.py").write_bytes(b"# \xe9\n" if number % 5 == 0 else b"# ask me@corporation.com\n" * 3)
    return root


@pytest.mark.slow
def test_a_cluster_collects_what_one_machine_does_though_a_worker_is_killed(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    project, local, cluster = (tmp_path / name for name in ("project", "local", "cluster"))
    write_project(project)
    local.mkdir()
    said = type_in("collect", project, "-o", local / "documents.jsonl", "--json").json
    assert min(said["kept"], sum(said["dropped"].values()), sum(said["rejected"].values())) > 30
    seen = run_script("tests.curation.collect_on_ray", project, cluster)
    (killed,) = seen["killed"]
    assert seen == {"num_nodes": 2, "killed": [killed], "tried_again": {killed: 2}}
    for name in ("documents.jsonl", "documents.dropped.jsonl", "documents.rejected.jsonl"):
        assert (cluster / name).read_bytes() == (local / name).read_bytes(), name
