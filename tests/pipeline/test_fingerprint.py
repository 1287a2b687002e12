"""Equal meaning, equal fingerprint; anything that determines the output changes it; nothing unstable gets in."""

import math
import subprocess
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT, encode, fingerprint


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    size: int = 1


@dataclass(frozen=True)
class Config:
    rate: float = 0.1
    names: tuple[str, ...] = ("a", "b")
    inner: Inner = Inner()
    colour: Colour = Colour.RED
    limit: int | None = None


def of(config: Any = Config(), **changes: Any) -> str:
    arguments: dict[str, Any] = {"stage": "s", "version": 1, "config": config, "seed": 0, "inputs": {"x": "f"}}
    return fingerprint(**{**arguments, **changes})


@dataclass(frozen=True)
class Other(Config):
    """Of the same fields, and another thing."""


def test_whatever_determines_the_output_changes_the_fingerprint_and_equal_configs_do_not() -> None:
    assert of(Config()) == of(Config(rate=0.1, inner=Inner(size=1)))
    changed = [
        of(Other()),
        of(Config(rate=0.2)),
        of(Config(names=("ab",))),
        of(Config(names=("b", "a"))),
        of(Config(inner=Inner(size=2))),
        of(Config(limit=0)),
        of(stage="t"),
        of(version=2),
        of(seed=1),
        of(inputs={"x": "g"}),
        of(inputs={"y": "f"}),
    ]
    assert len({of(), *changed}) == 1 + len(changed)


def test_the_fingerprint_is_the_same_in_another_process() -> None:
    program = (
        "from hornbook.pipeline.fingerprint import fingerprint\n"
        "print(fingerprint(stage='s', version=1, config={'b': 0.1, 'a': ['é']}, seed=3, inputs={}))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1


@pytest.mark.parametrize("value", [Path("x"), {"a"}, object(), math.nan, math.inf, lambda: 0, {1: "a"}, b"x", Inner])
def test_a_value_without_a_stable_form_is_refused_and_its_place_named(value: Any) -> None:
    with pytest.raises(TypeError, match=r"config\.things\[1\]"):
        encode({"things": [0, value]})


@dataclass(frozen=True)
class Computed:
    rate: float = 0.1
    num_workers: int = field(default=1, metadata=NOT_IN_FINGERPRINT)


def test_a_field_that_says_how_to_compute_changes_nothing() -> None:
    assert of(Computed(num_workers=8)) == of(Computed())
    assert of(Computed(rate=0.2)) != of(Computed())
