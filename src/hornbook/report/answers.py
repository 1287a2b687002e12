"""Problem by problem: what each model wrote, what the jail said of it, and the sums per family."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hornbook.artifacts.stage import Artifact
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import MissingInputError
from hornbook.records import Completion, Problem, Verdict
from hornbook.report.data import Answer, FamilyScore, ProblemAnswers
from hornbook.report.excerpts import by_turns
from hornbook.report.facts import EVALUATIONS, metric

CHARACTERS_SHOWN = 4_000
"""Of a completion."""


def humaneval_answers(artifacts: Mapping[str, Artifact]) -> tuple[ProblemAnswers, ...]:
    """Every HumanEval problem with each model's first completion; empty where nothing was evaluated."""
    found = _first_answers(artifacts, "humaneval")
    return _joined(read_humaneval(), found) if found else ()


def held_out_answers(artifacts: Mapping[str, Artifact]) -> tuple[ProblemAnswers, ...]:
    """Every held-out problem with each model's first completion; empty where nothing was evaluated."""
    found = _first_answers(artifacts, "held_out")
    return _joined(artifacts["exercises"].records("held_out", Problem), found) if found else ()


def family_scores(problems: Sequence[ProblemAnswers]) -> tuple[FamilyScore, ...]:
    """How many problems of each family each model solved, families in order of first appearance."""
    sizes = Counter(problem.category for problem in problems)
    solved = Counter(
        (problem.category, answer.model) for problem in problems for answer in problem.answers if answer.passed
    )
    models = list(dict.fromkeys(answer.model for problem in problems for answer in problem.answers))
    return tuple(
        FamilyScore(
            family=family,
            num_problems=sizes[family],
            num_passed=tuple((model, solved[family, model]) for model in models),
        )
        for family in sizes
    )


def some_of(problems: Sequence[ProblemAnswers], number: int) -> tuple[ProblemAnswers, ...]:
    """Up to `number` problems, half of them solved by the last model where there are as many, families in turn."""
    solved = [problem for problem in problems if problem.answers[-1].passed]
    failed = [problem for problem in problems if not problem.answers[-1].passed]
    num_failed = min(len(failed), max(number // 2, number - len(solved)))
    chosen = []
    for group, share in ((failed, num_failed), (solved, number - num_failed)):
        chosen += [group[index] for index in by_turns([problem.category for problem in group], share)]
    return tuple(sorted(chosen, key=lambda problem: problem.task_id))


def shortened(text: str) -> str:
    """The text, or its beginning and how much is missing: a page must stay a page whatever a model writes."""
    if len(text) <= CHARACTERS_SHOWN:
        return text
    return f"{text[:CHARACTERS_SHOWN]}\n… {len(text) - CHARACTERS_SHOWN:,} more characters"


def _joined(problems: Sequence[Problem], found: Mapping[str, Mapping[str, Answer]]) -> tuple[ProblemAnswers, ...]:
    for model, answers in found.items():
        missing = [problem.task_id for problem in problems if problem.task_id not in answers]
        if missing:
            raise MissingInputError(f"the evaluation of {model} lacks {missing[0]} and {len(missing) - 1} more answers")
    return tuple(
        ProblemAnswers(
            task_id=problem.task_id,
            entry_point=problem.entry_point,
            category=problem.category,
            prompt=problem.prompt,
            canonical_solution=problem.canonical_solution,
            answers=tuple(answers[problem.task_id] for answers in found.values()),
        )
        for problem in problems
    )


def _first_answers(artifacts: Mapping[str, Artifact], benchmark: str) -> dict[str, dict[str, Answer]]:
    """Model → task → its first sample, for the models that were evaluated on the benchmark."""
    return {
        model: _answers_of(model, artifacts[stage], benchmark)
        for model, stage in EVALUATIONS
        if stage in artifacts and any(score["benchmark"] == benchmark for score in metric(artifacts[stage], "scores"))
    }


def _answers_of(model: str, artifact: Artifact, benchmark: str) -> dict[str, Answer]:
    verdicts = {
        verdict.task_id: verdict
        for verdict in artifact.records(f"{benchmark}-verdicts", Verdict)
        if verdict.sample_index == 0
    }
    return {
        completion.task_id: Answer(
            model=model,
            text=shortened(completion.text),
            outcome=verdicts[completion.task_id].outcome.value,
            detail=verdicts[completion.task_id].detail,
        )
        for completion in artifact.records(f"{benchmark}-completions", Completion)
        if completion.sample_index == 0
    }
