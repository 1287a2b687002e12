"""phi-1's pipeline ("Textbooks Are All You Need") at a thousandth of its size: offline, in minutes, on two cores.

The real code is the standard library of the running Python, the labels come with the package, the teacher is the
procedural curriculum, and the tokenizer is trained on the run's own data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hornbook.curation.classify import classify
from hornbook.curation.collect import DEFINITIONS, CollectConfig, collect
from hornbook.curation.labels import read_labels
from hornbook.curation.select import select
from hornbook.curation.train_classifier import train_classifier
from hornbook.decontamination.stage import decontaminate
from hornbook.deduplication.stage import deduplicate
from hornbook.evaluation.memoriser import evaluate_memoriser
from hornbook.evaluation.stages import HELD_OUT, EvaluateConfig, evaluate
from hornbook.export.stages import ExportConfig, export
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters
from hornbook.model.config import ModelConfig
from hornbook.pipeline.run import Pipeline
from hornbook.report.stages import ReportConfig, report
from hornbook.sources.standard_library import STANDARD_LIBRARY
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import verify
from hornbook.synthesis.write import write_exercises, write_textbooks
from hornbook.tokens.stages import tokenize, train_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig
from hornbook.training.config import TrainConfig
from hornbook.training.stages import train

# Departs: two families of schemas of the curriculum's fifteen, which is what minutes of training can teach.
FAMILIES = ("search", "accumulate")
TEXTBOOKS = TextbooksConfig(num_passages=4_000, families=FAMILIES)
EXERCISES = ExercisesConfig(num_exercises=20_000, num_held_out=100, families=FAMILIES)
# Departs: CodeGen's 51,200 tokens in section 2.3; at a million parameters they would be most of the model.
TOKENIZER = TokenizerConfig(vocab_size=2048)
# docs/decisions/ten-minutes-on-a-laptop.md has the figures for the model, the steps, the course, and the mask.
MODEL = ModelConfig(
    vocab_size=2048,
    num_layers=4,
    hidden_size=128,
    intermediate_size=512,  # Source: section 2.3, four times the hidden size.
    num_heads=4,  # Departs: heads of 64 dimensions in section 2.3, of which there would be two.
    max_position=512,  # Departs: 2,048 in section 2.3; exercises are short.
)
# Departs: Muon where section 2.3 has AdamW, and its rate; docs/decisions/muon-on-the-laptop.md has the figures.
PRETRAIN = TrainConfig(
    dataset="pretrain",
    model=MODEL,
    num_steps=700,
    batch_size=2,
    sequence_length=512,
    learning_rate=1.2e-2,
    warmup_steps=20,
    weight_decay=0.1,  # Source: section 2.3.
    optimizer="muon",
    mask_documents=True,  # Departs: section 2.3 mentions no mask.
)
FINETUNE = TrainConfig(
    dataset="finetune",
    num_steps=4_400,
    batch_size=2,
    sequence_length=512,
    learning_rate=1.2e-2,
    warmup_steps=20,
    weight_decay=0.1,  # Departs: 0.01 in section 2.3, where finetuning is a twentieth of the training; here it is most.
    optimizer="muon",
    mask_documents=True,  # Departs: section 2.3 mentions no mask.
)
EVALUATE = EvaluateConfig(max_new_tokens=200)
_BASE_BENCHMARKS = (HELD_OUT, "held_out_unseen_names", "humaneval")
"""Of the base model, which never saw an exercise, and of a lookup in the exercises."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is written, and how it is learned; the stages are the same for all sizes."""

    textbooks: TextbooksConfig
    exercises: ExercisesConfig
    tokenizer: TokenizerConfig
    pretrain: TrainConfig
    finetune: TrainConfig
    evaluate: EvaluateConfig = EVALUATE
    sampled: EvaluateConfig | None = None
    """A second evaluation of the tuned model, with several samples per problem."""


def laptop(seed: int = 0, source: Sequence[str] = ()) -> Pipeline:
    """The recipe's pipeline; `source` names one's own code, which takes the place of the standard library."""
    course = Course(textbooks=TEXTBOOKS, exercises=EXERCISES, tokenizer=TOKENIZER, pretrain=PRETRAIN, finetune=FINETUNE)
    return build("laptop", course, seed, source or (STANDARD_LIBRARY,))


def build(name: str, course: Course, seed: int, inputs: Sequence[str]) -> Pipeline:
    """The pipeline of a course.

    Args:
        name: Of the recipe.
        course: What is written and how it is learned.
        seed: The seed of every random choice.
        inputs: The real code.
    """
    library = collect(CollectConfig(inputs=(STANDARD_LIBRARY,), split=DEFINITIONS))
    classifier = train_classifier(library, read_labels(library))
    is_own = tuple(inputs) != (STANDARD_LIBRARY,)
    code = collect(CollectConfig(inputs=tuple(inputs), split=DEFINITIONS), name="code") if is_own else library
    suitable = filters(code, FiltersConfig(check_licenses=not is_own))  # One's own code needs no licence.
    taught = select(suitable, classify(code, classifier))
    textbooks, exercises = write_textbooks(course.textbooks), write_exercises(course.exercises)
    clean = decontaminate(deduplicate(taught, verify(textbooks, exercises)), held_out=exercises)
    tokenizer = train_tokenizer(clean, course.tokenizer)
    tokens = tokenize(clean, tokenizer)
    base = train(tokens, course.pretrain, name="pretrain")
    tuned = train(tokens, course.finetune, base=base, name="finetune")
    known = replace(course.evaluate, benchmarks=_BASE_BENCHMARKS)
    scores = [
        evaluate_memoriser(clean, known, held_out=exercises),
        evaluate(base, tokenizer, known, held_out=exercises, name="evaluate-base"),
        evaluate(tuned, tokenizer, course.evaluate, held_out=exercises, name="evaluate-tuned"),
    ]
    if course.sampled:
        scores.append(evaluate(tuned, tokenizer, course.sampled, held_out=exercises, name="evaluate-sampled"))
    exported = export(tuned, tokenizer, *scores, config=ExportConfig(name=f"hornbook-{name}"))
    return Pipeline.ending_in(name, report(exported, config=ReportConfig(recipe=name)), seed=seed)
