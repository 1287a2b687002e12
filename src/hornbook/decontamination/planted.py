"""Plant leaks: put a benchmark's problems among the exercises, so that it is known what a study should find.

Reads:  problems with their solutions; training documents.
Writes: the documents with leaks at random places among the exercises; for each leak its problem and its kind.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.decontamination.planted_kinds import LeakKind, leak_text, still_solving
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Problem
from hornbook.sandbox.program import Sandbox

LEAKS_PER_PROBLEM = len(LeakKind)
"""Where the number of problems is not given."""


@dataclass(frozen=True, kw_only=True)
class PlantConfig:
    """How many leaks of how many problems."""

    num_leaks: int
    num_problems: int = 0
    """Drawn at random; 0 for a fifth of the leaks, so that each has one of each kind."""
    num_copies: int = 1
    """How often each leak stands among the exercises: a small model needs many readings to know a text by heart."""

    def __post_init__(self) -> None:
        """Refuse what cannot be planted.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_leaks < 1:
            raise ConfigError(f"`num_leaks` must be at least 1, got {self.num_leaks!r}")
        if self.num_copies < 1:
            raise ConfigError(f"`num_copies` must be at least 1, got {self.num_copies!r}")
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
    """In the order in which they were made: problem by problem, then the next kind; the copies of each together."""


def plant(
    documents: Sequence[Document],
    problems: Sequence[Problem],
    config: PlantConfig,
    generator: random.Random,
    sandbox: Sandbox,
) -> Planted:
    """Put leaks of some problems among the documents.

    The leaks go round the problems, and for each problem round the kinds that it allows and that still solve it.

    Args:
        documents: Leaks come among the exercises.
        problems: With their solutions.
        config: How many.
        generator: Draws problems, names and places: equal seeds, equal documents.
        sandbox: Entered; the leaks are tested in it.

    Raises:
        ConfigError: There are fewer problems than are to be given away.
        SandboxError: The sandbox broke down.
    """
    wanted = config.num_problems or -(-config.num_leaks // LEAKS_PER_PROBLEM)
    if wanted > len(problems):
        raise ConfigError(f"`num_problems` must be at most the benchmark's {len(problems)}, got {wanted!r}")
    drawn = generator.sample(list(problems), wanted)
    told = _told(drawn, -(-config.num_leaks // wanted), generator, sandbox)
    made: list[Document] = []
    leaks: list[Leak] = []
    for number in range(config.num_leaks):
        place, turn = number % wanted, number // wanted
        kind, text = told[place][turn % len(told[place])]
        for copy in range(config.num_copies):
            identity = f"planted-{drawn[place].task_id}-{kind}-{turn}" + (f"-{copy}" if config.num_copies > 1 else "")
            made.append(Document(id=identity, kind=DocumentKind.EXERCISE, text=text))
            leaks.append(Leak(document_id=identity, task_id=drawn[place].task_id, kind=kind))
    return Planted(documents=_mixed(documents, made, generator), leaks=leaks)


def _told(
    problems: Sequence[Problem], num_of_each: int, generator: random.Random, sandbox: Sandbox
) -> list[list[tuple[LeakKind, str]]]:
    """For each problem at least one text, and as many as are asked for unless some of them no longer solve it."""
    tried: list[tuple[int, LeakKind, str]] = []
    for place, problem in enumerate(problems):
        kinds = [kind for kind in LeakKind if leak_text(problem, kind, random.Random(0)) is not None]
        for number in range(num_of_each):
            kind = kinds[number % len(kinds)]
            text = leak_text(problem, kind, generator)
            assert text is not None, "whether a kind is possible does not depend on chance"
            tried.append((place, kind, text))
    solving = still_solving([(problems[place], text) for place, _, text in tried], sandbox)
    told: list[list[tuple[LeakKind, str]]] = [[] for _ in problems]
    for (place, kind, text), is_solving in zip(tried, solving, strict=True):
        if is_solving or kind is LeakKind.VERBATIM:  # Which is the problem itself, whatever its test says.
            told[place].append((kind, text))
    return told


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
