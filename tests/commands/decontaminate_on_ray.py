"""Decontaminate rows on a Ray cluster of two nodes on this machine, one of whose workers is killed at its work.

`python -m tests.commands.decontaminate_on_ray ROWS PROBLEMS FOLDER` writes `kept.jsonl` and its decisions into the
folder, and prints what was seen of the cluster as one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.commands.typed import type_in
from tests.ray_cluster import two_nodes

from hornbook.decontamination.over_parts import read_documents


def main(rows: Path, problems: Path, folder: Path) -> dict[str, Any]:
    """Do all; returns what is printed."""
    output = folder / "kept.jsonl"
    assert read_documents.__kwdefaults__ is not None
    read_documents.__kwdefaults__["part_characters"] = 4_000
    with two_nodes(folder / "notes") as cluster:
        on_ray = ("--engine", "ray", "--ray-address", cluster.address)
        cluster.kill_one_in(folder / ".kept.jsonl.work")
        type_in("decontaminate", rows, "-o", output, "--against", problems, *on_ray)
        return cluster.seen()


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
