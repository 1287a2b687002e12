"""The stages of curation that read the standard library: corpus, hygiene, annotate; and provided documents.

Reads:  the running interpreter's standard library and the shipped labels; then the artifacts of the stages before.
        For provided documents a person's own folder.
Writes: the tables `samples`, `samples` with `dropped`, and `labels`. Provided documents: `kept`, `documents` or
        `exercises`, with `dropped`.
Source: section 2.1 of the paper.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from hornbook.curation.corpus import CorpusConfig, read_standard_library
from hornbook.curation.provided import ProvidedConfig, read_provided
from hornbook.curation.select import count_tokens
from hornbook.curation.shipped import AnnotateConfig, join_labels, load_labels
from hornbook.errors import ConfigError, MissingInputError
from hornbook.filters.config import VERSION as HYGIENE_VERSION
from hornbook.filters.config import FiltersConfig
from hornbook.filters.judge import judge
from hornbook.filters.masking import detector
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import CodeSample, Document, DocumentKind, Dropped, Exercise, Label

VERSION = 1
"""Raised when a rule of these stages changes: it is part of the fingerprint."""
_REPORTED_EVERY = 500

_PROVIDED_TABLES: dict[DocumentKind, tuple[str, type, str]] = {
    DocumentKind.CODE: ("kept", CodeSample, "samples"),
    DocumentKind.TEXTBOOK: ("documents", Document, "passages"),
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


def run_provided(config: ProvidedConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take in a person's documents of one kind.

    Writes `kept`: CodeSample, `documents`: Document or `exercises`: Exercise, by the kind; and `dropped`: Dropped.

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


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
