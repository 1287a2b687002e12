"""What a detector says: this text is like this problem, so much, and here is why.

Each detector is made once for the problems of a benchmark and then looks at texts, part by part; its matches name texts
and problems by their places in what it was given. `rule.py` decides what the matches of all detectors mean together.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from hornbook.decontamination.functions import Function


class Detector(StrEnum):
    """How a match was found."""

    NGRAM = "n-gram"
    """Runs of words that the text shares with the problem's docstring."""
    CODE = "code embedding"
    """Both codes are made of much the same runs of tokens, whatever their names."""
    SYNTAX_TREE = "syntax tree"
    """The trees of both functions without names, constants and docstrings."""
    BEHAVIOUR = "behaviour"
    """The text's function gives the problem's outputs for the problem's inputs."""
    JUDGE = "judge"
    """A language model says that both solve the same problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text that is like a problem in the eyes of one detector."""

    text: int
    """Place among the texts."""
    problem: int
    """Place among the problems."""
    detector: Detector
    score: float
    """0 to 1, 1 for what is the same."""
    evidence: str
    """In words, for a person: the shared phrase, the function with the near tree and its rate, the equal outputs."""
    function: str
    """The function of the text that matches; empty where it is none, or no one of them."""
    window: tuple[int, int]
    """The part of the text that matches: first character, and the one after the last."""


def nearest_matches(
    found: Iterable[tuple[int, int, float, Function]], detector: Detector, evidence: Callable[[Function, float], str]
) -> list[Match]:
    """Keep the nearest function of each text for each problem, by text, then by problem; of equal ones the first.

    Args:
        found: Place of the text, place of the problem, score and function.
        detector: Which one found them.
        evidence: Says in words what a function and its score show.
    """
    best: dict[tuple[int, int], tuple[float, Function]] = {}
    for text, problem, score, function in found:
        if (text, problem) not in best or score > best[text, problem][0]:
            best[text, problem] = (score, function)
    return [
        Match(
            text=text,
            problem=problem,
            detector=detector,
            score=score,
            evidence=evidence(function, score),
            function=function.name,
            window=function.window,
        )
        for (text, problem), (score, function) in sorted(best.items(), key=lambda item: item[0])
    ]
