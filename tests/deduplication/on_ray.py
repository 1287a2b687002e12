"""Deduplicate some texts on a Ray cluster of two nodes on this machine, and print what came out as one JSON line.

`python -m tests.deduplication.on_ray ray FOLDER` or `… local FOLDER`, the latter without Ray; `… killed FOLDER` on Ray,
where one worker kills itself in the midst of a part. Needs `pip install ray`.
"""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.deduplication.test_out_of_core import CONFIG, edited_texts, write

from hornbook.deduplication import out_of_core
from hornbook.deduplication.minhash import NearConfig
from hornbook.deduplication.out_of_core import find_repeated
from hornbook.engine import open_engine
from hornbook.reading.documents import Fields
from hornbook.reading.files import find_files

DIED = "died"
SIGN = out_of_core._sign


def main(engine: str, folder: Path) -> dict[str, Any]:
    """Deduplicate; returns what came out."""
    folder.mkdir(parents=True)
    cluster, num_nodes = None, 0
    if engine != "local":
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
    if engine == "killed":
        out_of_core._sign = sign_or_die
    where = open_engine("ray" if cluster else "local", cluster.address if cluster else None)
    work = folder / "work"
    work.mkdir()
    source = write(folder / "source", edited_texts(60, seed=7))
    files = find_files([source], pattern="*")
    try:
        result = find_repeated(
            files,
            work,
            Fields(),
            CONFIG,
            engine=where,
            report=lambda note, done, total: None,
            part_characters=20_000,
        )
    finally:
        if cluster is not None:
            import ray

            num_nodes = len([node for node in ray.nodes() if node["Alive"]])
            ray.shutdown()
            cluster.shutdown()
    rows = [[one.row, one.first, one.kept, one.jaccard, one.is_exact] for one in result.duplicates]
    said = {"digest": hashlib.sha256(json.dumps(rows).encode()).hexdigest(), "num_duplicates": len(rows)}
    return {**said, "num_nodes": num_nodes, "has_died": (work / DIED).exists()}


def sign_or_die(part: Path, path: Path, config: NearConfig) -> None:
    """Sign a part; whose worker is the first at the third one is killed when half is written."""
    died = part.with_name(DIED)
    if part.name == "documents-00002.parquet" and not died.exists():
        died.touch()
        path.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    SIGN(part, path, config)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
