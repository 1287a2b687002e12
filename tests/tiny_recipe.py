"""The laptop recipe made so small that the whole chain runs in well under a minute. Its scores mean nothing."""

from dataclasses import replace

from hornbook.artifacts.pipeline import Pipeline
from hornbook.recipes.laptop import laptop


def recipe(seed: int) -> Pipeline:
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
    change(
        "classifier",
        num_bootstrap_samples=20,
        encode=replace(pipeline.stage("classifier").config.encode, bits_per_block=10),
        states_sha256="",
    )
    change("select", keep_share=0.02)
    change("textbooks", num_passages=120)
    change("exercises", num_exercises=400, num_held_out=12)
    change("decontaminate", runs_code=False)
    change("tokenizer", vocab_size=512)
    for name in ("pretrain", "finetune"):
        change(name, num_steps=12, warmup_steps=2, batch_size=4, sequence_length=128, checkpoint_every=4, eval_every=6)
    change("pretrain", model=shape)
    for name in ("evaluate-base", "evaluate-tuned"):
        change(name, max_new_tokens=8, benchmarks=("held_out", "unconventional-50"))
    return Pipeline("tiny", pipeline.stages)
