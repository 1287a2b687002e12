import numpy as np
import pytest

from hornbook.curation.distillation import Distillation, SoftLabels
from hornbook.curation.encode import EncodeConfig, Features, encode
from hornbook.curation.kernel_head import KernelHead

CONFIG = EncodeConfig(bits_per_block=8)
NUM_LABELLED, NUM_OTHERS = 40, 120


def texts(number: int, seed: int) -> list[str]:
    generator = np.random.default_rng(seed)
    words = ["total", "item", "self", "value", "rows", "path"]
    made = []
    for at in range(number):
        lines = generator.choice(words, size=(int(generator.integers(1, 6)), 2))
        made.append(f"def f{at}(x):\n" + "".join(f"    {a} = {b} + {at % 5}\n" for a, b in lines))
    return made


LABELLED, OTHERS, UNSEEN = texts(NUM_LABELLED, 1), texts(NUM_OTHERS, 2), texts(60, 3)


def truth_of(some: list[str]) -> np.ndarray:
    """What a reader would say; a smooth function of the text's states."""
    return np.array([text.count("self") - text.count("total") + 0.0 for text in some])


def states_of(some: list[str]) -> np.ndarray:
    """What the slow encoder sees: the truth, and noise beside it."""
    noise = np.random.default_rng(4).normal(size=(len(some), 2))
    return np.hstack([truth_of(some)[:, None] * 3, noise])


def soft_labels() -> SoftLabels:
    return SoftLabels(features=encode(OTHERS, CONFIG), states=states_of(OTHERS), labelled_states=states_of(LABELLED))


def distillation(given: SoftLabels | None = None) -> Distillation:
    return Distillation(encode(LABELLED, CONFIG), truth_of(LABELLED), given or soft_labels(), 0.5)


def error(head: KernelHead) -> float:
    return float(np.mean((head.predict(encode(UNSEEN, CONFIG)) - truth_of(UNSEEN)) ** 2))


def test_a_head_that_has_hints_knows_more_than_one_without() -> None:
    few = np.arange(12)
    nothing = SoftLabels(features=encode([], CONFIG), states=np.zeros((0, 3)), labelled_states=states_of(LABELLED))
    assert error(distillation().fit(few)) < 0.8 * error(distillation(nothing).fit(few))


def test_leaving_labels_out_is_the_same_as_never_having_had_them() -> None:
    """The oracle solves the equations of the texts that remain, with the same supports and the same idf."""
    others = np.where(np.arange(NUM_LABELLED) % 3 == 0, truth_of(LABELLED), 99.0)
    changed = Distillation(encode(LABELLED, CONFIG), others, soft_labels(), 0.5)
    made, rows = distillation(), np.arange(0, NUM_LABELLED, 3)
    remaining = np.concatenate([rows, np.arange(NUM_LABELLED, NUM_LABELLED + NUM_OTHERS)])
    mean = truth_of(LABELLED)[rows].mean()
    aims = np.concatenate([truth_of(LABELLED)[rows] - mean, made._guess(rows, mean)])
    gram = np.linalg.inv(made._inverse)
    dual = np.linalg.solve(gram[np.ix_(remaining, remaining)], aims)
    head = made.fit(rows)
    assert head.token_weights == pytest.approx(made._tokens[remaining].T @ dual, abs=1e-8)
    assert np.array_equal(head.token_weights, changed.fit(rows).token_weights), "scores that are left out"
    assert head.dual == pytest.approx(made._to_supports[:, remaining] @ dual, rel=1e-4, abs=1e-6)


def test_a_label_without_states_teaches_the_fast_head_alone() -> None:
    known = states_of(LABELLED)
    known[::4] = np.nan
    head = distillation(
        SoftLabels(features=encode(OTHERS, CONFIG), states=states_of(OTHERS), labelled_states=known)
    ).fit(np.arange(NUM_LABELLED))
    features: Features = encode(LABELLED, CONFIG)
    assert np.corrcoef(head.predict(features), truth_of(LABELLED))[0, 1] > 0.9
