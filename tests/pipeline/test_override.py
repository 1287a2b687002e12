"""`--set` changes one field, keeps its type, and names what it does not know."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from hornbook.errors import ConfigError
from hornbook.pipeline.override import apply_overrides, override_config, parse_overrides
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Stage


@dataclass(frozen=True, kw_only=True)
class Shape:
    width: int = 1


@dataclass(frozen=True, kw_only=True)
class Config:
    rate: float = 0.5
    steps: int = 10
    name: str = "x"
    flags: tuple[str, ...] = ()
    shape: Shape = Shape()
    limit: int | None = None
    total: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ConfigError(f"`steps` must be at least 1, got {self.steps}")


def pipeline() -> Pipeline:
    def run(config: Any, inputs: Any, workspace: Any) -> Any:
        raise AssertionError("nothing runs here")

    return Pipeline("p", (Stage("train", run, Config(), version=1),))


def set_to(text: str) -> Any:
    return apply_overrides(pipeline(), parse_overrides([text])).stage("train").config


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train.rate=1", Config(rate=1.0)),
        ("train.rate=2e-3", Config(rate=0.002)),
        ("train.steps=7", Config(steps=7)),
        ("train.name=7", Config(name="7")),
        ("train.name=a=b", Config(name="a=b")),
        ('train.flags=["a","b"]', Config(flags=("a", "b"))),
        ("train.shape.width=5", Config(shape=Shape(width=5))),
        ("train.limit=null", Config(limit=None)),
        ("train.limit=3", Config(limit=3)),
    ],
)
def test_a_value_takes_the_type_of_its_field(text: str, expected: Config) -> None:
    changed = set_to(text)
    assert changed == expected
    assert isinstance(changed.rate, float)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train.stepz=7", r"no field `stepz`; did you mean `steps`\?"),
        ("tran.steps=7", r"no stage `tran`; did you mean `train`\?"),
        ("train.steps=many", r"`train.steps` takes int, got '"),
        ("train.steps=0", r"train.steps=0: `steps` must be at least 1, got 0"),
        ("train.shape.colour=2", r"no field `colour`; there are: width"),
        ("train.rate.x=2", r"no field `x`"),
        ("train.total=2", r"no field `total`"),
        ("train=2", r"STAGE.FIELD=VALUE"),
        ("train.steps", r"STAGE.FIELD=VALUE"),
    ],
)
def test_what_cannot_be_set_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        set_to(text)


def test_a_config_outside_of_a_recipe_is_changed_the_same_way() -> None:
    assert override_config(Config(), ["steps=3", "shape.width=2"]) == Config(steps=3, shape=Shape(width=2))
    for text, message in [("steps", "FIELD=VALUE"), ("step=1", "did you mean `steps`"), ("steps=0", "at least 1")]:
        with pytest.raises(ConfigError, match=message):
            override_config(Config(), [text])
    assert parse_overrides(["a.b = 1", "a.b=2"]) == {"a.b": "2"}
