"""Type a command for every data stage on a Ray cluster of two nodes here; of each command one worker is killed.

`python -m tests.commands.on_ray INPUTS FOLDER` writes all into the folder, and prints what was seen of the cluster as
one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.commands import chain
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.ray_cluster import two_nodes

from hornbook.decontamination import passes
from hornbook.sources import rows
from hornbook.synthesis import verify, write

OUTPUTS = (
    *("documents.jsonl", "sampled.jsonl", "labels.jsonl", "classifier", "values.jsonl", "selected.jsonl"),
    *("passages.jsonl", "exercises.jsonl", "verified.jsonl", "unique.jsonl", "clean.jsonl"),
    *("tokenizer.json", "tokens"),
)
"""Of the commands, each with a store beside it while it is made."""


def main(inputs: Path, folder: Path) -> dict[str, Any]:
    """Do all; returns what is printed."""
    rows.PIECE_BYTES = 2_000
    passes.JOB_CHARACTERS = verify.SLICE_CHARACTERS = 2_000
    write.FEWEST_IN_PROCESSES = 1
    with (
        two_nodes(folder.with_name("notes"), seconds_per_part=0.2) as cluster,
        ScriptedEndpoint(chain.score, models=("tiny",)) as teacher,
    ):
        for output in OUTPUTS:
            # So few exercises are one part: its worker is killed before there is any result.
            cluster.kill_one_in(folder / f".{output}.work", num_results=0 if output == "exercises.jsonl" else 2)
        chain.type_all(inputs, folder, teacher.url, "--engine", "ray", "--ray-address", cluster.address)
        return cluster.seen()


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
