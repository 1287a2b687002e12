"""The problems of a run's evaluations with what each model wrote, and the sums per family."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hornbook.artifacts.stage import Artifact
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.records import Problem
from hornbook.report.attempts import attempts_of, joined
from hornbook.report.data import FamilyScore
from hornbook.report.excerpts import by_turns
from hornbook.report.facts import metric
from hornbook.report.scored import Attempts, ProblemAnswers
from hornbook.report.scores import EVALUATIONS

_NUM_SAMPLES_SHOWN = 3
"""Of each model for each problem."""


def humaneval_answers(artifacts: Mapping[str, Artifact]) -> tuple[ProblemAnswers, ...]:
    """Every HumanEval problem with each model's completions; empty where nothing was evaluated."""
    found = _found(artifacts, "humaneval")
    return joined(read_humaneval(), found) if found else ()


def held_out_answers(artifacts: Mapping[str, Artifact]) -> tuple[ProblemAnswers, ...]:
    """Every held-out problem with each model's completions; empty where nothing was evaluated."""
    found = _found(artifacts, "held_out")
    return joined(artifacts["exercises"].records("held_out", Problem), found) if found else ()


def family_scores(problems: Sequence[ProblemAnswers]) -> tuple[FamilyScore, ...]:
    """How many samples on each family's problems passed, families in order of first appearance."""
    sizes = Counter(problem.category for problem in problems)
    passed: Counter[tuple[str, str]] = Counter()
    made: Counter[tuple[str, str]] = Counter()
    for problem in problems:
        for attempts in problem.attempts:
            passed[problem.category, attempts.model] += attempts.num_passed
            made[problem.category, attempts.model] += attempts.num_samples
    models = list(dict.fromkeys(attempts.model for problem in problems for attempts in problem.attempts))
    return tuple(
        FamilyScore(
            family=family,
            num_problems=sizes[family],
            passed=tuple((model, passed[family, model], made[family, model]) for model in models),
        )
        for family in sizes
    )


def some_of(problems: Sequence[ProblemAnswers], number: int) -> tuple[ProblemAnswers, ...]:
    """Up to `number` problems, half of them solved by the last model where there are as many, families in turn."""
    solved = [problem for problem in problems if problem.attempts[-1].solved]
    failed = [problem for problem in problems if not problem.attempts[-1].solved]
    num_failed = min(len(failed), max(number // 2, number - len(solved)))
    chosen = []
    for group, share in ((failed, num_failed), (solved, number - num_failed)):
        chosen += [group[index] for index in by_turns([problem.category for problem in group], share)]
    return tuple(sorted(chosen, key=lambda problem: problem.task_id))


def _found(artifacts: Mapping[str, Artifact], benchmark: str) -> dict[str, dict[str, Attempts]]:
    """Model → task → its samples, for the models that were evaluated on the benchmark."""
    return {
        model: attempts_of(model, artifacts[stage], benchmark, _NUM_SAMPLES_SHOWN)
        for model, stage in EVALUATIONS
        if stage in artifacts and any(score["benchmark"] == benchmark for score in metric(artifacts[stage], "scores"))
    }
