"""Classify, collect, select, tokenize and decontaminate rows on a Ray cluster of two nodes; one worker is killed.

`python -m tests.commands.on_ray INPUTS FOLDER` writes all into the folder, and prints what was seen of the cluster as
one JSON line.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.commands.typed import type_in
from tests.ray_cluster import two_nodes

from hornbook.decontamination import passes
from hornbook.sources import rows


def type_all(inputs: Path, folder: Path, *more: str) -> None:
    corpus, values = inputs / "rows.jsonl", folder / "values.jsonl"
    type_in("classify", corpus, "-o", values, "--classifier", inputs / "classifier", *more)
    type_in("collect", corpus, "-o", folder / "documents.jsonl", "--no-check-licenses", "--id-field", "id", *more)
    type_in("select", corpus, "--values", values, "-o", folder / "selected.jsonl", "--keep-share", 0.3, *more)
    type_in("tokenize", corpus, "-o", folder / "tokens", "--tokenizer", inputs / "tokenizer.json", *more)
    leaks, problems = inputs / "leaks.jsonl", inputs / "own.jsonl"
    type_in(
        "decontaminate",
        leaks,
        "-o",
        folder / "kept.jsonl",
        "--against",
        problems,
        "--decisions",
        folder / "decisions.jsonl",
        *more,
    )


def main(inputs: Path, folder: Path) -> dict[str, Any]:
    """Do all; returns what is printed."""
    rows.PIECE_BYTES = 100_000
    passes.JOB_CHARACTERS = 4_000
    with two_nodes(folder / "notes") as cluster:
        cluster.kill_one_in(folder / ".values.jsonl.work")
        type_all(inputs, folder, "--engine", "ray", "--ray-address", cluster.address)
        return cluster.seen()


if __name__ == "__main__":
    print(json.dumps(main(*map(Path, sys.argv[1:]))))
