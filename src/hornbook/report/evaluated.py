"""What the report of an evaluation says, as plain values.

Gathered by `gather_evaluation.py`, drawn by `render_evaluation.py`.
"""

from dataclasses import dataclass

from hornbook.report.data import StageFacts
from hornbook.report.scored import Beside, ProblemAnswers, SandboxFacts, Score


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """The model that was evaluated."""

    kind: str
    """`hugging face`, `endpoint, chat` …"""
    name: str
    digest: str
    """What determines its answers: the beginning of a hash, or a commit; empty where none can be had."""
    dtype: str
    """The numbers that it computes with; empty where that is not known."""


@dataclass(frozen=True, kw_only=True)
class GradeFacts:
    """What a language model that plays the teacher thought of the completions, and how far the tests agree."""

    grader: str
    protocol: str
    """How it was asked, in words."""
    num_graded: int
    """Completions with at least one grade."""
    num_gradings: int
    num_ungraded: int
    """Gradings that were asked for and gave no grade."""
    figures: tuple[tuple[str, str], ...]
    """Name of a figure → the figure with what belongs to it; those that could be computed."""
    passed: tuple[int, ...]
    """Gradings of completions that passed, by grade: eleven numbers, for 0 to 10."""
    failed: tuple[int, ...]
    """The same of those that did not pass."""


@dataclass(frozen=True, kw_only=True)
class BenchmarkFacts:
    """One benchmark of the evaluation."""

    name: str
    """As typed; part of links within the page."""
    score: Score
    beside: Beside | None
    grades: GradeFacts | None
    problems: tuple[ProblemAnswers, ...]
    """Every problem."""


@dataclass(frozen=True, kw_only=True)
class EvaluationData:
    """Everything that the report of one evaluation shows."""

    model: ModelFacts
    sandbox: SandboxFacts
    sampling: tuple[tuple[str, str], ...]
    """Name of a setting → its value."""
    benchmarks: tuple[BenchmarkFacts, ...]
    """At least one."""
    stages: tuple[StageFacts, ...]
    environment: tuple[tuple[str, str], ...]
