"""The laptop recipe made so small that the whole chain runs in seconds. Its scores mean nothing."""

from collections.abc import Mapping
from dataclasses import replace
from unittest import mock

from hornbook.curation.corpus import CorpusConfig

from hornbook.curation import corpus, stages
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.recipes.laptop import laptop

FEW_FILES = corpus._standard_library_files()[::8]
run_whole_corpus = stages.run_corpus


def run_few(config: CorpusConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Cut every eighth file of the standard library."""
    with mock.patch.object(corpus, "_standard_library_files", return_value=FEW_FILES):
        return run_whole_corpus(config, inputs, workspace)


def recipe(seed: int) -> Pipeline:
    with mock.patch.object(stages, "run_corpus", run_few):
        pipeline = laptop(seed)

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
    change("corpus", source_sha256=corpus._digest(FEW_FILES))
    change("annotate", min_labels=1)
    change("train-classifier", num_bootstrap_samples=20, encode=encode, states_sha256="")
    change("select", keep_share=0.2)
    change("textbooks", num_passages=120)
    change("exercises", num_exercises=400, num_held_out=12)
    change("decontaminate", run_code=False)
    change("tokenizer", vocab_size=512)
    for name in ("pretrain", "finetune"):
        change(name, num_steps=12, warmup_steps=2, batch_size=4, sequence_length=128, checkpoint_every=4, eval_every=6)
    change("pretrain", model=shape)
    for name in ("evaluate-base", "evaluate-tuned"):
        change(name, max_new_tokens=8, benchmarks=("held_out", "unconventional-50"))
    return Pipeline("tiny", pipeline.stages)
