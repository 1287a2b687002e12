"""Find repeated documents on a Ray cluster of two nodes on this machine, one of whose workers dies in mid-writing.

`python -m tests.deduplication.on_ray SOURCE FOLDER` works in the folder, and prints what was found and what was seen of
the cluster as one JSON line.
"""

import dataclasses
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.deduplication.test_out_of_core import found
from tests.ray_cluster import two_nodes

from hornbook.deduplication import out_of_core
from hornbook.deduplication.minhash import NearConfig
from hornbook.parallel import open_engine

PART_CHARACTERS = 20_000
DEADLY = "documents-00002.parquet"
SIGN = out_of_core._sign


def main(source: Path, folder: Path) -> dict[str, Any]:
    """Find all; returns what is printed."""
    out_of_core._sign = sign_or_die
    with two_nodes(folder / "notes") as cluster:
        engine = open_engine("ray", cluster.address)
        result = found(source, folder / "work", engine=engine, part_characters=PART_CHARACTERS)
        return {"found": dataclasses.asdict(result), "seen": cluster.seen()}


def sign_or_die(part: Path, path: Path, config: NearConfig) -> None:
    """Sign a part; who is the first at the third one is killed when half is written."""
    died = part.with_name("died")
    if part.name == DEADLY and not died.exists():
        died.touch()
        path.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    SIGN(part, path, config)


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
