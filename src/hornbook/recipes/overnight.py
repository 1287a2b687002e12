"""The laptop's pipeline for a night on two cores.

The whole curriculum, code of the standard library and of any folder given, a model of at most ten million parameters.
Figures of a run on two cores, in an hour and a half: docs/log.md, 2026-12-04.
"""

from collections.abc import Sequence
from dataclasses import replace

from hornbook.evaluation.stages import EvaluateConfig
from hornbook.pipeline.run import Pipeline
from hornbook.recipes import laptop
from hornbook.recipes.laptop import Course, build
from hornbook.sources.standard_library import STANDARD_LIBRARY
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.tokens.tokenizer import TokenizerConfig

VOCAB_SIZE = 4096
MODEL = replace(laptop.MODEL, vocab_size=VOCAB_SIZE, num_layers=8, hidden_size=256, intermediate_size=1024, num_heads=4)
COURSE = Course(
    textbooks=TextbooksConfig(num_passages=10_000),
    exercises=ExercisesConfig(num_exercises=120_000, num_held_out=150),
    tokenizer=TokenizerConfig(vocab_size=VOCAB_SIZE),
    pretrain=replace(laptop.PRETRAIN, model=MODEL, num_steps=600, batch_size=8, learning_rate=1e-2),
    finetune=replace(laptop.FINETUNE, num_steps=6_600, batch_size=8, learning_rate=1e-2),
    # Source: Chen et al. 2021, section 2, whose models are sampled at 0.8 for pass@10.
    sampled=EvaluateConfig(benchmarks=("humaneval",), max_new_tokens=200, temperature=0.8, top_p=0.95, num_samples=20),
)


def overnight(seed: int = 0, source: Sequence[str] = ()) -> Pipeline:
    """The recipe's pipeline; `source` names code that is read beside the standard library."""
    return build("overnight", COURSE, seed, (STANDARD_LIBRARY, *source))
