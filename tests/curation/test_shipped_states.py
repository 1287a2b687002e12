import numpy as np
import pytest

from hornbook.curation.corpus import Corpus
from hornbook.curation.shipped_states import LEAST_KNOWN_LABELS, NUM_COMPONENTS, describe_states, make_hints
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


def test_the_shipped_states_speak_of_functions_and_classes_that_nobody_has_scored(standard_library: Corpus) -> None:
    samples = standard_library.samples[:2500]
    features = encode([one.text for one in samples], CONFIG)
    is_module = np.array([one.kind is SampleKind.MODULE for one in samples])
    labelled = np.flatnonzero(~is_module)[:400]
    hints = make_hints(samples, features, labelled, describe_states())
    if hints is None:
        pytest.skip("the states are those of another version of Python")
    assert hints.labelled_states.shape == (400, NUM_COMPONENTS)
    assert np.isfinite(hints.labelled_states).all(axis=1).sum() >= LEAST_KNOWN_LABELS
    assert len(hints.states) == hints.features.dense.shape[0] > 500
    texts = {one.text for one in samples}
    assert len(hints.states) < len(texts) - len({samples[at].text for at in labelled}) - 0.5 * is_module.sum()


def test_code_that_the_states_do_not_know_gives_no_hints() -> None:
    samples = [sample(at) for at in range(LEAST_KNOWN_LABELS)]
    features = encode([one.text for one in samples], CONFIG)
    assert make_hints(samples, features, np.arange(LEAST_KNOWN_LABELS), describe_states()) is None
    assert make_hints(samples, features, np.arange(3), "") is None


def test_other_states_than_those_of_the_config_are_refused() -> None:
    with pytest.raises(ConfigError, match="`states_sha256` is 'abc'"):
        make_hints([], encode([], CONFIG), np.arange(0), "abc")
