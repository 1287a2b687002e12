"""The stage that gathers all training documents and removes those that repeat others.

Reads:  the selected code; the textbook passages and exercises, verified ones where the recipe verifies.
Writes: the documents that stay; every other one with the document that it repeats and how near the two are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.deduplication.exact import EXACT, exact_groups
from hornbook.deduplication.minhash import NEAR, NearConfig, NearDuplicates, near_duplicates
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import CodeSample, Document, DocumentKind, Dropped, Exercise, Passage

VERSION = 1
"""Raised when a rule of this stage changes: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class DeduplicateConfig:
    """What a near duplicate is, for each kind of document. Documents of different kinds are never near duplicates."""

    code: NearConfig = field(default_factory=NearConfig)
    textbook: NearConfig = field(default_factory=lambda: NearConfig(threshold=0.9))
    """Higher than for code: passages of one curriculum share their turns of phrase."""
    exercise: NearConfig = field(default_factory=lambda: NearConfig(threshold=0.9))
    """Higher than for code: two exercises that differ in one operation share most of their text, and are two
    exercises. At 0.9 what goes differs in the function's name or in layout; at 0.8 some have other operations."""

    def of(self, kind: DocumentKind) -> NearConfig:
        """The part for one kind of document."""
        return {
            DocumentKind.CODE: self.code,
            DocumentKind.TEXTBOOK: self.textbook,
            DocumentKind.EXERCISE: self.exercise,
        }[kind]


@dataclass(frozen=True, kw_only=True)
class Deduplicated:
    """What stays and what does not, both in input order."""

    kept: list[Document]
    dropped: list[Dropped]
    metrics: dict[str, Any]


def run_deduplicate(config: DeduplicateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Gather `kept` of the input `select`, and `passages` and `kept` of the input `verify`; drop what repeats.

    A recipe that verifies nothing gives the inputs `textbooks` (`passages`) and `exercises` (`exercises`) instead.

    Writes `documents`: Document (code, then textbook, then exercise, each in the order of its input), and `dropped`:
    Dropped.
    """
    verify = inputs.get("verify")
    exercises = (verify, "kept") if verify else (inputs["exercises"], "exercises")
    documents = gather_documents(
        inputs["select"].records("kept", CodeSample),
        (verify or inputs["textbooks"]).records("passages", Passage),
        exercises[0].records(exercises[1], Exercise),
    )
    workspace.progress(0, len(documents), "comparing documents")
    result = deduplicate(documents, config)
    workspace.write_records("documents", Document, result.kept)
    workspace.write_records("dropped", Dropped, result.dropped)
    workspace.progress(len(documents), len(documents), "")
    return Result(
        kept=len(result.kept),
        unit="documents",
        dropped=dict(sorted(Counter(dropped.reason for dropped in result.dropped).items())),
        metrics=result.metrics,
    )


def gather_documents(
    samples: Sequence[CodeSample], passages: Sequence[Passage], exercises: Sequence[Exercise]
) -> list[Document]:
    """One document per record; an exercise is its prompt and its solution."""
    return [
        *(Document(id=sample.id, kind=DocumentKind.CODE, text=sample.text) for sample in samples),
        *(Document(id=passage.id, kind=DocumentKind.TEXTBOOK, text=passage.text) for passage in passages),
        *(
            Document(id=exercise.id, kind=DocumentKind.EXERCISE, text=exercise.prompt + exercise.solution)
            for exercise in exercises
        ),
    ]


def deduplicate(documents: Sequence[Document], config: DeduplicateConfig) -> Deduplicated:
    """Drop each document that repeats an earlier one, word for word or nearly.

    Exact duplicates are sought among all documents and go first; near duplicates among the rest of the same kind.
    """
    dropped: dict[int, Dropped] = {}
    for index, first in enumerate(exact_groups([document.text for document in documents])):
        if first != index:
            dropped[index] = Dropped(id=documents[index].id, reason=EXACT, detail=f"of {documents[first].id}")
    metrics: dict[str, Any] = {}
    for kind in DocumentKind:
        members = [index for index, document in enumerate(documents) if document.kind == kind]
        rest = [index for index in members if index not in dropped]
        near = near_duplicates([documents[index].text for index in rest], config.of(kind))
        for position in near.jaccard:
            dropped[rest[position]] = _near_dropped(documents, rest, near, position)
        metrics[kind.value] = {
            "num_documents": len(members),
            "num_exact_duplicates": len(members) - len(rest),
            "num_near_duplicates": len(near.jaccard),
            "num_compared_pairs": near.num_compared,
        }
    return Deduplicated(
        kept=[document for index, document in enumerate(documents) if index not in dropped],
        dropped=[dropped[index] for index in sorted(dropped)],
        metrics=metrics,
    )


def _near_dropped(documents: Sequence[Document], rest: Sequence[int], near: NearDuplicates, position: int) -> Dropped:
    keeper = documents[rest[near.keepers[position]]]
    detail = f"of {keeper.id}, Jaccard similarity {near.jaccard[position]:.3f}"
    return Dropped(id=documents[rest[position]].id, reason=NEAR, detail=detail)
