"""Value and select rows on a Ray cluster of two nodes on this machine, one of whose workers is killed at its work.

`python -m tests.commands.on_ray ROWS CLASSIFIER FOLDER` writes `values.jsonl` and `kept.jsonl` into the folder, and
prints how many nodes there were and what was killed as one JSON line. Needs `pip install ray`.
"""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.commands.typed import type_in

from hornbook.curation import value_files


def main(rows: Path, classifier: Path, folder: Path) -> dict[str, Any]:
    """Do all; returns what is printed."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    on_ray = ("--engine", "ray", "--ray-address", cluster.address)
    values, killed = folder / "values.jsonl", list[str]()
    value_files.value_documents.__kwdefaults__["part_characters"] = 50_000
    watcher = threading.Thread(target=kill_one, args=(folder / ".values.jsonl.work", killed), daemon=True)
    watcher.start()
    try:
        type_in("predict-value", rows, "-o", values, "--classifier", classifier, *on_ray)
        type_in("select", rows, "--values", values, "-o", folder / "kept.jsonl", "--keep-share", 0.3, *on_ray)
        num_nodes = len([node for node in ray.nodes() if node["Alive"]])
    finally:
        ray.shutdown()
        cluster.shutdown()
    return {"num_nodes": num_nodes, "killed": killed}


def kill_one(work: Path, killed: list[str]) -> None:
    """Wait for two values to be there, then kill the first worker that is seen at a task."""
    while len(list(work.glob("values-*.npy"))) < 2:
        time.sleep(0.01)
    while not killed:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                name = (process / "cmdline").read_text().rstrip("\0 ")
                is_ours = name == "ray::_call" and os.getpid() in ancestors(process)
            except OSError:
                continue
            if is_ours:
                os.kill(int(process.name), signal.SIGKILL)
                killed.append(name)
                break


def ancestors(process: Path) -> list[int]:
    """Of a folder in `/proc`."""
    found = []
    number = int(process.name)
    while number > 1:
        number = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
        found.append(number)
    return found


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
