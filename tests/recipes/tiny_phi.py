"""phi-1-small made so small that its whole chain runs in seconds. A recipe file: data and tokenizer come by `--set`."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.pipeline.run import Pipeline
from hornbook.recipes.phi_1_small import phi_1_small

VERBS = ("add", "scale", "shift", "clip", "round", "negate", "double", "halve", "square", "invert", "pad", "trim")
ROWS = [(3 * at + 1, verb) for at, verb in enumerate(VERBS)]
"""A number and a verb for each document."""
KINDS = ("code", "textbooks", "exercises")


def recipe(seed: int) -> Pipeline:
    """phi-1-small with another shape and shorter trainings."""
    pipeline = phi_1_small(seed)

    def change(name: str, **changes: object) -> None:
        nonlocal pipeline
        pipeline = pipeline.with_config(name, replace(pipeline.stage(name).config, **changes))

    shape = replace(
        pipeline.stage("pretrain").config.model,
        num_layers=2,
        hidden_size=32,
        intermediate_size=64,
        num_heads=2,
        vocab_size=640,
        max_position=32,
    )
    change("decontaminate", against=("unconventional-50",), run_code=False)
    change("tokenize", held_out_share=0.2)
    for name in ("pretrain", "finetune"):
        change(name, num_steps=2, warmup_steps=1, batch_size=4, sequence_length=32, eval_every=1, checkpoint_every=1)
    change("pretrain", model=shape)
    for name in ("evaluate-base", "evaluate-tuned"):
        change(name, benchmarks=("unconventional-50",), max_new_tokens=4)
    return Pipeline("tiny-phi", pipeline.stages)


def settings_for(folder: Path) -> list[str]:
    """What is typed to give the data that `write_data` wrote, and a tokenizer in the folder `tokenizer`."""
    given = [f"{kind}.inputs={folder / kind}" for kind in KINDS]
    return [part for setting in [*given, f"tokenizer.source={folder / 'tokenizer'}"] for part in ("--set", setting)]


def write_data(folder: Path) -> None:
    """Write a folder for each kind of document, each in another format; one of the exercises is broken."""
    code = [
        f"def {verb}_rows(rows, by):\n    return [{at} * row + by for row in rows if row > {at}]\n" for at, verb in ROWS
    ]
    passages = [f"To {verb} a number, take it and the step {at}.\n\nIt is simple.\n" for at, verb in ROWS]
    exercises = [
        f'def {verb}_all(items: list[int]) -> list[int]:\n    """{verb.title()} each of the items by {at}."""\n'
        f"    result = []\n    for item in items:\n        result.append(item - {at})\n    return result\n"
        for at, verb in ROWS
    ]
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
    pq.write_table(pa.table({"text": code, "license": ["MIT"] * len(code)}), folder / "code" / "part.parquet")
    lines = [json.dumps({"text": text, "topic": "numbers"}) for text in passages]
    (folder / "textbooks" / "part.jsonl").write_text("\n".join(lines) + "\n")
    with gzip.open(folder / "exercises" / "part.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps({"text": text}) + "\n" for text in [*exercises, "def broken(:\n"])
