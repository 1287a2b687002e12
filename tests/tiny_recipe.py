"""The laptop recipe made so small that the whole chain runs in seconds. Its scores mean nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from unittest import mock

from hornbook.curation.collect import CollectConfig, run_collect
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.recipes.laptop import laptop
from hornbook.sources import standard_library

every_module = standard_library._modules


def few_modules(folder: Path) -> Iterator[Path]:
    """Every eighth module of the standard library."""
    yield from sorted(every_module(folder))[::8]


def run_few(config: CollectConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    with mock.patch.object(standard_library, "_modules", few_modules):
        return run_collect(config, inputs, workspace)


def of_few(stage: Stage) -> Stage:
    return replace(stage, run=run_few, identity=None) if stage.name == "collect" else stage


def recipe(seed: int, source: Sequence[str] = ()) -> Pipeline:
    pipeline = laptop(seed=seed, source=source).mapped(of_few)

    def change(name: str, **changes: object) -> None:
        nonlocal pipeline
        pipeline = pipeline.with_config(name, replace(pipeline.stage(name).config, **changes))

    shape = replace(
        pipeline.stage("pretrain").config.model,
        num_layers=2,
        hidden_size=64,
        intermediate_size=256,
        num_heads=2,
        max_position=128,
        vocab_size=512,
    )
    encode = replace(pipeline.stage("train-classifier").config.encode, bits_per_block=10)
    change("train-classifier", num_bootstrap_samples=20, encode=encode, use_soft_labels=False)
    change("select", keep_share=0.2)
    change("textbooks", num_passages=120)
    change("exercises", num_exercises=400, num_held_out=12)
    change("decontaminate", run_code=False)
    change("tokenizer", vocab_size=512)
    for name in ("pretrain", "finetune"):
        change(name, num_steps=12, warmup_steps=2, batch_size=4, sequence_length=128, checkpoint_every=4, eval_every=6)
    change("pretrain", model=shape)
    for name in ("evaluate-memoriser", "evaluate-base", "evaluate-tuned"):
        change(name, max_new_tokens=8, benchmarks=("held_out", "held_out_unseen_names", "unconventional-50"))
    return Pipeline("tiny", pipeline.stages)
