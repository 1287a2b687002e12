"""What a model wrote for each problem of a benchmark, joined with verdicts, times and grades."""

from collections.abc import Mapping, Sequence

from hornbook.artifacts.manifest import MEASURED
from hornbook.artifacts.stage import Artifact
from hornbook.errors import MissingInputError
from hornbook.records import Completion, Grade, Outcome, Problem, R, Timing, Verdict
from hornbook.report.scored import Answer, Assessment, Attempts, ProblemAnswers

CHARACTERS_SHOWN = 4_000
"""Of a completion."""
_CHARACTERS_BESIDE_SHOWN = 1_500
"""Of what was cut off behind it, of what the program wrote, of an assessment."""

_Key = tuple[str, int]
"""Task and sample."""


def attempts_of(model: str, artifact: Artifact, benchmark: str, num_shown: int) -> dict[str, Attempts]:
    """Task → the samples of one model.

    Args:
        model: Under which name they are shown.
        artifact: Of an evaluation: the tables `BENCHMARK-completions` and `-verdicts`; `-grades` and the times where
            there are any.
        benchmark: Its name in the tables' names.
        num_shown: How many samples per problem are kept to be shown; all are counted.

    Raises:
        MissingInputError: A completion has no verdict.
    """
    verdicts = {_key(verdict): verdict for verdict in artifact.records(f"{benchmark}-verdicts", Verdict)}
    seconds = {
        _key(timing): timing.cpu_seconds for timing in _optional(artifact, f"{MEASURED}/{benchmark}-times", Timing)
    }
    grades: dict[_Key, list[Grade]] = {}
    for grade in _optional(artifact, f"{benchmark}-grades", Grade):
        grades.setdefault(_key(grade), []).append(grade)
    completions: dict[str, list[Completion]] = {}
    for completion in artifact.records(f"{benchmark}-completions", Completion):
        if _key(completion) not in verdicts:
            raise MissingInputError(
                f"the artifact `{artifact.folder.name}` has no verdict on sample {completion.sample_index} of "
                f"`{completion.task_id}`"
            )
        completions.setdefault(completion.task_id, []).append(completion)
    return {
        task_id: Attempts(
            model=model,
            num_samples=len(samples),
            num_passed=sum(verdicts[_key(sample)].outcome is Outcome.PASSED for sample in samples),
            mean_grade=_mean([grade.grade for sample in samples for grade in grades.get(_key(sample), [])]),
            shown=tuple(
                _answer(sample, verdicts[_key(sample)], seconds.get(_key(sample)), grades.get(_key(sample), []))
                for sample in sorted(samples, key=lambda sample: sample.sample_index)[:num_shown]
            ),
        )
        for task_id, samples in completions.items()
    }


def joined(problems: Sequence[Problem], found: Mapping[str, Mapping[str, Attempts]]) -> tuple[ProblemAnswers, ...]:
    """The problems, each with the attempts of every model.

    Args:
        problems: In the order in which they are shown.
        found: Model → task → attempts.

    Raises:
        MissingInputError: A model has no answer to a problem.
    """
    for model, attempts in found.items():
        missing = [problem.task_id for problem in problems if problem.task_id not in attempts]
        if missing:
            raise MissingInputError(f"the evaluation of {model} lacks {missing[0]} and {len(missing) - 1} more answers")
    return tuple(
        ProblemAnswers(
            task_id=problem.task_id,
            entry_point=problem.entry_point,
            category=problem.category,
            prompt=problem.prompt,
            canonical_solution=problem.canonical_solution,
            attempts=tuple(attempts[problem.task_id] for attempts in found.values()),
        )
        for problem in problems
    )


def shortened(text: str, limit: int = CHARACTERS_SHOWN) -> str:
    """The text, or its beginning and how much is missing: a page must stay a page whatever a model writes."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {len(text) - limit:,} more characters"


def _answer(completion: Completion, verdict: Verdict, seconds: float | None, grades: Sequence[Grade]) -> Answer:
    is_beginning = completion.raw.startswith(completion.text)
    cut_off = completion.raw[len(completion.text) :] if is_beginning else ""
    return Answer(
        text=shortened(completion.text),
        cut_off=shortened(cut_off.strip("\n").rstrip(), _CHARACTERS_BESIDE_SHOWN),
        whole="" if is_beginning else shortened(completion.raw),
        outcome=verdict.outcome.value,
        detail=verdict.detail,
        stderr=shortened(verdict.stderr.rstrip(), _CHARACTERS_BESIDE_SHOWN),
        cpu_seconds=seconds,
        assessments=tuple(
            Assessment(grade=grade.grade, text=shortened(grade.assessment, _CHARACTERS_BESIDE_SHOWN))
            for grade in sorted(grades, key=lambda grade: grade.grading_index)
        ),
    )


def _optional(artifact: Artifact, table: str, record: type[R]) -> list[R]:
    """The records of a table that not every evaluation has."""
    return artifact.records(table, record) if (artifact.folder / f"{table}.parquet").exists() else []


def _key(record: Completion | Verdict | Timing | Grade) -> _Key:
    return record.task_id, record.sample_index


def _mean(numbers: Sequence[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
