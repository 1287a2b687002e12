"""Plant leaks of a benchmark's problems among the exercises, so that it is known what should be found."""

import ast
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.decontamination.rewrite import in_another_idiom, renamed, reworded
from hornbook.errors import ConfigError
from hornbook.python_code.parse import parse_code
from hornbook.records import Document, DocumentKind, Outcome, Problem
from hornbook.sandbox.program import Program, Sandbox


class LeakKind(StrEnum):
    """How a leak gives a problem away, in the terms of the labelled set."""

    VERBATIM = "verbatim"
    """The prompt with the canonical solution."""
    RENAMED = "renamed"
    """The same with other names of functions, arguments and variables."""
    PARAPHRASED = "paraphrased"
    """Other names, and docstrings in other words, the sentences in another order and without examples."""
    RESTRUCTURED = "restructured"
    """Other names, and the code in another idiom: by choice hard for trees."""
    RETOLD = "retold"
    """Other names, other words and another idiom."""


@dataclass(frozen=True, kw_only=True)
class PlantConfig:
    """How many leaks are planted."""

    num_leaks: int
    """Number of leaks to plant. A fifth as many problems are drawn, and each has one leak of each kind."""
    num_copies: int = 1
    """Copies of each leak among the exercises; a small model needs many readings to know a text by heart."""

    def __post_init__(self) -> None:
        for name in ("num_leaks", "num_copies"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")

    @property
    def num_problems(self) -> int:
        """Problems that are given away."""
        return -(-self.num_leaks // len(LeakKind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A document that was planted."""

    document_id: str
    task_id: str
    kind: LeakKind


def leak_text(problem: Problem, kind: LeakKind, generator: random.Random) -> str | None:
    """A module that gives the problem away, its names drawn; None where this kind is never possible."""
    name = problem.entry_point
    text: str | None = problem.prompt + problem.canonical_solution
    if text is not None and kind in (LeakKind.RESTRUCTURED, LeakKind.RETOLD):
        text = in_another_idiom(text, name)
    if text is not None and kind in (LeakKind.PARAPHRASED, LeakKind.RETOLD):
        text = reworded(text, name)
    return text if text is None or kind is LeakKind.VERBATIM else renamed(text, name, generator)


def still_solving(leaks: Sequence[tuple[Problem, str]], sandbox: Sandbox) -> list[bool]:
    """Which of the texts of `leak_text` pass the test of their problem.

    Raises:
        SandboxError: The sandbox broke down.
    """
    reports = sandbox.run([Program(_with_test(problem, text)) for problem, text in leaks])
    return [report.outcome is Outcome.PASSED for report in reports]


def plant(
    documents: Sequence[Document],
    problems: Sequence[Problem],
    config: PlantConfig,
    generator: random.Random,
    sandbox: Sandbox,
) -> tuple[list[Document], list[Leak]]:
    """Insert leaks of some problems among the exercises; problems, names and places are drawn.

    The leaks alternate between the problems, and for each problem between the kinds that still solve it.

    Returns:
        The documents in their order with the leaks between them; and the leaks in the order of their creation.

    Raises:
        ConfigError: There are fewer problems than are to be given away.
        SandboxError: The sandbox broke down.
    """
    if config.num_problems > len(problems):
        raise ConfigError(
            f"`num_leaks` must be at most {len(LeakKind) * len(problems)}, {len(LeakKind)} for each of the benchmark's "
            f"problems, got {config.num_leaks!r}"
        )
    drawn = generator.sample(list(problems), config.num_problems)
    told = _told(drawn, generator, sandbox)
    made: list[Document] = []
    leaks: list[Leak] = []
    for number in range(config.num_leaks):
        turn, place = divmod(number, config.num_problems)
        task_id = drawn[place].task_id
        kind, text = told[place][turn % len(told[place])]
        for copy in range(config.num_copies):
            identity = f"planted-{task_id}-{kind}-{turn}-{copy}"
            made.append(Document(id=identity, kind=DocumentKind.EXERCISE, text=text))
            leaks.append(Leak(document_id=identity, task_id=task_id, kind=kind))
    return _mixed(documents, made, generator), leaks


def _told(problems: Sequence[Problem], generator: random.Random, sandbox: Sandbox) -> list[list[tuple[LeakKind, str]]]:
    """For each problem a text of each kind that solves it; the verbatim one is kept whatever the test says."""
    tried = [
        (place, kind, text)
        for place, problem in enumerate(problems)
        for kind in LeakKind
        if (text := leak_text(problem, kind, generator)) is not None
    ]
    solving = still_solving([(problems[place], text) for place, _, text in tried], sandbox)
    told: list[list[tuple[LeakKind, str]]] = [[] for _ in problems]
    for (place, kind, text), is_solving in zip(tried, solving, strict=True):
        if is_solving or kind is LeakKind.VERBATIM:
            told[place].append((kind, text))
    return told


def _with_test(problem: Problem, text: str) -> str:
    """The text, then the test, which may call any function of the problem by its old name."""
    old, new = (
        [node.name for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
        for module in (parse_code(problem.prompt + problem.canonical_solution), parse_code(text))
    )
    known = "".join(f"{before} = {after}\n" for before, after in zip(old, new, strict=False) if before != after)
    return f"{text}\n{known}\n{problem.test}\ncheck({problem.entry_point})\n"


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
