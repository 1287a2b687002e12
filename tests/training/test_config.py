import pytest

from hornbook.errors import ConfigError
from hornbook.training.config import TrainConfig

VALID = {
    "dataset": "finetune",
    "num_steps": 1,
    "batch_size": 4,
    "sequence_length": 8,
    "learning_rate": 0.1,
    "warmup_steps": 0,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset", "posttrain"),
        ("num_steps", 0),
        ("batch_size", 0),
        ("learning_rate", 0.0),
        ("warmup_steps", -1),
        ("stop_step", 2),
        ("schedule", "cosine"),
        ("residual_dropout", 1.0),
        ("attention_dropout", -0.1),
        ("optimizer", "sgd"),
        ("precision", "half"),
    ],
)
def test_a_wrong_field_is_named_with_its_value(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`.*{value}"):
        TrainConfig(**{**VALID, field: value})  # type: ignore[arg-type]
