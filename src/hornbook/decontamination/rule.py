"""Decide from the matches of all detectors whether a text gives away a problem.

The rule, in order:

1. The text's function behaves as the problem asks: a leak, whatever its names and its wording.
2. The text has the problem's docstring, word for word or nearly so: a leak, even if its code is wrong.
3. The text's function ran on the problem's inputs and did something else: clean, however near words and trees look.
4. Otherwise words and trees decide, each by its own threshold: no code ran that could tell.

Where a language model was asked, its answer replaces the fourth step (`judge.py`).
`docs/decisions/decontamination-rule.md` explains the thresholds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Detector(StrEnum):
    """How a match was found."""

    NGRAM = "n-gram"
    """Runs of words that the text shares with the problem's docstring."""
    SYNTAX_TREE = "syntax tree"
    """The trees of both functions without names, constants and docstrings."""
    BEHAVIOUR = "behaviour"
    """The text's function gives the problem's outputs for the problem's inputs."""
    JUDGE = "judge"
    """A language model says that both solve the same problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text that one detector finds similar to a problem."""

    text: int
    """Index of the text."""
    problem: int
    """Index of the problem."""
    detector: Detector
    score: float
    """0 to 1; 1 means equal."""
    evidence: str
    """For people: the shared phrase, the function with the near tree and its rate, the equal outputs."""
    function: str
    """The function of the text that matches; empty where it is none, or no one of them."""
    window: tuple[int, int]
    """The part of the text that matches: first character, and the one after the last."""


UNSEEN = (Detector.NGRAM, Detector.SYNTAX_TREE)
"""What decides where no code could tell, in the order in which reasons are named."""
WHOLE_DOCSTRING = 0.99
"""The score of shared words that is a leak even if the code does something else."""
NGRAM = 0.8
MATCH_RATE = 0.95
"""Of syntax trees, unless the user sets another one."""


def least_score(detector: Detector, match_rate: float = MATCH_RATE) -> float:
    """The least score, of trees the match rate, at which a detector alone makes a text a leak; 0: any match does."""
    return {Detector.NGRAM: NGRAM, Detector.SYNTAX_TREE: match_rate}.get(detector, 0.0)


def deciding(scores: Mapping[Detector, float], match_rate: float, *, is_cleared: bool) -> Detector | None:
    """The detector that makes the text a leak; None if it is clean.

    Args:
        scores: The best score of each detector that matched the text and the problem.
        match_rate: The threshold of syntax trees.
        is_cleared: Whether the function that matches was run and did something else.
    """
    if Detector.BEHAVIOUR in scores:
        return Detector.BEHAVIOUR
    if scores.get(Detector.NGRAM, 0.0) >= WHOLE_DOCSTRING:
        return Detector.NGRAM
    if is_cleared:
        return None
    for detector in UNSEEN:
        if detector in scores and scores[detector] >= least_score(detector, match_rate):
            return detector
    return None
