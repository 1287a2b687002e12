"""The stage `diversity`: measure how varied collections are, side by side; it keeps and drops nothing.

Reads:  the documents of its inputs, each a collection of its own.
Writes: figures of each collection into the manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.synthesis.diversity.measure import MAX_MEASURED, measure, stopped_after

VERSION = 1
"""Raised when a figure is computed in another way: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class DiversityConfig:
    """How much is measured."""

    at: int | None = None
    """Records of each collection that are measured, spread evenly. Without it 2,000, or those of the smallest one."""

    def __post_init__(self) -> None:
        if self.at is not None and self.at < 2:
            raise ConfigError(f"`at` must be at least 2, got {self.at!r}")


def diversity(collections: Mapping[str, Stage], config: DiversityConfig | None = None) -> Stage:
    """The stage that measures the documents of stages, by their names for people."""
    return Stage("diversity", run_diversity, config or DiversityConfig(), VERSION, collections)


def run_diversity(config: DiversityConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Measure each collection on equally many records, since a larger one repeats itself more.

    Raises:
        MissingInputError: A collection has fewer than two records.
    """
    collections = {name: artifact.documents() for name, artifact in inputs.items()}
    for name, documents in collections.items():
        if documents.num_rows < 2:
            raise MissingInputError(f"`{name}` holds {documents.num_rows} records; diversity needs at least 2")
    count = config.at or min(MAX_MEASURED, *(documents.num_rows for documents in collections.values()))
    figures = {}
    for number, (name, documents) in enumerate(collections.items()):
        workspace.progress(number, len(collections), name)
        stopped, reasons = stopped_after(documents)
        found = measure(documents, count).as_json()
        figures[name] = {"stopped_after": stopped, "stop_reasons": list(reasons), **found}
    return Result(kept=len(collections), unit="collections", metrics={"at": count, "collections": figures})
