"""Collect some files on a Ray cluster of two nodes on this machine, and print what came out as one JSON line.

`python -m tests.curation.collect_on_ray ray FOLDER` or `… local FOLDER`, the latter without Ray. Needs
`pip install ray`.
"""

import hashlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.curation.sources.opening import open_one
from tests.curation.sources.real_formats import MIT
from tests.curation.test_collect import add

from hornbook.curation.collect import collect, dropped, kept
from hornbook.curation.hygiene.config import HygieneConfig
from hornbook.engine import open_engine


def main(engine: str, folder: Path) -> dict[str, Any]:
    """Collect; returns what came out."""
    project = folder / "project"
    project.mkdir(parents=True)
    (project / "LICENSE").write_text(MIT)
    for number in range(60):
        (project / f"a_{number}.py").write_text(add(number, "def f(:\n" if number % 7 == 0 else ""))
        (project / f"b_{number}.py").write_bytes(b"# \xe9\n" if number % 5 == 0 else b"# ask me@corporation.com\n" * 3)
    cluster, num_nodes = None, 0
    if engine == "ray":
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
    where = open_engine(engine, cluster.address if cluster else None)
    (folder / "work").mkdir()
    try:
        parts = collect(
            [open_one(project)],
            folder / "work",
            HygieneConfig(),
            report=lambda *_: None,
            engine=where,
            part_characters=1500,
        )
    finally:
        if cluster is not None:
            import ray

            num_nodes = len([node for node in ray.nodes() if node["Alive"]])
            ray.shutdown()
            cluster.shutdown()
    rows = [asdict(one) for some in (kept(parts), dropped(parts), parts.left_out()) for one in some]
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return {"digest": digest, "num_rows": len(rows), "num_parts": parts.num_parts, "num_nodes": num_nodes}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
