"""Scores, their place among published ones, a grader's opinion of the same answers, and the sandbox that ran them.

Reads:  the metrics of evaluations; for the histogram of grades also their verdicts and grades. A zero in the result was
        measured.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.evaluation.published import PublishedScore, published_scores
from hornbook.pipeline.stage import Artifact
from hornbook.records import Grade, Outcome, Verdict
from hornbook.report.data_flow import Counts, metric

EVALUATE = "evaluate"
"""The stage that evaluates one model, whatever it is."""
EVALUATIONS = (("base", "evaluate-base"), ("tuned", "evaluate-tuned"))
"""Model → stage of a recipe that evaluated it, in the order in which they are shown."""
MODELS = tuple(model for model, _ in EVALUATIONS)
HIGHEST_GRADE = 10
_TITLES = {"held_out": "held-out exercises", "humaneval": "HumanEval"}
"""A benchmark's name → for people, where the metrics do not say it."""
_JAILS = frozenset({"bubblewrap"})
"""Sandboxes that isolate a program; any other one counts as none."""
_FIGURES = (
    ("mean_grade_passed", "mean grade of answers that passed", "{:.1f} of 10"),
    ("mean_grade_failed", "mean grade of answers that failed", "{:.1f} of 10"),
    ("auc", "chance that a passed answer is graded above a failed one", "{:.2f}"),
    ("kendall_tau_b", "rank correlation with the tests (Kendall’s tau-b)", "{:.2f}"),
    ("grading_spread", "spread between gradings of one answer", "{:.2f} grades"),
)
"""Key in the metrics, name for people, format."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """The pass@k of one model on one benchmark."""

    model: str
    """`base` (pretrained only) or `tuned` (finetuned on exercises); the model's name where one model was evaluated."""
    benchmark: str
    """For people: `held-out exercises`, `HumanEval`."""
    pass_at_1: float
    """Share of the problems that were solved; 0 to 1."""
    ci95: tuple[float, float]
    """The 95 % interval around it; 0 to 1."""
    more_k: tuple[tuple[int, float, tuple[float, float]], ...]
    """k above 1 → pass@k and its 95 % interval; empty where there is one sample per problem."""
    num_problems: int
    num_samples: int
    """Per problem; of the problem that has the fewest."""
    outcomes: Counts
    """Outcome of the completions (`passed`, `wrong`, `syntax error` …) → number; those that occurred."""
    protocol: str
    """How the model was asked, in words; may be empty."""
    protocol_name: str
    """`humaneval, version 1`; empty where the protocol has no name."""
    truncated_prompts: int
    """Prompts that were too long for the model; 0 also where that cannot be known."""

    @property
    def named_protocol(self) -> str:
        """The protocol with its name."""
        return f"{self.protocol_name or 'How'}: {self.protocol}"


@dataclass(frozen=True, kw_only=True)
class SandboxFacts:
    """The sandbox that ran the completions."""

    backend: str
    jailed: bool
    limits: tuple[tuple[str, str], ...]
    """Name → value with its unit."""


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """One row of a chart of scores: ours, or a published one."""

    model: str
    score: float
    """0 to 1."""
    ours: str
    """The colour of our row, `tuned` or `base`; empty for published ones."""
    parameters: str = ""
    """As published; empty where it is not known."""
    ci95: tuple[float, float] | None = None
    """Our scores have one, published scores have none."""
    source: int = 0
    """Number of its source in `PublishedChart.sources`, from 1; 0 for ours."""


@dataclass(frozen=True, kw_only=True)
class PublishedChart:
    """Our scores on a benchmark among published ones, the highest first."""

    benchmark: str
    measure: str
    """`pass@1`, or `understanding`: a language model's grade."""
    rows: tuple[ScoreRow, ...]
    sources: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """Source → the models that a remark is about, and the remark."""


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
    """Names of the figures that could be computed, and the figures as text."""
    passed: tuple[int, ...]
    """Gradings of completions that passed, by grade: eleven numbers, for 0 to 10."""
    failed: tuple[int, ...]
    """The same of those that did not pass."""


def evaluations_of(run: Mapping[str, Artifact]) -> list[tuple[str, Artifact]]:
    """Model → artifact of its evaluation, for the evaluations that took place."""
    found = [(model, run[role]) for model, role in EVALUATIONS if role in run]
    if EVALUATE in run:
        found.append((run[EVALUATE].manifest.metrics.get("model", {}).get("name", EVALUATE), run[EVALUATE]))
    return found


def raw_scores_of(run: Mapping[str, Artifact]) -> list[dict[str, Any]]:
    """The scores as they are in the metrics, each with its `model`: `base`, `tuned`, or a model's own name."""
    evaluations = [(model, artifact.manifest.metrics) for model, artifact in evaluations_of(run)]
    return [{"model": model, **found} for model, metrics in evaluations for found in metrics.get("scores", [])]


def evaluated_benchmarks(run: Mapping[str, Artifact]) -> list[str]:
    """Titles of the benchmarks on which the run's models were evaluated."""
    return [_title(found) for found in raw_scores_of(run)]


def scores_of(run: Mapping[str, Artifact]) -> tuple[Score, ...]:
    """The scores of each model that was evaluated, grouped by benchmark."""
    scores = [score for model, artifact in evaluations_of(run) for score in scores_by_name(model, artifact).values()]
    benchmarks = list(dict.fromkeys(score.benchmark for score in scores))
    return tuple(sorted(scores, key=lambda score: benchmarks.index(score.benchmark)))


def scores_by_name(model: str, artifact: Artifact) -> dict[str, Score]:
    """Benchmark's name → score, of one evaluation, in the order in which they were scored."""
    truncated = artifact.manifest.metrics.get("truncated_prompts", {})
    return {found["benchmark"]: _score(model, found, truncated) for found in metric(artifact, "scores")}


def sandbox_of(run: Mapping[str, Artifact]) -> SandboxFacts | None:
    """The sandbox of the evaluations; None where no evaluation names one. Of several, the first that is no jail."""
    sandboxes = [_sandbox(one) for _, one in evaluations_of(run) if "sandbox" in one.manifest.metrics]
    return next((sandbox for sandbox in sandboxes if not sandbox.jailed), sandboxes[0] if sandboxes else None)


def published_chart(
    benchmark: str, title: str, ours: Sequence[ScoreRow], *, measure: str = "pass@1"
) -> PublishedChart | None:
    """A chart's rows, the highest score first; None where no comparable score was published.

    Args:
        benchmark: Its name.
        title: Its name for people.
        ours: Our rows.
        measure: What ours are: `pass@1`, or `understanding`. Published scores of another measure are not shown.
    """
    published = [score for score in published_scores(benchmark) if score.measure == measure]
    if not published or not ours:
        return None
    sources = list(dict.fromkeys(score.source for score in published))
    rows = [
        *ours,
        *(
            ScoreRow(
                model=score.model,
                parameters=score.parameters,
                score=score.score,
                ours="",
                source=1 + sources.index(score.source),
            )
            for score in published
        ),
    ]
    return PublishedChart(
        benchmark=title,
        measure=measure,
        rows=tuple(sorted(rows, key=lambda row: (-row.score, row.ours == ""))),
        sources=tuple(
            (source, _remarks([score for score in published if score.source == source])) for source in sources
        ),
    )


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
    numbers = Counter(((grade.task_id, grade.sample_index) in passed, grade.grade) for grade in grades)
    return GradeFacts(
        grader=found["grader"],
        protocol=found["protocol"],
        num_graded=len({(grade.task_id, grade.sample_index) for grade in grades}),
        num_gradings=len(grades),
        num_ungraded=found["ungraded"],
        figures=tuple(_figures(found)),
        passed=tuple(numbers[True, grade] for grade in range(HIGHEST_GRADE + 1)),
        failed=tuple(numbers[False, grade] for grade in range(HIGHEST_GRADE + 1)),
    )


def understanding_of(found: Mapping[str, Any]) -> tuple[float, tuple[float, float]]:
    """The mean grade as a share of the highest, and its 95 % interval; 0 to 1.

    Args:
        found: The metrics of one benchmark's grades.
    """
    low, high = found["ci95"]
    return found["mean_grade_percent"] / 100, (low / 100, high / 100)


def grade_line(found: Mapping[str, Any]) -> str:
    """The mean grade, who gave it, and how far the tests agree, in one line.

    Args:
        found: The metrics of one benchmark's grades.
    """
    low, high = found["ci95"]
    parts = [f"{found['mean_grade_percent']:.1f} % ({low:.1f} to {high:.1f}) from {found['grader']}"]
    if found["auc"] is not None:
        parts.append(f"agreement with the tests: AUC {found['auc']:.2f}")
    if found["ungraded"]:
        parts.append(f"{found['ungraded']:,} gradings gave no grade")
    return "; ".join(parts)


def _score(model: str, found: Mapping[str, Any], truncated: Mapping[str, int | None]) -> Score:
    named = "protocol_name" in found
    return Score(
        model=model,
        benchmark=_title(found),
        pass_at_1=found["pass@1"],
        ci95=_interval(found["ci95"]),
        more_k=tuple(
            (int(k), found[f"pass@{k}"], _interval(ends))
            for k, ends in sorted(found.get("ci95_at_k", {}).items(), key=lambda item: int(item[0]))
            if int(k) > 1
        ),
        num_problems=found["num_problems"],
        num_samples=found["num_samples"],
        outcomes=tuple((name.value, found["outcomes"][name]) for name in Outcome if name in found["outcomes"]),
        protocol=found["protocol"],
        protocol_name=f"{found['protocol_name']}, version {found['protocol_version']}" if named else "",
        truncated_prompts=truncated.get(found["benchmark"]) or 0,
    )


def _title(found: Mapping[str, Any]) -> str:
    title: str = found.get("title") or _TITLES.get(found["benchmark"], found["benchmark"])
    return title


def _interval(ends: Any) -> tuple[float, float]:
    low, high = ends
    return low, high


def _sandbox(artifact: Artifact) -> SandboxFacts:
    backend = metric(artifact, "sandbox", "backend")
    return SandboxFacts(
        backend=backend,
        jailed=backend in _JAILS,
        limits=tuple(
            _with_unit(name, value) for name, value in sorted(metric(artifact, "sandbox").get("limits", {}).items())
        ),
    )


def _with_unit(name: str, value: Any) -> tuple[str, str]:
    """`memory_bytes`, 536870912 → `memory`, `512 MiB`."""
    if name.endswith("_bytes"):
        shown = f"{value / 2**20:g} MiB" if value >= 2**20 else f"{value / 2**10:g} KiB"
        return name.removesuffix("_bytes").replace("_", " "), shown
    if name.endswith("_seconds"):
        return f"{name.removesuffix('_seconds').replace('_', ' ')} time", f"{value:g} s"
    return name.replace("_", " "), str(value)


def _remarks(scores: Sequence[PublishedScore]) -> tuple[tuple[str, str], ...]:
    """The models that a remark is about, and the remark; the most frequent one names no models."""
    notes: dict[str, list[str]] = {}
    for score in scores:
        notes.setdefault(score.note, []).append(score.model)
    by_size = sorted(notes.items(), key=lambda item: -len(item[1]))
    return tuple(("" if at == 0 else ", ".join(models), note) for at, (note, models) in enumerate(by_size))


def _figures(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = found["ci95"]
    yield "mean grade, of 100", f"{found['mean_grade_percent']:.1f} ({low:.1f} to {high:.1f})"
    for key, name, form in _FIGURES:
        if found[key] is not None:
            yield name, form.format(found[key])
