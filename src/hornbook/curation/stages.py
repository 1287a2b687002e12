"""The stages of curation: corpus, hygiene, annotate, classifier, select; and documents that a person provides.

Reads:  the running interpreter's standard library and the shipped labels; then the artifacts of the stages before.
        For provided documents a person's own folder.
Writes: the tables `samples`, `samples` with `dropped`, `labels`, `values`, and `kept` with `dropped`. Provided
        documents: `kept`, `passages` or `exercises`, with `dropped`.
Source: section 2.1 of the paper.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hornbook.curation.calibration import kept_curve, measure_calibration, most_surprising, source_table
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value
from hornbook.curation.corpus import CorpusConfig, read_standard_library
from hornbook.curation.encoder import make_encoder
from hornbook.curation.provided import ProvidedConfig, read_provided
from hornbook.curation.saved_classifier import CLASSIFIER_FOLDER, SavedClassifier, is_savable
from hornbook.curation.select import SelectConfig, count_tokens, select
from hornbook.curation.shipped import AnnotateConfig, join_labels, load_labels, make_hints
from hornbook.errors import ConfigError, MissingInputError
from hornbook.filters.config import VERSION as HYGIENE_VERSION
from hornbook.filters.config import FiltersConfig
from hornbook.filters.judge import judge
from hornbook.filters.masking import detector
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import CodeSample, DocumentKind, Dropped, Exercise, Label, Passage, PredictedValue

VERSION = 1
"""Raised when a rule of these stages changes: it is part of the fingerprint."""
CLASSIFIER_VERSION = 4
"""The same for the stage `classifier` alone. 2: it saves its classifier. 3: tokens and measures by lexing, a kernel.
4: a table by source."""
_REPORTED_EVERY = 500

_PROVIDED_TABLES: dict[DocumentKind, tuple[str, type, str]] = {
    DocumentKind.CODE: ("kept", CodeSample, "samples"),
    DocumentKind.TEXTBOOK: ("passages", Passage, "passages"),
    DocumentKind.EXERCISE: ("exercises", Exercise, "exercises"),
}
"""Kind → table that the stages behind read, its record, and what a record is called."""


def run_corpus(config: CorpusConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Cut the standard library. Writes `samples`: CodeSample.

    Raises:
        ConfigError: The running interpreter has another standard library than the config says.
    """
    del inputs
    corpus = read_standard_library(config)
    workspace.write_records("samples", CodeSample, corpus.samples)
    return Result(
        kept=len(corpus.samples),
        unit="samples",
        metrics={
            "num_files": corpus.num_files,
            "files_without_samples": dict(sorted(corpus.skipped_files.items())),
            "kinds": _counted(sample.kind.value for sample in corpus.samples),
            "licenses": _counted(sample.license for sample in corpus.samples),
            "num_characters": sum(len(sample.text) for sample in corpus.samples),
            "num_tokens": sum(count_tokens([sample.text for sample in corpus.samples])),
        },
    )


@dataclass(frozen=True, kw_only=True)
class SampleFiltersConfig:
    """The filters, and what besides them determines what they say. Get one from `describe_hygiene`.

    Whether a text parses depends on the running Python too, whose version stands in the corpus' config.
    """

    filters: FiltersConfig = field(default_factory=FiltersConfig)
    rules_version: int
    """Of the filters' rules: `config.VERSION`."""
    detector: str
    """Name and version of what finds secrets: `masking.detector`."""


def describe_hygiene() -> SampleFiltersConfig:
    """The default filters by the rules and the detector of this installation, which enter the fingerprint with them."""
    return SampleFiltersConfig(rules_version=HYGIENE_VERSION, detector=detector())


def run_hygiene(config: SampleFiltersConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Put aside what of `samples` (input `corpus`) is not fit to be learnt from, and mask the rest.

    Writes `samples`: CodeSample, masked copies under the ids of the corpus, whose own texts stay as they are, since
    labels are found by them; and `dropped`: Dropped. A sample is a fragment of a file, and only the fragment is judged:
    a function that was cut from a generated file passes, since the mark stayed in the head of the file.

    Raises:
        ConfigError: The installed rules or the installed detector of secrets are not those that the config names.
        MissingInputError: No sample is fit to be learnt from.
    """
    for name, installed in (("rules_version", HYGIENE_VERSION), ("detector", detector())):
        if getattr(config, name) != installed:
            raise ConfigError(f"`{name}` is {getattr(config, name)!r}, installed is {installed!r}")
    samples = inputs["corpus"].records("samples", CodeSample)
    workspace.progress(0, len(samples), "loading the rules that find secrets")
    kept, dropped, masked = [], [], Counter[str]()
    for number, sample in enumerate(samples, start=1):
        judged = judge(sample.text, path=sample.path, repository="", licenses=[sample.license], config=config.filters)
        if judged.reason:
            dropped.append(Dropped(id=sample.id, reason=judged.reason, detail=judged.detail))
        else:
            kept.append(replace(sample, text=judged.text))
            masked.update(judged.masked)
        if number % _REPORTED_EVERY == 0:
            workspace.progress(number, len(samples), "judging the samples")
    reasons = _counted(one.reason for one in dropped)
    if not kept:
        raise MissingInputError(
            f"none of {len(samples):,} samples passes the filters of hygiene; refused by reason: {reasons}"
        )
    workspace.write_records("samples", CodeSample, kept)
    workspace.write_records("dropped", Dropped, dropped)
    return Result(kept=len(kept), unit="samples", dropped=reasons, metrics={"masked": dict(sorted(masked.items()))})


def run_annotate(config: AnnotateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Join the shipped labels to `samples` of the input `corpus`. Writes `labels`: Label.

    Raises:
        ConfigError: The installed labels are not those that the config names.
        MissingInputError: Too few labels speak of code in the corpus.
    """
    shipped = load_labels(config)
    labels = join_labels(inputs["corpus"].records("samples", CodeSample), shipped, config)
    workspace.write_records("labels", Label, labels)
    unmatched = len(shipped) - len(labels)
    return Result(
        kept=len(labels),
        unit="labels",
        dropped={"no such code in the corpus": unmatched} if unmatched else {},
        metrics={"score_counts": _counted(str(label.score) for label in labels)},
    )


def run_classifier(config: ClassifierConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Learn from `labels` (input `labels`) and value `samples` (input `corpus`).

    Writes `values`: PredictedValue, and the folder `classifier` (`saved_classifier.py`) where its head can be saved.
    The calibration in the metrics is measured on a held-out part of the labels; the values come from a second fit, to
    all labels.

    Raises:
        MissingInputError: A label speaks of a sample that is not there, or there are too few labels.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    samples = inputs["corpus"].records("samples", CodeSample)
    labels = inputs["labels"].records("labels", Label)
    row_of = {sample.id: row for row, sample in enumerate(samples)}
    for label in labels:
        if label.sample_id not in row_of:
            raise MissingInputError(f"the label of {label.sample_id} has no sample in the corpus")
    workspace.progress(0, 3, "encoding the samples")
    features = make_encoder(config.encode).encode([sample.text for sample in samples])
    labelled = np.array([row_of[label.sample_id] for label in labels], dtype=np.intp)
    scores = np.array([label.score for label in labels], dtype=np.int64)
    hints = make_hints(samples, features, labelled, config.states_sha256)
    learner = Learner(features.rows(labelled), scores, config, hints)
    with threadpool_limits(1):  # The number of cores must change no digit.
        workspace.progress(1, 3, "measuring the calibration")
        measured = measure_calibration(learner, workspace.seed)
        metrics, held_out = measured.metrics, measured.held_out
        surprises = []
        for at in most_surprising(measured.values, scores[held_out]):
            label, value = labels[held_out[at]], round(float(measured.values[at]), 4)
            sample = samples[row_of[label.sample_id]]
            said = {"sample_id": sample.id, "module": sample.module, "qualname": sample.qualname}
            surprises.append({**said, "score": label.score, "value": value, "reason": label.reason})
        metrics["held_out"]["surprises"] = surprises
        workspace.progress(2, 3, "valuing all samples")
        fitted = fit_value(learner, workspace.seed)
        values = fitted.predict(features).tolist()
    num_tokens = count_tokens([sample.text for sample in samples])
    metrics["kept_curve"] = kept_curve(values, num_tokens)
    metrics["by_source"] = source_table(
        _sources(samples), values, num_tokens, labelled, scores, fitted.probabilities(measured.unseen)
    )
    metrics["head"] = config.head
    metrics["num_hints"] = 0 if hints is None else len(hints.states)
    records = [PredictedValue(sample_id=sample.id, value=value) for sample, value in zip(samples, values, strict=True)]
    workspace.write_records("values", PredictedValue, records)
    if is_savable(fitted):
        SavedClassifier(encode=config.encode, fitted=fitted).save(workspace.folder / CLASSIFIER_FOLDER)
    workspace.progress(3, 3, "")
    return Result(kept=len(values), unit="values", metrics=metrics)


def run_select(config: SelectConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Keep the most valuable of `samples` (input `samples`) by `values` (input `values`) within the budget.

    Values of other samples do no harm. Writes `kept`: CodeSample, and `dropped`: Dropped, the value and the threshold
    in each detail.

    Raises:
        MissingInputError: A sample has no value.
    """
    samples = inputs["samples"].records("samples", CodeSample)
    selection = select(samples, inputs["values"].records("values", PredictedValue), config)
    workspace.write_records("kept", CodeSample, selection.kept)
    workspace.write_records("dropped", Dropped, selection.dropped)
    return Result(
        kept=len(selection.kept),
        unit="samples",
        dropped=_counted(dropped.reason for dropped in selection.dropped),
        metrics={
            "threshold": selection.threshold,
            "num_kept_tokens": selection.num_kept_tokens,
            "num_tokens": selection.num_tokens,
            "kinds": _counted(sample.kind.value for sample in selection.kept),
        },
    )


def run_provided(config: ProvidedConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take in a person's documents of one kind.

    Writes `kept`: CodeSample, `passages`: Passage or `exercises`: Exercise, by the kind; and `dropped`: Dropped.

    Raises:
        ConfigError: No folder is given, or it holds no files of a known format.
        MissingInputError: A file is damaged, or a row has no text.
    """
    del inputs
    table, record, unit = _PROVIDED_TABLES[config.kind]
    records, dropped = read_provided(config)
    workspace.write_records(table, record, records)
    workspace.write_records("dropped", Dropped, dropped)
    return Result(
        kept=len(records),
        unit=unit,
        dropped=_counted(one.reason for one in dropped),
        metrics={"source": config.source},
    )


def _sources(samples: Sequence[CodeSample]) -> list[str]:
    """The source of each sample; of one source alone, the package or module at its top."""
    sources = [sample.source for sample in samples]
    return sources if len(set(sources)) > 1 else [sample.module.split(".")[0] for sample in samples]


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
