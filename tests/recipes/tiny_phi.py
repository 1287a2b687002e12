"""phi-1-small made so small that its whole chain runs in seconds, with a few documents and a tokenizer of one's own."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.artifacts.pipeline import Pipeline
from hornbook.recipes.phi_1_small import phi_1_small
from hornbook.records import Document, DocumentKind
from hornbook.tokens.sources import GivenTokenizerConfig
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

VERBS = ("add", "scale", "shift", "clip", "round", "negate", "double", "halve", "square", "invert", "pad", "trim")


def write_data(folder: Path) -> None:
    """Write the three folders of documents, and a tokenizer learned from them."""
    code = [f"def {verb}_rows(rows, by):\n    return [{at} * r + by for r in rows if r > {at}]\n" for at, verb in rows()]
    passages = [f"To {verb} a number, take it and the step {at}.\n\nIt is simple.\n" for at, verb in rows()]
    exercises = [
        f'def {verb}_all(items: list[int]) -> list[int]:\n    """{verb.title()} each of the items by {at}."""\n'
        f"    result = []\n    for item in items:\n        result.append(item - {at})\n    return result\n"
        for at, verb in rows()
    ]
    for name in ("code", "textbooks", "exercises"):
        (folder / name).mkdir(parents=True)
    table = pa.table({"text": code, "license": ["MIT"] * len(code)})
    pq.write_table(table, folder / "code" / "part.parquet")
    lines = [json.dumps({"text": text, "topic": "numbers"}) for text in passages]
    (folder / "textbooks" / "part.jsonl").write_text("\n".join(lines) + "\n")
    with gzip.open(folder / "exercises" / "part.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps({"text": text}) + "\n" for text in [*exercises, "def broken(:\n"])
    documents = [
        Document(id=str(at), kind=DocumentKind.CODE, text=text)
        for at, text in enumerate([*code, *passages, *exercises])
    ]
    train_tokenizer(documents, TokenizerConfig(vocab_size=320)).save(str(folder / "tokenizer.json"))


def rows() -> list[tuple[int, str]]:
    """A number and a verb for each document."""
    return [(3 * at + 1, verb) for at, verb in enumerate(VERBS)]


def tiny(pipeline: Pipeline, folder: Path) -> Pipeline:
    """The pipeline with another shape, shorter runs, and the data of `folder`."""

    def change(name: str, **changes: object) -> None:
        nonlocal pipeline
        pipeline = pipeline.with_config(name, replace(pipeline.stage(name).config, **changes))

    for name in ("code", "textbooks", "exercises"):
        change(name, folder=str(folder / name))
    pipeline = pipeline.with_config("tokenizer", GivenTokenizerConfig(source=str(folder / "tokenizer.json")))
    shape = replace(
        pipeline.stage("pretrain").config.model,
        **{"num_layers": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "vocab_size": 384},
        max_position=32,
    )
    change("tokenize", held_out_share=0.2)
    for name in ("pretrain", "finetune"):
        change(name, num_steps=2, warmup_steps=1, batch_size=4, sequence_length=32, eval_every=1, checkpoint_every=1)
    change("pretrain", model=shape)
    return pipeline


def recipe(seed: int, folder: Path) -> Pipeline:
    """phi-1-small on the data of `folder`."""
    return Pipeline("tiny-phi", tiny(phi_1_small(seed), folder).stages)
