from dataclasses import replace

import pytest
from tests.synthesis.diversity.writers import WORDS

from hornbook.synthesis.diversity.thresholds import DiversityThresholds
from hornbook.synthesis.diversity.window import Glance, judge

FINE = [
    Glance(
        is_repeated=False,
        is_near=False,
        novelty=0.5,
        opening=f"opening {number}",
        shape=number + 1,
        names=(f"find_{WORDS[number]}",),
    )
    for number in range(20)
]
LIMITS = DiversityThresholds(window=20)


def test_a_varied_window_is_not_stale() -> None:
    assert judge(FINE, LIMITS) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_repeated": True}, "80% of the last 20 records repeat an earlier text (at most 5%)"),
        ({"is_near": True}, "80% of the last 20 records are near duplicates of earlier ones (at most 15%)"),
        ({"opening": "write a function"}, "80% of the last 20 records open with “write a function” (at most 50%)"),
        ({"shape": 99}, "80% of the last 20 records have code of one and the same shape (at most 15%)"),
    ],
)
def test_half_a_window_alike_is_stale_for_one_reason(change: dict[str, object], reason: str) -> None:
    window = [replace(glance, **change) if place % 5 else glance for place, glance in enumerate(FINE)]  # type: ignore[arg-type]
    assert reason in judge(window, LIMITS)
    assert len(judge(window, LIMITS)) == (2 if "shape" in change else 1)


def test_too_little_that_is_new_is_stale() -> None:
    window = [
        replace(glance, names=("solve", "add")[: 1 + place % 2], novelty=0.01) for place, glance in enumerate(FINE)
    ]
    assert judge(window, LIMITS) == (
        "only 7% of the functions' names are different in the last 20 records (at least 70%)",
        "only 7% of the words in functions' names are different in the last 20 records (at least 45%)",
        "only 1% of the runs of four words are new in the last 20 records (at least 3%)",
    )
    shapes = [replace(glance, shape=place % 10 + 1) for place, glance in enumerate(FINE)]
    assert judge(shapes, LIMITS) == (
        "only 50% of the shapes of code are different in the last 20 records (at least 65%)",
    )


def test_different_names_of_the_same_few_words_are_stale() -> None:
    """As a teacher writes them under one fixed prompt: `count_even_numbers`, `sum_even_numbers`, `even_numbers_sum`."""
    verbs = ("count", "sum", "find", "keep", "list")
    nouns = ("even_numbers", "odd_numbers", "even_values", "odd_values")
    names = [f"{verb}_{noun}" for verb in verbs for noun in nouns]
    window = [replace(glance, names=(name,)) for glance, name in zip(FINE, names, strict=True)]
    assert judge(window, LIMITS) == (
        "only 15% of the words in functions' names are different in the last 20 records (at least 45%)",
    )


def test_records_without_code_are_not_judged_by_it() -> None:
    window = [replace(glance, shape=0, names=()) for glance in FINE[:-6]]
    window += [replace(glance, shape=1, names=("same",)) for glance in FINE[-2:]]
    assert judge(window, LIMITS) == ()
