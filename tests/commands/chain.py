"""Every data stage, one after the other: typed as commands, each of which reads what the ones before it wrote to files,
and as a recipe, whose stages hand each other tables."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.commands.typed import type_in, write_lines
from tests.curation.test_stages import GLUE, LOOP
from tests.decontamination.own_problems import NEAR_MISS, PROBLEM, RETOLD, UNRELATED
from tests.evaluation.scripted_endpoint import Asked

from hornbook.curation.annotate import AnnotateConfig, annotate
from hornbook.curation.classify import classify
from hornbook.curation.collect import CollectConfig, collect
from hornbook.curation.sample import SampleConfig, sample
from hornbook.curation.select import SelectConfig, select
from hornbook.curation.train_classifier import train_classifier
from hornbook.decontamination.stage import DecontaminateConfig, decontaminate
from hornbook.deduplication.stage import deduplicate
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters
from hornbook.pipeline.run import Pipeline
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import verify
from hornbook.synthesis.write import write_exercises, write_textbooks
from hornbook.tokens.stages import TokenizeConfig, tokenize, train_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig

NUM_CODE, NUM_SAMPLED, NUM_PASSAGES, NUM_EXERCISES, VOCAB_SIZE = 120, 60, 24, 60, 400
MAIL = "# Written by ada@lovelace.dev, who likes to be asked about all of this.\n"


def write_inputs(folder: Path) -> None:
    """Write `code.jsonl` and the benchmark `own.jsonl`."""
    texts = [
        (LOOP, f"{GLUE}    self.parent = self.owner = None\n")[number % 2].format(number) for number in range(NUM_CODE)
    ]
    texts += [
        PROBLEM.prompt + PROBLEM.canonical_solution,
        RETOLD,
        NEAR_MISS,
        UNRELATED,
        MAIL + LOOP.format("mail"),
        LOOP.format(0),
        "x = 1\n",
    ]
    write_lines(folder / "code.jsonl", [{"id": f"d{at}", "text": text} for at, text in enumerate(texts)])
    write_lines(folder / "own.jsonl", [asdict(PROBLEM)])


def score(asked: Asked) -> str:
    """What the teacher says: loops teach."""
    snippet = asked.text.split("```")[1]
    return f"Reason: as it is.\nScore: {4 if 'for ' in snippet else 0}"


def type_all(inputs: Path, folder: Path, teacher: str, *more: str) -> None:
    """Type a command for each stage, from the two inputs to token shards."""

    def typed(command: str, output: str, *arguments: str | Path) -> None:
        type_in(command, *arguments, "-o", folder / output, *more)

    documents, values, selected = (folder / f"{name}.jsonl" for name in ("documents", "values", "selected"))
    asked = ("--teacher", teacher, "--cache", folder / "cache.sqlite")
    typed("collect", "documents.jsonl", inputs / "code.jsonl", "--no-check-licenses")
    typed("sample", "sampled.jsonl", documents, "--num", str(NUM_SAMPLED))
    typed("annotate", "labels.jsonl", folder / "sampled.jsonl", *asked)
    typed("train-classifier", "classifier", documents, "--labels", folder / "labels.jsonl")
    typed("classify", "values.jsonl", documents, "--classifier", folder / "classifier")
    typed("select", "selected.jsonl", documents, "--values", values, "--keep-share", "0.6")
    typed("write-textbooks", "passages.jsonl", "--num-passages", str(NUM_PASSAGES))
    typed("write-exercises", "exercises.jsonl", "--num-exercises", str(NUM_EXERCISES))
    typed("verify", "verified.jsonl", folder / "passages.jsonl", folder / "exercises.jsonl")
    typed("deduplicate", "unique.jsonl", selected, folder / "verified.jsonl")
    typed("decontaminate", "clean.jsonl", folder / "unique.jsonl", "--against", inputs / "own.jsonl", "--no-run-code")
    typed("train-tokenizer", "tokenizer.json", folder / "clean.jsonl", "--vocab-size", str(VOCAB_SIZE))
    typed("tokenize", "tokens", folder / "clean.jsonl", "--tokenizer", folder / "tokenizer.json")


def recipe(seed: int, source: Sequence[str] = ()) -> Pipeline:
    """The same stages; the source is the file of code, and the benchmark lies beside it."""
    [code] = source
    own = str(Path(code).with_name("own.jsonl"))
    documents = filters(collect(CollectConfig(inputs=(code,))), FiltersConfig(check_licenses=False))
    labels = annotate(sample(documents, SampleConfig(num=NUM_SAMPLED)), AnnotateConfig(teacher="tiny"))
    values = classify(documents, train_classifier(documents, labels))
    selected = select(documents, values, SelectConfig(keep_share=0.6))
    passages = write_textbooks(TextbooksConfig(num_passages=NUM_PASSAGES))
    exercises = write_exercises(ExercisesConfig(num_exercises=NUM_EXERCISES))
    unique = deduplicate(selected, verify(passages, exercises))
    clean = decontaminate(unique, config=DecontaminateConfig(against=(own,), run_code=False))
    tokenizer = train_tokenizer(clean, TokenizerConfig(vocab_size=VOCAB_SIZE))
    tokens = tokenize(clean, tokenizer, TokenizeConfig(separate_exercises=False))
    return Pipeline.ending_in("chain", tokens, seed=seed)


FILES = {
    "documents.jsonl": ("filters", "documents"),
    "sampled.jsonl": ("sample", "documents"),
    "labels.jsonl": ("annotate", "labels"),
    "values.jsonl": ("classify", "values"),
    "selected.jsonl": ("select", "documents"),
    "passages.jsonl": ("textbooks", "documents"),
    "exercises.jsonl": ("exercises", "exercises"),
    "verified.jsonl": ("verify", "documents"),
    "unique.jsonl": ("deduplicate", "documents"),
    "clean.jsonl": ("decontaminate", "documents"),
}
"""File of a command → stage and table of the recipe."""


def text_of(row: dict[str, object]) -> str:
    """The text of a row, or of an exercise's."""
    return str(row["text"]) if "text" in row else f"{row['prompt']}{row['solution']}"


def rows_of(path: Path) -> list[dict[str, object]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
