"""By which rule a document is a leak, and what no detector of a run could see, in sentences.

Reads:  what `decontaminate` says (`leaks.py`); which benchmarks were scored.
Writes: sentences for the report and the model card.
Source: `docs/decisions/decontamination-rule.md`.
"""

from collections.abc import Sequence

from hornbook.evaluation.leaks import Leaks

_BEHAVIOUR = "behaviour"
_JUDGE = "judge"
_EMBEDDING = "code embedding"
_WORDS = {
    "n-gram": "words",
    "code embedding": "embeddings of code",
    "syntax tree": "syntax trees",
}
"""What decides where no code could tell."""
_JUDGED = " Where a language model was asked, its answer stands in place of these."


def rule_of(leaks: Leaks) -> str:
    """The rule in a sentence or two, naming only the detectors that ran."""
    nearness = [words for detector, words in _WORDS.items() if detector in leaks.detectors]
    decide = f"{_joined(nearness)} decide, each from a threshold of its own"
    sentence = f"No document’s code was run; {decide}."
    if _BEHAVIOUR in leaks.detectors:
        sentence = (
            "A document is a leak if its function gives a problem’s outputs for the problem’s inputs, or if it has the "
            "problem’s whole docstring; it is clean if its function ran on those inputs and did something else; where "
            f"nothing ran that could tell, {decide}."
        )
    return sentence + (_JUDGED if _JUDGE in leaks.detectors else "")


def not_checked(leaks: Leaks, scored: Sequence[str]) -> tuple[str, ...]:
    """What the search could not see, or did not look at, the most specific first.

    Args:
        leaks: What was found, and by which detectors.
        scored: Titles of the benchmarks on which the run's models were evaluated.
    """
    compared = [benchmark.title for benchmark in leaks.benchmarks]
    ran_code = _BEHAVIOUR in leaks.detectors
    return (
        *(_silent_problems(leaks) if ran_code else ["Behaviour: no document’s code was run on a problem’s inputs."]),
        *([_unrunnable()] if ran_code else []),
        *_absent(leaks),
        *(f"{title}: it was scored, but not compared." for title in dict.fromkeys(scored) if title not in compared),
        f"Benchmarks other than {_joined(compared)}.",
        "What a document tells of a problem without its function or its words: a hint, a discussion, another language.",
    )


def _silent_problems(leaks: Leaks) -> list[str]:
    """The problems that behaviour cannot tell from others, benchmark by benchmark."""
    return [
        f"The behaviour of {benchmark.num_problems - benchmark.num_telling:,} of {_possessive(benchmark.title)} "
        f"{benchmark.num_problems:,} problems: too few inputs, or too few different outputs, to tell; only words, "
        "trees and the like were compared."
        for benchmark in leaks.benchmarks
        if benchmark.num_telling < benchmark.num_problems
    ]


def _unrunnable() -> str:
    return (
        "The behaviour of code that does not run by itself or takes other kinds of arguments: functions inside others, "
        "code that needs other files, a task on numbers told of a text that holds them."
    )


def _absent(leaks: Leaks) -> list[str]:
    absent = []
    if _EMBEDDING not in leaks.detectors:
        absent.append("Problems told in other words, where no code ran: no embeddings were compared.")
    if _JUDGE not in leaks.detectors:
        absent.append("Doubtful matches: neither a person nor a language model read them.")
    return absent


def _possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") else f"{name}’s"


def _joined(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
