"""Decide by what all detectors saw of a text and a problem whether the one gives away the other.

The rule, in order:

1. The text's function behaves as the problem asks: a leak, whatever it is called and however it is told.
2. The text has the problem's docstring, word for word or nearly so: a leak, even if its code is wrong.
3. The text's function ran on the problem's inputs and did something else: clean, however near words and trees look.
4. Otherwise words, trees and embeddings decide, each by a threshold of its own: nothing ran that could tell.

Where a language model was asked, its answer stands in place of the fourth step.
`docs/decisions/decontamination-rule.md` has what the thresholds were chosen by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from hornbook.decontamination.matches import Detector, Match
from hornbook.errors import ConfigError

UNSEEN = (Detector.NGRAM, Detector.DOCSTRING, Detector.SYNTAX_TREE, Detector.CANONICAL_TREE, Detector.CODE)
"""What decides where no code could tell, in the order in which reasons are named."""


NEVER = 1.01
"""No score is so high."""


@dataclass(frozen=True, kw_only=True)
class RuleConfig:
    """From which score on a detector's match is a leak. Each lies in (0, 1]; above 1 the detector never decides."""

    whole_docstring: float = 0.99
    """Of the n-grams, even if the code does something else."""
    ngram: float = 0.8
    docstring: float = NEVER
    """Docstrings of other tasks come as near as those of leaks."""
    syntax_tree: float = 0.95
    canonical_tree: float = 0.95
    code: float = 0.95

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ConfigError(f"`{field.name}` must be above 0, got {value!r}")

    def least_score(self, detector: Detector) -> float:
        """From which score on this detector says by itself that a text is a leak; any score of the others does."""
        match detector:
            case Detector.NGRAM:
                return self.ngram
            case Detector.DOCSTRING:
                return self.docstring
            case Detector.SYNTAX_TREE:
                return self.syntax_tree
            case Detector.CANONICAL_TREE:
                return self.canonical_tree
            case Detector.CODE:
                return self.code
            case Detector.BEHAVIOUR | Detector.JUDGE:
                return 0.0


@dataclass(frozen=True, kw_only=True)
class Seen:
    """All that is known about one text and one problem."""

    matches: Mapping[Detector, Match]
    """The best match of each detector that has one."""
    is_cleared: bool
    """Whether the function that matches was run and did something else."""
    is_denied: bool = False
    """Whether a language model was asked and said no."""


def deciding(seen: Seen, config: RuleConfig) -> Match | None:
    """The match for which the text is a leak; None if it is clean."""
    found = seen.matches
    if Detector.BEHAVIOUR in found:
        return found[Detector.BEHAVIOUR]
    words = found.get(Detector.NGRAM)
    if words is not None and words.score >= config.whole_docstring:
        return words
    if seen.is_cleared:
        return None
    if Detector.JUDGE in found or seen.is_denied:
        return found.get(Detector.JUDGE)
    for detector in UNSEEN:
        match = found.get(detector)
        if match is not None and match.score >= config.least_score(detector):
            return match
    return None
