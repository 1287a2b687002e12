"""Deduplicate on a Ray cluster of two nodes on this machine, one of whose workers dies in mid-writing.

`python -m tests.deduplication.on_ray SOURCE FOLDER` works in the folder, and prints the hashes of the artifact's files
and what was seen of the cluster as one JSON line.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.deduplication.built import deduplicated
from tests.ray_cluster import two_nodes

from hornbook.deduplication import stage
from hornbook.parallel import open_engine
from hornbook.pipeline.stage import Context
from hornbook.sources import rows

SIGN = stage.sign_rows
DEADLY = "00002.parquet"


def main(source: Path, folder: Path) -> dict[str, Any]:
    """Deduplicate; returns what is printed."""
    stage.sign_rows = sign_or_die
    rows.PIECE_BYTES = 20_000
    with two_nodes(folder / "notes") as cluster:
        context = Context(engine=open_engine("ray", cluster.address))
        artifact = deduplicated(source, folder / "store", context=context)
        return {"files": artifact.manifest.files, "seen": cluster.seen()}


def sign_or_die(chosen: stage.Chosen, folder: Path, *, threshold: float) -> None:
    """Sign a part; who is the first at the third one is killed when half is written."""
    died = chosen[0].parents[2] / "died"
    if chosen[0].name == DEADLY and not died.exists():
        died.touch()
        (folder / "keys.npy").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    SIGN(chosen, folder, threshold=threshold)


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
