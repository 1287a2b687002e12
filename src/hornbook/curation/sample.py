"""The stage `sample`: draw some documents at random.

Reads:  the documents of its input; of another one `labels`, where only labelled documents are wanted.
Writes: `documents`: Document, those drawn, in their order.
Source: section 2.1 of the paper annotates about 100,000 samples.

A document's rank is a hash of the seed and its id. A larger number therefore draws what a smaller one draws and more,
and no answer of a teacher is paid twice.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.table import Table, copy_rows
from hornbook.records import Document, Label

VERSION = 1
"""Raised when a rule of this stage changes: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class SampleConfig:
    """How many documents are drawn."""

    num: int | None = None
    """Number of documents to draw at random; all where it is not given."""

    def __post_init__(self) -> None:
        if self.num is not None and self.num < 1:
            raise ConfigError(f"`num` must be at least 1, got {self.num!r}")


def sample(
    documents: Stage, config: SampleConfig | None = None, *, labelled: Stage | None = None, name: str = "sample"
) -> Stage:
    """The stage that draws documents, of those alone that a stage has labelled where it is given."""
    inputs = {"documents": documents} | ({} if labelled is None else {"labels": labelled})
    return Stage(name, run_sample, config or SampleConfig(), VERSION, inputs)


def run_sample(config: SampleConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Draw documents; memory holds 8 bytes for each.

    Raises:
        MissingInputError: No document is labelled.
    """
    parts = inputs["documents"].documents().parts
    wanted = {label.id for label in inputs["labels"].table("labels", Label)} if "labels" in inputs else None
    ranks: list[np.ndarray[tuple[int], np.dtype[np.uint64]]] = []
    for part in parts:
        ids = list(Table(Document, (part,)).ids())
        is_out = np.array([wanted is not None and name not in wanted for name in ids], dtype=np.bool_)
        some = np.array([_rank(workspace.seed, name) for name in ids], dtype=np.uint64)
        some[is_out] = np.iinfo(np.uint64).max
        ranks.append(some)
    every = np.concatenate(ranks)
    num_candidates = int((every < np.iinfo(np.uint64).max).sum())
    if not num_candidates:
        raise MissingInputError("none of the documents has a label")
    num = min(num_candidates, config.num or num_candidates)
    bound = np.partition(every, num - 1)[num - 1]
    jobs = [(part, rows) for part, some in zip(parts, ranks, strict=True) if len(rows := np.flatnonzero(some <= bound))]
    drawn = workspace.gather(workspace.map_parts("drawn", copy_rows, jobs, note="parts written"), "documents", Document)
    return Result(kept=drawn.num_rows, unit="documents", metrics={"num_candidates": num_candidates})


def _rank(seed: int, name: str) -> int:
    digest = hashlib.blake2b(f"{seed}\n{name}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1
