"""Let a language model grade completions as a teacher grades students: a short assessment, then 0 to 10.

Reads:  problems; a model's completions; grades of an earlier run; the verdicts of the completions.
Writes: one grade per completion and grading; how far grades agree with the verdicts.
Source: Gunasekar et al. 2023, section 4: GPT-4 is asked "to evaluate a student's solution first in a short verbal
evaluation followed by grades from 0 to 10", without tests. The prompt, the sampling and whether it saw a reference
solution are not published; here they are fixed by `GradeConfig`, the constants and the messages below. The reference
solution is not shown, so that a completion cannot be graded by its similarity to it.

The grader is told neither whose solution it reads nor what the tests say. A solution that asks for a good grade may get
it. Grades are opinions; `measure_agreement` compares them with tests.
"""

import re
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.judge import problems_by_id
from hornbook.evaluation.models import derive_seed
from hornbook.python_code.answers import without_thoughts, written_program
from hornbook.records import Completion, Grade, Outcome, Problem, Verdict
from hornbook.stats import auc, bootstrap_interval, kendall_tau_b
from hornbook.teacher.api import fenced

GRADING_PROTOCOL_VERSION = 1
"""Raised when the messages, the sampling or the way of reading the answer change."""
TEMPERATURE = 1.0
"""Draws from the grader's own distribution, whose mean several gradings estimate."""
MAX_NEW_TOKENS = 400
"""For the assessment and the grade."""
MAX_ATTEMPTS = 3
"""Per grading, each with a seed of its own, until the answer holds a grade."""

_DIGITS = 6
_PERCENT_PER_GRADE = 10.0
_HIGHEST_GRADE = 10
_GRADE_LINE = re.compile(
    r"(?:(?:final|overall|my) )?(?:grade|score)\s*[:=]?\s*(\d+(?:\.\d+)?)\s*(?:(?:/|out of)\s*(?:10|ten))?\.?"
    r"|(\d+(?:\.\d+)?)\s*(?:/|out of)\s*(?:10|ten)\.?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[*_#\s]*(?:assessment|evaluation)[*_\s]*:[*_\s]*", re.IGNORECASE)
_MARKUP = re.compile(r"[*_`#>]+")
_WRAPPED = re.compile(r"```\w*\n((?:(?!```).)*)```", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class GradeConfig:
    """How often each completion is graded."""

    num_gradings: int = 3
    """Per completion. The paper does not say; several show how far one can rely on a single one."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.num_gradings < 1:
            raise ConfigError(f"`num_gradings` must be at least 1, got {self.num_gradings!r}")


@dataclass(frozen=True, kw_only=True)
class GradingRequest:
    """One question to the grader."""

    messages: list[dict[str, str]]
    seed: int
    """Determined by the config's seed, the completion, the grading and the attempt."""


Asker = Callable[[Sequence[GradingRequest]], Iterator[tuple[int, str]]]
"""Takes questions; yields each one's index and its answer, in any order, each once."""


def describe_grading(config: GradeConfig) -> str:
    """The protocol in one line, for reports."""
    gradings = "1 grading" if config.num_gradings == 1 else f"{config.num_gradings} gradings"
    return (
        f"grading v{GRADING_PROTOCOL_VERSION}: assessment, then 0 to 10; blind, no tests, without the reference "
        f"solution; {gradings} per completion at temperature {TEMPERATURE:g}"
    )


def grading_messages(problem: Problem, completion_text: str) -> list[dict[str, str]]:
    """The conversation whose answer `parse_grade` reads: one request, without a system message.

    The prompt is shown as the task, the completion as the program that a person would have written (`written_program`);
    the problem's tests and its solution are not shown.
    """
    parts = [
        "You are a programming teacher. Grade a student's solution of the task below.",
        f"Task: complete the Python function `{problem.entry_point}`.\n\n{fenced(problem.prompt.rstrip())}",
        f"The student's solution:\n\n{fenced(written_program(problem, completion_text).rstrip())}",
        "Judge only whether the solution's logic does what the task asks; style and comments do not count. Do not "
        "correct or rewrite it. Answer in exactly this form, without headings, lists or code:\n\n"
        "Assessment: two to four sentences that follow the solution on an example and say what is right and wrong\n"
        "Grade: one whole number from 0 (nothing is right) to 10 (fully correct)",
    ]
    return [{"role": "user", "content": "\n\n".join(parts)}]


def parse_grade(answer: str) -> tuple[str, int] | None:
    """The assessment and the grade of a grader's answer.

    The grade must be the answer's last line, alone in it (`Grade: 7`, `**Grade:** 7/10`, `7 out of 10`), behind an
    assessment, whose label is left out. Markdown, and a fence around it all, are overlooked. A decimal is rounded to
    the nearest whole number, a half to the even one.

    Returns:
        None if there is no such line, no assessment before it, or the number is not in 0 to 10.
    """
    text = without_thoughts(answer).strip()
    if wrapped := _WRAPPED.fullmatch(text):
        text = wrapped[1].strip()
    said, _, last_line = text.rpartition("\n")
    match = _GRADE_LINE.fullmatch(" ".join(_MARKUP.sub(" ", last_line).split()))
    assessment = _LABEL.sub("", said.strip())
    if match is None or not assessment:
        return None
    number = float(match[1] or match[2])
    return (assessment, round(number)) if number <= _HIGHEST_GRADE else None


def grade_completions(
    problems: Sequence[Problem],
    completions: Sequence[Completion],
    ask: Asker,
    config: GradeConfig,
    on_grade: Callable[[Grade], None] = lambda _grade: None,
    known: Sequence[Grade] = (),
) -> list[Grade]:
    """Grade each completion `config.num_gradings` times.

    Args:
        problems: Those of the completions, and maybe more.
        completions: Each of `task_id` and `sample_index` once.
        ask: The grader. May raise; what was graded before has then been passed to `on_grade`.
        config: How often and how.
        on_grade: Called with each new grade as soon as it is known.
        known: Grades of an earlier run: not asked for again, and returned with the others. Grades of anything else
            are dropped.

    Returns:
        A grade for each completion and grading, in their order, except where no answer held a grade: that is no grade
        of 0.

    Raises:
        MissingInputError: A completion belongs to no problem.
        ValueError: The grader answered a question twice, or not at all, or one that was not asked.
    """
    by_id = problems_by_id(problems, completions)
    texts = {(one.task_id, one.sample_index): one.text for one in completions}
    tasks = [(*key, index) for key in texts for index in range(config.num_gradings)]
    grades = {(grade.task_id, grade.sample_index, grade.grading_index): grade for grade in known}
    for attempt in range(MAX_ATTEMPTS):
        waiting = [task for task in tasks if task not in grades]
        if not waiting:
            break
        requests = [
            GradingRequest(
                messages=grading_messages(by_id[task_id], texts[task_id, sample]),
                seed=derive_seed(config.seed, *map(str, (task_id, sample, index, attempt))),
            )
            for task_id, sample, index in waiting
        ]
        answered: set[int] = set()
        for number, answer in ask(requests):
            if number in answered or not 0 <= number < len(waiting):
                raise ValueError(f"the grader gave an answer too many, to question {number} of {len(waiting)}")
            answered.add(number)
            parsed = parse_grade(answer)
            if parsed is not None:
                task_id, sample, index = waiting[number]
                grade = Grade(
                    task_id=task_id, sample_index=sample, grading_index=index, assessment=parsed[0], grade=parsed[1]
                )
                grades[waiting[number]] = grade
                on_grade(grade)
        if len(answered) < len(waiting):
            raise ValueError(f"the grader answered {len(answered)} of {len(waiting)} questions")
    return [grades[task] for task in tasks if task in grades]


def measure_agreement(
    verdicts: Sequence[Verdict], grades: Sequence[Grade], generator: np.random.Generator
) -> dict[str, Any]:
    """Compare the grades of completions, any number of each, with their verdicts, one of each.

    A completion's grade is the mean of its gradings. `generator` serves the bootstrap.

    Returns:
        JSON values, rounded to six digits: `mean_grade_percent`, the mean over problems of the mean over a problem's
        completions, times 10, which the paper calls understanding, and `ci95`, its 95 % interval by bootstrap over
        problems; `num_problems` with a grade; `num_passed`, `num_failed` (graded completions) and `num_ungraded`
        (completions without a grade, which count nowhere else); `mean_grade_passed` and `mean_grade_failed`, 0 to 10;
        `auc`, the probability that a passed completion is graded above a failed one, over all pairs; `kendall_tau_b`,
        the rank correlation of grade and passing; `grading_spread`, the mean standard deviation, in grades, between
        gradings of one completion. What cannot be computed is None.

    Raises:
        MissingInputError: There are no grades, or one belongs to no verdict.
    """
    if not grades:
        raise MissingInputError("there are no grades to hold against the verdicts")
    passed = {(one.task_id, one.sample_index): one.outcome is Outcome.PASSED for one in verdicts}
    gradings: dict[tuple[str, int], list[int]] = defaultdict(list)
    for grade in grades:
        if (grade.task_id, grade.sample_index) not in passed:
            raise MissingInputError(f"the grade of `{grade.task_id}`, sample {grade.sample_index}, has no verdict")
        gradings[grade.task_id, grade.sample_index].append(grade.grade)
    means = {key: statistics.fmean(gradings[key]) for key in passed if key in gradings}
    of_problem: dict[str, list[float]] = defaultdict(list)
    for (task_id, _), mean in means.items():
        of_problem[task_id].append(mean)
    percents = [_PERCENT_PER_GRADE * statistics.fmean(of_one) for of_one in of_problem.values()]
    of_passed = [mean for key, mean in means.items() if passed[key]]
    of_failed = [mean for key, mean in means.items() if not passed[key]]
    spreads = [statistics.stdev(of_one) for of_one in gradings.values() if len(of_one) > 1]
    figures: dict[str, float | None] = {
        "mean_grade_percent": statistics.fmean(percents),
        "num_problems": len(percents),
        "num_passed": len(of_passed),
        "num_failed": len(of_failed),
        "num_ungraded": len(passed) - len(means),
        "mean_grade_passed": statistics.fmean(of_passed) if of_passed else None,
        "mean_grade_failed": statistics.fmean(of_failed) if of_failed else None,
        "auc": auc(of_passed, of_failed),
        "kendall_tau_b": kendall_tau_b(of_passed, of_failed),
        "grading_spread": statistics.fmean(spreads) if spreads else None,
    }
    rounded = {name: value if value is None else round(value, _DIGITS) for name, value in figures.items()}
    return {**rounded, "ci95": [round(end, _DIGITS) for end in bootstrap_interval(percents, generator)]}
