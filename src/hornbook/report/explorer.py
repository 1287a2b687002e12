"""Problem by problem, to look through: squares to press, a filter, a search, and every answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.report.answers import Attempts, ProblemAnswers

_CHARACTERS_OF_DETAIL_SEARCHED = 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One problem in the list and its square."""

    anchor: str
    problem: ProblemAnswers
    keys: tuple[str, ...]
    """By which choices of the filter it is found; words without spaces."""
    search: str
    """What the search looks through, in lower case."""
    solved_by: tuple[str, ...]
    """Models of which at least one sample passed."""
    share: float
    """Share of the samples that passed, of the model that passed the most; 0 to 1."""
    summary: str
    """What the square means, in words."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the filter can show."""

    key: str
    """Empty for all."""
    label: str


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """The list with what is needed to look through it."""

    name: str
    """Sets it apart from others on the page."""
    models: tuple[str, ...]
    several_samples: bool
    choices: tuple[Choice, ...]
    entries: tuple[Entry, ...]


def explorer_of(name: str, problems: Sequence[ProblemAnswers]) -> Explorer:
    """Prepare a list of problems.

    Args:
        name: Begins the anchors: `p` gives `p0`, `p1` …
        problems: At least one, each with the same models.
    """
    models = tuple(attempts.model for attempts in problems[0].attempts)
    several = any(attempts.num_samples > 1 for problem in problems for attempts in problem.attempts)
    entries = tuple(
        Entry(
            anchor=f"{name}{index}",
            problem=problem,
            keys=tuple(key for attempts in problem.attempts for key in _keys(attempts)),
            search=_search(problem),
            solved_by=tuple(attempts.model for attempts in problem.attempts if attempts.solved),
            share=max(attempts.share for attempts in problem.attempts),
            summary=_summary(problem),
        )
        for index, problem in enumerate(problems)
    )
    choices = _choices_of_models(models) if len(models) > 1 else _choices_of_one(entries, several)
    return Explorer(name=name, models=models, several_samples=several, choices=choices, entries=entries)


def _keys(attempts: Attempts) -> list[str]:
    """Whether the model solved it; of a single sample also its outcome, of several whether all passed."""
    keys = [f"{attempts.model}:{'pass' if attempts.solved else 'fail'}"]
    if attempts.num_samples == 1:
        keys.append(_slug(attempts.shown[0].outcome))
    else:
        keys.append("every" if attempts.share == 1 else "some" if attempts.solved else "no")
    return keys


def _choices_of_models(models: Sequence[str]) -> tuple[Choice, ...]:
    return (
        Choice(key="", label="all"),
        *(
            Choice(key=f"{model}:{key}", label=f"{model} {label}")
            for model in reversed(models)
            for key, label in (("pass", "passed"), ("fail", "failed"))
        ),
    )


def _choices_of_one(entries: Sequence[Entry], several: bool) -> tuple[Choice, ...]:
    """All, then each verdict that occurred, the most frequent first."""
    numbers = Counter(entry.keys[1] for entry in entries)
    if several:
        labels = {"every": "every sample passed", "some": "some passed", "no": "none passed"}
    else:
        outcomes = dict.fromkeys(entry.problem.attempts[0].shown[0].outcome for entry in entries)
        labels = {_slug(outcome): outcome for outcome in outcomes}
    shown = sorted((key for key in labels if numbers[key]), key=lambda key: (key != "passed", -numbers[key]))
    if several:
        shown = [key for key in labels if numbers[key]]
    return (Choice(key="", label="all"), *(Choice(key=key, label=f"{labels[key]} {numbers[key]:,}") for key in shown))


def _search(problem: ProblemAnswers) -> str:
    details = {answer.detail for attempts in problem.attempts for answer in attempts.shown}
    parts = [problem.task_id, problem.entry_point, problem.category, *sorted(details)]
    return " ".join(part[:_CHARACTERS_OF_DETAIL_SEARCHED] for part in parts if part).lower()


def _summary(problem: ProblemAnswers) -> str:
    if all(attempts.num_samples == 1 for attempts in problem.attempts):
        if len(problem.attempts) == 1:
            return problem.attempts[0].shown[0].outcome
        solved = [attempts.model for attempts in problem.attempts if attempts.solved]
        return f"solved by {' and '.join(solved)}" if solved else "not solved"
    counts = [
        f"{attempts.num_passed} of {attempts.num_samples} passed"
        + (f" ({attempts.model})" if len(problem.attempts) > 1 else "")
        for attempts in problem.attempts
    ]
    return ", ".join(counts)


def _slug(outcome: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in outcome)
