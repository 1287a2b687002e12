"""Wrong fields are named, and each field of a config that decides a result stands in its fingerprint."""

from dataclasses import fields, replace
from typing import Any

import pytest
from tests.training.rank import SHAPE, config_of

from hornbook.errors import ConfigError
from hornbook.generation.prompt import SamplingConfig
from hornbook.pipeline.fingerprint import fingerprint
from hornbook.tokens.stages import TokenizeConfig
from hornbook.tokens.tokenizer import TokenizerConfig
from hornbook.training.config import Execution

TRAIN = config_of({})
OTHER: dict[str, Any] = {
    "dataset": "finetune",
    "model": replace(SHAPE, num_layers=3),
    "stop_step": 7,
    "seed": 3,
    "optimizer": "muon",
    "betas": (0.9, 0.96),
    "precision": "bfloat16",
    "hidden_size": 64,
    "num_heads": 4,
    "rotary_fraction": 1.0,
    "execution": Execution(micro_batch=4),
    "device": "cpu",
    "micro_batch": 4,
    "parallel": "fsdp",
    "compile": "off",
    "trackers": ("wandb",),
}
"""Another value of a field whose type does not give one."""
CONFIGS: tuple[Any, ...] = (
    TRAIN,
    SHAPE,
    TokenizerConfig(),
    TokenizeConfig(),
    SamplingConfig(),
)
CANNOT_CHANGE_THE_RESULT = {"execution"}


def changed(config: Any, name: str) -> Any:
    value = getattr(config, name)
    if name in OTHER:
        other = OTHER[name]
    elif isinstance(value, bool):
        other = not value
    else:
        other = value + 1 if isinstance(value, int) else 0.5 * value + 0.25
    assert other != value
    return replace(config, **{name: other})


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: type(config).__name__)
def test_the_fingerprint_changes_with_every_field_but_those_that_cannot_change_the_result(config: Any) -> None:
    def digest(of: Any) -> str:
        return fingerprint(stage="any", version=1, config=of, seed=0, inputs={})

    for name in (field.name for field in fields(config)):
        is_same = digest(changed(config, name)) == digest(config)
        assert is_same == (name in CANNOT_CHANGE_THE_RESULT), name
    for name in (field.name for field in fields(Execution)):
        assert digest(replace(TRAIN, execution=changed(Execution(), name))) == digest(TRAIN), name


WRONG: dict[str, Any] = {
    "dataset": "posttrain",
    "num_steps": 0,
    "learning_rate": 0.0,
    "clip_norm": float("nan"),
    "warmup_steps": -1,
    "stop_step": 13,
    "betas": (0.9, 1.0),
    "residual_dropout": 1.0,
    "optimizer": "sgd",
    "precision": "half",
    "micro_batch": "most",
    "parallel": "zero",
    "trackers": ("mlflow",),
    "num_layers": 0,
    "hidden_size": 33,
    "rotary_fraction": 0.05,
    "layer_norm_epsilon": 0.0,
}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_field_is_named(field: str) -> None:
    of_shape = field in SHAPE.__dataclass_fields__
    with pytest.raises(ConfigError, match=f"`{field}`"):
        config_of({"shape": {field: WRONG[field]}} if of_shape else {field: WRONG[field]})
    assert config_of({"warmup_steps": 0, "stop_step": 12, "betas": (0.0, 0.0), "weight_decay": 0.0})
