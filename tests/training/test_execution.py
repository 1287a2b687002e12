import pytest

from hornbook.errors import ConfigError
from hornbook.training.execution import Execution


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("micro_batch", "most"),
        ("micro_batch", 0),
        ("parallel", "zero"),
        ("compile", "yes"),
        ("keep_last", 0),
        ("keep_every", -1),
    ],
)
def test_a_wrong_field_is_named_with_its_value(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`.*{value}"):
        Execution(**{field: value})  # type: ignore[arg-type]


def test_an_unknown_tracker_is_named() -> None:
    with pytest.raises(ConfigError, match="mlflow"):
        Execution(trackers=("mlflow",))
