"""What a language model that plays the teacher thought of the completions, beside what the tests said."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import Grade, Outcome, Verdict
from hornbook.report.facts import metric

HIGHEST = 10
_FIGURES = (
    ("mean_grade_passed", "mean grade of answers that passed", "{:.1f} of 10"),
    ("mean_grade_failed", "mean grade of answers that failed", "{:.1f} of 10"),
    ("auc", "chance that a passed answer is graded above a failed one", "{:.2f}"),
    ("kendall_tau_b", "rank correlation with the tests (Kendall’s tau-b)", "{:.2f}"),
    ("grading_spread", "spread between gradings of one answer", "{:.2f} grades"),
)
"""In the metrics → for people, and how it is written."""


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


def grades_of(artifact: Artifact, benchmark: str) -> GradeFacts | None:
    """The grades of a benchmark's completions; None where none were asked for.

    Args:
        artifact: Of the stage `evaluate`.
        benchmark: Its name.

    Raises:
        MissingInputError: There are figures and no grades.
    """
    found: Mapping[str, Any] | None = metric(artifact, "grades").get(benchmark)
    if found is None:
        return None
    grades = artifact.records(f"{benchmark}-grades", Grade)
    passed = {
        (verdict.task_id, verdict.sample_index)
        for verdict in artifact.records(f"{benchmark}-verdicts", Verdict)
        if verdict.outcome is Outcome.PASSED
    }
    counts = Counter(((grade.task_id, grade.sample_index) in passed, grade.grade) for grade in grades)
    return GradeFacts(
        grader=found["grader"],
        protocol=found["protocol"],
        num_graded=len({(grade.task_id, grade.sample_index) for grade in grades}),
        num_gradings=len(grades),
        num_ungraded=found["ungraded"],
        figures=tuple(_figures(found)),
        passed=tuple(counts[True, grade] for grade in range(HIGHEST + 1)),
        failed=tuple(counts[False, grade] for grade in range(HIGHEST + 1)),
    )


def understanding_of(found: Mapping[str, Any]) -> tuple[float, tuple[float, float]]:
    """The mean grade as a share of the highest, and its 95 % interval; 0 to 1.

    Args:
        found: What the metrics say of one benchmark's grades.
    """
    low, high = found["ci95"]
    return found["mean_grade_percent"] / 100, (low / 100, high / 100)


def grade_line(found: Mapping[str, Any]) -> str:
    """The mean grade, who gave it, and how far the tests agree, in one line.

    Args:
        found: What the metrics say of one benchmark's grades.
    """
    low, high = found["ci95"]
    parts = [f"{found['mean_grade_percent']:.1f} % ({low:.1f} to {high:.1f}) from {found['grader']}"]
    if found["auc"] is not None:
        parts.append(f"agreement with the tests: AUC {found['auc']:.2f}")
    if found["ungraded"]:
        parts.append(f"{found['ungraded']:,} gradings gave no grade")
    return "; ".join(parts)


def _figures(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Those that could be computed."""
    low, high = found["ci95"]
    yield "mean grade, of 100", f"{found['mean_grade_percent']:.1f} ({low:.1f} to {high:.1f})"
    for key, name, form in _FIGURES:
        if found[key] is not None:
            yield name, form.format(found[key])
