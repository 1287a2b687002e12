"""What models wrote for each problem of a benchmark, joined with verdicts, times and grades; sums per family."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import MEASURED
from hornbook.pipeline.stage import Artifact
from hornbook.records import Completion, Grade, Outcome, Problem, R, Timing, Verdict
from hornbook.report.facts import metric
from hornbook.report.lessons import by_turns
from hornbook.report.scores import EVALUATIONS

_NUM_SAMPLES_SHOWN = 3
"""Of each model for each problem."""
CHARACTERS_SHOWN = 4_000
"""Of a completion."""
_CHARACTERS_BESIDE_SHOWN = 1_500
"""Of what was cut off behind it, of what the program wrote, of an assessment."""
_Key = tuple[str, int]
"""Task and sample."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One sample of a model for one problem, and the verdict."""

    text: str
    """What was run behind the prompt, or its beginning."""
    cut_off: str
    """What the model wrote behind that; empty where nothing was cut off."""
    whole: str
    """All that it wrote, where `text` is not its beginning: an answer in prose with code in it."""
    outcome: str
    detail: str
    stderr: str
    """The beginning of what the program wrote there."""
    cpu_seconds: float | None
    """None where the time was not kept."""
    assessments: tuple[Grade, ...]
    """Its gradings, the long ones shortened."""

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return self.outcome == "passed"


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """All samples of one model for one problem."""

    model: str
    """`base`, `tuned`, or `model` where one model was evaluated."""
    num_samples: int
    num_passed: int
    mean_grade: float | None
    """0 to 10, over all samples and gradings; None where nothing was graded."""
    shown: tuple[Answer, ...]
    """The first samples, at least one."""

    @property
    def share(self) -> float:
        """Share of the samples that passed; 0 to 1."""
        return self.num_passed / self.num_samples

    @property
    def solved(self) -> bool:
        """Whether any sample passed."""
        return self.num_passed > 0


@dataclass(frozen=True, kw_only=True)
class ProblemAnswers:
    """A problem and the answers of each model."""

    task_id: str
    entry_point: str
    category: str
    prompt: str
    canonical_solution: str
    attempts: tuple[Attempts, ...]
    """One per model, each with the same models in the same order."""


@dataclass(frozen=True, kw_only=True)
class FamilyScore:
    """How many held-out problems of one family of concepts each model solved."""

    family: str
    num_problems: int
    passed: tuple[tuple[str, int, int], ...]
    """Model → samples that passed, and samples made; with one per problem these are problems."""


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
            replace(grade, assessment=shortened(grade.assessment, _CHARACTERS_BESIDE_SHOWN))
            for grade in sorted(grades, key=lambda grade: grade.grading_index)
        ),
    )


def _optional(artifact: Artifact, table: str, record: type[R]) -> list[R]:
    """The records of a table that not every evaluation has."""
    return artifact.records(table, record) if artifact.has(table) else []


def _key(record: Completion | Verdict | Timing | Grade) -> _Key:
    return record.task_id, record.sample_index


def _mean(numbers: Sequence[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
