"""The commands that make labels and learn from them: sample, annotate, train-classifier."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from hornbook.commands.data import open_inputs, publish_documents, reading_config
from hornbook.commands.one_stage import (
    OUTPUT,
    READING,
    RULES,
    Execution,
    Inputs,
    Output,
    Seed,
    dropped_counts,
    finished,
)
from hornbook.commands.teacher import Teacher, TeacherOptions, open_account
from hornbook.curation import calibration
from hornbook.curation.annotate import AnnotateConfig, PromptConfig
from hornbook.curation.annotate import annotate as annotate_stage
from hornbook.curation.collect import collect
from hornbook.curation.labels import LabelsConfig, read_labels
from hornbook.curation.sample import SampleConfig
from hornbook.curation.sample import sample as sample_stage
from hornbook.curation.saved_classifier import CLASSIFIER_FILES, CLASSIFIER_FOLDER
from hornbook.curation.train_classifier import train_classifier as train_classifier_stage
from hornbook.errors import ConfigError
from hornbook.pipeline.publish import (
    publish,
    publish_dropped,
    publish_folder,
    require_writable,
    require_writable_folder,
)
from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, Dropped, Label
from hornbook.sources.find import SourcesConfig

_EXECUTION, _SOURCES, _PROMPT, _OPTIONS, _SAMPLE = (
    Execution(),
    SourcesConfig(),
    PromptConfig(),
    TeacherOptions(),
    SampleConfig(),
)
Reading = Annotated[SourcesConfig, Parameter(name="*", group=READING)]
Drawing = Annotated[SampleConfig, Parameter(name="*", group=RULES)]


def sample(
    *inputs: Inputs,
    output: Output,
    drawing: Drawing = _SAMPLE,
    sources: Reading = _SOURCES,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Draw documents at random.

    A larger number draws what a smaller one draws and more. Rows of files are published as they stand there.
    """
    reading, opened = open_inputs(inputs, sources, output)
    last = sample_stage(collect(reading), drawing)
    with finished(last, output, execution, seed=seed) as done:
        done.facts |= publish_documents(output, opened, done["collect"], done[last.name])


def annotate(
    *inputs: Inputs,
    output: Output,
    teacher: Teacher = _OPTIONS,
    drawing: Drawing = _SAMPLE,
    against: Annotated[str | None, Parameter(group=RULES)] = None,
    prompt: Annotated[PromptConfig, Parameter(name="*", group=RULES)] = _PROMPT,
    sources: Reading = _SOURCES,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Ask a language model, from 0 to 5, how much a student would learn from each document, and why.

    The output has a row of `id`, `score`, `reason` and `annotator` for each labelled document. Every answer is kept in
    the cache, so that the same command continues where an interrupted one stopped.

    Parameters
    ----------
    against
        File of known scores: only documents that have one are read, and the agreement is printed. `shipped` names the
        labels of the standard library that come with Hornbook.
    """
    require_writable(output, (*inputs, *([against] if against else [])))
    if not teacher.teacher:
        raise ConfigError("name the teacher that is asked: `--teacher URL`, or `--teacher FILE.gguf`")
    documents = collect(reading_config(inputs, sources))
    known = None if against is None else read_labels(documents, LabelsConfig(path=against), name="known")
    drawn = sample_stage(documents, drawing, labelled=known)
    with open_account("annotate", teacher, output) as account:
        assert account is not None
        last = annotate_stage(drawn, AnnotateConfig(**vars(prompt), teacher=account.name))
        with finished(last, output, execution, seed=seed, account=account) as done:
            read, labelled = done["collect"], done[last.name]
            labels, rejected = labelled.table("labels", Label), read.table("dropped", Dropped)
            publish(output, labels)
            dropped = labelled.table("dropped", Dropped)
            path = publish_dropped(output, rejected, dropped, done[drawn.name].table("documents", Document))
            metrics = labelled.manifest.metrics
            account.kept(labels.num_rows, metrics["completion_tokens"])
            done.facts |= {
                "num_documents": done[drawn.name].manifest.metrics["num_candidates"],
                "labels": labels.num_rows,
                "scores": metrics["score_counts"],
                "dropped": dropped_counts([read, labelled]),
                "shortened": metrics["num_truncated"],
                "agreement": {} if known is None else _agreement(done[known.name], labelled),
                "dropped_rows": str(path or ""),
            }


def train_classifier(
    *inputs: Inputs,
    output: Annotated[Path, Parameter(name=("--output", "-o"), help="Folder to write.", group=OUTPUT)],
    labels: Annotated[str, Parameter(group=RULES)],
    sources: Reading = _SOURCES,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Train the quality classifier on labelled documents, and measure it on labels that it has not seen.

    The output is the folder that `hornbook classify --classifier` takes.

    Parameters
    ----------
    labels
        File of rows with `score`, 0 to 5, and the document's `id`, its `text`, or the `sha256` of its text; `shipped`
        for the labels of the standard library that come with Hornbook.
    """
    require_writable_folder(output, (*inputs, labels), CLASSIFIER_FILES)
    documents = collect(reading_config(inputs, sources))
    joined = read_labels(documents, LabelsConfig(path=labels))
    last = train_classifier_stage(documents, joined)
    with finished(last, output, execution, seed=seed) as done:
        publish_folder(output, done[last.name].path(CLASSIFIER_FOLDER))
        metrics = done[last.name].manifest.metrics
        held_out = metrics["held_out"]
        done.facts |= {
            "num_documents": done["collect"].manifest.kept,
            "labels": metrics["num_labels"],
            "dropped": dropped_counts([done["collect"], done[joined.name]]),
            "held_out": {
                "labels": held_out["num_labels"],
                "spearman": held_out["spearman"]["value"],
                "auc": held_out["auc"]["value"],
            },
        }


def _agreement(known: Artifact, labelled: Artifact) -> dict[str, Any]:
    """How well the scores agree with known ones."""
    scores = {label.id: label.score for label in known.table("labels", Label)}
    pairs = [(scores[label.id], label.score) for label in labelled.table("labels", Label)]
    return calibration.agreement_of(pairs)
