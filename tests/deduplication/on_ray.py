"""Deduplicate some texts on a Ray cluster of two nodes on this machine, and print what came out as one JSON line.

`python -m tests.deduplication.on_ray ray FOLDER` or `… local FOLDER`, the latter without Ray. Needs `pip install ray`.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from tests.deduplication.test_out_of_core import CONFIG, edited_texts, write

from hornbook.deduplication.out_of_core import find_repeated
from hornbook.engine import open_engine
from hornbook.reading.documents import Fields
from hornbook.reading.files import find_files


def main(engine: str, folder: Path) -> dict[str, Any]:
    """Deduplicate; returns what came out."""
    folder.mkdir(parents=True)
    cluster, num_nodes = None, 0
    if engine == "ray":
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
    open_engine(engine, cluster.address if cluster else None)
    work = folder / "work"
    work.mkdir()
    source = write(folder / "source", edited_texts(60, seed=7))
    files = find_files([source], pattern="*")
    try:
        result = find_repeated(
            files, work, Fields(), CONFIG, report=lambda note, done, total: None, part_characters=40_000
        )
    finally:
        if cluster is not None:
            import ray

            num_nodes = len([node for node in ray.nodes() if node["Alive"]])
            ray.shutdown()
            cluster.shutdown()
    rows = [[one.row, one.first, one.kept, one.jaccard, one.is_exact] for one in result.duplicates]
    said = {"digest": hashlib.sha256(json.dumps(rows).encode()).hexdigest(), "num_duplicates": len(rows)}
    return {**said, "num_nodes": num_nodes}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
