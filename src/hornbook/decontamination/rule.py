"""Decide by what all detectors saw of a text and a problem whether the one gives away the other.

The rule, in order:

1. The text's function behaves as the problem asks: a leak, whatever it is called and however it is told.
2. The text has the problem's docstring, word for word or nearly so: a leak, even if its code is wrong.
3. The text's function ran on the problem's inputs and did something else: clean, however near words and trees look.
4. Otherwise words, trees and embeddings decide, each by a threshold of its own: nothing ran that could tell.

Where a language model was asked, its answer stands in place of the fourth step (`judge.py`).
`docs/decisions/decontamination-rule.md` has what the thresholds were chosen by.
"""

from collections.abc import Mapping

from hornbook.decontamination.matches import Detector

UNSEEN = (Detector.NGRAM, Detector.SYNTAX_TREE, Detector.CODE)
"""What decides where no code could tell, in the order in which reasons are named."""
WHOLE_DOCSTRING = 0.99
"""The score of shared words that is a leak even if the code does something else."""
NGRAM = 0.8
CODE = 0.95
MATCH_RATE = 0.95
"""Of syntax trees, unless the user sets another one."""


def least_score(detector: Detector, match_rate: float = MATCH_RATE) -> float:
    """From which score on this detector says by itself that a text is a leak; any score of the others does.

    Args:
        detector: Any of them.
        match_rate: The threshold of syntax trees.
    """
    return {Detector.NGRAM: NGRAM, Detector.SYNTAX_TREE: match_rate, Detector.CODE: CODE}.get(detector, 0.0)


def deciding(scores: Mapping[Detector, float], match_rate: float, *, is_cleared: bool) -> Detector | None:
    """The detector for which the text is a leak; None if it is clean.

    Args:
        scores: The best score of each detector that found the text like the problem.
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
