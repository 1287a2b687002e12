"""The pipelines behind `hornbook study data-quality` and `study filter`: what is each part of the data worth?

One model, one tokenizer, equally many tokens to read; the arms differ in what they read. Each is measured as it is, and
again after the same exercises.

Source: sections 2 and 3 and figure 2.1 of the paper.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from hornbook.curation.classify import classify
from hornbook.curation.collect import DEFINITIONS, CollectConfig, collect
from hornbook.curation.draw import ALL, DROPPED, KEPT, DrawConfig, draw
from hornbook.curation.labels import read_labels
from hornbook.curation.select import select
from hornbook.curation.train_classifier import train_classifier
from hornbook.decontamination.stage import decontaminate
from hornbook.deduplication.stage import deduplicate
from hornbook.evaluation.other_code import OtherCodeConfig, evaluate_other_code
from hornbook.evaluation.stages import HELD_OUT, EvaluateConfig, evaluate
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Stage
from hornbook.recipes import laptop
from hornbook.report.arms import compare_arms
from hornbook.sources.standard_library import STANDARD_LIBRARY
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import verify
from hornbook.synthesis.write import write_exercises, write_textbooks
from hornbook.tokens.stages import tokenize, train_tokenizer
from hornbook.training.stages import train

OTHER_PACKAGES = ("networkx", "numpy")
"""Installed with PyTorch; nothing of them is read in training."""
# What the classifier keeps of the standard library, after decontamination: all that an arm can be given.
NUM_TOKENS = 270_000
# Source: section 2, six parts of filtered code to one of textbooks.
TEXTBOOK_TOKENS = NUM_TOKENS // 7
NUM_STEPS = 1_000
"""Of pretraining and of finetuning, of 1,024 tokens each: about two epochs of an arm's code."""
TEXTBOOKS = TextbooksConfig(num_passages=1_000, families=laptop.FAMILIES)
EXERCISES = ExercisesConfig(num_exercises=8_000, num_held_out=100, families=laptop.FAMILIES)
EVALUATE = EvaluateConfig(benchmarks=(HELD_OUT, "humaneval"), max_new_tokens=200)
AND_EXERCISES = ", exercises"
QUALITY = (
    "Does each step of the recipe help a model that reads equally many tokens? In the paper (350M parameters, section "
    "2.1 and figure 2.1) raw code leads to 12.19 % on HumanEval, filtered code to 17.68 %, filtered code with "
    "textbooks to 20.12 %, and exercises after that to 45 %. A model of a million parameters solves next to nothing of "
    "HumanEval; bits per byte of its solutions show what pass@1 cannot."
)
FILTER = (
    "Does the classifier keep what teaches? The same model reads equally many tokens of what it drops, of code drawn "
    "at random, and of what it keeps. The paper (section 2.1) says that 350M parameters on filtered code reach 17.68 % "
    "of HumanEval, and 12.19 % on raw code."
)


def data_quality(num_seeds: int = 5) -> Pipeline:
    """Raw code, filtered code, and filtered code with textbooks."""
    mixed = DrawConfig(code=KEPT, code_tokens=NUM_TOKENS - TEXTBOOK_TOKENS, textbook_tokens=TEXTBOOK_TOKENS)
    arms = {
        "raw code": DrawConfig(code=ALL, code_tokens=NUM_TOKENS),
        "filtered code": DrawConfig(code=KEPT, code_tokens=NUM_TOKENS),
        "filtered, textbooks": mixed,
    }
    return _study("data-quality", QUALITY, arms, num_seeds)


def code_filter(num_seeds: int = 5) -> Pipeline:
    """What the classifier drops, code drawn at random, and what it keeps."""
    arms = {
        "dropped code": DrawConfig(code=DROPPED, code_tokens=NUM_TOKENS),
        "raw code": DrawConfig(code=ALL, code_tokens=NUM_TOKENS),
        "filtered code": DrawConfig(code=KEPT, code_tokens=NUM_TOKENS),
    }
    return _study("filter", FILTER, arms, num_seeds)


def _study(name: str, question: str, arms: Mapping[str, DrawConfig], num_seeds: int) -> Pipeline:
    library = collect(CollectConfig(inputs=(STANDARD_LIBRARY,), split=DEFINITIONS))
    classifier = train_classifier(library, read_labels(library))
    suitable = filters(library)
    kept = select(suitable, classify(library, classifier))
    exercises = write_exercises(EXERCISES)
    written = verify(write_textbooks(TEXTBOOKS), exercises)
    clean = decontaminate(deduplicate(suitable, written), held_out=exercises)
    tokenizer = train_tokenizer(suitable, laptop.TOKENIZER)  # Of raw code: the same for all arms, made for none.
    others = _other_packages(classifier)
    evaluations: dict[tuple[str, int], list[Stage]] = {}
    for arm, drawn in arms.items():
        tokens = tokenize(
            draw(clean, drawn, kept=kept, name=_named("draw", arm)), tokenizer, name=_named("tokenize", arm)
        )
        for seed in range(num_seeds):
            base_config = replace(laptop.PRETRAIN, num_steps=NUM_STEPS, seed=seed)
            tuned_config = replace(laptop.FINETUNE, num_steps=NUM_STEPS, seed=seed)
            base = train(tokens, base_config, name=_named(arm, seed))
            tuned = train(tokens, tuned_config, base=base, name=_named(arm, AND_EXERCISES, seed))
            for label, model in ((arm, base), (f"{arm}{AND_EXERCISES}", tuned)):
                name_of = partial(_named, label, seed)
                evaluations[label, seed] = [
                    evaluate(model, tokenizer, EVALUATE, held_out=exercises, name=name_of("evaluate")),
                    *(
                        evaluate_other_code(model, tokenizer, documents, config, name=name_of(config.name))
                        for config, documents in others
                    ),
                ]
    in_order = [*arms, *(f"{arm}{AND_EXERCISES}" for arm in arms)]
    ordered = {(arm, seed): evaluations[arm, seed] for arm in in_order for seed in range(num_seeds)}
    before = dict(zip(list(arms)[1:], arms, strict=False))
    against = before | {f"{arm}{AND_EXERCISES}": f"{other}{AND_EXERCISES}" for arm, other in before.items()}
    first = next(iter(arms))
    against[f"{first}{AND_EXERCISES}"] = first
    return Pipeline.ending_in(name, compare_arms(ordered, against, title=name, question=question))


def _named(*parts: str | int) -> str:
    """A stage's name: `raw code`, 0, `evaluate` → `raw-code-0-evaluate`."""
    return re.sub(r"\W+", "-", "-".join(map(str, parts)))


def _other_packages(classifier: Stage) -> list[tuple[OtherCodeConfig, Stage]]:
    """Functions of packages that no arm reads: those that the classifier would keep, and all."""
    folders = tuple(str(Path(spec.origin).parent) for one in OTHER_PACKAGES if (spec := find_spec(one)) and spec.origin)
    others = collect(CollectConfig(inputs=folders, split=DEFINITIONS), name="other-packages")
    suitable = filters(others, FiltersConfig(check_licenses=False), name="suitable-elsewhere")
    taught = select(suitable, classify(others, classifier, name="classify-elsewhere"), name="taught-elsewhere")
    return [
        (OtherCodeConfig(name="other-code", title="code of other packages"), suitable),
        (OtherCodeConfig(name="teaching-code", title="code of other packages that teaches"), taught),
    ]
