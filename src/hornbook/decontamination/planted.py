"""Plant leaks: put a benchmark's problems among the exercises, so that it is known what a study should find.

Reads:  problems with their solutions; training documents.
Writes: the documents with leaks at random places among the exercises; for each leak its problem and its kind.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.decontamination.planted_idioms import in_another_idiom
from hornbook.decontamination.planted_names import renamed
from hornbook.decontamination.planted_words import reworded
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Problem

LEAKS_PER_PROBLEM = 4
"""Where the number of problems is not given."""


class LeakKind(StrEnum):
    """How a leak gives a problem away."""

    VERBATIM = "verbatim"
    RENAMED = "renamed"
    """Its functions, arguments and variables have other names."""
    REWORDED = "reworded"
    """Its docstring has other words in another order."""
    OTHER_IDIOM = "other-idiom"
    """Its solution computes the same in another way of writing."""


@dataclass(frozen=True, kw_only=True)
class PlantConfig:
    """How many leaks of how many problems."""

    num_leaks: int
    num_problems: int = 0
    """Drawn at random; 0 for a quarter of the leaks, so that each has one of each kind."""

    def __post_init__(self) -> None:
        """Refuse what cannot be planted.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_leaks < 1:
            raise ConfigError(f"`num_leaks` must be at least 1, got {self.num_leaks!r}")
        if not 0 <= self.num_problems <= self.num_leaks:
            raise ConfigError(
                f"`num_problems` must lie in [0, {self.num_leaks}] (from `num_leaks`), got {self.num_problems!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A document that was planted."""

    document_id: str
    task_id: str
    kind: LeakKind


@dataclass(frozen=True, kw_only=True)
class Planted:
    """All documents, and which of them are leaks."""

    documents: list[Document]
    """The given ones in their order, the leaks between them."""
    leaks: list[Leak]
    """In the order in which they were made: problem by problem, then the next kind."""


def plant(
    documents: Sequence[Document], problems: Sequence[Problem], config: PlantConfig, generator: random.Random
) -> Planted:
    """Put leaks of some problems among the documents.

    The leaks go round the problems, and for each problem round the kinds that it allows.

    Args:
        documents: Leaks come among the exercises.
        problems: With their solutions.
        config: How many.
        generator: Draws problems, names and places: equal seeds, equal documents.

    Raises:
        ConfigError: There are fewer problems than are to be given away.
    """
    wanted = config.num_problems or -(-config.num_leaks // LEAKS_PER_PROBLEM)
    if wanted > len(problems):
        raise ConfigError(f"`num_problems` must be at most the benchmark's {len(problems)}, got {wanted!r}")
    drawn = generator.sample(list(problems), wanted)
    made: list[Document] = []
    leaks: list[Leak] = []
    for number in range(config.num_leaks):
        problem, turn = drawn[number % wanted], number // wanted
        kinds = [kind for kind in LeakKind if leak_text(problem, kind, random.Random(0)) is not None]
        kind = kinds[turn % len(kinds)]
        text = leak_text(problem, kind, generator)
        assert text is not None, "whether a kind is possible does not depend on chance"
        identity = f"planted-{problem.task_id}-{kind}-{turn}"
        made.append(Document(id=identity, kind=DocumentKind.EXERCISE, text=text))
        leaks.append(Leak(document_id=identity, task_id=problem.task_id, kind=kind))
    return Planted(documents=_mixed(documents, made, generator), leaks=leaks)


def leak_text(problem: Problem, kind: LeakKind, generator: random.Random) -> str | None:
    """The problem and its solution as a document; None where this kind is not possible."""
    text = problem.prompt + problem.canonical_solution
    match kind:
        case LeakKind.VERBATIM:
            return text
        case LeakKind.RENAMED:
            return renamed(text, problem.entry_point, generator)
        case LeakKind.REWORDED:
            return reworded(text, problem.entry_point)
        case LeakKind.OTHER_IDIOM:
            return in_another_idiom(text, problem.entry_point)


def _mixed(documents: Sequence[Document], leaks: Sequence[Document], generator: random.Random) -> list[Document]:
    """Each leak right before an exercise drawn at random, or at the very end."""
    places = [at for at, document in enumerate(documents) if document.kind == DocumentKind.EXERCISE]
    before: dict[int, list[Document]] = {}
    for leak in leaks:
        before.setdefault(generator.choice([*places, len(documents)]), []).append(leak)
    mixed: list[Document] = []
    for at, document in enumerate(documents):
        mixed += [*before.get(at, ()), document]
    return [*mixed, *before.get(len(documents), ())]
