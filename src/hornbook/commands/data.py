"""The commands that work on a person's data: each is a source, a stage and an output."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from hornbook.commands.one_stage import OUTPUT, READING, RULES, Execution, Inputs, Output, dropped_counts, finished
from hornbook.curation.collect import CollectConfig
from hornbook.curation.collect import collect as collect_stage
from hornbook.deduplication.stage import DeduplicateConfig, Duplicate
from hornbook.deduplication.stage import deduplicate as deduplicate_stage
from hornbook.errors import ConfigError
from hornbook.filters.config import FiltersConfig
from hornbook.filters.stage import filters as filters_stage
from hornbook.pipeline.publish import (
    publish,
    publish_dropped,
    publish_kept,
    require_same_form,
    require_writable,
)
from hornbook.records import Document, Dropped
from hornbook.sources.find import SourcesConfig, open_sources

app = App(name="hornbook", help_format="markdown")
_DEFAULT_EXECUTION, _DEFAULT_SOURCES = Execution(), SourcesConfig()
Reading = Annotated[SourcesConfig, Parameter(name="*", group=READING)]


@app.command
def collect(
    *inputs: Inputs,
    output: Output,
    sources: Reading = _DEFAULT_SOURCES,
    filters: Annotated[FiltersConfig, Parameter(name="*", group=RULES)] = FiltersConfig(),  # noqa: B008
    no_filters: Annotated[bool, Parameter(negative=(), group=RULES)] = False,
    execution: Execution = _DEFAULT_EXECUTION,
) -> None:
    """Read code, notebooks, packages, rows or dumps of Stack Exchange into one file of documents.

    Each document keeps its licence and origin. Code that fails the filters is dropped, and secrets are masked. What was
    dropped is written beside the output with the reason. An interrupted command continues when it is typed again.

    Parameters
    ----------
    no_filters
        Keep every document as it is, secrets included.
    """
    require_writable(output, inputs)
    collected = collect_stage(reading_config(inputs, sources))
    if no_filters and filters != FiltersConfig():
        raise ConfigError("`--no-filters` contradicts the other options of the filters")
    last = collected if no_filters else filters_stage(collected, filters)
    with finished(last, output, execution) as done:
        kept = done[last.name].table("documents", Document)
        read = done[collected.name].manifest
        stages = [done[collected.name]] if no_filters else [done[collected.name], done[last.name]]
        dropped = publish_dropped(output, [stage.table("dropped", Dropped) for stage in stages])
        publish(output, kept)
        done.facts |= {
            "read_as": ", ".join(f"{number} × {layout}" for layout, number in read.metrics["layouts"].items()),
            "kept": kept.num_rows,
            "dropped": dropped_counts(stages),
            "passed_over": read.metrics["passed_over"],
            "masked": done[last.name].manifest.metrics.get("masked", {}),
            "advice": done[last.name].manifest.metrics.get("advice", ""),
            "dropped_rows": str(dropped or ""),
        }


@app.command
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
    reading = reading_config(inputs, sources)
    opened = open_sources(inputs, reading)
    require_same_form(opened, output)
    last = deduplicate_stage(collect_stage(reading), config=config)
    with finished(last, output, execution) as done:
        read, unique = done["collect"], done[last.name]
        rejected, dropped = read.table("dropped", Dropped), unique.table("dropped", Dropped)
        kept = unique.table("documents", Document)
        publish_kept(output, opened, read.table("documents", Document), rejected, kept)
        path = publish_dropped(output, [rejected, dropped])
        if clusters is not None:
            publish(clusters, unique.table("duplicates", Duplicate))
        done.facts |= {
            "num_rows": kept.num_rows + rejected.num_rows + dropped.num_rows,
            "kept": kept.num_rows,
            "dropped": dropped_counts([read, unique]),
            "num_compared_pairs": sum(one["num_compared_pairs"] for one in unique.manifest.metrics.values()),
            "dropped_rows": str(path or ""),
            "clusters": str(clusters or ""),
        }


def reading_config(inputs: tuple[str, ...], sources: SourcesConfig) -> CollectConfig:
    """The config of `collect` for what was typed."""
    if not inputs:
        raise ConfigError("name at least one input: a folder, a file of rows, a repository")
    return CollectConfig(inputs=inputs, **{name: getattr(sources, name) for name in sources.__dataclass_fields__})
