"""Collect some files on a Ray cluster of two nodes on this machine, one of whose workers is killed at its work.

`python -m tests.curation.collect_on_ray PROJECT FOLDER` writes `documents.jsonl` and what belongs beside it into the
folder, and prints what was seen of the cluster as one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.commands.typed import type_in
from tests.ray_cluster import two_nodes

from hornbook.curation import collect


def main(project: Path, folder: Path) -> dict[str, Any]:
    """Collect; returns what is printed."""
    collect.collect.__kwdefaults__["part_characters"] = 300_000
    with two_nodes(folder / "notes") as cluster:
        cluster.kill_one_in(folder / ".documents.jsonl.work")
        on_ray = ("--engine", "ray", "--ray-address", cluster.address)
        type_in("collect", project, "-o", folder / "documents.jsonl", *on_ray)
        return cluster.seen()


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
