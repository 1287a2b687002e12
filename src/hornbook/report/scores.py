"""Scores of evaluations, a grader's grades of the same answers, and the sandbox that ran them.

Reads:  the metrics of evaluations; for the histogram of grades also their verdicts and grades. A zero in the result was
        measured.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import Grade, Outcome, Verdict
from hornbook.report.data_flow import metric

EVALUATE = "evaluate"
"""The stage that evaluates one model, whatever it is."""
TUNED = ("tuned", "evaluate-tuned")
EVALUATIONS = (("base", "evaluate-base"), TUNED)
"""Model → stage of a recipe that evaluated it, in the order in which they are shown."""
HEADLINE = "held-out, unseen names"
"""Title of the benchmark that is quoted: the hardest that the recipe `laptop` claims. Its problems combine a program
and words as training never does, with argument names that training never has."""
_MEMORISER = ("memoriser", "evaluate-memoriser")
"""A lookup in the exercises, whose scores stand beside the models'."""
SAMPLED = ("tuned, sampled", "evaluate-sampled")
"""The tuned model once more, with several samples per problem."""
MODELS = tuple(model for model, _ in EVALUATIONS)
_GRADES = range(11)
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


def evaluations_of(run: Mapping[str, Artifact]) -> list[tuple[str, Artifact]]:
    """Model → artifact of its evaluation, for the evaluations that took place."""
    found = [(model, run[role]) for model, role in (_MEMORISER, *EVALUATIONS, SAMPLED) if role in run]
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


def scores_of(run: Mapping[str, Artifact]) -> list[dict[str, Any]]:
    """The scores of each model that was evaluated, grouped by benchmark; see `scores_by_name`."""
    scores = [score for model, artifact in evaluations_of(run) for score in scores_by_name(model, artifact).values()]
    benchmarks = list(dict.fromkeys(score["benchmark"] for score in scores))
    return sorted(scores, key=lambda score: benchmarks.index(score["benchmark"]))


def scores_by_name(model: str, artifact: Artifact) -> dict[str, dict[str, Any]]:
    """Benchmark's name → score of one evaluation, in the order in which they were scored.

    Each is the score in the metrics with `model`; `benchmark`, its name for people; `pass_at_1`; `more_k`, each k above
    1 with pass@k and its interval; `outcomes` as pairs of name and number; `protocol_name` with its version, empty
    where the protocol has no name; `named_protocol`; `truncated_prompts`, 0 also where that is not known; and
    `long_solutions`, the number of problems that bits per byte leave out.
    """
    truncated = artifact.manifest.metrics.get("truncated_prompts", {})
    return {found["benchmark"]: _score(model, found, truncated) for found in metric(artifact, "scores")}


def sandbox_of(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    """The sandbox of the evaluations: `backend`, `jailed` (whether it is a jail), and `limits` as pairs of text.

    None where no evaluation names one. Of several, the first that is no jail.
    """
    sandboxes = [_sandbox(one) for _, one in evaluations_of(run) if "sandbox" in one.manifest.metrics]
    return next((sandbox for sandbox in sandboxes if not sandbox["jailed"]), sandboxes[0] if sandboxes else None)


def grades_of(artifact: Artifact, benchmark: str) -> dict[str, Any] | None:
    """The grades of a benchmark's completions, and how far the tests agree; None where none were asked for.

    Returns:
        `grader`, `protocol`; `num_graded` completions, `num_gradings`, `num_ungraded` (gradings without a grade);
        `figures` as pairs of text; and the number of gradings of each grade from 0 to 10, for completions that
        `passed` and that `failed`.

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
    return {
        "grader": found["grader"],
        "protocol": found["protocol"],
        "num_graded": len({(grade.task_id, grade.sample_index) for grade in grades}),
        "num_gradings": len(grades),
        "num_ungraded": found["ungraded"],
        "figures": list(_figures(found)),
        "passed": [numbers[True, grade] for grade in _GRADES],
        "failed": [numbers[False, grade] for grade in _GRADES],
    }


def grade_line(found: Mapping[str, Any]) -> str:
    """The mean grade, who gave it, and how far the tests agree, in one line, from the metrics of the grades."""
    low, high = found["ci95"]
    parts = [f"{found['mean_grade_percent']:.1f} % ({low:.1f} to {high:.1f}) from {found['grader']}"]
    if found["auc"] is not None:
        parts.append(f"agreement with the tests: AUC {found['auc']:.2f}")
    if found["ungraded"]:
        parts.append(f"{found['ungraded']:,} gradings gave no grade")
    return "; ".join(parts)


def _score(model: str, found: Mapping[str, Any], truncated: Mapping[str, int | None]) -> dict[str, Any]:
    name = f"{found['protocol_name']}, version {found['protocol_version']}" if "protocol_name" in found else ""
    intervals = {int(k): ends for k, ends in found.get("ci95_at_k", {}).items()}
    return {
        **found,
        "model": model,
        "benchmark": _title(found),
        "pass_at_1": found["pass@1"],
        "more_k": [(k, found[f"pass@{k}"], intervals[k]) for k in sorted(intervals) if k > 1],
        "outcomes": [(one.value, found["outcomes"][one]) for one in Outcome if one in found["outcomes"]],
        "protocol_name": name,
        "named_protocol": f"{name or 'How'}: {found['protocol']}",
        "long_solutions": found["num_problems"] - found.get("bits_per_byte_problems", found["num_problems"]),
        "truncated_prompts": truncated.get(found["benchmark"]) or 0,
    }


def _title(found: Mapping[str, Any]) -> str:
    title: str = found.get("title") or _TITLES.get(found["benchmark"], found["benchmark"])
    return title


def _sandbox(artifact: Artifact) -> dict[str, Any]:
    sandbox = {"backend": metric(artifact, "sandbox", "backend"), **metric(artifact, "sandbox")}
    limits = [_with_unit(name, value) for name, value in sorted(sandbox.get("limits", {}).items())]
    return {"backend": sandbox["backend"], "jailed": sandbox["backend"] in _JAILS, "limits": limits}


def _with_unit(name: str, value: Any) -> tuple[str, str]:
    """`memory_bytes`, 536870912 → `memory`, `512 MiB`."""
    if name.endswith("_bytes"):
        shown = f"{value / 2**20:g} MiB" if value >= 2**20 else f"{value / 2**10:g} KiB"
        return name.removesuffix("_bytes").replace("_", " "), shown
    if name.endswith("_seconds"):
        return f"{name.removesuffix('_seconds').replace('_', ' ')} time", f"{value:g} s"
    return name.replace("_", " "), str(value)


def _figures(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = found["ci95"]
    yield "mean grade, of 100", f"{found['mean_grade_percent']:.1f} ({low:.1f} to {high:.1f})"
    for key, name, form in _FIGURES:
        if found[key] is not None:
            yield name, form.format(found[key])
