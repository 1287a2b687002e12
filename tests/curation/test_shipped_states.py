from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from hornbook.curation.shipped_states import (
    LEAST_KNOWN_LABELS,
    NUM_COMPONENTS,
    compress,
    describe_states,
    make_hints,
    save_states,
)
from hornbook.encoders.encode import EncodeConfig, encode
from hornbook.errors import ConfigError
from hornbook.records import CodeSample, SampleKind

CONFIG = EncodeConfig(bits_per_block=8)


def sample(at: int, kind: SampleKind = SampleKind.FUNCTION) -> CodeSample:
    return CodeSample(
        id=f"code-{at}",
        text=f"def f{at}():\n    return {at}\n",
        source="s",
        path=f"{at}.py",
        module=str(at),
        qualname=f"f{at}",
        kind=kind,
        first_line=1,
        last_line=2,
        license="MIT",
    )


def test_components_keep_what_the_states_differ_in() -> None:
    generator = np.random.default_rng(0)
    states = generator.normal(size=(300, 5)) @ generator.normal(size=(5, 64))
    numbers, steps = compress(states)
    assert numbers.dtype == np.int8
    assert numbers.shape == (300, NUM_COMPONENTS)
    kept = numbers * steps.astype(np.float64)
    standardised = (states - states.mean(axis=0)) / states.std(axis=0)
    wanted = np.linalg.norm(standardised[:50, None] - standardised[None, 50:100], axis=2)
    found = np.linalg.norm(kept[:50, None] - kept[None, 50:100], axis=2)
    assert found == pytest.approx(wanted, rel=0.05)


def test_a_file_holds_each_text_once_and_says_where_it_comes_from(tmp_path: Path) -> None:
    states = np.random.default_rng(0).normal(size=(60, 40))
    save_states([str(at % 50) for at in range(60)], states, tmp_path / "states", {"encoder": "a model"})
    read = load_file(tmp_path / "states")
    assert read["sha256"].shape == (50, 8)
    assert len({row.tobytes() for row in read["sha256"]}) == 50
    assert b"a model" in (tmp_path / "states").read_bytes()


def test_code_that_the_states_do_not_know_gives_no_hints() -> None:
    samples = [sample(at) for at in range(LEAST_KNOWN_LABELS)]
    features = encode([one.text for one in samples], CONFIG)
    assert make_hints(samples, features, np.arange(LEAST_KNOWN_LABELS), describe_states()) is None
    assert make_hints(samples, features, np.arange(3), "") is None


def test_other_states_than_those_of_the_config_are_refused() -> None:
    with pytest.raises(ConfigError, match="`states_sha256` is 'abc'"):
        make_hints([], encode([], CONFIG), np.arange(0), "abc")
