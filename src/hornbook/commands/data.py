"""The commands that work on a person's data: each is a source, a stage and an output."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from hornbook.commands.one_stage import OUTPUT, READING, RULES, Execution, Inputs, Output, dropped_counts, finished
from hornbook.curation.classify import ClassifyConfig
from hornbook.curation.classify import classify as classify_stage
from hornbook.curation.collect import FILES, CollectConfig
from hornbook.curation.collect import collect as collect_stage
from hornbook.curation.saved_classifier import SavedClassifier, find_classifier
from hornbook.curation.select import ReadValuesConfig, SelectConfig, read_values
from hornbook.curation.select import select as select_stage
from hornbook.deduplication.stage import DeduplicateConfig, Duplicate
from hornbook.deduplication.stage import deduplicate as deduplicate_stage
from hornbook.errors import ConfigError
from hornbook.filters.config import FiltersConfig, read_opt_out
from hornbook.filters.stage import filters as filters_stage
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.publish import (
    Change,
    publish,
    publish_dropped,
    publish_kept,
    require_same_form,
    require_writable,
)
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store
from hornbook.records import Document, DocumentKind, Dropped, Value
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.sources.source import Source

_DEFAULT_EXECUTION, _DEFAULT_SOURCES = Execution(), SourcesConfig()
_TYPED = re.compile(r"(\d+(?:[_,]\d{3})*(?:\.\d+)?)([kmbt]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_BUDGETS = ("--keep-tokens", "--keep-share", "--threshold")
Reading = Annotated[SourcesConfig, Parameter(name="*", group=READING)]


def _parse_count(_hint: Any, tokens: Sequence[Any]) -> int:
    """The number that was typed: `6B`, `1.5M`, `10k`, `1_000` or `1000`.

    Raises:
        ValueError: It is no whole number above 0.
    """
    typed = str(tokens[0].value)
    match = _TYPED.fullmatch(typed.strip())
    number = Decimal(re.sub("[_,]", "", match[1])) * _FACTORS[match[2].lower()] if match else Decimal(0)
    if number < 1 or number != int(number):
        raise ValueError(f"`--keep-tokens` must be a whole number above 0, such as 6B, 500M or 1000; got {typed!r}")
    return int(number)


def collect(
    *inputs: Inputs,
    output: Output,
    sources: Reading = _DEFAULT_SOURCES,
    filters: Annotated[FiltersConfig, Parameter(name="*", group=RULES)] = FiltersConfig(),  # noqa: B008
    opt_out: Annotated[Path | None, Parameter(group=RULES)] = None,
    no_filters: Annotated[bool, Parameter(negative=(), group=RULES)] = False,
    split: Annotated[str, Parameter(group=READING)] = FILES,
    kind: Annotated[DocumentKind | None, Parameter(group=READING)] = None,
    execution: Execution = _DEFAULT_EXECUTION,
) -> None:
    """Read code, notebooks, packages, rows or dumps of Stack Exchange into one file of documents.

    Each document keeps its licence and origin. Code that fails the filters is dropped, and secrets are masked. What was
    dropped is written beside the output with the reason. An interrupted command continues when it is typed again.

    Parameters
    ----------
    opt_out
        File of repositories, accounts, paths and addresses that are dropped, one a line.
    no_filters
        Keep every document as it is, secrets included.
    split
        What is a document: `files`, each file whole; `definitions`, each top-level function and class of a file, and a
        small file whole besides.
    kind
        Which part of the training data the documents are. Without it rows say it by their fields, and all else is code.
    """
    require_writable(output, inputs)
    collected = collect_stage(replace(reading_config(inputs, sources), split=split, kind=kind))
    if opt_out is not None:
        filters = replace(filters, opt_out_entries=(*filters.opt_out_entries, *read_opt_out(opt_out)))
    if no_filters and filters != FiltersConfig():
        raise ConfigError("`--no-filters` contradicts the other options of the filters")
    last = collected if no_filters else filters_stage(collected, filters)
    with finished(last, output, execution) as done:
        kept = done[last.name].table("documents", Document)
        collection = done[collected.name]
        stages = [collection] if no_filters else [collection, done[last.name]]
        refused = None if no_filters else done[last.name].table("dropped", Dropped)
        documents = collection.table("documents", Document)
        dropped = publish_dropped(output, collection.table("dropped", Dropped), refused, documents)
        publish(output, kept)
        done.facts |= {
            "read_as": ", ".join(
                f"{number} × {layout}" for layout, number in collection.manifest.metrics["layouts"].items()
            ),
            "kept": kept.num_rows,
            "dropped": dropped_counts(stages),
            "passed_over": collection.manifest.metrics["passed_over"],
            "masked": done[last.name].manifest.metrics.get("masked", {}),
            "advice": done[last.name].manifest.metrics.get("advice", ""),
            "dropped_rows": str(dropped or ""),
        }


def deduplicate(
    *inputs: Inputs,
    output: Output,
    clusters: Annotated[Path | None, Parameter(group=OUTPUT)] = None,
    config: Annotated[DeduplicateConfig, Parameter(name="*", group=RULES)] = DeduplicateConfig(),  # noqa: B008
    sources: Reading = _DEFAULT_SOURCES,
    execution: Execution = _DEFAULT_EXECUTION,
) -> None:
    """Drop documents that repeat an earlier one, exactly or nearly, of files that need not fit in memory.

    The first document of each cluster stays. Rows of files are published as they stand there. What was dropped is
    written beside the output with the reason. An interrupted command continues when it is typed again.

    Parameters
    ----------
    clusters
        File that says for each dropped document which one it repeats and how near: .jsonl or .parquet.
    """
    require_writable(output, inputs)
    if clusters is not None:
        require_writable(clusters, inputs)
        if clusters.resolve() == output.resolve():
            raise ConfigError(f"`--clusters` and `--output` both name `{output}`")
    reading, opened = open_inputs(inputs, sources, output)
    last = deduplicate_stage(collect_stage(reading), config=config)
    with finished(last, output, execution) as done:
        read, unique = done["collect"], done[last.name]
        done.facts |= publish_documents(output, opened, read, unique)
        if clusters is not None:
            publish(clusters, unique.table("duplicates", Duplicate))
        done.facts |= {
            "num_compared_pairs": sum(one["num_compared_pairs"] for one in unique.manifest.metrics.values()),
            "clusters": str(clusters or ""),
        }


def classify(
    *inputs: Inputs,
    output: Output,
    classifier: Annotated[str | None, Parameter(group=RULES)] = None,
    sources: Reading = _DEFAULT_SOURCES,
    execution: Execution = _DEFAULT_EXECUTION,
) -> None:
    """Classify documents: write the probability that a reader finds each worth learning from.

    The output has a row of `id` and `value` for each document, in their order. Rows that are no documents are written
    beside it with the reason. An interrupted command continues when it is typed again.

    Parameters
    ----------
    classifier
        Run of the store, or folder, whose quality classifier is used. Without it, that of the latest run of `laptop`.
    """
    require_writable(output, inputs)
    folder = find_classifier(classifier, Store(execution.store or Path(DEFAULT_STORE)))
    SavedClassifier.load(folder)  # A mistake is told before any work.
    collected = collect_stage(reading_config(inputs, sources))
    last = classify_stage(collected, config=ClassifyConfig(folder=str(folder)))
    with finished(last, output, execution) as done:
        read = done[collected.name]
        rejected, values = read.table("dropped", Dropped), done[last.name].table("values", Value)
        path = publish_dropped(output, rejected, None, read.table("documents", Document))
        publish(output, values)
        done.facts |= {
            "num_rows": values.num_rows + rejected.num_rows,
            "classified": values.num_rows,
            "dropped": dropped_counts([read]),
            "classifier": str(folder),
            "dropped_rows": str(path or ""),
        }


def select(
    *inputs: Inputs,
    output: Output,
    values: Annotated[Path, Parameter(group=RULES)],
    keep_tokens: Annotated[int | None, Parameter(group=RULES, converter=_parse_count)] = None,
    keep_share: Annotated[float | None, Parameter(group=RULES)] = None,
    threshold: Annotated[float | None, Parameter(group=RULES)] = None,
    sources: Reading = _DEFAULT_SOURCES,
    execution: Execution = _DEFAULT_EXECUTION,
) -> None:
    """Keep the documents of the highest value, as many as a budget of tokens holds or all from a threshold on.

    Rows of files are published as they stand there. What was dropped is written beside the output with its value. An
    interrupted command continues when it is typed again.

    Parameters
    ----------
    values
        File of rows of `id` and `value`, as `hornbook classify` writes it.
    keep_tokens
        Number of lexical tokens that may stay: 6B, 500M, 10k.
    keep_share
        Share of all lexical tokens that may stay, above 0 to 1.
    threshold
        Least value of a document that stays, 0 to 1.
    """
    given = [flag for flag, one in zip(_BUDGETS, (keep_tokens, keep_share, threshold), strict=True) if one is not None]
    if len(given) != 1:
        flags = ", ".join(given) or "none"
        raise ConfigError(f"give one of --keep-tokens, --keep-share and --threshold; {flags} is given")
    config = SelectConfig(keep_tokens=keep_tokens, keep_share=keep_share, threshold=threshold)
    require_writable(output, (*inputs, str(values)))
    reading, opened = open_inputs(inputs, sources, output)
    last = select_stage(collect_stage(reading), read_values(ReadValuesConfig(path=str(values))), config)
    with finished(last, output, execution) as done:
        read, chosen = done["collect"], done[last.name]
        metrics = chosen.manifest.metrics
        done.facts |= {
            **publish_documents(output, opened, read, chosen),
            **{name: metrics[name] for name in ("threshold", "num_kept_tokens", "num_tokens")},
            "share_of_tokens": round(metrics["num_kept_tokens"] / max(1, metrics["num_tokens"]), 4),
        }


def reading_config(inputs: tuple[str, ...], sources: SourcesConfig) -> CollectConfig:
    """The config of `collect` for what was typed."""
    if not inputs:
        raise ConfigError("name at least one input: a folder, a file of rows, a repository")
    return CollectConfig(inputs=inputs, **{name: getattr(sources, name) for name in sources.__dataclass_fields__})


def open_inputs(
    inputs: tuple[str, ...], sources: SourcesConfig, output: Path
) -> tuple[CollectConfig, Sequence[Source]]:
    """The config of `collect` for what was typed, and the sources whose rows `publish_documents` writes again.

    Raises:
        ConfigError: An input is not there, or the output cannot have the form of its rows, or cannot be written.
    """
    require_writable(output, inputs)
    reading = reading_config(inputs, sources)
    opened = open_sources(inputs, reading)
    require_same_form(opened, output)
    return reading, opened


def publish_documents(
    output: Path, opened: Sequence[Source], read: Artifact, made: Artifact, changes: Iterable[Change] = ()
) -> dict[str, Any]:
    """Publish the documents that a stage kept, rows of files as they stood there, and beside them what was dropped.

    Args:
        output: Path that a person named.
        opened: What was read.
        read: Of `collect`.
        made: Of the stage.
        changes: As in `publish_kept`.

    Returns:
        What the command prints of it.
    """
    documents, rejected = read.table("documents", Document), read.table("dropped", Dropped)
    kept = made.table("documents", Document)
    publish_kept(output, opened, documents, rejected, kept, changes)
    dropped = made.table("dropped", Dropped) if made.has("dropped") else None
    path = publish_dropped(output, rejected, dropped, documents)
    return {
        "num_rows": documents.num_rows + rejected.num_rows,
        "kept": kept.num_rows,
        "dropped": dropped_counts([read, made]),
        "dropped_rows": str(path or ""),
    }
