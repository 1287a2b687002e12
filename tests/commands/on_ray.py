"""Collect, value and select rows on a Ray cluster of two nodes on this machine, one of whose workers is killed.

`python -m tests.commands.on_ray ROWS CLASSIFIER FOLDER` writes `documents.jsonl`, `values.jsonl` and `kept.jsonl` into
the folder, and prints what was seen of the cluster as one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.commands.typed import type_in
from tests.ray_cluster import two_nodes

from hornbook.curation import value_files


def main(rows: Path, classifier: Path, folder: Path) -> dict[str, Any]:
    """Do all; returns what is printed."""
    values = folder / "values.jsonl"
    value_files.value_documents.__kwdefaults__["part_characters"] = 50_000
    with two_nodes(folder / "notes") as cluster:
        on_ray = ("--engine", "ray", "--ray-address", cluster.address)
        cluster.kill_one_in(folder / ".values.jsonl.work")
        type_in("predict-value", rows, "-o", values, "--classifier", classifier, *on_ray)
        type_in("collect", rows, "-o", folder / "documents.jsonl", "--any-license", "--id-field", "id", *on_ray)
        type_in("select", rows, "--values", values, "-o", folder / "kept.jsonl", "--keep-share", 0.3, *on_ray)
        return cluster.seen()


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
