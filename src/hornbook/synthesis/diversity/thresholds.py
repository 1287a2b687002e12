"""When a generation counts as stale."""

import dataclasses
from dataclasses import dataclass

from hornbook.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class DiversityThresholds:
    """What the last records may look like, each figure a share of them; one that is passed makes the generation stale.

    Each field but the first two can be switched off: 1 for what is bounded above, 0 for what is bounded below.
    """

    window: int = 100
    """How many of the last records are judged, against each other and against all before; none is judged earlier."""
    similarity: float = 0.7
    """Jaccard similarity of the shingles from which on a record is a near duplicate; in (0, 1]."""
    max_exact_share: float = 0.05
    """Records that repeat an earlier text."""
    max_near_share: float = 0.15
    """Records that are near to an earlier one, the exact repetitions among them."""
    max_opening_share: float = 0.5
    """Records that open with the commonest phrase."""
    max_shape_share: float = 0.15
    """Records whose code has the commonest shape."""
    min_distinct_shapes: float = 0.65
    """Different shapes among the records with code."""
    min_distinct_names: float = 0.7
    """Different names among the functions' names."""
    min_distinct_name_words: float = 0.45
    """Different words among the words of the functions' names, for a window of 100: one fixed prompt left 0.36 to
    0.38 of a small teacher, prompts that each give a name 0.56 to 0.61 (docs/log.md)."""
    min_novelty: float = 0.03
    """Runs of four words that were never there before, on average over the records."""

    def __post_init__(self) -> None:
        if self.window < 10:
            raise ConfigError(f"`window` must be at least 10, got {self.window!r}")
        for field in dataclasses.fields(self)[1:]:
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ConfigError(f"`{field.name}` must lie in [0, 1], got {value!r}")
        if self.similarity == 0:
            raise ConfigError("`similarity` must lie in (0, 1], got 0")
