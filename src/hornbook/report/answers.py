"""The completions of models for each problem of a benchmark, with verdicts, times and grades.

Reads: the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts` of evaluations; `NAME-grades` and
       `measured/NAME-times` where there are any.
"""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import MEASURED
from hornbook.pipeline.stage import Artifact
from hornbook.records import Completion, Grade, Outcome, Problem, R, Timing, Verdict
from hornbook.report.scores import EVALUATE, EVALUATIONS
from hornbook.report.synthesis import by_turns

MODEL = "model"
"""The name under which the attempts of one evaluated model are shown."""
CHARACTERS_SHOWN = 4_000
"""Number of characters shown of a completion."""
_NUM_SAMPLES_SHOWN = 3
"""Number of samples shown of each model for each problem."""
_CHARACTERS_SHOWN_OF_REST = 1_500
"""Number of characters shown of the text after a completion, of a program's stderr, of an assessment."""
_CHARACTERS_OF_DETAIL_SEARCHED = 200
_SHARES = {"every": "every sample passed", "some": "some passed", "no": "none passed"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One sample of a model for one problem, and the verdict."""

    text: str
    """The code that ran after the prompt, or its beginning."""
    cut_off: str
    """The text that the model wrote after it; empty where nothing was cut off."""
    whole: str
    """The whole answer, where `text` is not its beginning: prose with code in it."""
    outcome: str
    detail: str
    stderr: str
    """The beginning of the program's stderr."""
    cpu_seconds: float | None
    """None where the time was not kept."""
    assessments: Sequence[Grade]
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
    shown: Sequence[Answer]
    """The first samples, at least one."""

    @property
    def share(self) -> float:
        """Share of the samples that passed; 0 to 1."""
        return self.num_passed / self.num_samples

    @property
    def solved(self) -> bool:
        """Whether any sample passed."""
        return self.num_passed > 0

    @property
    def outcome_key(self) -> str:
        """The outcome of a single sample as a word; of several samples, whether `every`, `some` or `no` one passed."""
        if self.num_samples == 1:
            return "".join(one if one.isalnum() else "-" for one in self.shown[0].outcome)
        return "every" if self.share == 1 else "some" if self.solved else "no"


@dataclass(frozen=True, kw_only=True)
class ProblemAnswers:
    """A problem and the answers of each model."""

    task_id: str
    entry_point: str
    category: str
    prompt: str
    canonical_solution: str
    attempts: Sequence[Attempts]
    """One per model, each with the same models in the same order."""

    @property
    def keys(self) -> list[str]:
        """Choices of the list's filter that show the problem; words without spaces."""
        found = [(f"{one.model}:{'pass' if one.solved else 'fail'}", one.outcome_key) for one in self.attempts]
        return [key for keys in found for key in keys]

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
        several = len(self.attempts) > 1
        if any(attempts.num_samples > 1 for attempts in self.attempts):
            return ", ".join(
                f"{one.num_passed} of {one.num_samples} passed{f' ({one.model})' if several else ''}"
                for one in self.attempts
            )
        if not several:
            return self.attempts[0].shown[0].outcome
        return f"solved by {' and '.join(self.solved_by)}" if self.solved_by else "not solved"


def answers_in(run: Mapping[str, Artifact], benchmark: str) -> list[ProblemAnswers]:
    """Every problem of a benchmark with each model's completions; empty where no evaluation of the run has it.

    Raises:
        MissingInputError: A model has no answer to a problem, or a completion has no verdict.
    """
    models = (*EVALUATIONS, (MODEL, EVALUATE))
    asked = {model: run[role] for model, role in models if role in run and run[role].has(f"{benchmark}-problems")}
    found = {model: attempts_of(model, one, benchmark, _NUM_SAMPLES_SHOWN) for model, one in asked.items()}
    return next((joined(one.records(f"{benchmark}-problems", Problem), found) for one in asked.values()), [])


def family_scores(problems: Sequence[ProblemAnswers]) -> list[dict[str, Any]]:
    """Each `family` of held-out problems with `num_problems` and `passed`: model, samples passed, samples made."""
    families: dict[str, list[ProblemAnswers]] = {}
    for problem in problems:
        families.setdefault(problem.category, []).append(problem)
    return [
        {
            "family": family,
            "num_problems": len(members),
            "passed": [
                (found[0].model, sum(one.num_passed for one in found), sum(one.num_samples for one in found))
                for found in zip(*(member.attempts for member in members), strict=True)
            ],
        }
        for family, members in families.items()
    ]


def some_of(problems: Sequence[ProblemAnswers], number: int) -> list[ProblemAnswers]:
    """Up to `number` problems, half of them solved by the last model where there are as many, families in turn."""
    solved = [problem for problem in problems if problem.attempts[-1].solved]
    failed = [problem for problem in problems if not problem.attempts[-1].solved]
    num_failed = min(len(failed), max(number // 2, number - len(solved)))
    chosen = []
    for group, share in ((failed, num_failed), (solved, number - num_failed)):
        chosen += [group[index] for index in by_turns([problem.category for problem in group], share)]
    return sorted(chosen, key=lambda problem: problem.task_id)


def attempts_of(model: str, artifact: Artifact, benchmark: str, num_shown: int) -> dict[str, Attempts]:
    """Task → the samples of the model in an evaluation, of which `num_shown` per problem are shown; all are counted.

    Raises:
        MissingInputError: A completion has no verdict.
    """

    def optional(table: str, record: type[R]) -> list[R]:
        return artifact.records(table, record) if artifact.has(table) else []

    verdicts = {(one.task_id, one.sample_index): one for one in artifact.records(f"{benchmark}-verdicts", Verdict)}
    times = optional(f"{MEASURED}/{benchmark}-times", Timing)
    seconds = {(one.task_id, one.sample_index): one.cpu_seconds for one in times}
    grades: dict[tuple[str, int], list[Grade]] = {}
    for grade in optional(f"{benchmark}-grades", Grade):
        grades.setdefault((grade.task_id, grade.sample_index), []).append(grade)
    completions: dict[str, list[Completion]] = {}
    for completion in artifact.records(f"{benchmark}-completions", Completion):
        completions.setdefault(completion.task_id, []).append(completion)
    found = {}
    for task_id, samples in completions.items():
        keys = [(task_id, sample.sample_index) for sample in samples]
        lacking = next((index for _, index in keys if (task_id, index) not in verdicts), None)
        if lacking is not None:
            raise MissingInputError(
                f"the artifact `{artifact.folder.name}` has no verdict on sample {lacking} of `{task_id}`"
            )
        numbers = [grade.grade for key in keys for grade in grades.get(key, [])]
        shown = sorted(zip(keys, samples, strict=True), key=lambda item: item[0])[:num_shown]
        found[task_id] = Attempts(
            model=model,
            num_samples=len(samples),
            num_passed=sum(verdicts[key].outcome is Outcome.PASSED for key in keys),
            mean_grade=statistics.fmean(numbers) if numbers else None,
            shown=[_answer(sample, verdicts[key], seconds.get(key), grades.get(key, [])) for key, sample in shown],
        )
    return found


def joined(problems: Sequence[Problem], found: Mapping[str, Mapping[str, Attempts]]) -> list[ProblemAnswers]:
    """The problems in their order, each with the attempts of every model: model → task → attempts.

    Raises:
        MissingInputError: A model has no answer to a problem.
    """
    for model, attempts in found.items():
        missing = [problem.task_id for problem in problems if problem.task_id not in attempts]
        if missing:
            raise MissingInputError(f"the evaluation of {model} lacks {missing[0]} and {len(missing) - 1} more answers")
    return [
        ProblemAnswers(
            task_id=problem.task_id,
            entry_point=problem.entry_point,
            category=problem.category,
            prompt=problem.prompt,
            canonical_solution=problem.canonical_solution,
            attempts=[attempts[problem.task_id] for attempts in found.values()],
        )
        for problem in problems
    ]


def explorer_of(name: str, problems: Sequence[ProblemAnswers]) -> dict[str, Any]:
    """A list of problems with squares to press, a filter and a search, as `explorer.jinja` shows it.

    There is at least one problem, and each has the same models. The name is the prefix of the anchors: `p` gives `p0`.

    Returns:
        `name`, `models`, `several_samples`, `problems`, and `choices` of the filter: key and label; the key for all is
        empty.
    """
    models = [attempts.model for attempts in problems[0].attempts]
    several = any(attempts.num_samples > 1 for problem in problems for attempts in problem.attempts)
    if len(models) > 1:
        labels = {"pass": "passed", "fail": "failed"}
        choices = [(f"{one}:{key}", f"{one} {labels[key]}") for one in reversed(models) for key in labels]
    else:
        of_model = [problem.attempts[0] for problem in problems]
        numbers = Counter(one.outcome_key for one in of_model)
        labels = _SHARES if several else {one.outcome_key: one.shown[0].outcome for one in of_model}
        shown = [key for key in labels if numbers[key]]
        if not several:
            shown.sort(key=lambda key: (key != "passed", -numbers[key]))
        choices = [(key, f"{labels[key]} {numbers[key]:,}") for key in shown]
    return {
        "name": name,
        "models": models,
        "several_samples": several,
        "choices": [("", "all"), *choices],
        "problems": problems,
    }


def _answer(completion: Completion, verdict: Verdict, seconds: float | None, grades: Sequence[Grade]) -> Answer:
    is_beginning = completion.raw.startswith(completion.text)
    cut_off = completion.raw[len(completion.text) :] if is_beginning else ""
    return Answer(
        text=_shortened(completion.text),
        cut_off=_shortened(cut_off.strip("\n").rstrip(), _CHARACTERS_SHOWN_OF_REST),
        whole="" if is_beginning else _shortened(completion.raw),
        outcome=verdict.outcome.value,
        detail=verdict.detail,
        stderr=_shortened(verdict.stderr.rstrip(), _CHARACTERS_SHOWN_OF_REST),
        cpu_seconds=seconds,
        assessments=[
            replace(grade, assessment=_shortened(grade.assessment, _CHARACTERS_SHOWN_OF_REST))
            for grade in sorted(grades, key=lambda grade: grade.grading_index)
        ],
    )


def _shortened(text: str, limit: int = CHARACTERS_SHOWN) -> str:
    """The text, or its beginning and how much is missing, so that the page stays small."""
    return text if len(text) <= limit else f"{text[:limit]}\n… {len(text) - limit:,} more characters"
