"""phi-1: the paper's model of 1.3 billion parameters, with its data mix, schedules and batch sizes.

Source: Gunasekar et al. 2023, "Textbooks Are All You Need" (arXiv 2306.11644).

Every value carries one of three tags. `Source` names the section it stands in (or the released model, whose
configuration is public), `Departs` says why another one was taken, and `Gap` that the paper is silent and what was
chosen in its place. `docs/decisions/phi-recipes.md` has the departures and gaps in one table.

The data come from outside: code that was filtered, textbooks and exercises that a language model wrote. A person
names each part (`--set code.inputs=PATH`); the estimates below say what the paper's own took to make.
"""

from dataclasses import replace
from typing import Any

from hornbook.curation.collect import CollectConfig, collect
from hornbook.decontamination.stage import DecontaminateConfig, decontaminate
from hornbook.deduplication.stage import DeduplicateConfig, deduplicate
from hornbook.evaluation.stages import EvaluateConfig, evaluate
from hornbook.export.stages import ExportConfig, export
from hornbook.model.config import ModelConfig
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Estimate, Hardware, Stage
from hornbook.records import DocumentKind
from hornbook.report.stages import ReportConfig, report
from hornbook.teacher.prices import TeacherWork
from hornbook.tokens.pretrained import CODEGEN, ReadTokenizerConfig
from hornbook.tokens.stages import TokenizeConfig, read_tokenizer, tokenize
from hornbook.training.config import Execution, TrainConfig
from hornbook.training.estimate import estimate as estimate_training
from hornbook.training.stages import train

# The paper's three datasets; code and textbooks together are its CodeTextbook, the exercises its CodeExercises.
CODE = CollectConfig(kind=DocumentKind.CODE)  # Departs: section 2.1 filters it here; this one comes filtered.
TEXTBOOKS = CollectConfig(kind=DocumentKind.TEXTBOOK)  # Departs: section 2.2's is not public; one's own is given.
EXERCISES = CollectConfig(kind=DocumentKind.EXERCISE)  # Departs: as the textbooks.

CODE_TOKENS = 6_000_000_000  # Source: section 2, about so many of The Stack and StackOverflow pass the classifier.
# Gap: section 2.1 counts files before the filter only, 35 million of 35 billion tokens; kept ones are taken as equal.
CODE_DOCUMENTS = 6_000_000
ANNOTATION = TeacherWork(
    model="GPT-4",  # Source: section 2.1.
    calls=100_000,  # Source: section 2.1, about so many samples.
    tokens_in=1_200,  # Gap: a file of average length (section 2.1: 35B tokens, 35M files) and a prompt of 200 tokens.
    tokens_out=50,  # Gap: a score with a short reason.
    usd_per_million_in=30.0,  # Gap: OpenAI's list price of June 2023 for the context of 8 K.
    usd_per_million_out=60.0,  # Gap: as above.
    basis="calls of section 2.1, lengths assumed, OpenAI's list price of June 2023",
)
TEXTBOOK_TOKENS = 1_000_000_000  # Source: section 2.2, less than so many.
TEXTBOOK_WRITING = TeacherWork(
    model="GPT-3.5",  # Source: section 2.2.
    calls=1_000_000,  # Gap: passages of a thousand tokens, as many as make up the tokens of section 2.2.
    tokens_in=300,  # Gap: a prompt that names topic and audience.
    tokens_out=1_000,  # Gap: as above.
    usd_per_million_in=1.5,  # Gap: OpenAI's list price of June 2023 for gpt-3.5-turbo.
    usd_per_million_out=2.0,  # Gap: as above.
    basis="tokens of section 2.2, lengths assumed, OpenAI's list price of June 2023",
)
EXERCISE_TOKENS = 180_000_000  # Source: section 2.2, less than so many.
EXERCISE_WRITING = TeacherWork(
    model="GPT-3.5",  # Source: section 2.2.
    calls=879_500,  # Source: section 5.2 counts so many exercises. Gap: one a call.
    tokens_in=250,  # Gap: a prompt that names the function.
    tokens_out=205,  # Source: section 2.2, the tokens over the exercises.
    usd_per_million_in=1.5,  # Gap: OpenAI's list price of June 2023 for gpt-3.5-turbo.
    usd_per_million_out=2.0,  # Gap: as above.
    basis="counts of sections 2.2 and 5.2, prompt's length assumed, OpenAI's list price of June 2023",
)
TEXT_BYTES_PER_TOKEN = 3  # Gap: assumed for Python in CodeGen's tokenizer.
PARQUET_SHARE = 1 / 3  # Gap: assumed for text compressed with Zstandard.
PACKED_BYTES_PER_TOKEN = 2  # Source: `tokens/pack.py`, ids below 65,536 in two bytes.

DEDUPLICATE = DeduplicateConfig()  # Departs: section 2.1's code came deduplicated; here all parts are, together.
DECONTAMINATE = DecontaminateConfig()  # Departs: section 5 prunes to compare two trainings; here leaks go before any.
# Gap: the paper speaks of no held-out part; a thousandth of the documents is enough to measure the loss.
TOKENIZE = TokenizeConfig(held_out_share=0.001)
TOKENIZER = ReadTokenizerConfig(source=CODEGEN)  # Source: section 2.3, the tokenizer of codegen-350M-mono.

MODEL = ModelConfig(
    vocab_size=51_200,  # Source: the released model; CodeGen's 50,295 tokens are padded to it.
    num_layers=24,  # Source: section 2.3.
    hidden_size=2_048,  # Source: section 2.3.
    intermediate_size=8_192,  # Source: section 2.3.
    num_heads=32,  # Source: section 2.3, heads of 64 dimensions.
    rotary_fraction=0.5,  # Source: section 2.3, 32 of 64 dimensions.
    max_position=2_048,  # Source: section 2.3.
    layer_norm_epsilon=1e-5,  # Source: the released model.
)
PRETRAIN = TrainConfig(
    dataset="pretrain",  # Source: section 2.3, CodeTextbook.
    model=MODEL,
    num_steps=36_000,  # Source: section 2.3.
    stop_step=24_000,  # Source: section 2.3, the checkpoint that is phi-1-base.
    batch_size=1_024,  # Source: section 2.3.
    sequence_length=2_048,  # Source: section 2.3.
    learning_rate=1e-3,  # Source: section 2.3.
    warmup_steps=750,  # Source: section 2.3, then linear decay. Gap: the paper does not say where it ends; zero.
    optimizer="adamw",  # Source: section 2.3.
    weight_decay=0.1,  # Source: section 2.3.
    betas=(0.9, 0.95),  # Gap: as in a study of the same schedule and sizes (arXiv 2410.15226, appendix A).
    epsilon=1e-8,  # Gap: PyTorch's own.
    clip_norm=1.0,  # Gap: usual at this size.
    residual_dropout=0.1,  # Source: section 2.3.
    attention_dropout=0.1,  # Source: section 2.3.
    mask_documents=False,  # Source: section 2.3 packs rows and mentions no mask.
    precision="bfloat16",  # Departs: fp16 in section 2.3; bfloat16 has float32's range and needs no loss scale.
    eval_every=1_000,  # Gap: the paper measures no held-out loss; as often as finetuning keeps a checkpoint.
    eval_rows=256,  # Gap: half a million tokens, a quarter of a step's.
    checkpoint_every=250,  # Gap: about an hour on the eight A100s of section 2.3.
    execution=Execution(micro_batch="auto"),  # Gap: section 2.3 accumulates gradients, of how many rows it leaves open.
)
FINETUNE = TrainConfig(
    dataset="finetune",  # Source: section 2.3, CodeExercises.
    num_steps=6_000,  # Source: section 2.3.
    batch_size=256,  # Source: section 2.3.
    sequence_length=2_048,  # Source: section 2.3.
    learning_rate=1e-4,  # Source: section 2.3.
    warmup_steps=50,  # Source: section 2.3.
    optimizer="adamw",  # Source: section 2.3, as in pretraining.
    weight_decay=0.01,  # Source: section 2.3.
    betas=(0.9, 0.95),  # Gap: as in pretraining.
    epsilon=1e-8,  # Gap: as in pretraining.
    clip_norm=1.0,  # Gap: as in pretraining.
    residual_dropout=0.1,  # Source: section 2.3, as in pretraining.
    attention_dropout=0.1,  # Source: section 2.3, as in pretraining.
    mask_documents=False,  # Source: section 2.3, as in pretraining.
    precision="bfloat16",  # Departs: as in pretraining.
    eval_every=1_000,  # Source: section 2.3, the best of the checkpoints of every thousand steps.
    checkpoint_every=1_000,  # Source: section 2.3.
    eval_rows=256,  # Gap: as in pretraining.
    keep_best=True,  # Source: section 2.3. Gap: best by what? By the loss on held-out exercises, never by HumanEval.
    execution=Execution(micro_batch="auto"),  # Gap: as in pretraining.
)
EVALUATE = EvaluateConfig(
    # Source: table 1 and section 4. Departs: the 50 unconventional problems are this project's own, judged by tests;
    # MBPP, whose problems do not come with Hornbook, is left to `hornbook evaluate phi-1 --benchmark mbpp`.
    benchmarks=("humaneval", "unconventional-50"),
    max_new_tokens=300,  # Gap: what the same group's later library takes.
    temperature=0.0,  # Gap: the likeliest token each time; that library draws at 0.01.
    num_samples=1,  # Source: section 1 reports numbers of one generation a problem.
)
# Source: figure 2.1 (770 hours) and section 2.3 (7 hours on 8 GPUs).
PAPER_HOURS = "The paper: 770 GPU-hours on A100s to pretrain phi-1 up to step 24,000, and 56 to finetune it."


def phi_1(seed: int = 0) -> Pipeline:
    """The recipe's pipeline.

    Args:
        seed: The seed of every random choice.
    """
    return build("phi-1", PRETRAIN, seed, note=PAPER_HOURS)


def build(name: str, pretraining: TrainConfig, seed: int, *, note: str = "") -> Pipeline:
    """The paper's pipeline for a model of any shape.

    Args:
        name: Of the recipe and, behind `hornbook-`, of the exported model.
        pretraining: With the model's shape.
        seed: The seed of every random choice.
        note: A sentence that the plan of the pretraining adds, what the paper's own took.
    """
    code, textbooks, exercises = (
        replace(collect(config, name=part), estimate=estimate_collected)
        for part, config in (("code", CODE), ("textbooks", TEXTBOOKS), ("exercises", EXERCISES))
    )
    unique = replace(deduplicate(code, textbooks, exercises, config=DEDUPLICATE), estimate=_estimate_gathered)
    clean = replace(decontaminate(unique, config=DECONTAMINATE), estimate=_estimate_gathered)
    tokenizer = read_tokenizer(TOKENIZER)
    tokens = replace(tokenize(clean, tokenizer, TOKENIZE), estimate=_estimate_packed)
    base = replace(train(tokens, pretraining, name="pretrain"), estimate=_noted(note))
    tuned = train(tokens, FINETUNE, base=base, name="finetune")
    scores = [
        evaluate(model, tokenizer, EVALUATE, name=part)
        for part, model in (("evaluate-base", base), ("evaluate-tuned", tuned))
    ]
    exported = export(tuned, tokenizer, *scores, config=ExportConfig(name=f"hornbook-{name}"))
    return Pipeline.ending_in(name, report(exported, config=ReportConfig(recipe=name)), seed=seed)


def estimate_collected(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    """What the paper's part of this kind holds and took to make; no figure where a person names their own data."""
    del hardware
    config: CollectConfig = stage.config
    if config.inputs:
        return Estimate(assumptions=(f"{stage.name}: given; its documents and tokens are counted when they are read.",))
    documents, num_tokens, work, verb = {
        DocumentKind.CODE: (CODE_DOCUMENTS, CODE_TOKENS, ANNOTATION, "annotated"),
        DocumentKind.TEXTBOOK: (TEXTBOOK_WRITING.calls, TEXTBOOK_TOKENS, TEXTBOOK_WRITING, "written"),
        DocumentKind.EXERCISE: (EXERCISE_WRITING.calls, EXERCISE_TOKENS, EXERCISE_WRITING, "written"),
    }[config.kind or DocumentKind.CODE]
    return Estimate(
        documents=documents,
        data_tokens=num_tokens,
        disk_bytes=_text_bytes(num_tokens),
        teacher_calls=work.calls,
        teacher_tokens_in=work.total_tokens_in,
        teacher_tokens_out=work.total_tokens_out,
        price_usd=work.price_usd,
        assumptions=(f"{stage.name}: {verb} by {work.describe()}",),
        missing=(f"{stage.name}.inputs=PATH",),
    )


def _estimate_gathered(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    """As many documents and tokens as the inputs hold, since what will be dropped is not known before.

    Nothing where one of them does not say.
    """
    sources = [source.estimated(hardware) for source in stage.inputs.values()]
    if not all(source.data_tokens for source in sources):
        return Estimate()
    num_tokens = sum(source.data_tokens for source in sources)
    return Estimate(
        documents=sum(source.documents for source in sources),
        data_tokens=num_tokens,
        disk_bytes=_text_bytes(num_tokens),
        assumptions=(
            f"Disk of documents: {TEXT_BYTES_PER_TOKEN} bytes a token, and a third of it in Parquet.",
            "No document is taken as dropped: how many will be is not known before.",
        ),
    )


def _estimate_packed(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    source = stage.inputs["documents"].estimated(hardware)
    return replace(source, disk_bytes=source.data_tokens * PACKED_BYTES_PER_TOKEN, assumptions=())


def _noted(note: str) -> Any:
    """The estimate of a training stage with one more sentence."""

    def estimate(stage: Stage, hardware: Hardware | None = None) -> Estimate:
        estimated = estimate_training(stage, hardware)
        return replace(estimated, assumptions=(*estimated.assumptions, note)) if note else estimated

    return estimate


def _text_bytes(num_tokens: int) -> int:
    """Of a table of documents on the disk."""
    return int(num_tokens * TEXT_BYTES_PER_TOKEN * PARQUET_SHARE)
