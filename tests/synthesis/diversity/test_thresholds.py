import pytest

from hornbook.errors import ConfigError
from hornbook.synthesis.diversity.thresholds import DiversityThresholds


@pytest.mark.parametrize(
    ("field", "value"), [("window", 9), ("similarity", 0), ("max_near_share", 1.1), ("min_novelty", -0.1)]
)
def test_a_threshold_that_cannot_be_is_named(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"`{field}` must .*got {value}"):
        DiversityThresholds(**{field: value})  # type: ignore[arg-type]
