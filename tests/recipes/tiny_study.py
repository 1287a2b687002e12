"""The end of the laptop recipe, so small that a study of it runs in seconds: a recipe file without real code."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.recipes.laptop import laptop
from hornbook.records import Document


@dataclass(frozen=True, kw_only=True)
class GatherConfig:
    """Nothing to choose."""


def run_gather(config: GatherConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    documents = itertools.chain(inputs["textbooks"].documents(), inputs["exercises"].documents())
    return Result(kept=workspace.write_records("documents", Document, documents), unit="documents")


def recipe(seed: int) -> Pipeline:
    """Its model learns nothing."""
    pipeline = shrunk(seed, num_steps=10, num_layers=1, hidden_size=32)
    evaluate, decontaminate = pipeline.stage("evaluate-tuned"), pipeline.stage("decontaminate")
    pipeline = pipeline.with_config("evaluate-tuned", replace(evaluate.config, max_new_tokens=8))
    return pipeline.with_config("decontaminate", replace(decontaminate.config, run_code=False))


def shrunk(seed: int, *, num_steps: int, num_layers: int, hidden_size: int) -> Pipeline:
    whole = laptop(seed)
    textbooks, exercises = whole.stage("textbooks"), whole.stage("exercises")
    gathered = Stage(
        "deduplicate", run_gather, GatherConfig(), 1, {"textbooks": textbooks, "exercises": exercises}, seed
    )
    stages: dict[str, Stage] = {"textbooks": textbooks, "exercises": exercises, "deduplicate": gathered}
    for stage in whole.until("evaluate-tuned").stages:
        if stage.name in ("decontaminate", "tokenizer", "tokenize", "pretrain", "finetune", "evaluate-tuned"):
            inputs = {key: stages[source.name] for key, source in stage.inputs.items()}
            stages[stage.name] = replace(stage, inputs=inputs)
    pipeline = Pipeline("tiny-study", tuple(stages.values()))

    def change(name: str, **changes: object) -> None:
        nonlocal pipeline
        pipeline = pipeline.with_config(name, replace(pipeline.stage(name).config, **changes))

    shape = replace(
        pipeline.stage("pretrain").config.model,
        num_layers=num_layers,
        hidden_size=hidden_size,
        intermediate_size=4 * hidden_size,
        num_heads=2,
        max_position=256,
        vocab_size=512,
    )
    change("textbooks", num_passages=20)
    change("exercises", num_exercises=16, num_held_out=8)
    change("tokenizer", vocab_size=512)
    training = {"warmup_steps": 2, "batch_size": 2, "sequence_length": 256}
    change("pretrain", num_steps=2, model=shape, **training)
    change("finetune", num_steps=num_steps, **training)
    change("evaluate-tuned", benchmarks=("held_out",), max_new_tokens=120)
    return pipeline
