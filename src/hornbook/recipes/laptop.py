"""The whole pipeline on a laptop, offline, in about ten minutes on two cores.

The way of phi-1 ("Textbooks Are All You Need") at a thousandth of its size: the real code is the standard library of
the running Python, the labels come with the package, the teacher is the procedural curriculum, and the tokenizer is
trained on the run's own data.
"""

from dataclasses import replace
from typing import Any

from hornbook.curation import stages as curation
from hornbook.curation.classifier import ClassifierConfig
from hornbook.curation.classify import classify
from hornbook.curation.corpus import describe_standard_library
from hornbook.curation.select import SelectConfig
from hornbook.curation.select import select as selected
from hornbook.curation.shipped import describe_labels, describe_states
from hornbook.curation.train_classifier import train_classifier
from hornbook.decontamination.stage import decontaminate as decontaminated
from hornbook.deduplication.stage import deduplicate as deduplicated
from hornbook.evaluation import stages as evaluation
from hornbook.evaluation.stages import EvaluateConfig
from hornbook.export import stages as export
from hornbook.export.stages import ExportConfig
from hornbook.model.config import ModelConfig
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Stage, StageFunction
from hornbook.report import run as report
from hornbook.report.run import ReportConfig
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import verify as verified
from hornbook.synthesis.write import write_exercises, write_textbooks
from hornbook.tokens import stages as tokens
from hornbook.tokens.stages import TokenizeConfig
from hornbook.tokens.tokenizer import TokenizerConfig
from hornbook.training import stages as training
from hornbook.training.config import TrainConfig
from hornbook.training.estimate import estimate as estimate_training

# Departs: the paper takes CodeGen's tokenizer (51,200) and rows of 2,048 tokens; at a million parameters a large
# vocabulary would be most of the model, and exercises are short.
VOCAB_SIZE = 2048
SEQUENCE_LENGTH = 512

SELECT = SelectConfig()  # Source: section 2.1, `KEEP_SHARE` is 6B of 35B tokens.
# Departs: the whole curriculum has 728 operations in five idioms; a first course is what minutes of training can teach.
TEXTBOOKS = TextbooksConfig(course="first", num_passages=4_000)
EXERCISES = ExercisesConfig(
    course="first",
    num_exercises=22_000,
    length_weights=(24, 68, 8),
    idioms=("expression", "steps", "rebinding"),
    num_held_out=300,
    held_out_share=0.35,
)
TOKENIZER = TokenizerConfig(vocab_size=VOCAB_SIZE)
# docs/decisions/ten-minutes-on-a-laptop.md has the figures for the model, the steps, the course, and the mask.
MODEL = ModelConfig(
    vocab_size=VOCAB_SIZE,
    num_layers=4,
    hidden_size=128,
    intermediate_size=512,  # Source: section 2.3, four times the hidden size.
    num_heads=4,  # Departs: heads of 64 dimensions in section 2.3, of which there would be two.
    max_position=SEQUENCE_LENGTH,
)
# Departs: Muon where section 2.3 has AdamW, and its rate; docs/decisions/muon-on-the-laptop.md has the figures.
PRETRAIN = TrainConfig(
    dataset="pretrain",
    model=MODEL,
    num_steps=60,
    batch_size=8,
    sequence_length=SEQUENCE_LENGTH,
    learning_rate=8e-3,
    warmup_steps=20,
    weight_decay=0.1,  # Source: section 2.3.
    optimizer="muon",
    mask_documents=True,  # Departs: section 2.3 mentions no mask.
)
FINETUNE = TrainConfig(
    dataset="finetune",
    num_steps=3_200,
    batch_size=2,
    sequence_length=SEQUENCE_LENGTH,
    learning_rate=1.2e-2,
    warmup_steps=20,
    weight_decay=0.1,  # Departs: 0.01 in section 2.3, where finetuning is a twentieth of the training; here it is most.
    optimizer="muon",
    mask_documents=True,  # Departs: section 2.3 mentions no mask.
)
EVALUATE = EvaluateConfig(max_new_tokens=200)
_ESTIMATES: dict[StageFunction, Any] = {training.run_train: estimate_training}


def laptop(seed: int = 0) -> Pipeline:
    """The recipe's pipeline.

    Args:
        seed: The seed of every random choice.
    """

    def stage(name: str, run: StageFunction, config: Any, version: int, **inputs: Stage) -> Stage:
        return Stage(name, run, config, version, inputs, seed, estimate=_ESTIMATES.get(run))

    corpus = stage("corpus", curation.run_corpus, describe_standard_library(), curation.VERSION)
    # Its default licences hold all that `corpus.license_of` gives: Python's own, PSF-2.0, alone or AND another one.
    hygiene = stage("hygiene", curation.run_hygiene, curation.describe_hygiene(), curation.VERSION, corpus=corpus)
    annotate = stage("annotate", curation.run_annotate, describe_labels(), curation.VERSION, corpus=corpus)
    learned = ClassifierConfig(states_sha256=describe_states())
    classifier = replace(train_classifier(corpus, annotate, learned), seed=seed)
    values = replace(classify(corpus, classifier), seed=seed)
    select = replace(selected(hygiene, values, SELECT), seed=seed)

    textbooks = replace(write_textbooks(TEXTBOOKS), seed=seed)
    exercises = replace(write_exercises(EXERCISES), seed=seed)
    verify = replace(verified(textbooks, exercises), seed=seed)

    deduplicate = replace(deduplicated(select, verify), seed=seed)
    decontaminate = replace(decontaminated(deduplicate, held_out=exercises), seed=seed)

    tokenizer = stage("tokenizer", tokens.run_tokenizer, TOKENIZER, tokens.VERSION, decontaminate=decontaminate)
    tokenize = stage(
        "tokenize",
        tokens.run_tokenize,
        TokenizeConfig(),
        tokens.VERSION,
        decontaminate=decontaminate,
        tokenizer=tokenizer,
    )
    pretrain = stage("pretrain", training.run_train, PRETRAIN, training.VERSION, tokenize=tokenize)
    finetune = stage("finetune", training.run_train, FINETUNE, training.VERSION, tokenize=tokenize, base=pretrain)

    evaluate_base, evaluate_tuned = (
        stage(
            name,
            evaluation.run_evaluate,
            EVALUATE,
            evaluation.VERSION,
            model=model,
            tokenizer=tokenizer,
            held_out=exercises,
        )
        for name, model in (("evaluate-base", pretrain), ("evaluate-tuned", finetune))
    )

    exported = stage(
        "export",
        export.run_export,
        ExportConfig(),
        export.VERSION,
        model=finetune,
        tokenizer=tokenizer,
        pretrain=pretrain,
        evaluate_base=evaluate_base,
        evaluate_tuned=evaluate_tuned,
        hygiene=hygiene,
        select=select,
        verify=verify,
        deduplicate=deduplicate,
        decontaminate=decontaminate,
    )
    shown = (
        corpus,
        hygiene,
        annotate,
        classifier,
        values,
        select,
        textbooks,
        exercises,
        verify,
        deduplicate,
        decontaminate,
        tokenizer,
        tokenize,
        pretrain,
        finetune,
        evaluate_base,
        evaluate_tuned,
        exported,
    )
    inputs = {source.name: source for source in shown}
    return Pipeline("laptop", (*shown, stage("report", report.run_report, ReportConfig(), report.VERSION, **inputs)))
