import random

import pytest
from tests.deduplication.sets import Runs, jaccard, runs_of
from tests.synthesis.diversity.writers import WORDS

from hornbook.synthesis.diversity.features import SHINGLE_SIZE
from hornbook.synthesis.diversity.keys import TOKEN, ngram_keys
from hornbook.synthesis.diversity.near import NearIndex


def texts(rng: random.Random, number: int) -> list[str]:
    """Texts of which many are an earlier one with some words changed."""
    made: list[list[str]] = []
    for _ in range(number):
        if made and rng.random() < 0.6:
            words = list(rng.choice(made))
            for _ in range(rng.randrange(6)):
                words[rng.randrange(len(words))] = rng.choice(WORDS)
        else:
            words = rng.choices(WORDS, k=rng.randint(20, 90))
        made.append(words)
    return [" ".join(words) for words in made]


def clusters_of(made: list[str], threshold: float) -> list[int]:
    """By comparing each text with the first of every cluster, in full."""
    kept: list[Runs] = []
    clusters = []
    for text in made:
        shingles = runs_of(TOKEN.findall(text), SHINGLE_SIZE)
        similar = [jaccard(one, shingles) for one in kept]
        most = max(similar, default=0.0)
        clusters.append(similar.index(most) if most >= threshold else len(kept))
        if clusters[-1] == len(kept):
            kept.append(shingles)
    return clusters


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.8, 0.95])
def test_clusters_are_those_of_comparing_each_with_each(threshold: float) -> None:
    made = texts(random.Random(11), 250)
    index = NearIndex(threshold)
    found = [index.add(ngram_keys(TOKEN.findall(text), SHINGLE_SIZE)) for text in made]
    expected = clusters_of(made, threshold)
    share = 1 - len(set(expected)) / len(made)
    assert share > 0.08
    assert abs((1 - len(index) / len(made)) - share) <= 0.02
    is_near = [theirs in expected[:place] for place, theirs in enumerate(expected)]
    assert sum(mine[1] == theirs for mine, theirs in zip(found, is_near, strict=True)) >= 0.97 * len(made)


def test_nothing_is_near_that_only_looks_so_to_a_band() -> None:
    rng = random.Random(12)
    index = NearIndex(0.7)
    assert not any(index.add(ngram_keys(rng.choices(WORDS, k=40), 5))[1] for _ in range(500))


def test_a_text_is_near_to_itself_and_empty_texts_to_each_other() -> None:
    index = NearIndex(1.0)
    shingles = ngram_keys(["def", "f", "(", "x", ")", ":", "return", "x"], 5)
    assert index.add(shingles) == (0, False)
    assert index.add(shingles) == (0, True)
    assert index.add(shingles[:0]) == (1, False)
    assert index.add(shingles[:0]) == (1, True)
