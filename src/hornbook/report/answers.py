"""What models wrote for each problem of a benchmark, with verdicts, times and grades; and a list to look through it.

Reads: the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts` of evaluations; `NAME-grades` and
       `measured/NAME-times` where there are any.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import MEASURED
from hornbook.pipeline.stage import Artifact
from hornbook.records import Completion, Grade, Outcome, Problem, R, Timing, Verdict
from hornbook.report.scores import EVALUATE, EVALUATIONS
from hornbook.report.synthesis import by_turns

MODEL = "model"
"""The name under which the attempts of one evaluated model are shown."""
CHARACTERS_SHOWN = 4_000
"""Of a completion."""
_NUM_SAMPLES_SHOWN = 3
"""Of each model for each problem."""
_CHARACTERS_SHOWN_OF_REST = 1_500
"""Of the text that was cut off after a completion, of a program's stderr, of an assessment."""
_CHARACTERS_OF_DETAIL_SEARCHED = 200
_Key = tuple[str, int]
"""Task and sample."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One sample of a model for one problem, and the verdict."""

    text: str
    """The code that ran after the prompt, or its beginning."""
    cut_off: str
    """The text that the model wrote after it; empty where nothing was cut off."""
    whole: str
    """All that it wrote, where `text` is not its beginning: an answer in prose with code in it."""
    outcome: str
    detail: str
    stderr: str
    """The beginning of the program's stderr."""
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

    @property
    def keys(self) -> list[str]:
        """Choices of the list's filter that show the problem; words without spaces."""
        return [key for attempts in self.attempts for key in _keys(attempts)]

    @property
    def search(self) -> str:
        """The text that the list's search looks through, in lower case."""
        details = {answer.detail for attempts in self.attempts for answer in attempts.shown}
        parts = [self.task_id, self.entry_point, self.category, *sorted(details)]
        return " ".join(part[:_CHARACTERS_OF_DETAIL_SEARCHED] for part in parts if part).lower()

    @property
    def solved_by(self) -> list[str]:
        """Models of which at least one sample passed."""
        return [attempts.model for attempts in self.attempts if attempts.solved]

    @property
    def share(self) -> float:
        """Share of the samples that passed, of the model that passed the most; 0 to 1."""
        return max(attempts.share for attempts in self.attempts)

    @property
    def summary(self) -> str:
        """The verdicts in a few words."""
        if any(attempts.num_samples > 1 for attempts in self.attempts):
            several = len(self.attempts) > 1
            return ", ".join(
                f"{one.num_passed} of {one.num_samples} passed{f' ({one.model})' if several else ''}"
                for one in self.attempts
            )
        if len(self.attempts) == 1:
            return self.attempts[0].shown[0].outcome
        return f"solved by {' and '.join(self.solved_by)}" if self.solved_by else "not solved"


@dataclass(frozen=True, kw_only=True)
class FamilyScore:
    """How many held-out problems of one family of concepts each model solved."""

    family: str
    num_problems: int
    passed: tuple[tuple[str, int, int], ...]
    """Model → samples that passed, and samples made; with one per problem these are problems."""


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """A list of problems with squares to press, a filter and a search."""

    name: str
    """Prefix of the anchors: `p` gives `p0`, `p1` …"""
    models: tuple[str, ...]
    several_samples: bool
    choices: tuple[tuple[str, str], ...]
    """Key of a choice of the filter, and its label; the key is empty for all."""
    problems: Sequence[ProblemAnswers]


def answers_in(run: Mapping[str, Artifact], benchmark: str) -> tuple[ProblemAnswers, ...]:
    """Every problem of a benchmark with each model's completions; empty where no evaluation of the run asked it.

    Raises:
        MissingInputError: A model has no answer to a problem, or a completion has no verdict.
    """
    models = (*EVALUATIONS, (MODEL, EVALUATE))
    asked = {model: run[role] for model, role in models if role in run and run[role].has(f"{benchmark}-problems")}
    found = {model: attempts_of(model, one, benchmark, _NUM_SAMPLES_SHOWN) for model, one in asked.items()}
    return next((joined(one.records(f"{benchmark}-problems", Problem), found) for one in asked.values()), ())


def family_scores(problems: Sequence[ProblemAnswers]) -> tuple[FamilyScore, ...]:
    """How many samples on each family's problems passed, families in order of first appearance."""
    families: dict[str, list[ProblemAnswers]] = {}
    for problem in problems:
        families.setdefault(problem.category, []).append(problem)
    return tuple(
        FamilyScore(
            family=family,
            num_problems=len(members),
            passed=tuple(
                (found[0].model, sum(one.num_passed for one in found), sum(one.num_samples for one in found))
                for found in zip(*(member.attempts for member in members), strict=True)
            ),
        )
        for family, members in families.items()
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


def attempts_of(model: str, artifact: Artifact, benchmark: str, num_shown: int) -> dict[str, Attempts]:
    """Task → the samples of one model.

    Args:
        model: The name under which they are shown.
        artifact: Of an evaluation.
        benchmark: Its name in the tables' names.
        num_shown: How many samples per problem are kept to be shown; all are counted.

    Raises:
        MissingInputError: A completion has no verdict.
    """
    verdicts = {_key(verdict): verdict for verdict in artifact.records(f"{benchmark}-verdicts", Verdict)}
    times = _optional(artifact, f"{MEASURED}/{benchmark}-times", Timing)
    seconds = {_key(timing): timing.cpu_seconds for timing in times}
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
    """The text, or its beginning and how much is missing, so that the page stays small."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n… {len(text) - limit:,} more characters"


def explorer_of(name: str, problems: Sequence[ProblemAnswers]) -> Explorer:
    """Prepare a list of problems.

    Args:
        name: Prefix of the anchors.
        problems: At least one, each with the same models.
    """
    models = tuple(attempts.model for attempts in problems[0].attempts)
    several = any(attempts.num_samples > 1 for problem in problems for attempts in problem.attempts)
    if len(models) > 1:
        verdicts = (("pass", "passed"), ("fail", "failed"))
        choices = [(f"{one}:{key}", f"{one} {label}") for one in reversed(models) for key, label in verdicts]
    else:
        choices = _choices_of_one(problems, several=several)
    choices = [("", "all"), *choices]
    return Explorer(name=name, models=models, several_samples=several, choices=tuple(choices), problems=problems)


def _answer(completion: Completion, verdict: Verdict, seconds: float | None, grades: Sequence[Grade]) -> Answer:
    is_beginning = completion.raw.startswith(completion.text)
    cut_off = completion.raw[len(completion.text) :] if is_beginning else ""
    return Answer(
        text=shortened(completion.text),
        cut_off=shortened(cut_off.strip("\n").rstrip(), _CHARACTERS_SHOWN_OF_REST),
        whole="" if is_beginning else shortened(completion.raw),
        outcome=verdict.outcome.value,
        detail=verdict.detail,
        stderr=shortened(verdict.stderr.rstrip(), _CHARACTERS_SHOWN_OF_REST),
        cpu_seconds=seconds,
        assessments=tuple(
            replace(grade, assessment=shortened(grade.assessment, _CHARACTERS_SHOWN_OF_REST))
            for grade in sorted(grades, key=lambda grade: grade.grading_index)
        ),
    )


def _optional(artifact: Artifact, table: str, record: type[R]) -> list[R]:
    return artifact.records(table, record) if artifact.has(table) else []


def _key(record: Completion | Verdict | Timing | Grade) -> _Key:
    return record.task_id, record.sample_index


def _mean(numbers: Sequence[int]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _keys(attempts: Attempts) -> list[str]:
    """Whether the model solved it; of a single sample also its outcome, of several whether all passed."""
    keys = [f"{attempts.model}:{'pass' if attempts.solved else 'fail'}"]
    if attempts.num_samples == 1:
        keys.append(_slug(attempts.shown[0].outcome))
    else:
        keys.append("every" if attempts.share == 1 else "some" if attempts.solved else "no")
    return keys


def _choices_of_one(problems: Sequence[ProblemAnswers], *, several: bool) -> list[tuple[str, str]]:
    """Each verdict that occurred, `passed` first and then the most frequent."""
    numbers = Counter(problem.keys[1] for problem in problems)
    if several:
        labels = {"every": "every sample passed", "some": "some passed", "no": "none passed"}
        shown = [key for key in labels if numbers[key]]
    else:
        outcomes = [problem.attempts[0].shown[0].outcome for problem in problems]
        labels = {_slug(outcome): outcome for outcome in outcomes}
        shown = sorted(labels, key=lambda key: (key != "passed", -numbers[key]))
    return [(key, f"{labels[key]} {numbers[key]:,}") for key in shown]


def _slug(outcome: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in outcome)
